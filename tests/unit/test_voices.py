"""Which embeddings are one voice."""

from __future__ import annotations

import numpy as np
import pytest

from models.voices import Bounds, Embeddings, Seconds, voices


def said(*who: str, spread: float = 0.2) -> Embeddings:
    """Embeddings of people called by letters, each near a direction of its own."""
    random = np.random.default_rng(7)
    people = {name: random.standard_normal(64) for name in "ABCD"}
    return np.array([people[name] + spread * random.standard_normal(64) for name in who], np.float32)


def long(embeddings: Embeddings) -> Seconds:
    return np.full(len(embeddings), 3.0)


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
    seconds = np.array([3.0] * 12 + [2.0])
    assert len(set(voices(heard, seconds, Bounds()))) == 2


def test_what_has_no_embedding_has_no_voice() -> None:
    heard = said(*"AAB")
    heard[1] = np.nan
    assert voices(heard, long(heard), Bounds())[1] == -1
    assert voices(heard[1:2], np.array([0.2]), Bounds()) == [-1]
