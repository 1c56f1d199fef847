"""Half-open stretches of time in whole milliseconds. Seconds appear only at the edges of the program."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

Ms = int
"""A time or a duration in whole milliseconds."""


def ms(seconds: float) -> Ms:
    """Whole milliseconds nearest to `seconds`."""
    return round(seconds * 1000)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """The half-open interval [start, end), in milliseconds from the start of the recording.

    >>> Span(1000, 1500).duration
    500
    >>> Span(0, 100).overlap(Span(80, 200))
    20
    """

    start: Ms
    end: Ms

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            msg = f"a span must satisfy 0 <= start <= end, got [{self.start}, {self.end})"
            raise ValueError(msg)

    @classmethod
    def of_seconds(cls, start: float, end: float) -> Span:
        """The span between two times in seconds."""
        return cls(ms(start), ms(end))

    @property
    def duration(self) -> Ms:
        return self.end - self.start

    @property
    def middle(self) -> Ms:
        return (self.start + self.end) // 2

    def overlap(self, other: Span) -> Ms:
        """Milliseconds that both spans share; 0 when they are apart."""
        return max(0, min(self.end, other.end) - max(self.start, other.start))

    def shifted(self, by: Ms) -> Span:
        return Span(self.start + by, self.end + by)

    def within(self, bounds: Span) -> Span:
        """What of the span lies in `bounds`; empty at the nearer border when they do not meet."""
        start = min(max(self.start, bounds.start), bounds.end)
        return Span(start, min(max(self.end, start), bounds.end))

    def hull(self, other: Span) -> Span:
        """The smallest span that holds both."""
        return Span(min(self.start, other.start), max(self.end, other.end))


def shares(room: Span, texts: Sequence[str]) -> Iterator[Span]:
    """The room shared among words by their length in letters.

    >>> list(shares(Span(0, 900), ["in", "hello"]))
    [Span(start=0, end=300), Span(start=300, end=900)]
    """
    ends = list(accumulate(len(text) + 1 for text in texts))
    start = room.start
    for reached in ends:
        end = room.start + room.duration * reached // ends[-1]
        yield Span(start, end)
        start = end
