"""How changes compare with the truth of an episode."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from service.domain import formats
from tests.bench.truth import Change, Label, Truth, parts, places

ROWS = [
    {"line": "1", "original": "The Minutel was in tensive, said Kathrine.", "gold": "The Minitel was intensive, said Kathrine."},
    {"line": "2", "original": "Pie torch and well-known ice cream.", "gold": "PyTorch and well-known ice cream."},
    {"line": "", "original": "", "gold": "Unwritten.", "presence": "audio_only"},
]


@pytest.fixture
def truth(tmp_path: Path) -> Truth:
    (tmp_path / "e.truth.json").write_text(json.dumps({"rows": ROWS}))
    (tmp_path / "e.corrections.tsv").write_text("line\toriginal_span\tgold_span\tkind\tguessable\n2\tPie torch\tPyTorch\tname\tknowledge\n")
    (tmp_path / "e.traps.tsv").write_text("line\ttext\n1\tKathrine\n")
    return Truth.of(tmp_path, "e")


def at(truth: Truth, text: str) -> tuple[int, int]:
    wanted = parts(text)
    first = next(k for k in range(len(truth.parts)) if truth.parts[k : k + len(wanted)] == wanted)
    return first, first + len(wanted)


@pytest.mark.parametrize(
    ("before", "after", "label"),
    [
        ("Minutel", "Minitel", Label.RIGHT),
        ("The Minutel", "The Minitel", Label.RIGHT),
        ("Minutel", "minute", Label.WRONG),
        ("Minutel", "MINUTEL", Label.SAME),
        ("in tensive", "intensive", Label.RIGHT),
        ("tensive", "tense", Label.WRONG),
        ("Pie torch", "PyTorch", Label.RIGHT),
        ("Pie torch", "Pytorc", Label.NEARER),
        ("torch", "Torch", Label.SAME),
        ("Kathrine", "Katharine", Label.WRONG),
        ("ice cream", "icecream", Label.WRONG),
        ("well-known", "well known", Label.SAME),
    ],
)
def test_a_change_is_right_wrong_or_neither(truth: Truth, before: str, after: str, label: Label) -> None:
    assert truth.judge([Change(*at(truth, before), parts(after))]) is label


def test_what_was_planted_is_known_with_its_source(truth: Truth) -> None:
    assert [(change.after, change.source) for change in truth.changes] == [
        (("minitel",), ""),
        (("intensive",), ""),
        (("pytorch",), "knowledge"),
    ]
    assert truth.traps == (at(truth, "Kathrine"),)


def test_tokens_are_found_in_the_truth(truth: Truth) -> None:
    reference = formats.parse("\n".join(str(row["original"]) for row in ROWS[:2]).encode())
    found = places(truth, reference)
    assert found[1] == (1, 2)
    assert found[[token.text for token in reference.tokens].index("well-known")] == at(truth, "well known")


def test_two_changes_may_reach_the_truth_together(truth: Truth) -> None:
    pie, torch = at(truth, "Pie"), at(truth, "torch")
    assert truth.judge([Change(*torch, ("orch",))]) is Label.WRONG
    assert truth.judge([Change(*pie, ("pyt",)), Change(*torch, ("orch",))]) is Label.RIGHT
