"""The scripts of the episodes to measure with: every mark is read, everybody has a voice, and traps are left in peace."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tomllib
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from tests.bench import correct, published
from tests.bench.truth import Truth
from tests.episodes import gathering
from tests.episodes.layout import LAYOUTS, Layout, labelled, markdown, plain, srt
from tests.episodes.recording import Placed, turns
from tests.episodes.script import Planted, Row, parse

SCRIPTS = Path(__file__).parents[1] / "episodes" / "scripts"
NAMES = sorted(path.stem for path in SCRIPTS.glob("*.script"))
ROWS = {name: parse((SCRIPTS / f"{name}.script").read_text(encoding="utf-8")) for name in NAMES}
PLANS: dict[str, dict[str, Any]] = {name: tomllib.loads((SCRIPTS / f"{name}.toml").read_text(encoding="utf-8")) for name in NAMES}

SPOKEN = Row("Ada", "In Lyon.", "In lion.", "both")
READ_LATER = Row("Ben", "", "Buy this.", "transcript_only")
UNWRITTEN = Row("Ben", "The cat.", "", "audio_only")
PLACED = [Placed(SPOKEN, 0.6, 1.5), Placed(READ_LATER, None, None), Placed(UNWRITTEN, 2.0, 2.5), Placed(SPOKEN, 62.0, 63.25)]


@pytest.mark.parametrize("name", NAMES)
def test_a_published_error_is_in_one_place_of_the_talk_and_leaves_its_traps(name: str) -> None:
    every = published.slips(name)
    written = [row for row in ROWS[name] if row.presence != "audio_only"]
    said = ["\n".join(row.spoken or row.written for row in written if slip.said in (row.spoken or row.written)) for slip in every]
    assert [text.count(slip.said) for text, slip in zip(said, every, strict=True)] == [1] * len(every)
    heard = [published.misheard(row.spoken or row.written, every) for row in written]
    assert all(any(slip.written in text for text in heard) for slip in every)
    assert all(trap in text for row, text in zip(written, heard, strict=True) for trap in row.traps)


def test_a_published_episode_has_its_errors_and_what_should_be_there(tmp_path: Path) -> None:
    rows = [
        {"line": k, "original": heard, "gold": said}
        for k, (said, heard) in enumerate([("In Lyon.", "In lion."), ("A Minitel.", "A Minutel.")])
    ]
    (tmp_path / "b_side.mp3").write_bytes(b"")
    (tmp_path / "b_side.transcript.txt").write_text("# Ada\nIn lion.\nA Minutel.\n", encoding="utf-8")
    (tmp_path / "b_side.truth.json").write_text(json.dumps({"rows": rows}), encoding="utf-8")
    errors = [published.Slip("In Lyon", "In Leon", "name", "knowledge")]
    (tmp_path / "out").mkdir()
    published.copy(tmp_path, "b_side", tmp_path / "out", errors)
    assert (tmp_path / "out" / "b_side.transcript.txt").read_text(encoding="utf-8") == "# Ada\nIn Leon.\nA Minitel.\n"
    truth = Truth.of(tmp_path / "out", "b_side")
    assert [(change.after, change.kind, change.source) for change in truth.changes] == [(("lyon",), "name", "knowledge")]


def test_marks_say_what_is_said_and_what_is_written() -> None:
    (row,) = parse("Ada: In {Lyon=>lion|n|k} they {!gonna} meet.\n\n")
    assert row == Row(
        "Ada", "In Lyon they gonna meet.", "In lion they gonna meet.", "both", (Planted("Lyon", "lion", "name", "knowledge"),), ("gonna",)
    )


def test_a_name_that_nobody_can_know_is_marked_so() -> None:
    (row,) = parse("Ada: Old {Orlebar=>all a bar|n|u} was right.")
    assert row.planted == (Planted("Orlebar", "all a bar", "name", "unknown"),)


@pytest.mark.parametrize(("sign", "spoken", "written"), [("", "Hello.", "Hello."), ("-", "", "Hello."), ("+", "Hello.", "")])
def test_a_line_may_be_only_written_or_only_spoken(sign: str, spoken: str, written: str) -> None:
    (row,) = parse(f"{sign}Ada: Hello.")
    assert (row.speaker, row.spoken, row.written) == ("Ada", spoken, written)


@pytest.mark.parametrize("line", ["No speaker", "Ada: a {mark=>that|x|y} is none", "Ada: an {open mark"])
def test_what_cannot_be_read_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="line"):
        parse(line)


@pytest.mark.parametrize("name", NAMES)
def test_everybody_has_a_voice_and_every_pronunciation_is_used(name: str) -> None:
    assert {row.speaker for row in ROWS[name]} == set(PLANS[name]["cast"])
    unused = [term for term in PLANS[name].get("pronunciations", {}) if not any(term in row.spoken for row in ROWS[name])]
    assert unused == []


@pytest.mark.parametrize("name", NAMES)
def test_an_episode_is_long_enough_and_laid_out_in_a_known_way(name: str) -> None:
    plan = PLANS[name]
    assert sum(len(row.written.split()) for row in ROWS[name]) >= 600
    assert plan["split"] in {"train", "test"}
    assert plan["layout"] in LAYOUTS


@pytest.mark.parametrize("layout", [plain, labelled, markdown])
def test_rows_stand_on_their_lines_below_the_heading(layout: Layout) -> None:
    text, placed = layout("Title\n", PLACED)
    lines = text.splitlines()
    assert lines[0] == "Title"
    assert [lines[p.line - 1].removeprefix("ADA: ").removeprefix("BEN: ") for p in placed if p.line] == [
        "In lion.",
        "Buy this.",
        "In lion.",
    ]
    assert placed[2].line is None


def test_subtitles_carry_the_times_of_their_rows() -> None:
    text, placed = srt("", PLACED)
    lines = text.splitlines()
    assert lines[:3] == ["1", "00:00:00,600 --> 00:00:01,500", "In lion."]
    assert [place.line for place in placed] == [3, 7, None, 11]
    assert lines[9:11] == ["00:01:02,000 --> 00:01:03,250", "In lion."]


def test_a_short_pause_does_not_end_a_turn() -> None:
    rows = [Placed(SPOKEN, 0.0, 1.0), Placed(SPOKEN, 1.3, 2.0), Placed(UNWRITTEN, 2.1, 3.0), Placed(READ_LATER, None, None)]
    assert turns(rows) == [(0.0, 2.0, "Ada"), (2.1, 3.0, "Ben")]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_said_to_stand_in_the_document_does(name: str) -> None:
    plan = PLANS[name]
    page = "\n".join(
        [plan.get("heading", ""), json.dumps(plan.get("options", {}), ensure_ascii=False), *(row.written for row in ROWS[name])]
    )
    for error in (error for row in ROWS[name] for error in row.planted if error.source != "acoustic"):
        stands = re.search(rf"(?<!\w){re.escape(error.right)}(?!\w)", page, re.IGNORECASE) is not None
        assert (error, stands) == (error, error.source == "document")


@pytest.mark.parametrize("count", gathering.COUNTS)
def test_a_gathering_has_so_many_voices_and_the_others_speak_once_for_a_while(count: int) -> None:
    plan = gathering.plan(count)
    spoken = [row.speaker for row in plan.rows]
    assert len(plan.cast) == len(set(spoken)) == count
    others = list(plan.cast)[2:]
    assert [who for who, _ in groupby(spoken) if who in others] == others
    assert all(sum(len(row.spoken.split()) for row in plan.rows if row.speaker == who) >= gathering.BLOCK_WORDS for who in others)
    assert len(set(plan.cast.values())) == count


@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make")
@pytest.mark.parametrize(
    ("arguments", "spoken"),
    [
        ("", NAMES),
        ("--remember", NAMES),
        ("b_side loose_leaf", ["b_side", "loose_leaf"]),
        ("--kept out/k b_side", ["b_side"]),
        ("b_sied", []),
        ("--episodes out/right", []),
    ],
)
def test_the_benchmark_of_corrections_has_those_spoken_that_it_is_asked_for(arguments: str, spoken: list[str]) -> None:
    make = ["make", "--dry-run", "--always-make", "bench-correct", f"ARGS={arguments}"]
    would = subprocess.run(make, cwd=SCRIPTS.parents[2], capture_output=True, text=True, check=True).stdout
    assert sorted(re.findall(r"tests\.episodes\.build (\w+)", would)) == spoken


def test_an_episode_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["correct", "--episodes", str(tmp_path), "b_sied"])
    with pytest.raises(SystemExit, match="has no b_sied"):
        correct.main()
