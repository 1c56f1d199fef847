"""Two channels with a voice each are recognised; mixes for loudspeakers are not taken for them."""

from __future__ import annotations

import numpy as np
import pytest

from models.waveform import SAMPLE_RATE
from service.domain.span import Span
from service.domain.speech import Turn
from tests.support.der import errors
from tests.support.duet import Duet, duet
from tests.support.sound import Sound, tone
from workers.balance import Balance


@pytest.fixture(scope="module")
def talk() -> Duet:
    return duet()


def sides_of(sound: Sound) -> tuple[Turn, ...]:
    """Heard in pieces, as a recording is decoded."""
    balance = Balance()
    for start in range(0, sound.shape[1], 10 * SAMPLE_RATE):
        balance.hear(np.ascontiguousarray(sound[:, start : start + 10 * SAMPLE_RATE].T).tobytes())
    return balance.sides


@pytest.mark.parametrize(("crosstalk", "missed"), [(0.0, 0.05), (0.1, 0.09), (0.2, 0.13)])
def test_each_channel_tells_when_its_voice_is_heard(talk: Duet, crosstalk: float, missed: float) -> None:
    found = errors(talk.turns, sides_of(talk.recorded(crosstalk)))
    assert found["confusion"] < 0.015
    assert found["missed detection"] < missed, "crosstalk hides what is thrown in"
    assert found["false alarm"] < 0.06, "a side is held a little"


@pytest.mark.parametrize("pan", [0.5, 0.6, 0.7])
def test_a_mix_for_loudspeakers_holds_no_channel_of_a_voice(talk: Duet, pan: float) -> None:
    assert sides_of(talk.mixed(pan)) == ()


def test_the_same_bed_of_music_on_both_channels_hides_no_voice(talk: Duet) -> None:
    bed = tone(talk.channels.shape[1] / SAMPLE_RATE, level=0.01)[:, : talk.channels.shape[1]]
    found = errors(talk.turns, sides_of(talk.recorded() + bed))
    assert found["confusion"] < 0.015
    assert found["missed detection"] < 0.09


def test_a_voice_in_the_middle_beside_sounds_on_either_side_has_no_channel(talk: Duet) -> None:
    sound, second = talk.mixed(), SAMPLE_RATE
    sound[0, : 5 * second] += tone(5.0, hertz=300.0, level=0.1)[0]
    sound[1, 5 * second : 10 * second] += tone(5.0, hertz=700.0, level=0.1)[0]
    assert sides_of(sound) == ()


def test_two_unrelated_tones_without_a_pause_are_no_conversation() -> None:
    assert sides_of(np.vstack([tone(30.0, hertz=400.0), tone(30.0, hertz=900.0)])) == ()


def test_a_channel_that_hardly_ever_speaks_is_none(talk: Duet) -> None:
    sound = talk.recorded()
    sound[1, 12 * SAMPLE_RATE :] = 0
    sound[1, : 11 * SAMPLE_RATE] = 0
    assert sides_of(sound) == ()


def test_nothing_heard_has_no_sides() -> None:
    assert Balance().sides == ()
    assert sides_of(np.zeros((2, 100), np.int16)) == ()


def test_turns_lie_in_the_recording_and_in_order(talk: Duet) -> None:
    found = sides_of(talk.recorded())
    assert [turn.span for turn in found] == sorted(turn.span for turn in found)
    assert all(turn.span.overlap(Span(0, talk.channels.shape[1] // 16)) == turn.span.duration for turn in found)
