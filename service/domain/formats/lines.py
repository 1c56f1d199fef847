"""From drafts of lines to the parsed transcript."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from service.domain.formats.names import distinct
from service.domain.formats.tokens import tokens
from service.domain.script import Line, Reference, Role
from service.domain.span import Span
from service.errors import TranscriptEmpty, TranscriptTooLarge

MOST_WORDS = 200_000
"""Words of one transcript: about twenty hours of fast talk."""

_LINE_END = re.compile(r"\r\n|[\r\n]")


@dataclass(frozen=True, slots=True)
class Draft:
    """A stretch of the file that is one line, and what the file says of it."""

    start: int
    end: int
    role: Role = Role.TALK
    label: str | None = None
    cue: Span | None = None


@dataclass(frozen=True, slots=True)
class File:
    """A decoded file: its format, its text, and the view of what is to be read of it."""

    format: str
    text: str
    view: str


def reference(file: File, drafts: Iterable[Draft], names: Iterable[str] = ()) -> Reference:
    """The transcript of these drafts. A draft without a word gives no line; `names` may repeat.

    Raises `TranscriptEmpty` if no talk is left, `TranscriptTooLarge` over `MOST_WORDS` words.
    """
    starts = [0, *(at.end() for at in _LINE_END.finditer(file.text))]
    lines: list[Line] = []
    words = 0
    for draft in drafts:
        found = tokens(file.view, draft.start, draft.end)
        if not found:
            continue
        words += len(found)
        number = bisect_right(starts, found[0].start)
        if words > MOST_WORDS:
            raise TranscriptTooLarge(f"the transcript has more than {MOST_WORDS:,} words (in line {number}). Split the episode into parts")
        lines.append(Line(number, found, draft.role, draft.label, draft.cue))
    if not any(line.role is Role.TALK for line in lines):
        raise TranscriptEmpty(
            "the transcript holds headings only, no talk" if lines else "the transcript holds no word: it is empty or markup"
        )
    return Reference(file.format, file.text, tuple(lines), distinct(names))
