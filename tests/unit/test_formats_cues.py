"""SubRip and WebVTT: cues, voices, notes, and files that are not quite right."""

from __future__ import annotations

import pytest

from service.domain.formats import parse
from service.domain.script import Reference, Role
from service.errors import TranscriptEmpty
from tests.unit.test_formats_labelled import said

SRT = """1
00:00:00,000 --> 00:00:02,500
Ada: Good morning,
everybody.

2
00:00:02,500 --> 00:00:04,000
And welcome.

3
00:00:04,000 --> 00:01:05,250
Mary: Good morning.
"""


def times(reference: Reference) -> list[tuple[int, int] | None]:
    return [(line.cue.start, line.cue.end) if line.cue else None for line in reference.talk]


def test_a_cue_is_a_line_with_its_old_time_and_the_voice_in_force() -> None:
    found = parse(SRT.encode())
    assert found.format == "srt"
    assert said(found) == [("Ada", "Good morning,\neverybody."), ("Ada", "And welcome."), ("Mary", "Good morning.")]
    assert times(found) == [(0, 2500), (2500, 4000), (4000, 65250)]
    assert [line.number for line in found.lines] == [3, 8, 12]
    assert found.names == ("Ada", "Mary")


@pytest.mark.parametrize(
    "change",
    [
        lambda s: s.replace("\n", "\r\n"),
        lambda s: "\ufeff" + s,
        lambda s: s.replace(",000", ".000").replace(",500", ".500").replace(",250", ".250"),
        lambda s: s.replace("\n\n", "\n"),
        lambda s: s.replace("1\n00", "00").replace("2\n00", "00").replace("3\n00", "00"),
        lambda s: s.replace("\n\n", "\n\n\n\n"),
        lambda s: s.rstrip("\n"),
        lambda s: s.replace("02,500\nAda", "02,500 X1:40 X2:600 Y1:20 Y2:50\nAda"),
        lambda s: s.replace("And welcome.", "{\\an8}<i>And</i> <font color='red'>welcome.</font>"),
    ],
    ids=["CRLF", "BOM", "points", "no gaps", "no numbers", "wide gaps", "no last line end", "coordinates", "tags"],
)
def test_sloppy_subrip_says_the_same(change: object) -> None:
    assert callable(change)
    found = parse(change(SRT).encode())
    assert [" ".join(t.text for t in line.tokens) for line in found.talk] == ["Good morning, everybody.", "And welcome.", "Good morning."]
    assert times(found) == [(0, 2500), (2500, 4000), (4000, 65250)]


def test_empty_rows_and_numbers_inside_a_cue_lose_nothing() -> None:
    found = parse(b"1\n00:00:00,000 --> 00:00:02,000\nHow many?\n\n42\n\n2\n00:00:02,000 --> 00:00:03,000\nOh.\n")
    assert [t.text for t in found.tokens] == ["How", "many?", "42", "Oh."]


@pytest.mark.parametrize(
    ("timing", "expected"),
    [
        ("00:00:05,000 --> 00:00:05,000", (5000, 5000)),
        ("00:00:05,000 --> 00:00:01,000", (5000, 5000)),
        ("-00:00:01,000 --> 00:00:01,000", (0, 1000)),
        ("100:00:00,000 --> 100:00:01,000", (360_000_000, 360_001_000)),
        ("00:00:99,000 --> 00:00:01,000", None),
    ],
)
def test_odd_times(timing: str, expected: tuple[int, int] | None) -> None:
    assert times(parse(f"1\n{timing}\nHello.\n".encode())) == [expected]


def test_unsorted_and_overlapping_cues_stay_as_they_are() -> None:
    found = parse(b"1\n00:00:09,000 --> 00:00:10,000\nOne.\n\n2\n00:00:01,000 --> 00:00:20,000\nTwo.\n")
    assert times(found) == [(9000, 10000), (1000, 20000)]


def test_two_speakers_by_dashes_in_one_cue() -> None:
    found = parse(b"1\n00:00:00,000 --> 00:00:02,000\n- Are you there?\n- I am.\n")
    assert [line.number for line in found.lines] == [3, 4]
    assert times(found) == [(0, 2000), (0, 2000)]


VTT = """\ufeffWEBVTT - The Engine

NOTE
Speakers of this episode are well known.

STYLE
::cue { color: red }

REGION
id:fred

intro
00:00.000 --> 00:02.500 align:start position:10%
<v.loud Ada Lovelace>Good <i>morning</i>, R&amp;D &lt;3</v>

00:00:02.500 --> 00:00:04.000
And <00:00:03.000><c.yellow>welcome</c>.

NOTE A remark
of two lines

00:00:04.000 --> 00:00:05.250
<v Charles &amp; Co>Hi. <v Ada Lovelace>Hello.
"""


def test_webvtt_voices_tags_entities_and_blocks() -> None:
    found = parse(VTT.encode())
    assert found.format == "vtt"
    assert [(line.label, [t.text for t in line.tokens]) for line in found.talk] == [
        ("Ada Lovelace", ["Good", "morning,", "R&D", "<3"]),
        ("Ada Lovelace", ["And", "welcome."]),
        ("Charles & Co", ["Hi."]),
        ("Ada Lovelace", ["Hello."]),
    ]
    assert times(found)[:2] == [(0, 2500), (2500, 4000)]
    assert [found.source_of(line) for line in found.lines if line.role is Role.HEADING] == [
        "The Engine",
        "Speakers of this episode are well known.",
    ]
    assert found.names == ("Ada Lovelace", "Charles & Co")
    token = found.tokens[2]
    assert found.text[token.start : token.end] == "R&amp;D"


def test_names_before_colons_in_webvtt_without_voices() -> None:
    found = parse(b"WEBVTT\n\n1\n00:00.000 --> 00:01.000\nAda Lovelace: Hello.\n\n2\n00:01.000 --> 00:02.000\nMary Somerville: Hi.\n")
    assert said(found) == [("Ada Lovelace", "Hello."), ("Mary Somerville", "Hi.")]


def test_captions_that_look_like_names_are_talk() -> None:
    cues = "".join(f"{i}\n00:00:{i:02},000 --> 00:00:{i + 1:02},000\n{'Oh My God' if i % 3 else 'Well'}\n\n" for i in range(1, 20))
    found = parse(cues.encode())
    assert len(found.talk) == 19
    assert found.names == ()


def test_rolling_captions_are_read_once() -> None:
    rows = ["hello and welcome", "to the show", "today we talk", "about clocks", "and engines"]
    pairs = zip(["", *rows], rows, strict=False)
    text = "WEBVTT\n\n" + "".join(f"00:0{i}.000 --> 00:0{i + 1}.000\n{before}\n{after}\n\n" for i, (before, after) in enumerate(pairs))
    found = parse(text.encode())
    assert [found.source_of(line) for line in found.talk] == rows
    assert [found.source_of(line) for line in found.lines if line.role is Role.FURNITURE] == rows[:-1]


def test_saying_the_same_twice_is_no_rolling() -> None:
    found = parse(b"WEBVTT\n\n00:00.000 --> 00:01.000\nNo.\n\n00:01.000 --> 00:02.000\nNo.\n\n00:02.000 --> 00:03.000\nYes.\n")
    assert len(found.talk) == 3


@pytest.mark.parametrize("text", ["WEBVTT\n", "WEBVTT\n\nNOTE Only a remark\n", "WEBVTT\n\n00:00.000 --> 00:01.000\n<v Ada></v>\n"])
def test_webvtt_without_talk_is_empty(text: str) -> None:
    with pytest.raises(TranscriptEmpty):
        parse(text.encode())


def test_a_broken_tag_loses_no_word() -> None:
    found = parse(b"WEBVTT\n\n00:00.000 --> 00:01.000\n<v Ada Hello there\n")
    assert "Hello" in [t.text for t in found.tokens]
