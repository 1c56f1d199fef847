"""What stands around a place, and whether words fit there."""

import pytest

from models.trigrams import fit
from service.domain.context import END, START, Surroundings, plain, surroundings

LINE = ["Well,", "she", "took", "“a", "long,", "long”", "rest.", "Then", "21", "of", "us", "left."]


@pytest.mark.parametrize(
    ("place", "around"),
    [
        ((0, 1), Surroundings((START,), ("she", "took"))),
        ((3, 6), Surroundings(("she", "took"), ("rest", END))),
        ((6, 7), Surroundings(("long", "long"), (END,))),
        ((7, 8), Surroundings((START,), ("twenty", "one"))),
        ((11, 12), Surroundings(("of", "us"), (END,))),
    ],
)
def test_surroundings_are_two_words_of_the_sentence_or_its_border(place: tuple[int, int], around: Surroundings) -> None:
    assert surroundings(LINE, place) == around


def better(line: str, written: str, candidate: str) -> float:
    tokens = line.split()
    first = tokens.index(written.split(maxsplit=1)[0])
    around = surroundings(tokens, (first, first + len(written.split())))
    judge = fit("en")
    return judge(plain(candidate), around) - judge(plain(written), around)


@pytest.mark.parametrize(
    ("line", "written", "candidate"),
    [
        ("The police ran a stay operation for months.", "stay", "sting"),
        ("And the caught said no.", "caught", "court"),
        ("He left after any body had come.", "any body", "anybody"),
        ("In those years Paris stroika was a word.", "Paris stroika", "perestroika"),
    ],
)
def test_the_word_that_is_usual_among_its_neighbours_fits_better(line: str, written: str, candidate: str) -> None:
    assert better(line, written, candidate) > 2


def test_of_a_word_unknown_to_the_trigrams_its_frequency_is_known() -> None:
    assert better("Then we ran glorbnix at night.", "glorbnix", "Kubernetes") > 0


def test_nothing_is_said_of_other_languages() -> None:
    assert fit("de")(("das",), Surroundings()) == 0
