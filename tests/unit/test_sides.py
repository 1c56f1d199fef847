"""Channels with a voice each beside diarization."""

from __future__ import annotations

from service.domain.sides import by_channel
from service.domain.speech import Diarization, Turn
from tests.support.builders import turn

LEFT_THEN_RIGHT = (turn("1", 0, 10_000), turn("2", 9_000, 20_000))


def told(*turns: Turn) -> Diarization:
    return Diarization(turns, turns)


def test_the_channel_says_who_and_diarization_when() -> None:
    heard = by_channel(told(turn("S1", 200, 9_700), turn("S2", 9_700, 19_000)), LEFT_THEN_RIGHT)
    assert heard.turns == (turn("C1", 200, 10_000), turn("C2", 9_000, 19_000))
    assert heard.exclusive == (turn("C1", 200, 10_000), turn("C2", 10_000, 19_000))
    assert heard.channels == (("C1", 1), ("C2", 2))


def test_two_voices_that_diarization_takes_for_one_are_parted() -> None:
    heard = by_channel(told(turn("S1", 0, 22_000)), LEFT_THEN_RIGHT)
    assert heard.turns == (turn("C1", 0, 10_000), turn("C2", 9_000, 22_000))


def test_two_at_once_are_heard_by_either() -> None:
    heard = by_channel(told(turn("S1", 0, 10_000), turn("S2", 8_500, 20_000)), LEFT_THEN_RIGHT)
    assert heard.turns == (turn("C1", 0, 10_000), turn("C2", 8_500, 20_000))
    assert heard.exclusive == (turn("C1", 0, 10_000), turn("C2", 10_000, 20_000))


def test_a_slip_of_diarization_is_put_right() -> None:
    heard = by_channel(
        told(turn("S1", 0, 5_000), turn("S2", 5_000, 6_000), turn("S1", 6_000, 10_000), turn("S2", 10_000, 20_000)), LEFT_THEN_RIGHT
    )
    assert heard.exclusive == (turn("C1", 0, 10_000), turn("C2", 10_000, 20_000))


def test_a_channel_that_two_people_share_is_left_to_diarization() -> None:
    shared = told(turn("S1", 0, 5_000), turn("S3", 5_000, 9_000), turn("S2", 9_000, 20_000))
    assert by_channel(shared, LEFT_THEN_RIGHT) == shared


def test_what_is_on_neither_side_alone_keeps_its_voice() -> None:
    heard = by_channel(
        told(turn("S1", 0, 9_500), turn("S2", 9_500, 20_000), turn("S3", 20_000, 30_000), turn("S1", 30_000, 31_000)), LEFT_THEN_RIGHT
    )
    assert heard.turns[2:] == (turn("S3", 20_000, 30_000), turn("C1", 30_000, 31_000))


def test_without_sides_nothing_changes() -> None:
    one = told(turn("S1", 0, 1_000))
    assert by_channel(one, ()) == one
