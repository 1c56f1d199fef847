"""What people decide afterwards, on a small result with everything in it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import process_time

import pytest
from typer.testing import CliRunner

from service.domain.amend import Amendments, amend
from service.domain.document import State, Timing
from service.domain.render import from_wire, render, to_wire
from service.errors import InputError, InvalidOptions, NotFound
from tests.support.builders import correction, document, segment, timed
from tests.support.sample import TEXT, sample
from workers.cli import app as command


def test_a_rejected_correction_gives_back_what_was_supplied() -> None:
    found = amend(sample(), Amendments({0: False}, {}))
    word = found.segments[2].words[4]
    assert (word.text, word.source, word.correction) == ("Minutel", "Minutel", None)
    assert (word.span, word.timing, word.score) == (sample().segments[2].words[4].span, Timing.INTERPOLATED, None)
    assert "Minutel" in render(found, "vtt")
    assert [c.state for c in found.corrections] == [State.REJECTED, State.SUGGESTED]


def test_deciding_back_gives_back_time_and_score_from_a_file_too() -> None:
    rejected = from_wire(to_wire(amend(sample(), Amendments({0: False}, {}))))
    renamed = amend(rejected, Amendments({}, {"S2": "Ada Lovelace"}))
    word = amend(renamed, Amendments({0: True}, {})).segments[2].words[4]
    assert word == sample().segments[2].words[4]
    assert (word.timing, word.score) == (Timing.FORCED, 0.9)
    assert rejected.corrections[0].measured == (word,)


def test_a_decision_on_a_long_episode_takes_a_small_part_of_reading_its_result() -> None:
    """Of 46 minutes, 7,800 words. It is about a fifteenth."""
    lines = [segment(n, timed("It was called Minutel and it was in every home", n * 3_600)) for n in range(780)]
    long = document(*lines, corrections=tuple(correction(n, n, "It", "Minitel") for n in range(0, 780, 10)))
    text = render(long, "json")

    def took(work: Callable[[], object]) -> float:
        begun = process_time()
        work()
        return process_time() - begun

    reading = min(took(lambda: from_wire(json.loads(text))) for _ in range(5))
    deciding = min(took(lambda: amend(long, Amendments({390: False}, {}))) for _ in range(5))
    assert amend(long, Amendments({390: False}, {})).corrections[39].state is State.REJECTED
    assert deciding < reading / 3


def test_the_words_that_were_measured_follow_their_speaker() -> None:
    suggested = amend(amend(sample(), Amendments({1: True}, {})), Amendments({}, {"S2": "Ada Lovelace"}))
    assert amend(suggested, Amendments({1: False}, {})).segments[5].words[3].speaker == "S1"


def test_an_accepted_suggestion_is_printed() -> None:
    found = amend(sample(), Amendments({1: True}, {}))
    assert found.segments[5].text == "I now use Qwen --> it is faster."
    assert found.segments[5].words[3].correction == 1
    assert found.segments[2] == sample().segments[2], "another line was touched"


def test_what_is_confirmed_is_decided_and_stays_as_it_is() -> None:
    found = amend(sample(), Amendments({0: True, 1: False}, {}))
    assert [c.state for c in sample().corrections] == [State.APPLIED, State.SUGGESTED]
    assert [c.state for c in found.corrections] == [State.ACCEPTED, State.REJECTED]
    assert found.segments == sample().segments
    assert to_wire(found)["stats"] == to_wire(sample())["stats"] | {"suggested": 0}


def test_a_result_from_before_there_were_these_fields_is_read_without_them() -> None:
    wire = to_wire(amend(sample(), Amendments({0: True, 1: False}, {})))
    for old in wire["corrections"]:
        del old["decided"], old["measured"], old["evidence"]["fit"], old["evidence"]["prior"], old["evidence"]["in_glossary"]
    read = from_wire(wire).corrections
    assert [(c.decided, c.measured, c.evidence.fit, c.evidence.prior) for c in read] == [(False, (), None, 0)] * 2
    assert [replace(c, evidence=o.evidence) for c, o in zip(read, from_wire(to_wire(sample())).corrections, strict=True)] == [
        *from_wire(to_wire(sample())).corrections
    ]


def test_a_speaker_is_renamed_everywhere() -> None:
    found = amend(sample(), Amendments({}, {"S1": "Countess Lovelace"}))
    assert next((s.id, s.name, s.named_by, s.confidence) for s in found.speakers) == ("S1", "Countess Lovelace", "caller", 1.0)
    assert "<v Countess Lovelace>" in render(found, "vtt")


def test_two_speakers_with_one_name_become_one() -> None:
    found = amend(sample(), Amendments({}, {"S2": "Ada Lovelace"}))
    assert [(s.id, s.speech_ms) for s in found.speakers] == [("S1", 8_900)]
    assert {turn.speaker for turn in found.turns} == {"S1"}
    assert {w.speaker for s in found.segments for w in s.words} <= {"S1", None}


def test_what_is_not_there_is_passed_over() -> None:
    assert amend(sample(), Amendments({99: True}, {"S9": "Nobody"})) == sample()


@pytest.mark.parametrize("wire", [{}, {"schema_version": 2}, {"schema_version": 1}, []])
def test_what_is_no_result_is_not_read(wire: object) -> None:
    with pytest.raises(InputError, match="Earmark result"):
        from_wire(wire)  # type: ignore[arg-type]


def test_the_command_lists_accepts_and_rejects(tmp_path: Path) -> None:
    result, other = tmp_path / "result.json", tmp_path / "other.json"
    result.write_text(render(sample(), "json"), encoding="utf-8")
    run = CliRunner().invoke
    listing = run(command, ["corrections", "list", str(result)]).stdout
    assert all(part in listing for part in ("0", "applied", "Minutel", "Minitel", "suggested", "Qwen"))
    assert "2 applied, 0 not" in run(command, ["corrections", "accept", str(result), "1", "-o", str(other)]).stdout
    assert run(command, ["corrections", "reject", str(result), "0"]).exit_code == 0
    assert [c["applied"] for c in json.loads(result.read_text())["corrections"]] == [False, False]
    assert [(c["applied"], c["decided"]) for c in json.loads(other.read_text())["corrections"]] == [(True, False), (True, True)]
    listing = run(command, ["corrections", "list", str(result)]).stdout
    assert [line.split()[:2] for line in listing.splitlines()[1:]] == [["0", "rejected"], ["1", "suggested"]]
    listing = run(command, ["corrections", "list", str(other)]).stdout
    assert [line.split()[:2] for line in listing.splitlines()[1:]] == [["0", "applied"], ["1", "accepted"]]
    assert [c["applied"] for c in json.loads(run(command, ["corrections", "list", str(other), "--json"]).stdout)] == [True, True]
    assert isinstance(run(command, ["corrections", "accept", str(result), "7"]).exception, NotFound)
    assert isinstance(run(command, ["corrections", "accept", str(result), "1", "-o", "decided.srt"]).exception, InvalidOptions)
    result.write_text("no JSON")
    assert isinstance(run(command, ["corrections", "list", str(result)]).exception, InputError)


def test_the_command_writes_a_result_in_another_form(tmp_path: Path) -> None:
    result, transcript, captions = tmp_path / "result.json", tmp_path / "transcript.md", tmp_path / "captions.vtt"
    transcript.write_text(TEXT, encoding="utf-8")
    made = replace(sample(), source=replace(sample().source, sha256=hashlib.sha256(TEXT.encode()).hexdigest()))
    result.write_text(render(made, "json"), encoding="utf-8")
    run = CliRunner().invoke
    assert run(command, ["render", str(result), "-o", str(captions)]).exit_code == 0
    assert captions.read_text(encoding="utf-8") == render(made, "vtt")
    source = ["render", str(result), "--format", "source"]
    assert isinstance(run(command, source).exception, InvalidOptions)
    source += ["--transcript", str(transcript)]
    assert run(command, source).stdout == TEXT.replace("Minutel", "Minitel")
    run(command, ["corrections", "reject", str(result), "0"])
    assert run(command, source).stdout == TEXT
    transcript.write_text(f"{TEXT}And one line more.\n", encoding="utf-8")
    assert isinstance(run(command, source).exception, InputError)


def test_the_command_names_speakers(tmp_path: Path) -> None:
    result = tmp_path / "result.json"
    result.write_text(render(sample(), "json"), encoding="utf-8")
    run = CliRunner().invoke
    assert "speakers: Ada Lovelace, Mary;" in run(command, ["name", str(result), "S2=Mary"]).stdout
    assert [speaker["name"] for speaker in json.loads(result.read_text())["speakers"]] == ["Ada Lovelace", "Mary"]
    assert isinstance(run(command, ["name", str(result), "S7=Ben"]).exception, NotFound)
    assert isinstance(run(command, ["name", str(result), "Ben"]).exception, InvalidOptions)
