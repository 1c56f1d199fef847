"""What the transcript's own times are worth: a constant or growing offset between them and the recording."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median

from service.domain.script import Line
from service.domain.span import Ms

FEWEST = 6
"""Lines with an old and a new time from which an offset can be told from chance."""

NOTICEABLE_MS = 1_500
"""Stamps are often cut to whole seconds, and cues begin a little early."""


def remarks(lines: Sequence[Line], starts: Sequence[Ms | None]) -> Iterator[str]:
    """At most one remark; `starts` has the new time of each line's first word, None where it was not heard.

    >>> from service.domain.span import Span
    >>> lines = [Line(n, (), cue=Span(10_000 * n, 10_000 * n)) for n in range(8)]
    >>> list(remarks(lines, [10_000 * n + 12_000 for n in range(8)]))
    ["The transcript's own times are 12.0 s too early."]
    """
    late = [start - line.cue.start for line, start in zip(lines, starts, strict=True) if line.cue is not None and start is not None]
    if len(late) < FEWEST:
        return
    third = len(late) // 3
    first, last, all_over = median(late[:third]), median(late[-third:]), median(late)
    if abs(last - first) > NOTICEABLE_MS:
        yield f"The transcript's own times run away: they are {_said(first)} at the beginning and {_said(last)} at the end."
    elif abs(all_over) > NOTICEABLE_MS:
        yield f"The transcript's own times are {_said(all_over)}."


def _said(late: float) -> str:
    return f"{abs(late) / 1000:.1f} s too {'early' if late > 0 else 'late'}"
