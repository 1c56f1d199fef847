"""Where planted errors are lost, told from the cases of an episode."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from service.domain.candidates import Candidate
from service.domain.evidence import Case, features
from service.domain.suspicion import Suspect
from tests.bench.cases import Labelled
from tests.bench.funnel import Fate, traced
from tests.bench.truth import Label, Truth

ROW = {"line": "1", "original": "We saw a Minutel and Quen.", "gold": "We saw a Minitel and Qwen."}
PLANTED = "line\toriginal_span\tgold_span\tkind\tguessable\n1\tMinutel\tMinitel\tname\tdocument\n1\tQuen\tQwen\tname\tknowledge\n"
SUSPECT = Suspect((3, 4), "Minutel", "minimal", confirmed=False, rarest=0.0, whole=True)
SURE = Case(SUSPECT, Candidate("Minitel", 0.96, in_document=3, in_metadata=1, prior=3), 0.0, margin=8.0)


@pytest.fixture
def truth(tmp_path: Path) -> Truth:
    (tmp_path / "e.truth.json").write_text(json.dumps({"rows": [ROW]}))
    (tmp_path / "e.corrections.tsv").write_text(PLANTED)
    return Truth.of(tmp_path, "e")


def labelled(case: Case, label: Label = Label.RIGHT) -> Labelled:
    place = case.suspect.tokens
    return Labelled(place, place, case.suspect.text, case.candidate.text, label, "", False, True, 0.0, features(case), case)


@pytest.mark.parametrize(
    ("cases", "fate"),
    [
        ([], Fate.UNSEEN),
        ([labelled(SURE, Label.WRONG)], Fate.NO_CANDIDATE),
        ([labelled(SURE)], Fate.APPLIED),
        ([labelled(replace(SURE, margin=-8.0, candidate=Candidate("Minitel", 0.96, prior=3)))], Fate.DROPPED),
        ([labelled(replace(SURE, candidate=Candidate("Minitel", 0.5)))], Fate.NOT_JUDGED),
        (
            [labelled(replace(SURE, margin=-4.0)), labelled(replace(SURE, candidate=replace(SURE.candidate, text="Minotel")), Label.WRONG)],
            Fate.BEATEN,
        ),
    ],
)
def test_each_error_is_lost_at_one_place(truth: Truth, cases: list[Labelled], fate: Fate) -> None:
    minitel, qwen = traced(truth, cases)
    assert (minitel.fate, qwen.fate) == (fate, Fate.UNSEEN)
