"""Plain text: what is heading, what is talk, what is page."""

from __future__ import annotations

import pytest

from service.domain.formats import parse
from service.domain.script import Reference, Role
from service.errors import TranscriptEmpty, TranscriptUnparseable

TALK = "".join(f"This is spoken line number {i} of the talk.\n" for i in range(20))


def texts(reference: Reference, role: Role = Role.TALK) -> list[str]:
    return [reference.source_of(line) for line in reference.lines if line.role is role]


def test_lines_tokens_and_numbers() -> None:
    found = parse(b"Yeah, we had a Minutel at home.\r\n\r\nWe weren't using it.")
    assert found.format == "plain"
    assert [line.number for line in found.lines] == [1, 3]
    assert found.tokens[4].text == "Minutel"
    assert found.text[found.tokens[4].start : found.tokens[4].end] == "Minutel"
    assert found.names == ()


def test_everything_through_the_word_transcript_is_heading() -> None:
    found = parse(
        f"A Show - A guest\nEpisode Date: October 23, 2025A guest tells of it. She does.\nTranscript\nDiscussion (0)\n{TALK}".encode()
    )
    assert len(texts(found, Role.HEADING)) == 4
    assert texts(found)[0] == "This is spoken line number 0 of the talk."


@pytest.mark.parametrize("marker", ["Transcript", "TRANSCRIPT", "Full Transcript:", "Episode Transcript", "[Transcript]", "Transkript"])
def test_markers_of_the_talk(marker: str) -> None:
    found = parse(f"Some notes that a host wrote about the episode. They are long.\n\n{marker}\n\n{TALK}".encode())
    assert texts(found, Role.HEADING)[-1] == marker.strip("[]") or texts(found, Role.HEADING)[-1] == marker
    assert len(texts(found)) == 20


def test_the_word_transcript_in_the_middle_of_the_talk_is_talk() -> None:
    found = parse(f"{TALK}{TALK}Transcript\nof that call".encode())
    assert "Transcript" in texts(found)
    assert texts(found, Role.HEADING) == []


@pytest.mark.parametrize("line", ["transcript", "The transcript is on our page.", "Read the full\ntranscript."])
def test_a_spoken_transcript_is_no_marker(line: str) -> None:
    assert texts(parse(f"{line}\n{TALK}".encode()), Role.HEADING) == []


def test_facts_at_the_top_and_the_title_before_them_are_heading() -> None:
    head = (
        "The Analytical Engine\nEpisode 12\nPublished: May 22, 2026\nHosted by Ada Lovelace and Charles Babbage\nGuest: Mary Somerville\n\n"
    )
    found = parse((head + TALK).encode())
    assert len(texts(found, Role.HEADING)) == 5
    assert found.names == ("Ada Lovelace", "Charles Babbage", "Mary Somerville")
    assert len(texts(found)) == 20


def test_a_list_of_speakers_below_its_key() -> None:
    found = parse(f"Speakers:\n- Ada Lovelace (host)\n- Charles Babbage\n\n{TALK}".encode())
    assert found.names == ("Ada Lovelace", "Charles Babbage")
    assert len(texts(found, Role.HEADING)) == 3


@pytest.mark.parametrize(
    "first", ["Welcome to the show", "Hello everybody: today we talk about clocks.", "Host of the show is my friend here."]
)
def test_in_doubt_a_first_line_is_talk(first: str) -> None:
    assert texts(parse(f"{first}\n{TALK}".encode()))[0] == first


def test_a_front_matter_is_heading() -> None:
    found = parse(f"---\ntitle: 'The Engine'\nspeakers:\n  - 'Ada Lovelace'\ndate: 2026-05-22\n---\n\n{TALK}".encode())
    assert len(texts(found, Role.HEADING)) == 4
    assert found.names == ("Ada Lovelace",)


def test_written_advertisements_and_farewells_are_talk() -> None:
    end = (
        "Plus, unlimited plans start at $35 a month.\nSubscribe wherever you get your podcasts.\n"
        "Find us at example.com slash show.\nTerms apply. All the best, bye.\n"
    )
    found = parse((TALK + end).encode())
    assert texts(found, Role.FURNITURE) == []
    assert texts(found)[-1] == "Terms apply. All the best, bye."


def test_a_notice_at_the_very_end_is_furniture() -> None:
    found = parse(f"{TALK}\nTranscribed by https://example.com\n\nCopyright © 2026. All rights reserved.\n".encode())
    assert texts(found, Role.FURNITURE) == ["Transcribed by https://example.com", "Copyright © 2026. All rights reserved."]
    assert len(texts(found)) == 20


def test_one_giant_paragraph_is_one_line() -> None:
    found = parse(("so we went there and " * 500).encode())
    assert len(found.lines) == 1
    assert len(found.tokens) == 2500


def test_changes_of_speaker_cut_a_paragraph() -> None:
    found = parse(b">> Hello there. >> Hi. It is nice >> to be here\n")
    assert texts(found) == ["Hello there.", "Hi. It is nice", "to be here"]
    assert [line.number for line in found.lines] == [1, 1, 1]


def test_stamps_on_their_own_lines_time_the_text_after_them() -> None:
    found = parse(b"0:00\nhello and welcome\nto the show\n0:07\ntoday we talk\n1:02:03\nabout clocks\n")
    assert [(line.cue.start if line.cue else None) for line in found.lines] == [0, None, 7000, 3723000]
    assert texts(found)[0] == "hello and welcome"


def test_ranges_of_recognisers() -> None:
    found = parse(b"[00:00.000 --> 00:04.000]  Hello and welcome.\n[00:04.000 --> 01:06.500]  Today is Monday.\n")
    assert [(line.cue.start, line.cue.end) for line in found.lines if line.cue] == [(0, 4000), (4000, 66500)]
    assert texts(found) == ["Hello and welcome.", "Today is Monday."]


def test_a_stamp_inside_a_paragraph_is_no_word() -> None:
    found = parse(b"We met [00:12:03] in Paris.\n")
    assert [t.text for t in found.tokens] == ["We", "met", "in", "Paris."]


def test_spoken_times_are_words() -> None:
    found = parse(f"{TALK}10:30 in the morning is early.\n{TALK}{TALK}".encode())
    assert "10:30 in the morning is early." in texts(found)


def test_leftovers_of_html() -> None:
    found = parse(b"<p>Hello &amp; welcome.</p><p>It is<br/>Monday.</p>\n")
    assert [t.text for t in found.tokens] == ["Hello &", "welcome.", "It", "is", "Monday."]
    assert [line.number for line in found.lines] == [1, 1, 1]


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b"  \r\n\t\n", b"<p></p>", b"* * *\n---\n"])
def test_nothing_to_say_is_empty(data: bytes) -> None:
    with pytest.raises(TranscriptEmpty, match="holds no word"):
        parse(data)


@pytest.mark.parametrize(
    ("data", "what"), [(b'{"segments": [{"body": "Hello"}]}', "JSON"), (b"<!DOCTYPE html><html><body>Hello</body></html>", "web page")]
)
def test_data_of_another_kind_is_refused(data: bytes, what: str) -> None:
    with pytest.raises(TranscriptUnparseable, match=what):
        parse(data)


def test_brackets_at_the_beginning_are_not_json() -> None:
    assert parse(b"[music] Hello {there}").tokens[0].text == "[music]"
