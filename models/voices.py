"""Which stretches are one voice: clustering of their embeddings, and how many voices there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.cluster.hierarchy import fcluster, linkage

Embeddings = npt.NDArray[np.float32]
"""Shape (num_stretches, dimension); a row of NaN where a stretch is too short to be embedded."""

Seconds = npt.NDArray[np.float64]

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


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many voices there may be."""

    least: int = 1
    most: int | None = None

    def miss(self, count: int) -> int:
        """By how many a count lies outside."""
        return max(self.least - count, 0) + (max(count - self.most, 0) if self.most else 0)


def voices(embeddings: Embeddings, seconds: Seconds, bounds: Bounds) -> list[int]:
    """The voice (0, 1, ...) of every stretch; -1 where there is no telling."""
    told = ~np.isnan(embeddings[:, 0])
    if not told.any():
        return [-1] * len(embeddings)
    unit = np.nan_to_num(embeddings / np.linalg.norm(embeddings, axis=1, keepdims=True))
    clear = _clear(told, seconds)
    clusters = _clusters(unit[clear], seconds[clear], bounds)
    centroids = _centroids(unit[clear], seconds[clear], clusters)
    nearest = (unit @ centroids.T).argmax(axis=1)
    return [int(voice) if known else -1 for voice, known in zip(nearest, told, strict=True)]


def _clear(told: npt.NDArray[np.bool_], seconds: Seconds) -> npt.NDArray[np.int_]:
    """The stretches that found the voices."""
    longest = sorted(np.flatnonzero(told), key=lambda n: -seconds[n])
    enough = int(np.searchsorted(np.cumsum(seconds[longest]), CLEAR_SHARE * seconds[longest].sum())) + 1
    return np.sort(longest[: max(enough, int((told & (seconds >= CLEAR_SECONDS)).sum()))])


def _clusters(unit: Embeddings, seconds: Seconds, bounds: Bounds) -> npt.NDArray[np.int_]:
    """A cluster for every embedding, -1 for those of clusters too small: cut at `DISTANCE`, or as near to it as the bounds allow."""
    if len(unit) == 1:
        return np.zeros(1, np.int_)
    tree = linkage(unit, "average", "cosine")
    heights = sorted({DISTANCE, *(tree[:, 2] + 1e-9), 0.0}, key=lambda height: abs(height - DISTANCE))
    best: tuple[int, npt.NDArray[np.int_]] | None = None
    for height in heights:
        clusters = _large(fcluster(tree, height, "distance"), seconds)
        miss = bounds.miss(int(clusters.max()) + 1)
        if best is None or miss < best[0]:
            best = miss, clusters
        if miss == 0:
            break
    assert best is not None  # noqa: S101  there is always one height
    return best[1]


def _large(clusters: npt.NDArray[np.int_], seconds: Seconds) -> npt.NDArray[np.int_]:
    """Clusters numbered from 0 in order of appearance; -1 for the small. The largest is never small."""
    spoken = np.bincount(clusters, weights=seconds)
    floor = min(SHORTEST_VOICE_SECONDS, 0.1 * seconds.sum(), spoken.max())
    numbers: dict[int, int] = {}
    for cluster in clusters.tolist():
        if spoken[cluster] >= floor:
            numbers.setdefault(cluster, len(numbers))
    return np.array([numbers.get(cluster, -1) for cluster in clusters.tolist()])


def _centroids(unit: Embeddings, seconds: Seconds, clusters: Sequence[int] | npt.NDArray[np.int_]) -> Embeddings:
    """The mean of each voice's embeddings, weighted by their seconds, of length one."""
    sums = np.stack([(unit * seconds[:, None])[clusters == voice].sum(axis=0) for voice in range(int(np.max(clusters)) + 1)])
    return np.asarray(sums / np.linalg.norm(sums, axis=1, keepdims=True), np.float32)
