from hypothesis import given
from hypothesis import strategies as st

from service.domain.guide import Guide

TEXT = (
    "Welcome back to the show. Today we follow one idea across fifty years and 3 countries. You know what I mean, you know what I mean. "
    "In the end nobody wanted to pay for it, and you know what happened then."
)
TALK = TEXT.split()


def test_words_that_were_heard_are_found_however_they_are_written() -> None:
    guide = Guide(TALK)
    heard = ["today", "we", "follow", "won", "idea", "across", "fifty", "years", "and", "three", "countries"]
    assert guide.begins(heard) == TALK.index("Today")
    assert guide.reached(heard) == TALK.index("countries.") + 1


def test_what_the_page_has_too_little_or_too_much_of_is_found_nowhere() -> None:
    guide = Guide(TALK)
    assert guide.begins(TALK[5:8]) is None
    assert guide.begins(TALK[5:10]) == 5
    assert guide.begins(["thank", "you", "for", "listening", "to", "another", "talk"]) is None
    assert guide.reached([]) is None
    assert Guide([*TALK, *["la"] * 200]).begins(["la"] * 70) is None


def test_words_that_go_on_far_beyond_the_transcript_do_not_tell_where_they_reach() -> None:
    heard = [*TALK[5:14], *("something else altogether " * 12).split()]
    assert Guide(TALK).begins(heard) == 5
    assert Guide(TALK).reached(heard) is None


def test_what_is_heard_comes_back_to_the_transcript_with_two_words_of_it() -> None:
    guide = Guide(TALK)
    place = TALK.index("pay")
    assert guide.back(["play", "pay", "for", "it", "and"], place) == (1, place)
    assert guide.back(["play", "four", "it", "end"], place) is None


@given(st.lists(st.sampled_from(["one", "two", "three", "four", "five", "six", "seven"]), max_size=40), st.integers(0, 40))
def test_a_place_is_always_one_of_the_transcript(words: list[str], cut: int) -> None:
    guide, heard = Guide(words), words[cut:]
    places = [place for place in (guide.begins(heard), guide.reached(heard)) if place is not None]
    assert all(0 <= place <= len(words) for place in places)
    back = guide.back(heard, cut)
    assert back is None or [words[back[1] + k] == heard[back[0] + k] for k in (0, 1)] == [True, True]
