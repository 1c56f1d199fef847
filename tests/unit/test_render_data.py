"""The forms for programs: JSON, CTM, RTTM, TextGrid, podcast JSON."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest

from service.domain.document import Verdict
from service.domain.render import render, to_wire
from service.domain.render.textgrid import intervals
from service.domain.span import Span
from tests.support.builders import document, segment, speaker, timed, turn, written
from tests.support.sample import sample


def test_the_wire_is_what_the_json_says() -> None:
    assert json.loads(render(sample(), "json")) == to_wire(sample())


def test_the_wire_has_every_field_in_its_order() -> None:
    wire = to_wire(sample())
    assert list(wire) == [
        "schema_version", "job_id", "title", "language", "audio", "source", "models", "verdict", "speakers", "turns", "segments",
        "corrections", "gaps", "degraded", "warnings", "stats",
    ]  # fmt: skip
    assert wire["schema_version"] == 1
    assert wire["segments"][2]["words"][4] == {
        "text": "Minitel", "source": "Minutel", "start": 2.44, "end": 2.74, "speaker": "S1", "status": "matched", "timing": "forced",
        "score": 0.9, "correction": 0,
    }  # fmt: skip
    assert wire["corrections"][0]["evidence"]["acoustic_before"] == -1.3142
    assert wire["stats"] == {
        "words": 30, "corrected": 1, "suggested": 1, "unheard": 5, "unwritten_seconds": 2.46, "seconds_by_stage": {"transcribe": 1.235},
    }  # fmt: skip


def test_lines_that_are_not_talk_keep_their_text_and_have_no_words() -> None:
    heading, *_, furniture = to_wire(sample())["segments"]
    assert (heading["role"], heading["status"], heading["words"], heading["start"]) == ("heading", "unheard", [], None)
    assert furniture["text"] == furniture["source"] == "Get this transcript at https://example.com"


def test_a_warning_of_the_recording_is_said_once() -> None:
    found = replace(sample(), recording=replace(sample().recording, warnings=("the recording ends in noise", "the tail is missing")))
    assert to_wire(found)["warnings"] == ["the recording ends in noise", "the tail is missing"]


def test_a_word_is_a_line_of_the_json() -> None:
    lines = render(sample(), "json").splitlines()
    assert sum(line.strip().startswith('{"text": ') for line in lines) == 38


def test_no_number_is_written_that_json_does_not_know() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        render(document(verdict=Verdict(accepted=True, coverage=math.nan)), "json")


def test_ctm() -> None:
    found = document(segment(0, (written("Well —", 1_000, 1_250, score=0.5), written("yes", 1_300, 1_500, score=None))), job_id="j1")
    assert render(found, "ctm") == "j1 1 1.000 0.250 Well 0.500\nj1 1 1.300 0.200 yes NA\n"


def test_rttm() -> None:
    found = document(turns=(turn("S1", 0, 1_500), turn("S9", 900, 2_000)), speakers=(speaker("S1", "Ada  Lovelace"),), job_id="j1")
    assert render(found, "rttm") == (
        "SPEAKER j1 1 0.000 1.500 <NA> <NA> Ada_Lovelace <NA> <NA>\nSPEAKER j1 1 0.900 1.100 <NA> <NA> S9 <NA> <NA>\n"
    )


def test_textgrid_has_a_tier_for_each_speaker() -> None:
    found = document(
        segment(0, timed('say "hi"', 100, speaker="S1")), segment(1, timed("yes", 2_000, speaker="S2")),
        speakers=(speaker("S1", "Ada"), speaker("S2", "Mary")),
    )  # fmt: skip
    text = render(found, "textgrid")
    assert text.count('class = "IntervalTier"') == 2
    assert 'name = "Ada"' in text
    assert 'text = """hi"""' in text
    assert text.count("xmax = 3.300") == 1 + 2 + 2


def test_intervals_adjoin_and_have_length() -> None:
    found = intervals([("a", Span(0, 100)), ("b", Span(100, 100)), ("c", Span(50, 120)), ("d", Span(200, 300))])
    assert found == [(0, 100, "a"), (100, 101, "b"), (101, 120, "c"), (120, 200, ""), (200, 300, "d")]


def test_podcast_json_cuts_lines_where_the_speaker_changes() -> None:
    words = (*timed("One two", 0, speaker="S1"), *timed("three", 1_000, speaker="S2"), written("never"))
    found = document(segment(0, words), speakers=(speaker("S1", "Ada"), speaker("S2", "Mary")))
    assert json.loads(render(found, "podcast-json")) == {
        "version": "1.0.0",
        "segments": [
            {"speaker": "Ada", "startTime": 0.0, "endTime": 0.66, "body": "One two"},
            {"speaker": "Mary", "startTime": 1.0, "endTime": 1.3, "body": "three"},
        ],
    }
