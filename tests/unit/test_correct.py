"""Suspects, evidence and the decision."""

from dataclasses import replace

import pytest

from service.domain.align import align
from service.domain.candidates import Candidate
from service.domain.correct import Case, Corrections, Edit, Suspect, confidence, decide, dressed, promising, suspects, witnesses
from service.domain.document import Evidence, Kind
from service.domain.options import Options
from service.domain.printed import printed
from tests.support.builders import hypothesis, reference, spoken

USUAL = {"we": 7.0, "had": 6.0, "a": 7.0, "at": 6.5, "home": 5.5, "pie": 4.0, "torch": 3.5, "sting": 3.6, "stay": 5.0}
WRITTEN = reference("we had a Minutel, at home")


def usual(word: str) -> float:
    return USUAL.get(word, 0.0)


def suspect(**fields: object) -> Suspect:
    bare = Suspect((3, 4), "Minutel", "minimal", confirmed=False, rarest=0.0, whole=True, in_document=1)
    return replace(bare, **fields)  # type: ignore[arg-type]


def case(margin: float | None = 1.0, **fields: object) -> Case:
    good = Candidate("Minitel", 0.96, in_document=3, prior=3)
    return Case(suspect(), replace(good, **fields), 0.0, margin)  # type: ignore[arg-type]


def texts(heard: str) -> list[str]:
    return [s.text for s in suspects(WRITTEN, align(WRITTEN, hypothesis(*spoken(heard))), hypothesis(*spoken(heard)), usual)]


def test_an_unknown_word_is_suspicious_even_when_the_recogniser_agrees() -> None:
    assert "Minutel" in texts("we had a Minutel at home")


def test_a_known_word_heard_as_written_is_left_alone() -> None:
    assert all("Minutel" in text for text in texts("we had a Minutel at home"))


def test_a_stretch_never_crosses_punctuation() -> None:
    assert not any("," in text for text in texts("we had a minimal at home"))


def test_a_vouched_spelling_that_sounds_the_same_and_explains_the_sound_is_applied() -> None:
    (edit,) = decide([case()], WRITTEN, Options()).edits
    assert (edit.before, edit.after, edit.applied, edit.kind) == ("Minutel,", "Minitel,", True, Kind.NAME)
    assert edit.witnesses == ("document", "lexicon", "acoustics")
    assert edit.evidence.heard == "minimal"


def test_the_judge_vetoes_what_does_not_explain_the_sound() -> None:
    assert decide([case(margin=-8.0)], WRITTEN, Options()).edits == ()


@pytest.mark.parametrize(
    ("change", "better"),
    [
        ({"phonetic": 0.99}, True),
        ({"phonetic": 0.7}, False),
        ({"in_metadata": 2}, True),
        ({"prior": 0}, False),
        ({"in_glossary": True}, True),
    ],
)
def test_each_witness_moves_the_confidence_its_way(change: dict[str, object], better: bool) -> None:
    changed = case(1.0, **change)
    assert (confidence(changed) > confidence(case())) is better


def test_what_the_recogniser_alone_heard_is_not_applied() -> None:
    written = reference("that is a deal that does not stay")
    heard_only = Case(Suspect((7, 8), "stay", "sting", False, 5.0, True, 1), Candidate("sting", 0.7, heard=True), 3.6, margin=3.0)
    assert not any(edit.applied for edit in decide([heard_only], written, Options()).edits)


def test_a_spelling_that_the_metadata_vouches_for_is_protected() -> None:
    protected = replace(case(), suspect=suspect(vouched=True))
    assert not any(edit.applied for edit in decide([protected], WRITTEN, Options()).edits)


def test_of_overlapping_cases_the_likeliest_is_chosen() -> None:
    wide = Case(suspect(tokens=(2, 4), text="a Minutel"), Candidate("Minitel", 0.8, in_document=3), 0.0, margin=-1.0)
    (edit,) = decide([wide, case()], WRITTEN, Options()).edits
    assert edit.tokens == (3, 4)


def test_thresholds_are_the_callers() -> None:
    probability = confidence(case())
    applied = decide([case()], WRITTEN, Options(apply_threshold=probability - 0.01)).edits[0].applied
    suggested = decide([case()], WRITTEN, Options(apply_threshold=probability + 0.001)).edits[0].applied
    assert (applied, suggested) == (True, False)
    assert decide([case()], WRITTEN, Options(suggest_threshold=0.9999, apply_threshold=1.0)).edits == ()


def test_only_cases_a_good_ruling_could_save_are_put_to_the_judge() -> None:
    hopeless = Case(suspect(rarest=6.0, confirmed=True), Candidate("Zurich", 0.62), 4.0)
    assert promising([hopeless, case(margin=None)], Options()) == (case(margin=None),)


@pytest.mark.parametrize(("before", "after"), [("“Minutel,”", "“Minitel,”"), ("Minutel’s", "Minitel’s"), ("(Minutel)", "(Minitel)")])
def test_punctuation_around_a_correction_stays(before: str, after: str) -> None:
    assert dressed(before, "Minutel", "Minitel") == after


def edit(tokens: tuple[int, int], after: str) -> Edit:
    return Edit(tokens, "", after, Kind.NAME, applied=True, confidence=0.9, witnesses=(), evidence=Evidence())


def test_printed_words_pair_one_to_one_and_lose_no_token() -> None:
    written = reference("use pie torch and GoogleFi today")
    words = printed(written, Corrections((edit((1, 3), "PyTorch"), edit((4, 5), "Google Fi"))))
    assert [(w.text, w.source) for w in words] == [
        ("use", "use"),
        ("PyTorch", "pie torch"),
        ("and", "and"),
        ("Google", "GoogleFi"),
        ("Fi", ""),
        ("today", "today"),
    ]


def test_witnesses_name_the_recogniser_when_it_heard_the_candidate() -> None:
    assert "recogniser" in witnesses(replace(case(), suspect=suspect(heard="Minitel")))
