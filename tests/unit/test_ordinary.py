"""Ordinary words as candidates: which are proposed for what is written, and which never are."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from models.lexicon.build import ways
from models.ordinary import OrdinaryWords, load
from service.domain.ordinary import FITTING, MOST, homophones, ordinary_words
from service.domain.suspicion import Suspect


@pytest.fixture(scope="module")
def english() -> OrdinaryWords:
    return load("en")


def alike(_: str) -> float:
    return 0.0


def only(*fitting: str) -> Callable[[str], float]:
    return lambda word: 5.0 if word in fitting else FITTING - 1


def suspect(text: str, heard: str, *, capital: bool = False) -> Suspect:
    return Suspect((0, len(text.split())), text, heard, confirmed=text == heard, rarest=3.0, whole=text != heard, capital=capital)


def proposed(one: Suspect, words: OrdinaryWords, fits: Callable[[str], float] = alike) -> list[str]:
    return [candidate.text for candidate in ordinary_words(one, words, fits)]


@pytest.mark.parametrize(
    ("written", "heard", "meant"),
    [
        ("in tensive", "intense", "intensive"),
        ("they’re", "they’re", "their"),
        ("can't leave her", "can't believe", "cantilever"),
        ("basilisk", "a basil", "basilica"),
    ],
)
def test_what_sounds_nearly_so_is_proposed(english: OrdinaryWords, written: str, heard: str, meant: str) -> None:
    found = list(ordinary_words(suspect(written, heard), english, only(meant)))
    assert meant == found[0].text
    assert len(found) <= MOST
    assert found[0].word
    assert not found[0].known


def test_what_is_heard_as_written_may_only_be_a_word_that_is_said_just_so_and_fits(english: OrdinaryWords) -> None:
    assert proposed(suspect("route", "route"), english, only("root")) == ["root"]
    assert proposed(suspect("route", "route"), english, only("rude")) == []
    assert proposed(suspect("stay", "stay"), english) == []


def test_a_name_that_is_heard_as_written_is_no_ordinary_word(english: OrdinaryWords) -> None:
    assert proposed(suspect("Baker", "Baker", capital=True), english) == []
    assert proposed(suspect("Root", "Root", capital=True), english) == []
    assert proposed(suspect("Reed", "Reed"), english) == [], "it begins a sentence"


@pytest.mark.parametrize("written", ["plough", "colours", "walks", "firemen", "enquiries"])
def test_another_spelling_or_ending_of_the_word_is_not_proposed(english: OrdinaryWords, written: str) -> None:
    other = {"plow", "colors", "walk", "walked", "fireman", "inquiries"}
    assert other & set(english.words) == other, "they are known"
    assert other.isdisjoint(proposed(suspect(written, "cow"), english))
    assert other.isdisjoint(homophones(written, english, alike))


def test_of_other_languages_no_words_are_known() -> None:
    assert proposed(suspect("wahr", "war"), load("de")) == []
    assert load("de").homophones("wahr") == ()


def test_the_table_is_in_order_and_its_pronunciations_are_those_of_the_rules_as_they_are(english: OrdinaryWords) -> None:
    assert list(english.words) == sorted(set(english.words))
    stale = [word for word in english.words[::150] if ways(word) != english.said[word]]
    assert stale == [], "run python -m models.lexicon.build"
