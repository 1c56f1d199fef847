"""What is worth asking the judge, who is whose rival, and what one correction tells of another."""

from dataclasses import replace
from typing import Any

import pytest

from service.domain.candidates import Candidate
from service.domain.correct import decide
from service.domain.evidence import LOWEST_OF_TOLD, Case, features, is_kept, may_be_meant, probabilities, promising, rivals
from service.domain.options import Options
from service.domain.suspicion import Suspect
from tests.support.builders import reference

KNOWN = Candidate("Kubrick", 0.85, prior=3)


def suspect(text: str, heard: str, first: int = 0, **fields: Any) -> Suspect:
    tokens, same = (first, first + len(text.split())), text == heard
    return replace(Suspect(tokens, text, heard, confirmed=same, rarest=3.5, whole=not same, in_document=1), **fields)


def case(text: str, heard: str, candidate: Candidate = KNOWN, margin: float | None = None, **fields: Any) -> Case:
    return Case(suspect(text, heard, **fields), candidate, 0.0, margin)


def asked(*cases: Case) -> list[str]:
    return [one.suspect.heard for one in promising(cases, Options())]


def test_little_is_hoped_of_a_judge_whose_ear_heard_nothing_more_like_the_candidate() -> None:
    heard = ("Koobrick", "", "Cooper", "two birds", "Coober")
    assert asked(*(case("Coober", one, replace(KNOWN, in_metadata=1), first=k) for k, one in enumerate(heard))) == ["Koobrick", ""]


def test_of_a_candidate_that_the_talk_has_much_is_hoped_unless_the_recogniser_heard_what_is_written() -> None:
    cases = (case("Coober", one, replace(KNOWN, phonetic=0.95, in_document=3), first=k) for k, one in enumerate(("Cooper", "Coober")))
    assert asked(*cases) == ["Cooper"]


def test_a_name_of_known_words_stays_where_the_judge_prefers_no_other_though_the_talk_has_it() -> None:
    two_people = case("Jon Snow", "John Snow", Candidate("John Snow", 1.0, in_document=1, prior=3), -0.5, capital=True)
    assert (may_be_meant(two_people), may_be_meant(replace(two_people, margin=4.0))) == (True, False)


@pytest.mark.parametrize(
    ("text", "after", "kept"),
    [("Jon Snow", "John Snow", True), ("Mies van der Roe", "Mies van der Rohe", False), ("Charles doubting", "Charles Dowding", False)],
)
def test_a_name_of_known_words_has_a_capital_at_each(text: str, after: str, *, kept: bool) -> None:
    disliked = case(text, after, Candidate(after, 0.95, prior=3), -0.5, capital=True)
    assert is_kept(disliked) == may_be_meant(disliked) == kept


def test_what_a_name_is_kept_from_is_no_rival() -> None:
    namesake = case("Jon Snow", "John Snow", Candidate("John Snow", 1.0, in_document=1, prior=3), -0.5, capital=True)
    other = case("Jon Snow", "John Snow", Candidate("Joan Snow", 0.9, prior=3), 4.0, capital=True)
    assert probabilities([namesake, other])[1] == probabilities([other])[0]
    assert probabilities([namesake, other])[0] < probabilities([namesake])[0]


def test_what_is_only_suggested_vouches_for_nothing_elsewhere() -> None:
    kept = case("Robert Schiller", "Robert Shiller", Candidate("Robert Shiller", 1.0, prior=5), -0.5, capital=True, rarest=4.0)
    told = replace(kept, candidate=replace(kept.candidate, in_metadata=1))
    elsewhere = case("Robert Shyler", "Robert Shyla", Candidate("Robert Shiller", 0.9, prior=5), 1.0, first=9)
    assert (may_be_meant(kept), may_be_meant(told)) == (True, False)
    assert probabilities([kept, elsewhere])[1] == probabilities([elsewhere])[0] < probabilities([told, elsewhere])[1]


def test_a_name_that_the_talk_has_more_often_is_not_applied_away_for_one_that_only_the_talk_knows() -> None:
    usual = case("Ventris", "Ventress", Candidate("Ventress", 0.97, in_document=1), 5.0, capital=True, in_document=2, rarest=0.0)
    assert may_be_meant(usual)
    better = (replace(usual.candidate, prior=3), replace(usual.candidate, in_metadata=1), replace(usual.candidate, in_document=2))
    assert not any(may_be_meant(replace(usual, candidate=one)) for one in better)


def test_a_name_of_fewer_words_is_no_namesake() -> None:
    castle = case("Castle Ray", "Casselre", Candidate("Castlereagh", 0.9, prior=3), -0.5, capital=True, rarest=4.0)
    assert not may_be_meant(castle)
    assert may_be_meant(replace(castle, candidate=replace(castle.candidate, text="Castle Roy")))


def test_what_was_heard_is_asked_though_it_sounds_as_written() -> None:
    assert asked(case("scene", "seen", Candidate("seen", 1.0, heard=True), rarest=5.0)) == ["seen"]


def test_a_piece_is_no_rival_of_the_whole_that_explains_the_sound_hardly_worse() -> None:
    whole = case("Mary and two Annette", "Murray Antoinette", Candidate("Marie Antoinette", 0.76), 12.0)
    piece = case("and two Annette", "Antoinette", Candidate("Antoinette", 0.88), 9.0, first=1)
    assert rivals([whole, piece]) == [(), (0,)]
    assert rivals([replace(whole, margin=4.0), piece]) == [(1,), (0,)]


@pytest.mark.parametrize(("likeness", "after"), [(0.99, "Marie Antoinette"), (0.85, "Antoinette")])
def test_a_whole_that_is_sure_enough_comes_before_its_surer_piece(likeness: float, after: str) -> None:
    whole = case("Mary and two Annette", "Murray Antoinette", Candidate("Marie Antoinette", likeness, prior=4), 9.0)
    piece = case("and two Annette", "Antoinette", Candidate("Antoinette", 0.97, prior=4, in_document=1), 10.0, first=1)
    sure, surer = probabilities([whole, piece])
    assert sure < surer
    assert [edit.after for edit in decide([whole, piece], reference("Mary and two Annette"), Options()).edits] == [after]


def test_one_word_with_another_ending_is_no_rival_of_the_one_that_keeps_what_is_written() -> None:
    plural, singular = (case("tardy grades", "Tardigrade", Candidate(text, 0.95)) for text in ("tardigrades", "tardigrade"))
    assert rivals([plural, singular]) == [(), (0,)]


def test_the_judge_hardly_speaks_against_a_word_of_the_talk_that_is_written_in_pieces() -> None:
    whole, pieces = (case(text, "glute", Candidate("glutamate", 0.97, in_document=2), -7.0) for text in ("gluetamate", "glue to mate"))
    assert (features(whole)["margin"], features(pieces)["margin"]) == (-7.0, LOWEST_OF_TOLD)


def test_what_is_surely_right_in_one_place_counts_as_in_the_document_for_another() -> None:
    sure = case("cue brick", "Kubrick", replace(KNOWN, phonetic=1.0, in_metadata=1), 8.0)
    faint = case("cube rack", "cue break", replace(KNOWN, phonetic=0.9), 2.0, first=5)
    overlapping = replace(faint, suspect=replace(faint.suspect, tokens=(1, 3)))
    (alone,) = probabilities([faint])
    assert probabilities([sure, faint])[1] > alone
    assert probabilities([sure, overlapping])[1] <= alone
