"""How the benchmarks count words with the right voice and name, on an episode small enough to count by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from service.domain.span import Span
from service.domain.speech import Turn
from tests.bench.spoken import Episode
from tests.support.builders import turn

LINE = "one two three four five six seven eight"


@pytest.fixture
def episode(tmp_path: Path) -> Episode:
    """Ada and Bruno say eight lines of four seconds in turn."""
    rows = [{"speaker": ("Ada", "Bruno")[n % 2], "original": LINE, "start": 4 * n, "end": 4 * n + 4} for n in range(8)]
    (tmp_path / "e.truth.json").write_text(json.dumps({"rows": [*rows, {"presence": "audio_only", "original": ""}]}))
    return Episode.of(tmp_path / "e.truth.json")


@pytest.fixture
def turns() -> tuple[Turn, ...]:
    """The last of Bruno's is heard as Ada's."""
    return tuple(turn("S1" if n in {0, 2, 4, 6, 7} else "S2", 4_000 * n, 4_000 * n + 4_000) for n in range(8))


def test_an_episode_is_read(episode: Episode) -> None:
    assert episode.speakers == ("Ada", "Bruno") * 4
    assert episode.num_words == 64


def test_words_in_the_wrong_voice_are_counted(episode: Episode, turns: tuple[Turn, ...]) -> None:
    assert episode.voices(turns) == 7 / 8
    assert episode.names(turns, 0.0, [1]) == 7 / 8


def test_labels_are_wrong_as_often_as_asked(episode: Episode) -> None:
    assert episode.labels(0.0, 1) == list(episode.speakers)
    assert all(label != who for label, who in zip(episode.labels(1.0, 1), episode.speakers, strict=True))
    assert episode.labels(0.5, 1) == episode.labels(0.5, 1)


def test_of_one_speaker_no_label_is_wrong() -> None:
    alone = Episode((LINE,), ("Ada",), (Span(0, 4_000),))
    assert alone.labels(1.0, 1) == ["Ada"]
