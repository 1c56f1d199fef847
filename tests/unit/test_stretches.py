"""What one column says alone, and whose voice each frame gets."""

from __future__ import annotations

import numpy as np

from models.stretches import Frames, Mask, Stretch, active, carried, doubted, exclusive, matched, stretches, voiced

SECONDS = 0.1


def drawn(*columns: str) -> Mask:
    """Frames of 0.1 s, one column per string, `#` where it speaks."""
    return np.array([[letter == "#" for letter in column] for column in columns]).T


def window(*columns: str) -> Frames:
    return drawn(*columns).astype(np.float32)


def test_columns_are_followed_through_windows_that_number_them_anew() -> None:
    first, second = window("####..", "....##"), window("..##", "##..")
    activity = matched([(0, first), (4, window("##..", "..##")[:, ::-1])], 8, 2)
    assert active(activity).tolist() == drawn("####..##", "....##..").tolist()
    assert active(matched([(0, first), (2, second)], 6, 2)).tolist() == drawn("####..", "....##").tolist()


def test_as_many_speak_as_speak_on_average() -> None:
    activity = np.array([[0.4, 0.4, 0.0], [0.9, 0.8, 0.0], [0.2, 0.1, 0.0]], np.float32)
    assert active(activity).tolist() == [[True, False, False], [True, True, False], [False, False, False]]


def sure(speaking: Mask) -> Mask:
    """No window doubts that somebody speaks."""
    return np.zeros(len(speaking), np.bool_)


def test_a_stretch_ends_at_a_pause_but_not_at_a_short_one() -> None:
    speaking = drawn("###.###..###")
    assert stretches(speaking, sure(speaking), SECONDS) == [Stretch(0, 0, 7), Stretch(0, 9, 12)]


def test_a_stretch_holds_no_second_voice() -> None:
    speaking = drawn("######", "...#..")
    assert stretches(speaking, sure(speaking), SECONDS) == [Stretch(0, 0, 3), Stretch(0, 4, 6)]


def test_long_stretches_are_cut_into_equal_parts() -> None:
    speaking = np.ones((120, 1), np.bool_)
    assert [s.num_frames for s in stretches(speaking, sure(speaking), SECONDS)] == [40, 40, 40]


def test_a_stretch_ends_where_one_window_of_many_hears_a_pause() -> None:
    activity = np.array([[1.0, 0.0]] * 12 + [[0.75, 0.0]] * 2 + [[0.5, 0.5]] * 4 + [[1.0, 0.0]] * 12, np.float32)
    doubt = doubted(activity)
    assert doubt.nonzero()[0].tolist() == [12, 13], "who speaks is no matter"
    speaking = drawn("#" * 30)
    assert stretches(speaking, doubt, SECONDS) == [Stretch(0, 0, 13), Stretch(0, 13, 30)]
    assert stretches(speaking[:18], doubt[:18], SECONDS) == [Stretch(0, 0, 18)], "not where little would be left"


def test_a_short_stretch_takes_the_voice_beside_it() -> None:
    found = [Stretch(0, 0, 20), Stretch(0, 23, 25), Stretch(0, 60, 63), Stretch(1, 70, 90)]
    assert carried(found, [0, 1, 1, 1], SECONDS) == [0, 0, 1, 1]
    assert carried(found, [0, -1, -1, 1], SECONDS) == [0, 0, 0, 1], "without a voice of its own, from however far"


def test_where_two_speak_at_once_two_voices_are_named() -> None:
    speaking = drawn("########....", "......##....", "..........##")
    found = [Stretch(0, 0, 6), Stretch(2, 10, 12)]
    said = voiced(speaking, found, [0, 1])
    assert said[:, 0].tolist() == speaking[:, 0].tolist()
    assert said[6:8, 1].all(), "a column that never speaks alone is whoever else is nearest"
    both = voiced(drawn("######", "...###"), [Stretch(0, 0, 3), Stretch(1, 5, 6)], [0, 1])
    assert both.sum(axis=1).tolist() == [1, 1, 1, 2, 2, 2]
    same = voiced(drawn("######..#", "...###..."), [Stretch(0, 0, 3), Stretch(1, 5, 6), Stretch(0, 8, 9)], [0, 0, 1])
    assert same[3:6].all(), "the second is whoever else is nearest"


def test_exclusively_the_longer_turn_keeps_the_floor() -> None:
    assert exclusive(drawn("######", "..##..")).tolist() == drawn("######", "......").tolist()


def test_silence_is_nobody() -> None:
    assert voiced(drawn("...."), [], []).shape == (4, 0)
    assert exclusive(np.zeros((4, 0), np.bool_)).shape == (4, 0)
