"""Which stretches are one voice: clustering of their embeddings, and how many voices there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.linkage import Members, Merger, Tree, average_linkage

Embeddings = npt.NDArray[np.float32]
"""Shape (num_stretches, dimension); a row of NaN where a stretch is too short to be embedded."""

Seconds = npt.NDArray[np.float64]

Times = npt.NDArray[np.float64]
"""When each stretch begins and ends, in order of beginning, in seconds: shape (num_stretches, 2)."""

Clusters = npt.NDArray[np.int_]
"""A number for every embedding, from 0 in order of appearance; -1 for what is in no cluster."""

CLEAR_SECONDS = 1.5
"""Stretches as long as this found the voices; the shorter are given to them afterwards."""

CLEAR_SHARE = 0.8
"""In an excited conversation few stretches are long: the longest are taken until they hold this share of the speech."""

SHORTEST_VOICE_SECONDS = 4.0
"""A cluster that speaks less is no voice of its own: its stretches go to the nearest one."""

DISTANCE = 0.35
"""Mean cosine distance up to which two clusters are one voice (average linkage): one voice is mostly within 0.24 of itself in clean
recordings and within 0.32 in meetings, two different ones are beyond 0.36 (decision 69).
"""

CLOSE = 0.28
"""Two clusters nearer than this are one voice, whatever is expected."""

UNLIKE = 0.88
LONG_SECONDS = 12.0
"""Two clusters in each of which so much is said are two voices if the cosine of their means is less, however near the mean of their
distances: that holds the scatter of single stretches, too. Parts of one voice are beyond 0.92 (decision 101).
"""

GOES_ON_SECONDS = 2.0
"""What is said counts there only in stretches that follow another of the same cluster within this time, or are followed by one. A person
goes on talking; a stretch that merely sounds unlike its own voice stands alone, however many a long recording has (decision 115).
"""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many voices there are at least and at most; `expected` is a hint, followed only where the voices are not too alike."""

    least: int = 1
    most: int | None = None
    expected: int = 0

    def miss(self, count: int) -> int:
        """By how many a count lies outside."""
        return max(self.least - count, 0) + (max(count - self.most, 0) if self.most else 0)


def voices(embeddings: Embeddings, times: Times, bounds: Bounds) -> list[int]:
    """The voice (0, 1, ...) of every stretch; -1 where there is no telling."""
    told = ~np.isnan(embeddings[:, 0])
    if not told.any():
        return [-1] * len(embeddings)
    unit, seconds = _unit(embeddings), lengths(times)
    clear = _clear(told, seconds)
    clusters = _clusters(unit[clear], times[clear], bounds)
    nearest = (unit @ centroids(unit[clear], seconds[clear], clusters.tolist()).T).argmax(axis=1)
    return [int(voice) if known else -1 for voice, known in zip(nearest, told, strict=True)]


def lengths(times: Times) -> Seconds:
    """Of every stretch."""
    return np.asarray(times[:, 1] - times[:, 0])


def _clear(told: npt.NDArray[np.bool_], seconds: Seconds) -> npt.NDArray[np.int_]:
    """The stretches that found the voices."""
    longest = sorted(np.flatnonzero(told), key=lambda n: -seconds[n])
    enough = int(np.searchsorted(np.cumsum(seconds[longest]), CLEAR_SHARE * seconds[longest].sum())) + 1
    return np.sort(longest[: max(enough, int((told & (seconds >= CLEAR_SECONDS)).sum()))])


def _clusters(unit: Embeddings, times: Times, bounds: Bounds) -> Clusters:
    """A cluster for every embedding, -1 for those of clusters too small: cut at `DISTANCE`, or as near to it as the bounds allow."""
    seconds = lengths(times)
    tree = average_linkage(unit, seconds)
    unlike = _unlike(tree, times)
    found = _large(tree.cut(DISTANCE, unlike), seconds)
    if bounds.miss(_count(found)):
        return _bounded(tree, seconds, bounds)
    return _parted(tree, seconds, bounds, found, unlike)


def _unlike(tree: Tree, times: Times) -> set[Merger]:
    """The mergers of what is two voices."""
    likely = (merger for merger in tree.mergers if merger.likeness < UNLIKE and merger.lighter >= LONG_SECONDS)
    return {merger for merger in likely if min(_going_on(side, times) for side in tree.sides(merger)) >= LONG_SECONDS}


def _going_on(side: Members, times: Times) -> float:
    """Seconds of one side whose speaker goes on within `GOES_ON_SECONDS`."""
    on = side[1:] & side[:-1] & (times[1:, 0] - times[:-1, 1] < GOES_ON_SECONDS)
    return float(lengths(times)[np.append(on, False) | np.append(False, on)].sum())


def _count(found: Clusters) -> int:
    return int(found.max()) + 1


def _bounded(tree: Tree, seconds: Seconds, bounds: Bounds) -> Clusters:
    """The clusters whose number misses the bounds by least, of those cut as near to `DISTANCE` as may be."""
    heights = sorted({0.0, *(m.distance for m in tree.mergers)}, key=lambda height: abs(height - DISTANCE))
    cuts = (_large(tree.cut(height), seconds) for height in heights)
    best = next(cuts)
    for found in cuts:
        if not bounds.miss(_count(best)):
            break
        best = min(best, found, key=lambda clusters: bounds.miss(_count(clusters)))
    return best


def _parted(tree: Tree, seconds: Seconds, bounds: Bounds, found: Clusters, unlike: set[Merger]) -> Clusters:
    """More clusters where more voices are expected: as near to their number as a cut above `CLOSE` brings it, and not beyond it."""
    wanted = min(bounds.expected, bounds.most or bounds.expected)
    for height in sorted((m.distance for m in tree.mergers if CLOSE <= m.distance < DISTANCE), reverse=True):
        if _count(found) >= wanted:
            break
        clusters = _large(tree.cut(height - 1e-9, unlike), seconds)
        if _count(found) < _count(clusters) <= wanted:
            found = clusters
    return found


def _large(clusters: npt.NDArray[np.int_], seconds: Seconds) -> Clusters:
    """Clusters numbered from 0 in order of appearance; -1 for the small. The largest is never small."""
    spoken = np.bincount(clusters, weights=seconds)
    floor = min(SHORTEST_VOICE_SECONDS, 0.1 * seconds.sum(), spoken.max())
    numbers: dict[int, int] = {}
    for cluster in clusters.tolist():
        if spoken[cluster] >= floor:
            numbers.setdefault(cluster, len(numbers))
    return np.array([numbers.get(cluster, -1) for cluster in clusters.tolist()])


def centroids(embeddings: Embeddings, seconds: Seconds, voices: Sequence[int]) -> Embeddings:
    """The mean direction of each voice's embeddings, weighted by their seconds, of length one: shape (num_voices, dimension)."""
    sums = np.zeros((max(voices, default=-1) + 1, embeddings.shape[1]))
    of = np.asarray(voices, np.int_)
    known = of >= 0
    np.add.at(sums, of[known], _unit(embeddings[known]) * seconds[known, None])
    return _unit(sums)


def _unit(vectors: npt.NDArray[np.floating]) -> Embeddings:
    """The same directions with length one, rows of NaN as zeros."""
    return np.asarray(np.nan_to_num(vectors / np.linalg.norm(vectors, axis=1, keepdims=True)), np.float32)
