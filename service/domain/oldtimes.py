"""What the transcript's own times are worth: a constant or growing offset between them and the recording, and what they say where nothing
was heard. They are a prior, never a truth: no recognised word is moved by them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from statistics import median

from service.domain.clock import FEWEST, NOTICEABLE_MS, Clock, clock, ends, known
from service.domain.document import Timing
from service.domain.passages import HOLE_MS
from service.domain.printed import Printed
from service.domain.script import Line
from service.domain.span import Ms, Span, shares
from service.domain.timing import Said


def remarks(lines: Sequence[Line], starts: Sequence[Ms | None]) -> Iterator[str]:
    """At most one remark; `starts` has the new time of each line's first word, None where it was not heard.

    >>> from service.domain.span import Span
    >>> lines = [Line(n, (), cue=Span(10_000 * n, 10_000 * n)) for n in range(8)]
    >>> list(remarks(lines, [10_000 * n + 12_000 for n in range(8)]))
    ["The transcript's own times are 12.0 s too early."]
    """
    both = known(lines, starts)
    if len(both) < FEWEST:
        return
    (_, first), (_, last) = ends(both)
    all_over = median(new - old for old, new in both)
    if abs(last - first) > NOTICEABLE_MS:
        yield f"The transcript's own times run away: they are {_said(first)} at the beginning and {_said(last)} at the end."
    elif abs(all_over) > NOTICEABLE_MS:
        yield f"The transcript's own times are {_said(all_over)}."


def _said(late: float) -> str:
    return f"{abs(late) / 1000:.1f} s too {'early' if late > 0 else 'late'}"


def narrowed(items: Sequence[Said], words: Sequence[Printed], lines: Sequence[Line]) -> tuple[Said, ...]:
    """The words said, those that would share more than `HOLE_MS` with nothing recognised there brought into the cue of their line."""
    line_of = [n for n, line in enumerate(lines) for _ in line.tokens]
    starts: list[Ms | None] = [None] * len(lines)
    for item in reversed(items):
        if item.printed is not None and item.timing is Timing.RECOGNISED:
            starts[line_of[words[item.printed].token]] = item.rough.start
    ticking = clock(lines, starts)
    if ticking is None:
        return tuple(items)
    out: list[Said] = []
    for (n, timing), group in groupby(items, key=lambda i: (None if i.printed is None else line_of[words[i.printed].token], i.timing)):
        cue = None if n is None else lines[n].cue
        together = list(group)
        out += _into(together, cue, ticking) if cue is not None and timing is Timing.INTERPOLATED else together
    return tuple(out)


def _into(items: Sequence[Said], cue: Span, ticking: Clock) -> Sequence[Said]:
    """Words without a time of their own, shared out over what their room and their cue have in common."""
    room = items[0].rough.hull(items[-1].rough)
    due = Span(ticking.new(cue.start), max(ticking.new(cue.start), ticking.new(cue.end)))
    if room.duration <= HOLE_MS or not due.overlap(room):
        return items
    return [replace(item, rough=span) for item, span in zip(items, shares(due.within(room), [i.text for i in items]), strict=True)]
