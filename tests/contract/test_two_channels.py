"""A recording with a voice on each of two channels, all the way through decoding and the real diarizer."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from models.kit import Kit
from models.protocols import Voices
from models.waveform import Waveform
from service.domain.sides import by_channel
from service.domain.speech import Diarization
from tests.support.der import errors
from tests.support.duet import Duet, duet, sisters
from tests.support.sound import by_suffix, write
from workers import audio


def heard(talk: Duet, kit: Kit, folder: Path) -> tuple[Diarization, Diarization]:
    """What diarization says of the mix, and what it is with the channels."""
    recording = audio.decode(
        write(folder / "x", talk.recorded(0.1), by_suffix(".flac")), folder / "mono.wav", audio.Limits(), lambda *_: None
    )
    mixed = kit.diarizer.diarize(Voices(Waveform(folder / "mono.wav")))
    return mixed, by_channel(mixed, recording.sides)


def test_two_who_sound_alike_are_told_apart_by_their_channels(kit: Kit, tmp_path: Path) -> None:
    talk = sisters()
    mixed, parted = (errors(talk.turns, told.turns) for told in heard(talk, kit, tmp_path))
    assert sum(parted.values()) < sum(mixed.values()) - 0.2
    assert parted["confusion"] < 0.02


@pytest.fixture(scope="module")
def clear(kit: Kit, tmp_path_factory: pytest.TempPathFactory) -> tuple[Diarization, Diarization]:
    return heard(duet(), kit, tmp_path_factory.mktemp("duet"))


def test_two_who_are_told_apart_anyway_lose_nothing(clear: tuple[Diarization, Diarization]) -> None:
    mixed, parted = (sum(errors(duet().turns, told.turns).values()) for told in clear)
    assert parted < mixed + 0.002


def test_exclusive_turns_never_overlap(clear: tuple[Diarization, Diarization]) -> None:
    exclusive = clear[1].exclusive
    assert {turn.speaker for turn in exclusive} == {"C1", "C2"}
    assert all(before.span.end <= after.span.start for before, after in pairwise(exclusive))
