"""Average linkage of directions, in memory that grows with their number and not with its square.

The mean cosine distance between two clusters is that of their means, before these are made as long as one: so means are all that is
kept, where scipy keeps every pair twice (230 MB for three hours of lively talk).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Directions = npt.NDArray[np.float32]
"""Vectors of length one: shape (count, dimension)."""

Labels = npt.NDArray[np.int_]

SAME = 1e-6
"""Distances that differ by less are the same: two clusters see each other through different roundings."""


@dataclass(frozen=True, slots=True)
class Tree:
    """What was merged at which distance: `pairs` (count - 1, 2) name one member of either side; `heights` (count - 1,) are in no order."""

    pairs: Labels
    heights: npt.NDArray[np.float64]

    def cut(self, height: float) -> Labels:
        """A number for every direction, from 0: alike for those in one cluster when no cluster is merged beyond `height`."""
        count = len(self.heights) + 1
        one, other = self.pairs[self.heights <= height].T
        labels: Labels = connected_components(coo_array((np.ones(len(one)), (one, other)), (count, count)), directed=False)[1]
        return labels


def average_linkage(unit: Directions) -> Tree:
    """The tree of mergers of at least one direction."""
    mergers = list(_mergers(unit.copy()))
    return Tree(np.array([pair for pair, _ in mergers], np.int_).reshape(-1, 2), np.array([height for _, height in mergers]))


def _mergers(means: Directions) -> Iterator[tuple[tuple[int, int], float]]:
    """By a chain of nearest neighbours: two that are nearest to each other can be merged whatever becomes of the others."""
    sizes = np.ones(len(means))
    gone = np.zeros(len(means), np.float32)
    chain: list[tuple[int, float]] = []
    for _ in range(len(means) - 1):
        if not chain:
            chain = [(int(np.flatnonzero(gone == 0)[0]), np.inf)]
        while True:
            tip, before = chain[-1]
            distances = 1 - means @ means[tip] + gone
            distances[tip] = np.inf
            nearest = int(distances.argmin())
            if distances[nearest] >= before - SAME:
                break
            chain.append((nearest, float(distances[nearest])))
        tip, height = chain.pop()
        other, _ = chain.pop()
        yield (other, tip), height
        means[other] = (sizes[other] * means[other] + sizes[tip] * means[tip]) / (sizes[other] + sizes[tip])
        sizes[other] += sizes[tip]
        gone[tip] = np.inf
