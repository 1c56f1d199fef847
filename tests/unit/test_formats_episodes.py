"""The two real transcripts of the shared folder: every row of their truth is talk, and the rest is not."""

from __future__ import annotations

import json

import pytest

from service.domain.formats import parse
from service.domain.script import Role
from tests.support.shared import SHARED, needs_shared

pytestmark = needs_shared


@pytest.mark.parametrize(("name", "file"), [("seed1", "seed1.transcript.txt"), ("seed2", "seed2.transcript.md")])
def test_the_talk_is_what_the_truth_says_it_is(name: str, file: str) -> None:
    found = parse((SHARED / "episodes" / file).read_bytes())
    rows = json.loads((SHARED / "episodes" / f"{name}.truth.json").read_text(encoding="utf-8"))["rows"]
    expected: dict[str, list[str]] = {}
    for row in rows:
        expected.setdefault(row["line"], []).extend(row["original"].split())
    assert {str(line.number): found.source_of(line).split() for line in found.talk} == expected


def test_the_names_and_the_page_of_the_second() -> None:
    found = parse((SHARED / "episodes" / "seed2.transcript.md").read_bytes())
    assert found.names == ("Clément Delangue", "Theo Jaffee", "Sofia Puccini")
    furniture = [found.source_of(line) for line in found.lines if line.role is Role.FURNITURE]
    assert furniture[0] == "7 more minutes of transcript below"
    assert len(furniture) == 10
