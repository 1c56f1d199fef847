"""Suspects, evidence and the decision."""

from dataclasses import replace
from typing import Any

import pytest

from models.lexicon import load as load_lexicon
from service.domain.align import align
from service.domain.candidates import Candidate
from service.domain.correct import Corrections, Edit, decide, dressed, witnesses
from service.domain.document import Evidence, Kind
from service.domain.evidence import TYPICAL, Case, may_be_meant, probabilities, probability, promising, rivals
from service.domain.options import Options
from service.domain.printed import printed
from service.domain.script import Reference
from service.domain.suspicion import Suspect, named, suspects, tears, torn
from tests.support.builders import hypothesis, reference, spoken

USUAL = {
    "we": 7.0,
    "had": 6.0,
    "a": 7.0,
    "at": 6.5,
    "home": 5.5,
    "any": 6.0,
    "body": 5.0,
    "pie": 4.0,
    "torch": 3.5,
    "sting": 3.6,
    "stay": 5.0,
}
WRITTEN = reference("we had a Minutel, at home")


def usual(word: str) -> float:
    return USUAL.get(word, 0.0)


def suspect(**fields: Any) -> Suspect:
    bare = Suspect((3, 4), "Minutel", "minimal", confirmed=False, rarest=0.0, whole=True, in_document=1)
    return replace(bare, **fields)


def case(margin: float | None = 4.0, **fields: Any) -> Case:
    """Ruled on by lines of ten tokens."""
    good = Candidate("Minitel", 0.96, in_document=3, prior=3)
    return Case(suspect(), replace(good, **fields), 0.0, margin, -1.0, -1.0 + (margin or 0.0) / 10)


def texts(heard: str, written: Reference = WRITTEN, doubted: str = "") -> list[str]:
    """What is suspicious; of the words `doubted` the recogniser is not sure."""
    said = hypothesis(*(replace(word, score=0.4) if word.text in doubted.split() else word for word in spoken(heard)))
    return [s.text for s in suspects(written, align(written, said), said, usual, lambda text, _: text == "pie torch")]


def test_an_unknown_word_is_suspicious_even_when_the_recogniser_agrees() -> None:
    assert "Minutel" in texts("we had a Minutel at home")


def test_a_known_word_heard_as_written_is_left_alone() -> None:
    assert all("Minutel" in text for text in texts("we had a Minutel at home"))


def test_a_name_split_by_the_page_and_the_recogniser_alike_is_suspicious() -> None:
    written = reference("we had pie torch at home")
    assert texts("we had pie torch at home", written) == ["pie torch"]


def test_words_heard_as_one_are_suspicious() -> None:
    assert texts("we had anybody at home", reference("we had any body at home")) == ["any body"]


@pytest.mark.parametrize(
    ("doubted", "found"),
    [
        ("", []),
        ("torch", ["a sting torch", "a sting torch at", "sting torch", "sting torch at", "torch at"]),
        ("a", []),
    ],
)
def test_a_word_that_the_recogniser_doubts_is_suspicious_beside_others_but_for_the_commonest(doubted: str, found: list[str]) -> None:
    assert texts("a sting torch at", reference("a sting torch at"), doubted) == found


def test_five_words_may_be_one_name_if_the_first_and_the_last_are_suspicious() -> None:
    found = texts("we had nox a body any torq at home", reference("we had nox a body any torq at home"))
    assert [text for text in found if text.count(" ") == 4] == ["nox a body any torq"]
    assert not [text for text in found if text.count(" ") > 4]
    assert "had nox a body" in found


def test_a_name_spelled_as_the_lexicon_has_it_is_not_suspicious() -> None:
    tokens = ["So", "Demis", "Hassabis,", "and", "Demis", "alone"]
    assert named(tokens, load_lexicon()) == {1, 2}


def test_a_name_written_apart_is_found_unless_a_sentence_ends_in_it() -> None:
    tokens = ["At", "silver", "tail's", "desk,", "silver.", "Tail"]
    assert torn(tokens, lambda text: text == "silvertail") == ((1, 3),)


@pytest.mark.parametrize(
    ("tokens", "after", "does"),
    [
        ((1, 2), "Sylvia", True),
        ((1, 3), "Sylvia tail", True),
        ((0, 2), "Atsilver", True),
        ((1, 3), "Silvertail", False),
        ((0, 3), "at Silvertail", False),
        ((3, 4), "dusk", False),
    ],
)
def test_no_piece_of_a_name_written_apart_becomes_another(tokens: tuple[int, int], after: str, does: bool) -> None:
    assert tears(tokens, after, (1, 3), "silver tail") is does


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
def test_each_witness_moves_the_confidence_its_way(change: dict[str, Any], better: bool) -> None:
    changed = case(**change)
    assert (probability(changed) > probability(case())) is better


def test_what_the_recogniser_alone_heard_is_not_applied() -> None:
    written = reference("that is a deal that does not stay")
    heard_only = Case(
        Suspect((7, 8), "stay", "sting", confirmed=False, rarest=5.0, whole=True, in_document=1),
        Candidate("sting", 0.7, heard=True),
        3.6,
        margin=3.0,
    )
    assert not any(edit.applied for edit in decide([heard_only], written, Options()).edits)


def test_of_overlapping_cases_the_likeliest_is_chosen() -> None:
    wide = Case(suspect(tokens=(2, 4), text="a Minutel"), Candidate("Minitel", 0.8, in_document=3), 0.0, margin=-1.0)
    (edit,) = decide([wide, case()], WRITTEN, Options()).edits
    assert edit.tokens == (3, 4)


def test_a_candidate_is_less_sure_beside_a_rival() -> None:
    (alone,) = probabilities([case()])
    beside, rival = probabilities([case(), case(text="Minotel", phonetic=0.9)])
    assert beside < alone
    assert beside + rival < 1


def test_the_same_letters_are_no_rivals_wherever_they_are_cut() -> None:
    whole = Case(suspect(tokens=(2, 4), text="a Minutel"), Candidate("A minitel", 0.9), 0.0)
    part = Case(suspect(), Candidate("Minitel", 0.9), 0.0)
    other = Case(suspect(tokens=(2, 4), text="a Minutel"), Candidate("Minitel", 0.9), 0.0)
    apart = Case(suspect(tokens=(4, 5), text="at"), Candidate("hat", 0.9), 0.0)
    article = Case(suspect(tokens=(2, 3), text="a"), Candidate("the", 0.5), 0.0)
    assert rivals([whole, part, other, apart, article]) == [(2, 4), (2,), (0, 1, 4), (), (0, 2)]


def test_a_correction_that_leads_to_another_misspelling_leads_on() -> None:
    written = reference("at Betawks and then Betarworks we met")
    first = Case(
        suspect(tokens=(1, 2), text="Betawks", heard="beta works"), Candidate("Betarworks", 0.97, in_document=3, in_metadata=1), 0.0, 6.0
    )
    second = Case(
        suspect(tokens=(4, 5), text="Betarworks", heard="beta works"), Candidate("Betaworks", 0.97, prior=4, in_document=2), 0.0, 6.0
    )
    assert [edit.after for edit in decide([first, second], written, Options()).edits] == ["Betaworks", "Betaworks"]


def test_no_spelling_becomes_what_is_more_surely_its_misspelling_elsewhere() -> None:
    written = reference("at Merrifeld, not Merrifield or Merryfield")
    misspelt = Case(suspect(tokens=(1, 2), text="Merrifeld", heard="Merrifield"), Candidate("Merrifield", 0.95, 1, prior=3), 0.0, 9.0)
    taken_back = Case(suspect(tokens=(3, 4), text="Merrifield", heard="Merrifeld"), Candidate("Merrifeld", 0.95, 3), 0.0, 4.0)
    led_on = Case(suspect(tokens=(5, 6), text="Merryfield", heard="Merrifield"), Candidate("Merrifield", 0.9, 1, prior=3), 0.0, 9.0)
    assert decide([taken_back], written, Options()).edits[0].applied
    edits = decide([misspelt, taken_back, led_on], written, Options()).edits
    assert [(edit.before, edit.after) for edit in edits] == [("Merrifeld,", "Merrifield,"), ("Merryfield", "Merrifield")]


def test_a_misspelling_that_is_sure_once_is_corrected_wherever_the_sound_allows() -> None:
    written = reference("we had a Minutel, Minutel, Minutel")
    faint, lost = replace(case(0.0), suspect=suspect(tokens=(4, 5))), replace(case(-8.0), suspect=suspect(tokens=(5, 6)))
    assert probability(faint) < probability(case())
    edits = decide([case(), faint, lost], written, Options()).edits
    assert [(edit.tokens, edit.confidence) for edit in edits] == [((3, 4), edits[0].confidence), ((4, 5), edits[0].confidence)]


def test_a_name_that_the_lexicon_spells_so_is_applied_away_only_if_the_judge_prefers_another_or_it_is_told() -> None:
    tried = [case(-1.0), case(4.0), case(-1.0, in_metadata=1)]
    named_so = [replace(one, suspect=suspect(is_name=True)) for one in tried]
    assert list(map(may_be_meant, named_so)) == [True, False, False]


def test_what_may_be_meant_is_suggested_however_sure_it_is() -> None:
    sure = Options(apply_threshold=0.0, suggest_threshold=0.0)
    his, not_his = (replace(case(-1.0), suspect=suspect(is_name=is_name)) for is_name in (True, False))
    assert [decide([one], WRITTEN, sure).edits[0].applied for one in (his, not_his)] == [False, True]


def test_other_spaces_in_the_same_letters_are_nobody_else_s() -> None:
    again = suspect(capital=True, in_document=2, rarest=4.0)
    apart, other = (replace(case(-1.0), suspect=replace(again, text=text)) for text in ("Mini Tel", "Minister"))
    assert (may_be_meant(apart), may_be_meant(other)) == (False, True)


def test_a_name_that_the_talk_has_again_gives_way_to_no_namesake_that_few_know_and_nobody_heard() -> None:
    again = suspect(capital=True, in_document=2)
    tried = [case(8.0, in_document=0, prior=prior) for prior in (2, 4)] + [case(8.0, in_document=1, prior=2)]
    assert [may_be_meant(replace(one, suspect=again)) for one in tried] == [True, False, False]


def test_thresholds_are_the_callers() -> None:
    sure = probability(case())
    applied = decide([case()], WRITTEN, Options(apply_threshold=sure - 0.001)).edits[0].applied
    suggested = decide([case()], WRITTEN, Options(apply_threshold=sure + 0.001)).edits[0].applied
    assert (applied, suggested) == (True, False)
    assert decide([case()], WRITTEN, Options(suggest_threshold=0.9999, apply_threshold=1.0)).edits == ()


def test_only_cases_a_good_ruling_could_save_are_put_to_the_judge() -> None:
    hopeless = Case(suspect(rarest=6.0, confirmed=True), Candidate("Zurich", 0.62), 4.0)
    assert promising([hopeless, case(margin=None)], Options()) == (case(margin=None),)


def test_what_was_heard_takes_no_known_candidates_place_before_the_judge() -> None:
    known = [case(None, text=text) for text in ("Minitel", "Minitels", "Minitela", "Minitelo")]
    heard = Case(suspect(rarest=3.5), Candidate("minister", 0.8, heard=True), 5.0, fit=8.0)
    asked = promising([*known, heard], Options(suggest_threshold=0.001))
    assert sum(one in asked for one in known) == 3
    assert heard in asked


def test_a_margin_tells_more_where_it_is_large_for_each_token() -> None:
    short, long = (replace(case(2.0), acoustic_before=TYPICAL - each, acoustic_after=TYPICAL) for each in (0.5, 0.1))
    assert probability(short) > probability(long) > probability(replace(case(2.0), acoustic_before=None, acoustic_after=None))


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


@pytest.mark.parametrize(("fit", "speaks"), [(2.25, True), (0.0, False), (-2.25, False)])
def test_the_context_is_a_witness_where_the_candidate_fits_better(fit: float, speaks: bool) -> None:
    assert ("context" in witnesses(replace(case(), fit=fit))) is speaks


def test_the_evidence_has_the_glossary_the_prior_and_the_fit() -> None:
    asked = replace(case(), candidate=Candidate("Minitel", 0.96, in_document=3, in_glossary=True, prior=4), fit=2.25)
    (edit,) = decide([asked], WRITTEN, Options()).edits
    assert (edit.evidence.in_glossary, edit.evidence.prior, edit.evidence.fit) == (True, 4, 2.25)
    assert edit.witnesses == ("glossary", "document", "lexicon", "acoustics", "context")


def sounding(text: str, first: int, after: str, margin: float, **fields: Any) -> Case:
    """A case of a cluster: `text` at the token `first`, of words that nobody knows unless said otherwise, heard as something else."""
    of_suspect = {name: fields.pop(name) for name in ("rarest", "capital", "is_name") if name in fields}
    in_talk = fields.pop("again", 1)
    s = suspect(tokens=(first, first + len(text.split())), text=text, heard="something", in_document=in_talk, **of_suspect)
    return Case(s, Candidate(after, **({"phonetic": 0.95} | fields)), 0.0, margin, -1.0, -1.0 + margin / 10)


def decided(page: str, *asked: Case) -> list[tuple[str, str, bool]]:
    return [(edit.before, edit.after, edit.applied) for edit in decide(asked, reference(page), Options()).edits]


def test_the_misspellings_of_one_name_are_corrected_together() -> None:
    page = "at Betarworks and Beta Works and then Betawks we met"
    sure = sounding("Betarworks", 1, "Betaworks", 9.0, prior=4, in_document=0)
    apart = sounding("Beta Works", 3, "Betaworks", 7.0, prior=2, rarest=5.0, phonetic=0.9)
    other = sounding("Betawks", 7, "Betaworks", 2.5, prior=2, phonetic=0.85)
    assert [applied for *_, applied in decided(page, apart, other)] == [False, False]
    assert decided(page, sure, apart, other) == [
        ("Betarworks", "Betaworks", True),
        ("Beta Works", "Betaworks", True),
        ("Betawks", "Betaworks", True),
    ]


def test_what_may_be_another_thing_is_not_corrected_with_them() -> None:
    page = "here Giulien said that Julianne and Jeline came"
    asked = [
        sounding("Giulien", 1, "Julien", 9.0, in_document=2, prior=3),
        sounding("Julianne", 4, "Julien", 1.5, in_document=2, rarest=3.4, capital=True, phonetic=0.88),
        sounding("Jeline", 6, "Julien", 2.5, in_document=2, phonetic=0.8),
    ]
    assert decided(page, *asked) == [("Giulien", "Julien", True), ("Julianne", "Julien", False), ("Jeline", "Julien", True)]


@pytest.mark.parametrize(
    ("known", "spelled"),
    [
        ({"prior": 4}, "PyTorch"),
        ({"in_metadata": 1}, "PyTorch"),
        ({"in_document": 1}, "Pytorch"),
    ],
)
def test_the_same_letters_are_spelled_one_way(known: dict[str, Any], spelled: str) -> None:
    page = "we use Pie Torch and Pi Torch today"
    first = sounding("Pie Torch", 2, "PyTorch", 9.0, **known)
    second = sounding("Pi Torch", 5, "Pytorch", 9.0, in_document=3)
    assert {after for _, after, _ in decided(page, first, second)} == {spelled}


@pytest.mark.parametrize(
    ("fields", "applied"),
    [
        ({"capital": True, "again": 3}, False),
        ({"capital": True, "again": 1}, True),
        ({"capital": True, "again": 3, "in_metadata": 2}, True),
        ({"capital": True, "again": 3, "phonetic": 0.8, "prior": 5}, True),
        ({"capital": False, "again": 3}, True),
    ],
)
def test_a_name_that_the_talk_has_again_becomes_no_namesake_that_nobody_told_of(fields: dict[str, Any], *, applied: bool) -> None:
    asked = sounding("Julien", 1, "Julian", 12.0, **({"rarest": 3.2, "phonetic": 1.0, "prior": 4, "in_document": 4} | fields))
    assert decided("here Julien said that Julian came", asked) == [("Julien", "Julian", applied)]


@pytest.mark.parametrize(
    ("fields", "applied"),
    [
        ({}, False),
        ({"is_name": True, "rarest": 0.0}, False),
        ({"anybody": False, "margin": 3.5}, False),
        ({"anybody": False}, True),
        ({"heard": "Julian"}, True),
        ({"in_document": 1}, True),
        ({"in_metadata": 1}, True),
        ({"in_glossary": True}, True),
        ({"rarest": 1.9}, True),
        ({"capital": False}, True),
        ({"text": "Julie Anne"}, True),
    ],
)
def test_a_known_name_becomes_no_namesake_that_only_the_lexicon_has(fields: dict[str, Any], *, applied: bool) -> None:
    given: dict[str, Any] = {
        "text": "Julien",
        "capital": True,
        "rarest": 3.2,
        "prior": 4,
        "in_document": 0,
        "phonetic": 1.0,
        "anybody": True,
    }
    given |= fields
    text, heard, margin = str(given.pop("text")), str(given.pop("heard", "something")), given.pop("margin", 12.0)
    asked = sounding(text, 1, "Julian", margin, **given)
    asked = replace(asked, suspect=replace(asked.suspect, heard=heard))
    assert decided(f"here {text} came", asked) == [(text, "Julian", applied)]
