"""Text with speakers' labels: "NAME: text", "[00:12:03] Name: text", "Speaker 2 (03:15):" on a row of its own, "Name  0:52"."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

from service.domain.formats import prose
from service.domain.formats.lines import File
from service.domain.formats.names import NAME as SPEAKER
from service.domain.formats.names import is_likely
from service.domain.formats.openings import Mark, Opening, opening
from service.domain.formats.plain import outline, view
from service.domain.formats.rows import Row
from service.domain.formats.stamps import TIME
from service.domain.script import Reference

__all__ = ["NAME", "read", "view"]

NAME = "labelled"

SHOWN = re.compile(r"[^\s\0]")
LONG_ROW = re.compile(r"[^\r\n]{400,}")
"""Longer than a turn is without the next one."""

INSIDE_ROW = re.compile(rf"(?<=[.?!…\"”’)\]—–-]\s)(?:[\[(]?{TIME}[\])]?\s)?(?P<name>{SPEAKER}):(?=\s)")
BOLD = re.compile(r"<(?:cite|strong|b)[\s>]", re.IGNORECASE)
"""What pages mark a speaker's name with."""


def read(text: str) -> Reference | None:
    """The transcript, or None if no row begins with what can only be a speaker's label.

    Raises `TranscriptEmpty`, `TranscriptTooLarge`.
    """

    def opener(row: Row, outline: str) -> Opening:
        return replace(opening(row, outline), mark=_mark(text, outline, row))

    found = prose.survey(File(NAME, text, _broken(outline(text))), opener)
    return prose.read(found) if found.labelled else None


def _broken(view: str) -> str:
    """The view with line breaks before labels inside long rows, where a page's paragraphs were run together.

    Only names of which at least two recur after the ends of sentences are believed there.
    """
    rows = [match.span() for match in LONG_ROW.finditer(view)]
    labels = [label for start, end in rows for label in INSIDE_ROW.finditer(view, start, end) if is_likely(label["name"])]
    counts = Counter(label["name"] for label in labels)
    recurring = {name for name, count in counts.items() if count > 1}
    if len(recurring) < 2:
        return view
    chars = list(view)
    for label in labels:
        if label["name"] in recurring:
            chars[label.start() - 1] = "\n"
    return "".join(chars)


def _mark(text: str, view: str, row: Row) -> Mark:
    """Whether HTML's bold type begins right before the first character that is shown."""
    first = SHOWN.search(view, row.start, row.end)
    hidden = text[max(0, row.start - 1) : first.start() if first else row.start]
    return Mark.BOLD if BOLD.search(hidden) else Mark.NONE
