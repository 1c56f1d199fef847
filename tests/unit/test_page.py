from hypothesis import given
from hypothesis import strategies as st

from service.domain.page import Page

TEXT = (
    "Welcome back to the show. Today we follow one idea across fifty years and 3 countries. You know what I mean, you know what I mean. "
    "In the end nobody wanted to pay for it, and you know what happened then."
)
TALK = TEXT.split()


def test_words_that_were_heard_are_found_however_they_are_written() -> None:
    page = Page(TALK)
    heard = ["today", "we", "follow", "won", "idea", "across", "fifty", "years", "and", "three", "countries"]
    assert page.begins(heard) == TALK.index("Today")
    assert page.reached(heard) == TALK.index("countries.") + 1


def test_what_the_page_has_too_little_or_too_much_of_is_found_nowhere() -> None:
    page = Page(TALK)
    assert page.begins(TALK[5:8]) is None
    assert page.begins(TALK[5:10]) == 5
    assert page.begins(["thank", "you", "for", "listening", "to", "another", "talk"]) is None
    assert page.reached([]) is None
    assert Page([*TALK, *["la"] * 200]).begins(["la"] * 70) is None


def test_words_that_go_on_far_beyond_the_page_do_not_tell_where_they_reach() -> None:
    heard = [*TALK[5:14], *("something else altogether " * 12).split()]
    assert Page(TALK).begins(heard) == 5
    assert Page(TALK).reached(heard) is None


def test_what_is_heard_comes_back_to_the_page_with_two_words_of_it() -> None:
    page = Page(TALK)
    place = TALK.index("pay")
    assert page.back(["play", "pay", "for", "it", "and"], place) == (1, place)
    assert page.back(["play", "four", "it", "end"], place) is None


@given(st.lists(st.sampled_from(["one", "two", "three", "four", "five", "six", "seven"]), max_size=40), st.integers(0, 40))
def test_a_place_is_always_one_of_the_page(words: list[str], cut: int) -> None:
    page, heard = Page(words), words[cut:]
    places = [place for place in (page.begins(heard), page.reached(heard)) if place is not None]
    assert all(0 <= place <= len(words) for place in places)
    back = page.back(heard, cut)
    assert back is None or [words[back[1] + k] == heard[back[0] + k] for k in (0, 1)] == [True, True]
