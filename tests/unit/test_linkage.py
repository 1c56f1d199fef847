"""Average linkage without a matrix of distances."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from scipy.cluster.hierarchy import fcluster, linkage

from models.linkage import Directions, average_linkage


def directions(count: int, people: int = 5, dimension: int = 32, seed: int = 0) -> Directions:
    """Around as many directions as there are people, closer to some than to others."""
    random = np.random.default_rng(seed)
    near = random.standard_normal((people, dimension))[random.integers(0, people, count)]
    found = near + random.uniform(0.3, 2.0, (count, 1)) * random.standard_normal((count, dimension))
    return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), np.float32)


@pytest.mark.parametrize("count", [2, 3, 40, 300])
def test_the_mergers_are_those_of_scipy(count: int) -> None:
    unit = directions(count)
    ours, theirs = average_linkage(unit, np.ones(count)), linkage(unit, "average", "cosine")
    assert sorted(merger.distance for merger in ours.mergers) == pytest.approx(theirs[:, 2], abs=1e-5)
    for height in (0.1, 0.3, 0.5, 0.7, 0.9, 1.5):
        both = set(zip(ours.cut(height).tolist(), fcluster(theirs, height, "distance").tolist(), strict=True))
        assert len(both) == len({one for one, _ in both}) == len({other for _, other in both})


def test_one_direction_is_one_cluster() -> None:
    assert average_linkage(directions(1), np.ones(1)).cut(0.5).tolist() == [0]


def test_equal_directions_are_merged_at_once() -> None:
    tree = average_linkage(np.repeat(directions(2), 20, axis=0), np.ones(40))
    assert len(set(tree.cut(1e-4).tolist())) == 2


def test_a_merger_tells_how_alike_its_sides_are_and_how_much_the_lighter_weighs() -> None:
    one, near, far = [1.0, 0.0], [0.8, 0.6], [0.0, 1.0]
    first, last = sorted(
        average_linkage(np.array([one, near, far], np.float32), np.array([1.0, 3.0, 2.0])).mergers, key=lambda m: m.distance
    )
    assert ({first.one, first.other}, first.lighter) == ({0, 1}, 1.0)
    assert (first.distance, first.likeness) == pytest.approx((0.2, 0.8))
    assert (last.lighter, last.distance, last.likeness) == pytest.approx((2.0, 0.7, 0.3 / 0.9**0.5))


def test_the_sides_of_a_merger_are_all_it_joins() -> None:
    tree = average_linkage(np.repeat(directions(2), 20, axis=0), np.ones(40))
    top = max(tree.mergers, key=lambda merger: merger.distance)
    one, other = sorted(side.nonzero()[0].tolist() for side in tree.sides(top))
    assert (one, other) == (list(range(20)), list(range(20, 40)))


def test_a_merger_that_is_refused_leaves_its_sides_apart() -> None:
    tree = average_linkage(np.repeat(directions(2), 20, axis=0), np.ones(40))
    top = max(tree.mergers, key=lambda merger: merger.distance)
    assert len(set(tree.cut(2.0).tolist())) == 1
    assert len(set(tree.cut(2.0, {top}).tolist())) == 2


def test_memory_grows_with_the_number_and_not_with_its_square() -> None:
    unit = directions(1500)
    tracemalloc.start()
    average_linkage(unit, np.ones(len(unit)))
    assert tracemalloc.get_traced_memory()[1] < 4 * unit.nbytes, "all pairs would take 47 times as much as the directions"
    tracemalloc.stop()
