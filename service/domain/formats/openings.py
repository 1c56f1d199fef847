"""How a row of running text begins: a stamp, a speaker's name, both in either order, or neither.

    Ada Lovelace: Good morning.              [00:12:03] Ada Lovelace: Good morning.
    **Ada Lovelace** (0:52)                  Speaker 2 (03:15):
    ## Ada Lovelace                          Ada Lovelace  0:52
    0:52                                     >> ADA: Good morning.

Whether what looks like a name is one, `labels` decides when it has seen all rows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from service.domain.formats.names import NAME, NOTE
from service.domain.formats.rows import TURN, Row
from service.domain.formats.stamps import GAP, STAMP, Stamp, stamp_at
from service.domain.formats.views import shown

SPACE = re.compile(GAP)
TURNED = re.compile(TURN)
BETWEEN = re.compile(rf"{GAP}(?:[-–—|•]{GAP})?")
COLON = re.compile(rf"(?P<name>{NAME}){NOTE}{GAP}:(?=[\s\0]|\Z)")
STAMPED = re.compile(rf"(?P<name>{NAME}){NOTE}{GAP}(?:[-–—|•,]{GAP})?(?<!\w)(?={STAMP})")
ALONE = re.compile(rf"(?P<name>{NAME}){NOTE}{GAP}\Z")
CLOSE = re.compile(rf"{GAP}:?{GAP}")
WIDE = re.compile(r"[ \0]*(?:\t| {2}|\Z)")


class Form(Enum):
    """How a name is marked as one."""

    COLON = "Ada: text"
    STAMPED = "Ada (0:52)"
    """A stamp after the name, and no text on the row unless after a colon."""
    STAMPED_TEXT = "Ada (0:52) text"
    ALONE = "Ada"


class Mark(Enum):
    """What Markdown makes of the beginning of a row."""

    NONE = ""
    BOLD = "**"
    TITLE = "#"


@dataclass(frozen=True, slots=True)
class Label:
    """A name at the beginning of a row. `end` is the offset where the text after it begins; `stamp` is one written after it."""

    text: str
    form: Form
    end: int
    stamp: Stamp | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """The beginning of a row. `start` is where its text begins if there is no label; `turn` tells that ">>" stands first."""

    row: Row
    start: int
    turn: bool = False
    stamp: Stamp | None = None
    label: Label | None = None
    mark: Mark = Mark.NONE

    @property
    def bare(self) -> bool:
        """Whether there is nothing on the row but what has been recognised."""
        return (self.label.end if self.label else self.start) >= self.row.end


def opening(row: Row, view: str) -> Opening:
    """The opening of one row."""
    at = _skip(SPACE, view, row.start, row.end)
    text = _skip(SPACE, view, _skip(TURNED, view, at, row.end), row.end)
    turn = TURNED.match(view, at, row.end) is not None
    stamp = stamp_at(view, text, row.end)
    if stamp is None:
        return Opening(row, text, turn, None, _label(view, text, row.end))
    after = _skip(BETWEEN, view, stamp.end, row.end)
    return Opening(row, after, turn, stamp, _label(view, after, row.end))


def _label(view: str, start: int, end: int) -> Label | None:
    if found := COLON.match(view, start, end):
        return _before_colon(view, found, end)
    if found := STAMPED.match(view, start, end):
        return _before_stamp(view, found, end)
    if found := ALONE.match(view, start, end):
        return Label(shown(found["name"]), Form.ALONE, end)
    return None


def _before_colon(view: str, found: re.Match[str], end: int) -> Label:
    """A bare time right after the colon may be talk ("Ada: 10:30 suits me") unless it stands apart like a column."""
    at = _skip(SPACE, view, found.end(), end)
    stamp = stamp_at(view, at, end)
    if stamp is not None and (stamp.bracketed or WIDE.match(view, stamp.end, end)):
        return Label(shown(found["name"]), Form.COLON, _skip(CLOSE, view, stamp.end, end), stamp)
    return Label(shown(found["name"]), Form.COLON, at)


def _before_stamp(view: str, found: re.Match[str], end: int) -> Label | None:
    """A bare time after a name is believed only at the end of the row: "call 10:30 please" is talk."""
    stamp = stamp_at(view, found.end(), end)
    if stamp is None:
        return None
    after = _skip(CLOSE, view, stamp.end, end)
    closed = after >= end or ":" in view[stamp.end : after]
    if not closed and not stamp.bracketed:
        return None
    return Label(shown(found["name"]), Form.STAMPED if closed else Form.STAMPED_TEXT, after, stamp)


def _skip(pattern: re.Pattern[str], view: str, start: int, end: int) -> int:
    """Where the text goes on after the pattern, if it stands at `start`."""
    found = pattern.match(view, start, end)
    return found.end() if found else start
