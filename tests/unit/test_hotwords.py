"""What a recogniser is told to expect."""

from __future__ import annotations

from models.frequency import frequency
from models.lexicon import load
from service.domain.hotwords import MOST_LETTERS, hotwords
from service.domain.options import Options, Term
from tests.support.builders import reference

TALK = ("Every home had a Minutel then, and the Minutel was beige.", "Now we use PyTorch, and Quen, and the phone.")


def told(options: Options) -> tuple[str, ...]:
    return hotwords(reference(*TALK), options, frequency("en"), load())


def test_what_is_vouched_for_is_told_the_glossary_first() -> None:
    words = told(Options(title="Clémence Ardouin on wires", glossary=(Term("Minitel"),)))
    assert words[0] == "Minitel"
    assert "Clémence Ardouin" in words
    assert "PyTorch" in words, "the lexicon spells it as the talk does"


def test_a_spelling_that_only_the_page_vouches_for_is_not_told() -> None:
    assert not {"Minutel", "Quen"} & set(told(Options()))


def test_no_more_is_told_than_a_prompt_holds() -> None:
    words = told(Options(glossary=tuple(Term(f"Grandmaster Number {n}") for n in range(200))))
    assert 10 < len(words) < 200
    assert len(", ".join(words)) <= MOST_LETTERS + len(words)
