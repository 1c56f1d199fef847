"""The forms for reading: plain text, Markdown, the list of corrections, the caller's own file."""

from __future__ import annotations

import html
import re

import pytest

from service.domain.amend import Amendments, amend
from service.domain.document import Source, Status
from service.domain.formats import parse
from service.domain.render import FORMATS, RenderOptions, render
from service.domain.render.source import changes
from service.domain.script import Role
from service.errors import InvalidOptions, UnknownFormat
from tests.support.builders import SHA, aside, document, segment, speaker, timed, written
from tests.support.sample import TEXT, sample

ADA = (speaker("S1", "Ada Lovelace"), speaker("S2", "Mary Somerville"))


def test_an_unknown_format_is_told_the_known_ones() -> None:
    with pytest.raises(UnknownFormat, match=r"no format 'pdf'; known are json, txt, md, srt, vtt"):
        render(sample(), "pdf")


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_holds_the_applied_correction_and_no_suggestion(name: str) -> None:
    text = render(sample(), name)
    if name not in ("rttm", "json", "diff"):
        assert "Minitel" in text
        assert "Minutel" not in text
        assert "Qwen" not in text
        assert "Quen" in text
    assert text.endswith("\n")


@pytest.mark.parametrize("name", FORMATS)
def test_an_empty_document_renders(name: str) -> None:
    with_a_frame = ("json", "vtt", "textgrid", "podcast-json", "whisper-json", "openai-verbose", "openai-diarized", "diff")
    assert render(document(), name) == "" or name in with_a_frame


@pytest.mark.parametrize("name", [name for name in FORMATS if name not in ("json", "diff", "rttm", "source")])
def test_unwritten_words_are_printed_only_when_wanted(name: str) -> None:
    assert "brought" not in render(sample(), name)
    assert "brought" in render(sample(), name, RenderOptions(include_unwritten=True))


@pytest.mark.parametrize("name", ["srt", "vtt", "ctm", "textgrid", "podcast-json"])
def test_unheard_words_get_no_time(name: str) -> None:
    assert "never" not in render(sample(), name)


@pytest.mark.parametrize("name", ["txt", "md", "source"])
def test_unheard_words_stay_in_the_text(name: str) -> None:
    assert "This line was never said." in render(sample(), name)


@pytest.mark.parametrize("name", ["txt", "md", "srt", "vtt", "textgrid", "podcast-json"])
def test_names_can_be_left_out(name: str) -> None:
    assert "Mary Somerville" in render(sample(), name).split("Speakers:")[-1]
    plain = document(segment(0, timed("Hello there.", 0, speaker="S1")), speakers=ADA)
    assert "Ada" not in render(plain, name, RenderOptions(speaker_labels=False))


def test_text_names_the_speaker_where_the_speaker_changes() -> None:
    found = document(
        segment(0, timed("One.", 0, speaker="S1")),
        segment(1, timed("Two.", 1000, speaker="S1")),
        segment(2, [written("Three.")]),
        segment(3, timed("Four.", 3000, speaker="S2")),
        segment(4, timed("Five.", 4000)),
        speakers=ADA,
    )
    assert render(found, "txt") == "Ada Lovelace: One.\n\nTwo.\n\nThree.\n\nMary Somerville: Four.\n\nUnknown speaker: Five.\n"


def test_heading_is_printed_and_furniture_is_not() -> None:
    found = document(aside(0, "The Engine"), segment(1, timed("Hello.", 0)), aside(2, "Buy now", Role.FURNITURE))
    assert render(found, "txt") == "The Engine\n\nHello.\n"


def test_markdown_shows_the_title_only_if_the_file_has_no_heading() -> None:
    talk = segment(1, timed("Hello.", 65_000, speaker="S1"))
    assert render(document(talk, title="The Engine", speakers=ADA), "md") == "# The Engine\n\n**Ada Lovelace** (1:05)\nHello.\n"
    assert render(document(aside(0, "An Engine"), talk, title="The Engine"), "md") == "An Engine\n\nHello.\n"


@pytest.mark.parametrize(
    "text",
    [
        "2 * 3 * 4",
        "a_b _c_",
        "# no title",
        "> no quote",
        "- no list",
        "1. no list",
        "[no](link)",
        "<b>no</b>",
        "&amp; stays",
        "`no` \\ code",
        "![x](y)",
    ],
)
def test_markdown_escapes_what_would_be_markup(text: str) -> None:
    found = parse(render(document(segment(0, timed(f"Well. {text}", 0)), title="T"), "md").encode())
    assert " ".join(t.text for t in found.tokens) == f"Well. {text}"


def test_the_list_of_corrections_shows_both_spellings_and_why() -> None:
    text = render(sample(), "diff")
    assert text.startswith("1 applied, 1 suggested\n")
    assert (
        '#0, 0:02, line 5, Ada Lovelace\n    - Minutel\n    + Minitel\n    applied, 97%, name; document, lexicon; heard "minital"\n' in text
    )
    assert "    suggested, 40%, term; no witness\n" in text


def test_the_list_of_corrections_says_what_somebody_decided() -> None:
    text = render(amend(sample(), Amendments({0: False, 1: True}, {})), "diff")
    assert text.startswith("0 applied, 0 suggested, 1 accepted, 1 rejected\n")
    assert "    rejected, 97%" in text
    assert "    accepted, 40%" in text


def test_the_source_is_the_callers_file_with_the_correction() -> None:
    assert render(sample(), "source") == TEXT.replace("Minutel", "Minitel")


@pytest.mark.parametrize("text", ["", "\ufeffA\r\nB\rC\n\n", "tab\t end ", "\0\x01 \u202e odd &amp; <b>x"])
@pytest.mark.parametrize("format_name", ["plain", "vtt", "markdown", "something later"])
def test_without_edits_the_source_is_the_file(text: str, format_name: str) -> None:
    assert render(document(source=Source(format_name, SHA, text)), "source") == text


@pytest.mark.parametrize(
    ("format_name", "text", "old", "new", "expected"),
    [
        ("plain", "a Minutel, b", "Minutel,", "Minitel,", "a Minitel, b"),
        ("vtt", "WEBVTT\n\n00:00.000 --> 00:01.000\nR&amp;B <b>now</b>", "R&amp;B", "R&D", None),
        ("vtt", "x <c.a>Min<i>utel</i>,</c> y", "Min<i>utel</i>,", "Minitel,", "x <c.a>Min<i>itel</i>,</c> y"),
        ("vtt", "x AT T y", "AT T", "AT&T", "x AT&amp;T y"),
        ("markdown", "a **Minutel** b", "Minutel", "Minitel", "a **Minitel** b"),
        ("markdown", "a [Hugging\nFase](http://x) b", "Hugging\nFase", "Hugging Face", "a [Hugging\nFace](http://x) b"),
        ("srt", "Chachi\nPT is", "Chachi\nPT", "ChatGPT", "ChatGPT is"),
        ("plain", "GoogleFi is", "GoogleFi", "Google Fi", "Google Fi is"),
        ("plain", "Min\u00adutel is", "Min\u00adutel", "Minitel", "Min\u00aditel is"),
    ],
)
def test_an_edit_changes_as_little_of_the_file_as_it_can(format_name: str, text: str, old: str, new: str, expected: str | None) -> None:
    start = text.index(old)
    found = render(document(source=Source(format_name, SHA, text, ((start, start + len(old), new),))), "source")
    assert found == (expected or text.replace("R&amp;B", "R&amp;D"))


def test_changes_of_nothing_and_of_everything() -> None:
    assert changes("same", (0, 4), "same") == []
    assert changes("ab", (0, 2), "xy") == [(0, 1, "xy"), (1, 2, "")]
    assert changes("ab", (0, 2), "") == [(0, 1, ""), (1, 2, "")]
    assert changes("b", (0, 1), "ab") == [(0, 0, "a")]


def test_edits_apply_in_order() -> None:
    source = Source("plain", SHA, "one two three", ((0, 3, "1"), (8, 13, "3")))
    assert render(document(source=source), "source") == "1 two 3"


@pytest.mark.parametrize("value", [3, 10_000])
def test_line_lengths_out_of_bounds_are_refused(value: int) -> None:
    with pytest.raises(InvalidOptions, match=f"max_chars is {value}; it must be from 10 to 500"):
        RenderOptions(max_chars=value)


@pytest.mark.parametrize("value", [0, 99])
def test_numbers_of_lines_out_of_bounds_are_refused(value: int) -> None:
    with pytest.raises(InvalidOptions, match=f"max_lines is {value}; it must be from 1 to 10"):
        RenderOptions(max_lines=value)


def test_unwritten_words_inside_a_line_are_marked_by_status_only() -> None:
    words = [*timed("Hello there.", 0), written("um", 900, 1000, source=None, status=Status.UNWRITTEN)]
    found = document(segment(0, words))
    assert render(found, "txt") == "Hello there.\n"
    assert render(found, "txt", RenderOptions(include_unwritten=True)) == "Hello there. um\n"


def test_nothing_of_the_transcript_is_markup_in_html() -> None:
    hostile = "<script>alert(1)</script> & <b onclick='x'>"
    found = document(segment(0, timed(hostile, 0, speaker="S1")), speakers=(speaker("S1", "</cite><img src=x>"),))
    text = render(found, "html")
    assert re.findall(r"<[^>]*>", text) == ["<cite>", "</cite>", "<time>", "</time>", "<p>", "</p>"]
    assert html.unescape(text).count(hostile) == 1


def test_rolling_captions_are_corrected_wherever_they_repeat_a_row() -> None:
    rows = ["<c>we</c> ran <i>the</i> Quen &amp; model", "on a small", "box all night", "and it held"]
    copies = ["we ran the  Quen & model", *rows[1:]]
    cues = [f"{rows[0]}\n", *(f"{copies[i]}\n\n00:0{i}.500 --> 00:0{i + 1}.000\n{copies[i]}\n{rows[i + 1]}\n" for i in range(3))]
    text = "WEBVTT\n\n" + "".join(f"00:0{i}.000 --> 00:0{i}.500\n{cue}\n" for i, cue in enumerate(cues))
    start = text.index("Quen")
    found = render(document(source=Source("vtt", SHA, text, ((start, start + 4, "Qwen"),))), "source")
    assert found == text.replace("Quen", "Qwen")
    assert found.count("Qwen") == 3


def test_a_row_that_is_said_twice_is_corrected_once() -> None:
    text = "WEBVTT\n\n00:00.000 --> 00:01.000\nQuen.\n\n00:01.000 --> 00:02.000\nQuen.\n\n00:02.000 --> 00:03.000\nYes.\n"
    start = text.index("Quen")
    assert render(document(source=Source("vtt", SHA, text, ((start, start + 4, "Qwen"),))), "source") == text.replace("Quen", "Qwen", 1)
