"""Whether a word's score is the probability that the printed word is what is said there."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

Judged = tuple[float, bool]
"""A word's score, and whether the word is what is said."""

EDGES = (0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 0.99, 1.001)

GROUPS = 8
"""Bins of as many words each, below the last of the edges."""

STANDARD_ERRORS = 1.96
"""A share lies within so many of them 95 times in a hundred."""


def table(judged: Iterable[Judged]) -> Iterator[str]:
    """One row per range of scores: how many words, their mean score, the share that is right and the interval in which it lies with 95 %
    by the number of words alone (Wilson); then the expected calibration error.
    """
    known = list(judged)
    bins = [[pair for pair in known if low <= pair[0] < high] for low, high in pairwise(EDGES)]
    for (low, high), inside in zip(pairwise(EDGES), bins, strict=True):
        if inside:
            yield _row(f"{low:.2f} to {min(high, 1):.2f}", inside)
    off = math.fsum(abs(math.fsum(score - right for score, right in inside)) for inside in bins) / len(known)
    yield f"| expected calibration error | {len(known)} | | {off:.3f} | |"


def equal(judged: Iterable[Judged]) -> Iterator[str]:
    """The same with as many words in every row, of those that are not all but certain."""
    known = sorted(pair for pair in judged if pair[0] < EDGES[-2])
    for first, end in pairwise(round(len(known) * k / GROUPS) for k in range(GROUPS + 1)):
        yield _row(f"{known[first][0]:.3f} to {known[end - 1][0]:.3f}", known[first:end])


def _row(name: str, inside: Sequence[Judged]) -> str:
    right = statistics.fmean(right for _, right in inside)
    low, high = interval(right, len(inside))
    return f"| {name} | {len(inside)} | {statistics.fmean(score for score, _ in inside):.3f} | {right:.3f} | {low:.3f} to {high:.3f} |"


def interval(share: float, count: int) -> tuple[float, float]:
    """Wilson's interval for a share seen in `count` cases.

    >>> [round(edge, 2) for edge in interval(0.9, 100)]
    [0.83, 0.94]
    """
    z2 = STANDARD_ERRORS**2
    middle = (share + z2 / (2 * count)) / (1 + z2 / count)
    half = STANDARD_ERRORS / (1 + z2 / count) * math.sqrt(share * (1 - share) / count + z2 / (4 * count**2))
    return max(0.0, middle - half), min(1.0, middle + half)
