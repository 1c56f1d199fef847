"""The benchmark of names, on an episode small enough to count by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.bench.names import Episode
from tests.bench.speakers import leave
from tests.support.builders import turn

LINE = "one two three four five six seven eight"


@pytest.fixture
def episode(tmp_path: Path) -> Episode:
    """Ada and Bruno say four lines of four seconds in turn; the last of Bruno's is heard as Ada's."""
    rows = [{"speaker": ("Ada", "Bruno")[n % 2], "original": LINE, "start": 4 * n, "end": 4 * n + 4} for n in range(8)]
    (tmp_path / "e.truth.json").write_text(json.dumps({"rows": [*rows, {"presence": "audio_only", "original": ""}]}))
    heard = [turn("S1" if n in {0, 2, 4, 6, 7} else "S2", 4_000 * n, 4_000 * n + 4_000) for n in range(8)]
    leave(heard, tmp_path / "turns" / "e.rttm")
    return Episode.of(tmp_path / "e.truth.json", tmp_path / "turns" / "e.rttm")


def test_an_episode_is_read_with_its_turns(episode: Episode) -> None:
    assert episode.speakers == ("Ada", "Bruno") * 4
    assert [t.speaker for t in episode.turns] == ["S1", "S2", "S1", "S2", "S1", "S2", "S1", "S1"]


def test_words_in_the_wrong_voice_are_counted(episode: Episode) -> None:
    assert episode.unlabelled() == 7 / 8
    assert episode.right(0.0) == 7 / 8


def test_labels_are_wrong_as_often_as_asked(episode: Episode) -> None:
    assert episode.mislabelled(0.0, 1) == list(episode.speakers)
    assert all(label != who for label, who in zip(episode.mislabelled(1.0, 1), episode.speakers, strict=True))
    assert episode.mislabelled(0.5, 1) == episode.mislabelled(0.5, 1)
