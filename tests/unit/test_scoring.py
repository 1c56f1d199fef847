"""What a benchmark of corrections counts."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from tests.bench.correct import calibration_error, reliability
from tests.bench.scoring import Proposal, Tally, count
from tests.bench.truth import Truth

ROW = {"line": "1", "original": "Katharine saw a minute tell, Quen and gold.", "gold": "Katharine saw a Minitel, Qwen and gold."}
TOKENS = ROW["original"].split()
PLANTED = "line\toriginal_span\tgold_span\tkind\tguessable\n1\tminute tell\tMinitel\tname\tknowledge\n1\tQuen\tQwen\tname\tdocument\n"


@pytest.fixture
def truth(tmp_path: Path) -> Truth:
    (tmp_path / "e.truth.json").write_text(json.dumps({"rows": [ROW]}))
    (tmp_path / "e.corrections.tsv").write_text(PLANTED)
    (tmp_path / "e.traps.tsv").write_text("line\ttext\n1\tKatharine\n")
    return Truth.of(tmp_path, "e")


def counted(truth: Truth, *proposals: Proposal) -> Tally:
    tally = Tally()
    count(tally, truth, [(k, k + 1) for k in range(len(TOKENS))], proposals)
    return tally


def test_errors_are_counted_by_kind(truth: Truth) -> None:
    assert counted(truth).wanted == Counter({"all": 2, "document": 1, "knowledge": 1, "split": 1, "name": 2})


def test_what_only_the_glossary_has_is_counted_apart(tmp_path: Path, truth: Truth) -> None:
    given = {"title": "On Minitel", "glossary": [{"text": "Minitel"}, {"text": "Qwen"}]}
    (tmp_path / "e.options.json").write_text(json.dumps(given))
    (tmp_path / "e.transcript.txt").write_text(ROW["original"])
    assert counted(truth).wanted["glossary"] == 0
    assert [change.in_glossary_only for change in Truth.of(tmp_path, "e").changes] == [False, True]


def test_applied_and_suggested_are_told_apart(truth: Truth) -> None:
    tally = counted(truth, Proposal((3, 5), "Minitel,"), Proposal((5, 6), "Qwen", applied=False, confidence=0.5))
    assert (tally.right, tally.wrong, tally.suggested) == (1, 0, [True])
    assert tally.applied["all"] == 1
    assert tally.found["all"] == 2
    assert tally.stated == [(1.0, True), (0.5, True)]


def test_a_change_of_what_was_right_is_wrong_and_springs_its_trap(truth: Truth) -> None:
    tally = counted(truth, Proposal((0, 1), "Catherine"), Proposal((7, 8), "cold."))
    assert (tally.right, tally.wrong, tally.traps, tally.trapped) == (0, 2, 1, 1)
    assert tally.spoilt == ["katharine → Catherine", "gold → cold."]


def test_the_wrong_cure_of_an_error_is_wrong(truth: Truth) -> None:
    tally = counted(truth, Proposal((5, 6), "Quinn"))
    assert (tally.right, tally.wrong, tally.applied["document"]) == (0, 1, 0)


def test_a_change_of_only_case_or_punctuation_is_neither_right_nor_wrong_and_counted_apart(truth: Truth) -> None:
    tally = counted(truth, Proposal((7, 8), "Gold!"), Proposal((1, 2), "Saw", applied=False))
    assert (tally.right, tally.wrong, tally.stated, tally.suggested) == (0, 0, [], [])
    assert (tally.dressed, tally.trapped, tally.spoilt) == (1, 0, ["gold → Gold!"])


def test_a_trap_is_sprung_by_other_capitals_too(truth: Truth) -> None:
    tally = counted(truth, Proposal((0, 1), "KATHARINE"))
    assert (tally.wrong, tally.dressed, tally.traps, tally.trapped) == (0, 1, 1, 1)


@pytest.mark.usefixtures("truth")
def test_a_trap_that_is_told_twice_is_one(tmp_path: Path) -> None:
    (tmp_path / "e.traps.tsv").write_text("line\ttext\n1\tKatharine\n1\tkatharine\n1\tgold\n")
    tally = counted(Truth.of(tmp_path, "e"), Proposal((0, 1), "Catherine"))
    assert (tally.traps, tally.trapped) == (2, 1)


def test_tallies_add_up(truth: Truth) -> None:
    one = counted(truth, Proposal((5, 6), "Qwen"))
    both = Tally.total([one, one])
    assert (both.words, both.right, both.wanted["all"]) == (2 * one.words, 2, 4)


TOLD = [(0.95, True), (1.0, True), (0.9, False), (0.35, False)]


def test_reliability_has_a_row_for_each_decile_that_was_stated() -> None:
    _, low, high, error = reliability(TOLD)
    assert low == "| 0.3 to 0.4 | 1 | 0.35 | 0.00 |"
    assert high == "| 0.9 to 1.0 | 3 | 0.95 | 0.67 |"
    assert error.endswith("0.300 over 4 changes")


def test_the_calibration_error_is_the_mean_distance_of_stated_and_right() -> None:
    assert calibration_error(TOLD) == pytest.approx((3 * (0.95 - 2 / 3) + 0.35) / 4)
    assert calibration_error([(1.0, True), (0.0, False)]) == 0
    assert calibration_error([]) == 0
