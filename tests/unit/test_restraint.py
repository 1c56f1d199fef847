"""What is the author's own stays: numbers, hesitations, quotations, his capitals."""

from pathlib import Path
from typing import cast

import pytest

from models.frequency import abroad, frequency
from models.kit import Kit
from service.domain.candidates import Candidate
from service.domain.correct import decide
from service.domain.evidence import Case
from service.domain.options import Options, Term
from service.domain.restraint import cased, foreign, is_only_suggested, quoted, spoils
from service.domain.suspicion import Suspect
from tests.support.builders import reference
from tests.support.ear import Ear, EarKit
from tests.support.oracle import OracleDiarizer
from tests.support.sound import by_suffix, tone, write
from workers import pipeline
from workers.desk import Desk, Episode
from workers.searching import cases
from workers.shelf import MemoryShelf


@pytest.mark.parametrize(
    ("text", "after", "does"),
    [
        ("fifteen", "fifty", True),
        ("the nineteen of", "the ninety of", True),
        ("Apollo eleven", "Apollo 7", True),
        ("sixties", "sixtieth", True),
        ("GPT four", "GPT-4", False),
        ("Cass nine", "Cas9", False),
        ("for", "four", False),
        ("in ten do", "Nintendo", False),
        ("er", "Ur", True),
        ("Uh huh", "Utah", True),
        ("wanna", "Juana", True),
        ("Oh Larry", "O'Leary", False),
        ("okay Rina", "Ocarina", False),
        ("&", "and", False),
    ],
)
def test_a_number_stays_that_number_and_a_hesitation_a_hesitation(text: str, after: str, *, does: bool) -> None:
    assert spoils(text, after) is does


@pytest.mark.parametrize(
    ("text", "candidate", "is_so"),
    [
        ("hundred", Candidate("handed", 0.9, heard=True), True),
        ("seven", Candidate("Sven", 0.9, prior=3), True),
        ("a hundred", Candidate("a handed", 0.9, heard=True), True),
        ("in ten do", Candidate("Nintendo", 0.9, prior=5), False),
        ("for", Candidate("four", 1.0, heard=True), False),
        ("four", Candidate("for", 1.0, heard=True), True),
        ("Cass nine", Candidate("Cas9", 0.9, in_document=2), False),
    ],
)
def test_a_number_that_is_lost_is_suggested_but_in_a_known_name(text: str, candidate: Candidate, *, is_so: bool) -> None:
    assert is_only_suggested(text, candidate) is is_so


def sure(text: str, after: str, first: int) -> Case:
    """As sure as can be."""
    suspect = Suspect((first, first + len(text.split())), text, after, confirmed=False, rarest=4.0, whole=True, in_document=0)
    return Case(suspect, Candidate(after, 0.98, in_metadata=3, prior=5), 4.0, 9.0, -3.0, 0.0)


def test_a_number_that_is_lost_is_not_applied() -> None:
    (lost,) = decide([sure("seven", "Sven", 2)], reference("there were seven of them"), Options()).edits
    (other,) = decide([sure("savin", "Sven", 2)], reference("there were savin of them"), Options()).edits
    assert (lost.applied, other.applied) == (False, True)


@pytest.mark.parametrize(
    ("line", "inside"),
    [
        ("he said “we had a Minutel” to us", {2, 3, 4, 5}),
        ('he said "we had", and "went"', {2, 3, 5}),
        ("he said «a Minutel» to us", {2, 3}),
        ("“we had a Minutel to ourselves.”", set()),
        ("he said “we had a Minutel", set()),
        ('a 5" disc and a 3" disc', set()),
        ("it's Minutel's and the people's", set()),
    ],
)
def test_tokens_in_quotation_marks_are_found(line: str, inside: set[int]) -> None:
    assert quoted(reference(line)) == inside
    assert quoted(reference("we went", line)) == {2 + k for k in inside}


def test_what_is_quoted_is_suggested_at_most() -> None:
    quotation = reference("he wrote “we had a Minutel” to us", "we had a Minutel")
    edits = decide([sure("Minutel", "Minitel", 5), sure("Minutel", "Minitel", 11)], quotation, Options()).edits
    assert [(edit.after, edit.applied) for edit in edits] == [("Minitel”", False), ("Minitel", True)]


@pytest.mark.parametrize(
    ("line", "phrase"),
    [
        ("it has a certain je ne sais quoi, you know", "je ne sais quoi,"),
        ("the slogan was “Vorsprung durch Technik.”", "“Vorsprung durch Technik.”"),
        ("se non è vero it is well invented", "se non è vero"),
        ("she read La vida es sueño twice", "La vida es sueño"),
        ("as Louis said, l’état c’est moi", "l’état c’est moi"),
        ("merci beaucoup to all of you", ""),
        ("he climbed El Cap tan and the core boozy of Betarworks", ""),
        ("large language models write Python and Kubernetes manifests", ""),
        ("he went in die hard at a bar", ""),
    ],
)
def test_three_words_of_another_language_are_a_phrase(line: str, phrase: str) -> None:
    tokens = line.split()
    found = foreign(tokens, frequency("en"), abroad("en"))
    assert " ".join(tokens[k] for k in sorted(found)) == phrase


def test_the_talks_own_language_is_not_foreign() -> None:
    tokens = ["ella", "no", "quiere", "saber", "nada", "de", "su", "casa", "vorsprung", "durch", "technik"]
    assert {tokens[k] for k in foreign(tokens, frequency("es"), abroad("es"))} == {"vorsprung", "durch", "technik"}
    assert not foreign(["daar", "is", "niks", "meer", "om", "te", "sê", "nie"], frequency("af"), abroad("af"))


@pytest.mark.parametrize(
    ("line", "first", "after", "printed"),
    [
        ("Walk along. Walk on", 0, "what", "What"),
        ("Walk along. Walk on", 2, "what", "What"),
        ("and My Cariza", 1, "mycorrhiza", "mycorrhiza"),
        ("walk along", 0, "what", "what"),
        ("X I made it", 0, "xAI", "xAI"),
        ("we had a minutel", 3, "Minitel", "Minitel"),
        ("WE HAD A MINUTEL", 3, "Minitel", "MINITEL"),
    ],
)
def test_capitals_follow_the_page_but_for_names(line: str, first: int, after: str, printed: str) -> None:
    assert cased(after, first, reference(line)) == printed


def test_a_correction_keeps_the_capital_of_a_sentence() -> None:
    page = reference("We met. “Mode is all”, he said")
    (edit,) = decide([sure("Mode", "moat", 2)], page, Options()).edits
    assert edit.after == "“Moat"


PAD = "so we went to the house with the people and then they told us what it was all about because "


def proposed(written: str, heard: str, folder: Path, *glossary: Term) -> set[tuple[str, str]]:
    """What the real search proposes in a transcript."""
    sound = write(folder / "episode.wav", tone(len((PAD + heard).split()) // 2 + 1), by_suffix(".wav"))
    options = Options(language="en", diarize=False, glossary=(Term("Ur", ("er",)), *glossary))
    with MemoryShelf() as shelf:
        kit = cast("Kit", EarKit(Ear(PAD + heard), OracleDiarizer(())))
        desk = Desk(Episode(sound, (PAD + written).encode(), options), kit, shelf)
        for stage in ("decode", "parse", "transcribe", "align"):
            pipeline.run_stage(stage, desk)
        return {(case.suspect.text, case.candidate.text) for case in cases(desk)}


def test_the_search_proposes_no_other_number_and_nothing_for_a_hesitation(tmp_path: Path) -> None:
    found = proposed("er there were fifteen Kuber- Kubernetes in moat", "Ur there were fifty Cuba Kubernetes in mode", tmp_path)
    assert ("moat", "mode") in found
    assert ("fifteen", "fifty") not in found
    assert not {text for text, _ in found} & {"er", "Kuber"}


def test_nothing_is_proposed_in_a_phrase_of_another_language_but_what_the_caller_told_of(tmp_path: Path) -> None:
    written, heard = "she said je ne sais pas to Kuberneties", "she said jenny say pa to Kubernetes"
    changed = {word for text, _ in proposed(written, heard, tmp_path) for word in text.split()}
    assert "Kuberneties" in changed
    assert not changed & {"je", "ne", "sais", "pas"}
    told = proposed("they grow tulips in kerk en hof in may", "they grow tulips in Kirk and Hof in may", tmp_path, Term("Kerkenhof"))
    assert ("kerk en hof", "Kerkenhof") in told


def test_a_known_name_that_is_heard_is_asked_about_where_the_talk_spells_it_otherwise_more_often(tmp_path: Path) -> None:
    twins, equals = "then Julien met Julien and Julianne left", "then Julien met nobody and Julianne left"
    assert ("Julianne", "Julien") in proposed(twins, twins, tmp_path)
    assert "Julianne" not in {text for text, _ in proposed(equals, equals, tmp_path)}


def test_an_ordinary_word_is_not_heard_as_a_name(tmp_path: Path) -> None:
    assert ("horse", "house") in proposed("in that horse they", "in that House they", tmp_path)
    assert ("horse", "Berlin") in proposed("in that horse they", "in that Berlin they", tmp_path)


def test_a_name_that_was_heard_is_spelled_as_the_lexicon_has_it_and_no_other_is(tmp_path: Path) -> None:
    found = proposed("in Pitewash with gin there", "in Pytorch with Chin there", tmp_path)
    assert {("Pitewash", "PyTorch"), ("gin", "Chin")} <= found
    assert ("Pitewash", "Pytorch") not in found
