"""The rows of a file: its physical lines, further cut where a block of HTML or a ">>" begins something new."""

from __future__ import annotations

import re
from dataclasses import dataclass

from service.domain.formats.tokens import SAYS
from service.domain.formats.views import shown

TURN = r">\x01*>[>\x01]*"
"""Captions write ">>" where the speaker changes, also in the middle of a line; pages make entities of it."""

BREAK = re.compile(rf"\r\n|[\r\n]|(?<=[^\S\r\n])(?={TURN})")


@dataclass(frozen=True, slots=True)
class Row:
    """The stretch [`start`, `end`) of the file, without its line end. `text` is what a reader sees of it."""

    start: int
    end: int
    text: str

    @property
    def blank(self) -> bool:
        """Whether it has no letter or digit: empty lines, rules made of dashes."""
        return SAYS.search(self.text) is None


def rows(view: str) -> list[Row]:
    """All rows of a view, in order."""
    found, start = [], 0
    for at in BREAK.finditer(view):
        if at.end() > at.start() or view[start : at.start()].strip():
            found.append(Row(start, at.start(), shown(view[start : at.start()])))
            start = at.end()
    found.append(Row(start, len(view), shown(view[start:])))
    return found
