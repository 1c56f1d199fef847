"""The demo recording, its transcript and its truth belong together."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import av
import pytest

DEMO = Path(__file__).parents[2] / "docs" / "demo"
TRUTH = json.loads((DEMO / "truth.json").read_text(encoding="utf-8"))
ROWS: list[dict[str, Any]] = TRUTH["rows"]
SPOKEN = [row for row in ROWS if row["presence"] != "transcript_only"]
WRITTEN = [row for row in ROWS if row["presence"] != "audio_only"]


def test_the_recording_is_small_and_long_enough() -> None:
    assert (DEMO / "episode.mp3").stat().st_size <= 2 * 1024**2
    assert 60 <= TRUTH["duration"] <= 120


def test_the_truth_is_of_this_recording() -> None:
    with av.open(str(DEMO / "episode.mp3")) as container:
        assert container.duration is not None
        assert container.duration / av.time_base == pytest.approx(TRUTH["duration"], abs=0.1)


def test_the_lines_are_spoken_one_after_the_other() -> None:
    edges = [edge for row in SPOKEN for edge in (row["start"], row["end"])]
    assert edges == sorted(edges)
    assert edges[-1] < TRUTH["duration"]


def test_the_transcript_says_what_the_truth_says_it_says() -> None:
    lines = (DEMO / "transcript.md").read_text(encoding="utf-8").splitlines()
    assert [lines[int(row["line"]) - 1] for row in WRITTEN] == [row["original"] for row in WRITTEN]


def test_the_transcript_begins_with_the_heading() -> None:
    heading = (DEMO / "heading.md").read_text(encoding="utf-8")
    assert (DEMO / "transcript.md").read_text(encoding="utf-8").startswith(heading)


def test_the_truth_is_made_of_the_script() -> None:
    with (DEMO / "script.tsv").open(encoding="utf-8", newline="") as file:
        script = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    assert [(row["speaker"], row["written"], row["presence"]) for row in script] == [
        (row["speaker"], row["original"], row["presence"]) for row in ROWS
    ]
    assert [row["spoken"] for row in script if row["spoken"]] == [row["gold"] for row in SPOKEN]


@pytest.mark.parametrize(("wrong", "right"), [("Minutel", "Minitel"), ("Quen", "Qwen")])
def test_names_are_spoken_more_than_once_and_misspelt(wrong: str, right: str) -> None:
    assert sum(right in row["gold"] for row in SPOKEN) > 1
    assert any(wrong in row["original"] and right in row["gold"] for row in WRITTEN)


def test_each_side_has_something_the_other_lacks() -> None:
    assert len(SPOKEN) < len(ROWS)
    assert len(WRITTEN) < len(ROWS)
    assert len({row["speaker"] for row in SPOKEN}) == 3
