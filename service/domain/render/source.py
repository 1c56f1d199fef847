"""The caller's own file, with the applied corrections and nothing else changed.

An edit's replacement is what a reader should see. It is written as the file's format writes it (entities in WebVTT), markup inside the
corrected stretch stays, and of the stretch itself only the characters that differ are replaced. Where rolling captions show a row
again it is corrected again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from service.domain.document import Document
from service.domain.formats import CAPTIONS, VIEWS
from service.domain.formats.cues import echoes
from service.domain.formats.rows import Row
from service.domain.formats.views import PAD, UNREAD
from service.domain.render.options import RenderOptions
from service.domain.render.vtt import escape

Change = tuple[int, int, str]
"""(start, end, replacement): a half-open range of the file and what to write instead, literally."""


def write(document: Document, _: RenderOptions) -> str:
    """Encoded in UTF-8, a UTF-8 file without corrections comes back byte for byte, its byte order mark and line ends included."""
    source = document.source
    view = VIEWS[source.format](source.text) if source.format in VIEWS else source.text
    out: list[str] = []
    at = 0
    again = echoes(CAPTIONS[source.format](view).cues) if source.format in CAPTIONS else []
    for start, end, after in sorted(place for edit in source.edits for place in _repeated(edit, view, again)):
        for left, right, literal in changes(view, (start, end), after):
            out += [source.text[at:left], escape(literal) if source.format == "vtt" else literal]
            at = right
    return "".join([*out, source.text[at:]])


def _repeated(edit: Change, view: str, again: Sequence[tuple[Row, Row]]) -> Iterator[Change]:
    """An edit, and the same in each row that repeats the one it is in."""
    yield edit
    start, end, after = edit
    for row, copy in again:
        if row.start <= start and end <= row.end:
            inked = [s for s in _seen(view, row.start, row.end) if not s.char.isspace()]
            copied = [s for s in _seen(view, copy.start, copy.end) if not s.char.isspace()]
            there = [other for one, other in zip(inked, copied, strict=True) if start <= one.start < end]
            start, end = there[0].start, there[-1].end
            yield start, end, after


@dataclass(frozen=True, slots=True)
class _Seen:
    """A character that a reader sees, and the stretch of the file that writes it."""

    char: str
    start: int
    end: int


def changes(view: str, stretch: tuple[int, int], after: str) -> list[Change]:
    r"""What to replace so that a reader of the stretch sees `after`.

    >>> changes("a\0Minutel\0, b", (2, 11), "Minitel,")
    [(5, 6, 'i')]
    """
    seen = list(_seen(view, *stretch))
    head = _common([s.char for s in seen], after)
    tail = _common([s.char for s in reversed(seen[head:])], after[head:][::-1])
    gone, new = seen[head : len(seen) - tail], after[head : len(after) - tail]
    if not gone:
        at = seen[head - 1].end if head else stretch[0]
        return [(at, at, new)] if new else []
    first, *rest = gone
    return [(first.start, first.end, new), *((s.start, s.end, "") for s in rest)]


def _seen(view: str, start: int, end: int) -> Iterator[_Seen]:
    for i in range(start, end):
        if view[i] not in UNREAD:
            stop = i + 1
            while stop < end and view[stop] == PAD:
                stop += 1
            yield _Seen(view[i], i, stop)


def _common(seen: list[str], text: str) -> int:
    """How many characters both begin with, all white space being alike."""
    n = 0
    for a, b in zip(seen, text, strict=False):
        if a != b and not (a.isspace() and b.isspace()):
            break
        n += 1
    return n
