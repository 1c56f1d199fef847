"""Reading back what a renderer wrote gives what that format can hold; times survive; cues keep their order."""

from __future__ import annotations

import json
from itertools import pairwise

from hypothesis import assume, given
from hypothesis import strategies as st

from service.domain.document import Document
from service.domain.formats import parse
from service.domain.formats.tokens import joined
from service.domain.render import RenderOptions, render, to_wire
from service.domain.render.cues import cues
from service.domain.render.markdown import escape
from service.domain.script import Reference
from service.domain.span import ms
from tests.support.builders import document, segment, timed
from tests.support.strategies import NAMES, documents, heard, words

shapes = st.builds(RenderOptions, max_chars=st.integers(10, 60), max_lines=st.integers(1, 3))


def by_speaker(found: Reference) -> list[tuple[str | None, str]]:
    return [(line.label, token.text) for line in found.talk for token in line.tokens]


def said(found: Document, *, unheard: bool) -> list[tuple[str | None, str]]:
    names = {speaker.id: speaker.name for speaker in found.speakers}
    return [(names[part.speaker or ""], word.text) for part in found.segments for word in part.words if unheard or word.span]


@given(documents())
def test_subtitles_read_back_give_the_heard_words_and_their_speakers(found: Document) -> None:
    for name in ("vtt", "srt"):
        back = parse(render(found, name).encode())
        assert back.format == name
        assert by_speaker(back) == said(found, unheard=False)
        assert back.names == NAMES
        assert [line.cue for line in back.talk] == [cue.span for cue in cues(found, RenderOptions(), prefixed=name == "srt")]


@given(documents())
def test_texts_read_back_give_all_words_and_their_speakers(found: Document) -> None:
    for name in ("txt", "md", "html"):
        back = parse(render(found, name).encode())
        assert by_speaker(back) == said(found, unheard=True)
        assert back.names == NAMES


@given(documents())
def test_what_is_written_for_readers_of_recognisers_holds_every_heard_word_once(found: Document) -> None:
    texts = [word.text for word in heard(found)]
    whisper, verbose, diarized = (json.loads(render(found, name)) for name in ("whisper-json", "openai-verbose", "openai-diarized"))
    assert [word["word"] for segment in whisper["segments"] for word in segment["words"]] == [f" {text}" for text in texts]
    assert [word["word"] for word in verbose["words"]] == texts
    names = [(segment["speaker"], segment["text"]) for segment in diarized["segments"]]
    assert [(speaker, word) for speaker, text in names for word in text.split()] == said(found, unheard=False)
    for whole in (whisper, verbose, diarized):
        assert whole["text"].split() == texts
        assert all(segment["start"] <= segment["end"] for segment in whole["segments"])


@given(documents())
def test_cues_of_words_hold_one_each(found: Document) -> None:
    shaped = cues(found, RenderOptions(word_cues=True))
    assert [cue.lines for cue in shaped] == [(word.text,) for word in heard(found)]


@given(documents())
def test_turns_of_markdown_keep_their_second(found: Document) -> None:
    back = parse(render(found, "md").encode())
    starts = [line.cue.start for line in back.talk if line.cue]
    changes = [found.segments[0], *(b for a, b in pairwise(found.segments) if a.speaker != b.speaker)]
    assert starts == [part.span.start // 1000 * 1000 for part in changes if part.span]


@given(documents(), shapes)
def test_cues_never_overlap_and_hold_every_heard_word_once(found: Document, options: RenderOptions) -> None:
    shaped = cues(found, options)
    assert all(a.span.end <= b.span.start for a, b in pairwise(shaped))
    assert all(cue.span.duration > 0 for cue in shaped)
    assert " ".join(line for cue in shaped for line in cue.lines).split() == [word.text for word in heard(found)]


@given(documents(), shapes)
def test_cues_keep_their_shape(found: Document, options: RenderOptions) -> None:
    for cue in cues(found, options):
        assert len(cue.lines) <= options.max_lines
        assert all(len(line) <= options.max_chars or " " not in line for line in cue.lines)


@given(documents())
def test_the_wire_keeps_times_and_every_supplied_word_once(found: Document) -> None:
    wire = json.loads(render(found, "json"))
    assert wire == to_wire(found)
    printed = [word for part in wire["segments"] for word in part["words"]]
    own = [word for part in found.segments for word in part.words]
    assert [word["source"] for word in printed] == [word.source for word in own]
    assert [(ms(word["start"]), ms(word["end"])) for word in printed if word["start"] is not None] == [
        (word.span.start, word.span.end) for word in own if word.span
    ]


@given(documents())
def test_the_other_timed_formats_hold_every_heard_word_once(found: Document) -> None:
    expected = [word.text for word in heard(found)]
    assert [line.split()[4] for line in render(found, "ctm").splitlines()] == expected
    assert " ".join(part["body"] for part in json.loads(render(found, "podcast-json"))["segments"]).split() == expected
    grid = [line.split('"')[1] for line in render(found, "textgrid").splitlines() if line.strip().startswith("text = ")]
    assert sorted(text for text in grid if text) == sorted(expected)


@given(st.lists(st.text(st.sampled_from("aB1*_`#<>[]()!&;:.\\-+|~="), min_size=1, max_size=6), min_size=1, max_size=8))
def test_markdown_shows_any_text_as_it_is(pieces: list[str]) -> None:
    text = "Well " + " ".join(pieces) + " so"
    assume(">>" not in text)  # that is a change of speaker, no text
    back = parse(f"# T\n\n{escape(text)}\n".encode())
    assert " ".join(token.text for token in back.tokens) == text


@given(st.lists(words, min_size=1, max_size=5))
def test_one_speaker_needs_no_label(said_words: list[str]) -> None:
    found = document(segment(0, timed(joined(said_words), 0)))
    for name in ("txt", "md", "srt", "vtt"):
        assert [token.text for token in parse(render(found, name).encode()).tokens] == said_words
