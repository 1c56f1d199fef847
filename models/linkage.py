"""Average linkage of directions, in memory that grows with their number and not with its square.

The mean cosine distance between two clusters is that of their means, before these are made as long as one: so means are all that is
kept, where scipy keeps every pair twice (230 MB for three hours of lively talk).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Directions = npt.NDArray[np.float32]
"""Vectors of length one: shape (count, dimension)."""

Labels = npt.NDArray[np.int_]

Members = npt.NDArray[np.bool_]
"""Shape (count,)."""

SAME = 1e-6
"""Distances that differ by less are the same: two clusters see each other through different roundings."""


@dataclass(frozen=True, slots=True)
class Merger:
    """Of two clusters: one member of either, their mean cosine distance, the cosine of their means, and the weight of the lighter one."""

    one: int
    other: int
    distance: float
    likeness: float
    lighter: float


@dataclass(frozen=True, slots=True)
class Tree:
    """All mergers of `count` directions, each after those of its sides."""

    count: int
    mergers: tuple[Merger, ...]

    def cut(self, distance: float, refused: Collection[Merger] = ()) -> Labels:
        """A number for every direction, from 0: the same for those that mergers up to `distance` join, but for those that are `refused`."""
        return self._joined([m for m in self.mergers if m.distance <= distance and m not in refused])

    def sides(self, merger: Merger) -> tuple[Members, Members]:
        """Which directions a merger joins with which."""
        before = self._joined(self.mergers[: self.mergers.index(merger)])
        return before == before[merger.one], before == before[merger.other]

    def _joined(self, mergers: Sequence[Merger]) -> Labels:
        one, other = np.array([(m.one, m.other) for m in mergers], np.int_).reshape(-1, 2).T
        labels: Labels = connected_components(coo_array((np.ones(len(one)), (one, other)), (self.count,) * 2), directed=False)[1]
        return labels


def average_linkage(unit: Directions, weights: npt.NDArray[np.float64]) -> Tree:
    """The tree of mergers of at least one direction. Weights do not change distances."""
    return Tree(len(unit), tuple(_mergers(unit.copy(), weights.copy())))


def _mergers(means: Directions, weights: npt.NDArray[np.float64]) -> Iterator[Merger]:
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
        tip, distance = chain.pop()
        other, _ = chain.pop()
        lengths = np.linalg.norm(means[other]) * np.linalg.norm(means[tip])
        yield Merger(other, tip, distance, float((1 - distance) / lengths), float(min(weights[other], weights[tip])))
        means[other] = (sizes[other] * means[other] + sizes[tip] * means[tip]) / (sizes[other] + sizes[tip])
        sizes[other] += sizes[tip]
        weights[other] += weights[tip]
        gone[tip] = np.inf
