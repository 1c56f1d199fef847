"""When what was heard is the same word after all, written otherwise."""

from __future__ import annotations

import pytest

from service.domain.variants import is_no_other_word, of_two_countries


@pytest.mark.parametrize(
    ("written", "heard"),
    [
        *(("quarrelling", "quarreling"), ("colours", "colors"), ("realised", "realized"), ("analyse", "analyze"), ("centre", "center")),
        *(
            ("metre", "meter"),
            ("theatre", "theater"),
            ("defence", "defense"),
            ("dialogue", "dialog"),
            ("paediatric", "pediatric"),
            ("organizations", "organisations"),
        ),
        *(("Ploughed", "plowed"), ("practising", "practicing"), ("sabre", "saber"), ("storeys", "stories"), ("scepticism", "skepticism")),
        *(("enrolment", "enrollment"), ("tonnes", "tons"), ("whiskies", "whiskeys")),
        *(("the colour television", "the color television"), ("Favourite", "favorite")),
    ],
)
def test_a_word_in_another_country_s_spelling_is_no_other(written: str, heard: str) -> None:
    assert of_two_countries(written, heard)
    assert is_no_other_word(written, heard)


@pytest.mark.parametrize(
    ("written", "heard"),
    [
        ("filling", "filing"),
        ("pouring", "poring"),
        ("four", "for"),
        ("plain", "plane"),
        ("route", "root"),
        ("refilling", "refiling"),
        ("Rachael", "Rachel"),
        ("we're", "were"),
        ("mice", "mike"),
        ("enrol", "enter"),
    ],
)
def test_words_that_only_sound_so_are_two(written: str, heard: str) -> None:
    assert not of_two_countries(written, heard)
    assert not is_no_other_word(written, heard)


@pytest.mark.parametrize(
    ("written", "heard"),
    [
        ("engineer is", "engineers"),
        ("a pharmacist", "pharmacists"),
        ("the same thing", "same things"),
        ("a colour", "color"),
        ("well-known", "well"),
        ("I've", "have"),
        ("We’ll", "will"),
        ("yer", "your"),
    ],
)
def test_words_left_out_and_another_ending_make_no_other(written: str, heard: str) -> None:
    assert is_no_other_word(written, heard)


@pytest.mark.parametrize(
    ("written", "heard"),
    [("treat is", "treaties"), ("stage in", "staging"), ("veg tables", "vegetables"), ("son did", "sounded"), ("vitamin D", "Ed")],
)
def test_one_word_written_as_two_is_another(written: str, heard: str) -> None:
    assert not is_no_other_word(written, heard)
