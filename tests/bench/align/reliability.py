"""Whether a word's score is the probability that the printed word is what is said there."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator
from itertools import pairwise

Judged = tuple[float, bool]
"""A word's score, and whether the word is what is said."""

EDGES = (0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 0.99, 1.001)


def table(judged: Iterable[Judged]) -> Iterator[str]:
    """One row per range of scores: how many words, their mean score, the share that is right; then the expected calibration error."""
    known = list(judged)
    off = 0.0
    for low, high in pairwise(EDGES):
        inside = [pair for pair in known if low <= pair[0] < high]
        if not inside:
            continue
        score, right = statistics.fmean(s for s, _ in inside), statistics.fmean(r for _, r in inside)
        off += len(inside) * abs(score - right) / len(known)
        yield f"| {low:.2f} to {min(high, 1):.2f} | {len(inside)} | {score:.3f} | {right:.3f} |"
    yield f"| expected calibration error | {len(known)} | | {off:.3f} |"
