"""How the transcript's own times run against the recording: late by so much, and by more and more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from service.domain.script import Line
from service.domain.span import Ms, shares

FEWEST = 6
"""Lines with an old and a new time from which an offset can be told from chance."""

NOTICEABLE_MS = 1_500
"""Stamps are often cut to whole seconds, and cues begin a little early."""

RELIABLE = 0.8
"""Share of lines that must lie within `NOTICEABLE_MS` of what the others say for the old times to be used."""

WORD_MS = 350
"""Of usual speech, where a paragraph has a stamp and no end."""


@dataclass(frozen=True, slots=True)
class Clock:
    """Recording time against the transcript's own: `late` at the old time `at`, and growing by `drift` per millisecond."""

    at: Ms
    late: float
    drift: float

    def new(self, old: Ms) -> Ms:
        return max(0, round(old + self.late + self.drift * (old - self.at)))


def clock(lines: Sequence[Line], starts: Sequence[Ms | None]) -> Clock | None:
    """The offset and drift that most lines agree on, or None: too few lines have old times, or the times are of another cut."""
    both = known(lines, starts)
    if len(both) < FEWEST:
        return None
    (early, first), (late, last) = ends(both)
    found = Clock(round(early), first, (last - first) / max(1, late - early))
    near = sum(abs(found.new(old) - new) <= NOTICEABLE_MS for old, new in both)
    return found if near >= RELIABLE * len(both) else None


def known(lines: Sequence[Line], starts: Sequence[Ms | None]) -> list[tuple[Ms, Ms]]:
    """Old and new time of each line that has both."""
    return [(line.cue.start, start) for line, start in zip(lines, starts, strict=True) if line.cue is not None and start is not None]


def ends(known: Sequence[tuple[Ms, Ms]]) -> tuple[tuple[float, float], tuple[float, float]]:
    """Median old time and lateness of the first and of the last third."""
    third = len(known) // 3
    first, last = ((median(old for old, _ in part), median(new - old for old, new in part)) for part in (known[:third], known[-third:]))
    return first, last


def due(lines: Sequence[Line], ticking: Clock) -> list[Ms | None]:
    """When each token of the lines would be said by the old times; None for those of lines that have none."""
    return [time for line in lines for time in _due_in(line, ticking)]


def _due_in(line: Line, ticking: Clock) -> Sequence[Ms | None]:
    if line.cue is None:
        return [None] * len(line.tokens)
    if not line.cue.duration:
        return [ticking.new(line.cue.start) + WORD_MS * k for k in range(len(line.tokens))]
    return [ticking.new(span.start) for span in shares(line.cue, [token.text for token in line.tokens])]
