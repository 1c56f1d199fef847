"""Markdown: turns that begin with "**Name** (m:ss)", "**Name:**" or "## Name"; titles, emphasis, links and lists are markup."""

from __future__ import annotations

import re
import string
from dataclasses import replace

from service.domain.formats import prose
from service.domain.formats.headings import LONGEST_TITLE
from service.domain.formats.lines import File
from service.domain.formats.openings import Mark, Opening, opening
from service.domain.formats.rows import Row
from service.domain.formats.views import HIDDEN, clean, hide, without_html
from service.domain.script import Reference

NAME = "markdown"

TITLE = re.compile(r"[ \t]{0,3}#{1,6}[ \t]+\S")
BOLD = re.compile(r"\s*(?:[>*+-][ \t]+)?(?:[\[(][\d:., >-]{4,40}[\])][\s–—-]*)?(?:\*{1,3}|_{1,3})(?=[^\s*_])")

MARKED = re.compile(r"(?:^|[\s\])>])(?:#{1,6}[ \t]|[*_]{1,3}[^\s*_])")
"""Whatever could be a title or bold type: most transcripts have neither."""

PREFIX = re.compile(r"^[ \t]{0,3}(?:(?:#{1,6}(?=[ \t])|>(?!>)|[-*+](?=[ \t]))[ \t]*)+|[ \t]#+[ \t]*(?=\r?$)", re.MULTILINE)
"""What marks a title, a quotation or an item of a list."""

IMAGE = re.compile(r"!\[[^\[\]\n]*\]\([^()\s]*(?:[ \t]\"[^\"\n]*\")?\)")
LINK = re.compile(r"\[(?P<text>[^\[\]\n]*)(?P<target>\]\([^()\s]*(?:[ \t]\"[^\"\n]*\")?\))")
EMPHASIS = re.compile(
    r"(?<![\w*_])(?:\*{1,3}|_{1,3})(?=[^\s*_])"  # opens
    r"|(?<=[^\s*_])(?:\*{1,3}|_{1,3})(?![\w*_])"  # closes
    r"|`{1,3}"
)
ESCAPED = re.compile(r"\\(?P<char>[!-/:-@\[-`{-~])")

_KEPT = {ord(c): 0x10FF00 + ord(c) for c in string.punctuation}
_GIVEN_BACK = {kept: char for char, kept in _KEPT.items()}
"""While markup is looked for, escaped punctuation stands as characters for private use, of which transcripts have none."""


def view(text: str) -> str:
    return prose.spoken(_outline(text))


def read(text: str) -> Reference | None:
    """The transcript, or None if the text is not Markdown: no label is marked by it, it begins with no title and has not several.

    Raises `TranscriptEmpty`, `TranscriptTooLarge`.
    """
    if not MARKED.search(text):
        return None
    found = _survey(text)
    titles = [i for i, o in enumerate(found.openings) if o.mark is Mark.TITLE]
    first = next((i for i, o in enumerate(found.openings) if not o.row.blank), -1)
    marked = any(found.openings[i].mark is not Mark.NONE for i in found.labelled)
    return prose.read(found) if marked or len(titles) > 1 or first in titles else None


def _survey(text: str) -> prose.Prose:
    def opener(row: Row, outline: str) -> Opening:
        return replace(opening(row, outline), mark=_mark(text, row))

    return prose.survey(File(NAME, text, _outline(text)), opener)


def _mark(text: str, row: Row) -> Mark:
    if TITLE.match(text, row.start, row.end) and len(row.text.split()) <= LONGEST_TITLE:
        return Mark.TITLE
    return Mark.BOLD if BOLD.match(text, row.start, row.end) else Mark.NONE


def _outline(text: str) -> str:
    kept = ESCAPED.sub(lambda match: HIDDEN + match["char"].translate(_KEPT), clean(text))
    found = PREFIX.sub(hide, without_html(kept))
    found = LINK.sub(_link, IMAGE.sub(hide, found))
    return EMPHASIS.sub(hide, found).translate(_GIVEN_BACK)


def _link(match: re.Match[str]) -> str:
    return HIDDEN + match["text"] + HIDDEN * len(match["target"])
