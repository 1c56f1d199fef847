"""Passages that are spoken, but not where they are written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from service.domain.anchors import Pair
from service.domain.links import NEIGHBOURS, alike

SHORTEST = 20
"""Words of a passage that is taken for one that has moved: what people say twice is shorter."""

FOUND = 0.4
"""Share of a passage's words that must be found: two advertisements share next to none."""

ROUNDS = 10
"""How often what is left is searched: of passages in reversed order each search finds one."""


def moved(written: Sequence[Sequence[str]], heard: Sequence[Sequence[str]]) -> Iterator[tuple[range, range]]:
    """Which passages of the written words are among the heard ones, in whatever order; both folded."""
    ours, theirs = list(range(len(written))), list(range(len(heard)))
    for _ in range(ROUNDS):
        pairs = alike([written[i] for i in ours], [heard[j] for j in theirs])
        found = list(_passages([(ours[i], theirs[j]) for i, j in pairs]))
        if not found:
            return
        yield from found
        taken = [set(chain.from_iterable(passage[side] for passage in found)) for side in (0, 1)]
        ours, theirs = [i for i in ours if i not in taken[0]], [j for j in theirs if j not in taken[1]]


def _passages(pairs: Sequence[Pair]) -> Iterator[tuple[range, range]]:
    """From the first to the last of pairs that follow one another closely on both sides, where they are enough."""
    first = 0
    for k in range(1, len(pairs) + 1):
        if k < len(pairs) and all(0 <= pairs[k][side] - pairs[k - 1][side] <= 2 * NEIGHBOURS for side in (0, 1)):
            continue
        (i1, j1), (i2, j2) = pairs[first], pairs[k - 1]
        if k - first >= FOUND * (i2 + 1 - i1) and i2 + 1 - i1 >= SHORTEST:
            yield range(i1, i2 + 1), range(j1, j2 + 1)
        first = k
