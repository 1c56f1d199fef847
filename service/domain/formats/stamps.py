"""Old times: "0:52", "[00:12:03]", "(1:02:03.450)", "00:00.000 --> 00:04.000"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from service.domain.span import Ms, Span

GAP = r"[\s\0]*"
TIME = r"[0-9]{1,4}:[0-9]{2}(?::[0-9]{2}){0,2}(?:[.,][0-9]{1,3})?(?![0-9:])"
"""m:ss, h:mm:ss or h:mm:ss:frames, with a fraction after a point or a comma."""

_RANGE = rf"{TIME}(?:{GAP}(?:-->|[-–—]){GAP}{TIME})?"
STAMP = rf"(?:\[{GAP}{_RANGE}{GAP}\]|\({GAP}{_RANGE}{GAP}\)|{_RANGE})(?!\w)"

_STAMP = re.compile(STAMP)
_TIME = re.compile(TIME)
INSIDE = re.compile(rf"\[{GAP}{_RANGE}{GAP}\]")
"""A stamp in the middle of talk: only square brackets are believed there."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """A stamp in the file: what it says, where it ends, and whether brackets make it plain that it is one."""

    cue: Span | None
    end: int
    bracketed: bool


def stamp_at(view: str, start: int, end: int) -> Stamp | None:
    """The stamp that begins exactly at `start`, if there is one."""
    match = _STAMP.match(view, start, end)
    if match is None:
        return None
    return Stamp(cue(*_TIME.findall(match[0])), match.end(), match[0][0] in "[(")


def cue(start: str, end: str | None = None) -> Span | None:
    """The span between two times as written; of no length when the end is missing, unreadable or before the start.

    >>> cue("0:52")
    Span(start=52000, end=52000)
    >>> cue("00:00:01,5", "00:00:02,250")
    Span(start=1500, end=2250)
    """
    first = time_ms(start)
    if first is None:
        return None
    last = time_ms(end) if end is not None else None
    return Span(first, first if last is None else max(first, last))


def time_ms(text: str) -> Ms | None:
    """Milliseconds of a time as written, or None when it is not one. A time before zero is zero.

    >>> time_ms("1:02:03.4"), time_ms("0:75"), time_ms("-00:00:01,000")
    (3723400, None, 0)
    """
    match = _TIME.fullmatch(text.lstrip("-"))
    if match is None:
        return None
    whole, _, fraction = match[0].replace(",", ".").partition(".")
    parts = [int(part) for part in whole.split(":")][:3]
    seconds = parts[-1]
    minutes = parts[-2]
    hours = parts[0] if len(parts) == 3 else 0
    if seconds >= 60 or (len(parts) == 3 and minutes >= 60):
        return None
    if text.startswith("-"):
        return 0
    return (hours * 3600 + minutes * 60 + seconds) * 1000 + int(fraction.ljust(3, "0") or 0)
