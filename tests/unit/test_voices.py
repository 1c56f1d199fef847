"""Which embeddings are one voice."""

from __future__ import annotations

import numpy as np
import pytest

from models.voices import Bounds, Embeddings, Times, centroids, voices


def said(*who: str, spread: float = 0.2) -> Embeddings:
    """Embeddings of people called by letters, each near a direction of its own."""
    random = np.random.default_rng(7)
    people = {name: random.standard_normal(64) for name in "ABCD"}
    return np.array([people[name] + spread * random.standard_normal(64) for name in who], np.float32)


def one_by_one(*seconds: float) -> Times:
    """One stretch after the other, of so many seconds."""
    ends = np.cumsum(seconds)
    return np.stack([ends - seconds, ends], axis=1)


def long(embeddings: Embeddings) -> Times:
    return one_by_one(*[3.0] * len(embeddings))


def test_voices_are_numbered_as_they_appear() -> None:
    heard = said(*"BABBCAC")
    assert voices(heard, long(heard), Bounds()) == [0, 1, 0, 0, 2, 1, 2]


def test_one_voice_alone_is_one_speaker() -> None:
    heard = said(*"AAAAAA")
    assert set(voices(heard, long(heard), Bounds())) == {0}
    assert voices(heard[:1], long(heard[:1]), Bounds()) == [0]


@pytest.mark.parametrize(("bounds", "count"), [(Bounds(2, 2), 2), (Bounds(4), 4), (Bounds(1, 1), 1)])
def test_the_number_that_is_told_is_kept(bounds: Bounds, count: int) -> None:
    heard = said(*"AABBCCAABBCC")
    assert len(set(voices(heard, long(heard), bounds))) == count


def test_a_cluster_that_hardly_speaks_is_no_voice() -> None:
    heard = said(*"AAAAAABBBBBBC")
    assert len(set(voices(heard, one_by_one(*[3.0] * 12, 2.0), Bounds()))) == 2


def test_what_has_no_embedding_has_no_voice() -> None:
    heard = said(*"AAB")
    heard[1] = np.nan
    assert voices(heard, long(heard), Bounds())[1] == -1
    assert voices(heard[1:2], one_by_one(0.2), Bounds()) == [-1]


def near(distance: float, count: int = 2) -> Embeddings:
    """Embeddings of two people, in turn, whose voices lie so far apart (cosine distance). They say little."""
    one, other = np.zeros(64), np.zeros(64)
    one[0] = 1.0
    other[:2] = 1 - distance, (1 - (1 - distance) ** 2) ** 0.5
    return np.array([one, other] * count, np.float32)


@pytest.mark.parametrize(
    ("distance", "expected", "count"), [(0.31, 0, 1), (0.31, 1, 1), (0.31, 2, 2), (0.31, 5, 2), (0.2, 2, 1), (0.5, 1, 2)]
)
def test_voices_that_the_labels_let_expect_are_told_apart_if_they_differ_at_all(distance: float, expected: int, count: int) -> None:
    heard = near(distance)
    assert len(set(voices(heard, long(heard), Bounds(expected=expected)))) == count


def test_what_the_caller_says_counts_more_than_what_the_labels_let_expect() -> None:
    heard = near(0.31)
    assert len(set(voices(heard, long(heard), Bounds(1, 1, expected=2)))) == 1


def test_the_centroid_of_a_voice_is_the_mean_direction_of_its_stretches() -> None:
    heard = np.array([[3.0, 0.0], [0.0, 1.0], [1.0, 1.0], [np.nan, np.nan]], np.float32)
    found = centroids(heard, np.array([2.0, 2.0, 5.0, 1.0]), [0, 0, 1, -1])
    assert found == pytest.approx(np.array([[1.0, 1.0], [1.0, 1.0]]) / 2**0.5)
    assert centroids(heard[:0], np.zeros(0), []).shape == (0, 2)
    assert centroids(heard[3:], np.ones(1), [-1]).shape == (0, 2)


def scattered(cosine: float, who: str, spread: float = 0.3) -> Embeddings:
    """Embeddings of two people, A and B, their own means so alike, each embedding off by so much in a direction of its own."""
    random = np.random.default_rng(3)
    people = np.zeros((2, 192))
    people[0, 0] = 1.0
    people[1, :2] = cosine, (1 - cosine**2) ** 0.5
    off = random.standard_normal((len(who), 192))
    return np.asarray(people[["AB".index(one) for one in who]] + spread * off / np.linalg.norm(off, axis=1, keepdims=True), np.float32)


@pytest.mark.parametrize(
    ("cosine", "who", "count"),
    [(0.75, "AABB" * 3, 2), (0.95, "AABB" * 3, 1), (0.75, "AABB", 1), (0.75, "AAAB" * 20, 1)],
    ids=["two", "one", "little is said", "never goes on"],
)
def test_two_alike_are_told_apart_when_both_say_enough_at_a_time(cosine: float, who: str, count: int) -> None:
    heard = scattered(cosine, who)
    assert len(set(voices(heard, long(heard), Bounds()))) == count


def test_two_alike_are_one_when_the_caller_says_so() -> None:
    heard = scattered(0.75, "AABB" * 3)
    assert len(set(voices(heard, long(heard), Bounds(1, 1)))) == 1
