"""The demo recording, decoded once, and the models as a worker has them."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.kit import Kit
from models.waveform import Waveform
from service.settings import Settings
from workers import audio

DEMO = Path(__file__).parents[2] / "docs" / "demo"


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Waveform:
    """The demo recording: 117 s, three voices."""
    path = tmp_path_factory.mktemp("demo") / "demo.wav"
    audio.decode(DEMO / "episode.mp3", path, audio.Limits(max_seconds=600), lambda *_: None)
    return Waveform(path)


@pytest.fixture(scope="session")
def kit() -> Kit:
    """Real models; `make setup` has fetched their weights."""
    return Kit(Settings())
