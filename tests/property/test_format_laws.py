"""What holds for every transcript, however odd: nothing is lost, order is kept, and the file comes back as it was."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from service.domain.document import Source
from service.domain.formats import VIEWS, parse
from service.domain.formats.tokens import SAYS
from service.domain.formats.views import shown
from service.domain.render import render
from service.domain.script import Reference, Role
from service.errors import InputError
from tests.support.builders import SHA, document
from tests.support.strategies import NAMES, Turn, any_text, dialogues, scraps, sentences, words


def read(text: str) -> Reference | None:
    try:
        return parse(text.encode())
    except InputError:
        return None


@given(any_text | scraps)
def test_the_text_is_the_file_and_the_tokens_are_in_it_in_order(text: str) -> None:
    found = read(text)
    if found is None:
        return
    assert found.text == text
    tokens = [token for line in found.lines for token in line.tokens]
    assert all(0 <= t.start < t.end <= len(text) for t in tokens)
    assert all(a.end <= b.start for a, b in pairwise(tokens))
    numbers = [line.number for line in found.lines]
    assert numbers == sorted(numbers)
    assert all(line.tokens for line in found.lines)


@given(any_text | scraps)
def test_a_token_says_something_and_holds_nothing_invisible(text: str) -> None:
    found = read(text)
    if found is None:
        return
    view = VIEWS[found.format](text)
    for token in [token for line in found.lines for token in line.tokens]:
        assert SAYS.search(token.text)
        assert token.text == " ".join(token.text.split())
        assert not any(ord(c) < 32 or c in "\u202e\u200b\ufeff" for c in token.text)
        assert shown(view[token.start : token.end]) == token.text


@given(st.lists(sentences, min_size=1, max_size=20))
def test_plain_words_are_all_talk(lines: list[str]) -> None:
    found = parse("\n".join(lines).encode())
    assert [t.text for t in found.tokens] == " ".join(lines).split()
    assert [line.number for line in found.lines] == list(range(1, len(lines) + 1))


def labelled(turns: list[Turn], label: str, between: str) -> str:
    return between.join(label.format(turn.name) + "\n".join(turn.sentences) for turn in turns)


@pytest.mark.parametrize(
    ("label", "between"),
    [
        ("{}: ", "\n"),
        ("{}:\n", "\n\n"),
        ("[00:01] {}: ", "\n"),
        ("{} (0:01):\n", "\n\n"),
        ("**{}** (0:01)\n", "\n\n"),
        ("## {}\n\n", "\n\n"),
        ("**{}:** ", "\n\n"),
    ],
)
@given(turns=dialogues())
def test_labelled_words_are_all_talk_of_their_speaker(label: str, between: str, turns: list[Turn]) -> None:
    found = parse(labelled(turns, label, between).encode())
    expected = [(turn.name, word) for turn in turns for sentence in turn.sentences for word in sentence.split()]
    assert [(line.label, token.text) for line in found.talk for token in line.tokens] == expected
    assert found.names == NAMES


@pytest.mark.parametrize("head", ["", "WEBVTT\n\n"])
@given(turns=dialogues(), markup=st.sampled_from(["{}", "<i>{}</i>", "{}\n"]))
def test_words_of_cues_are_all_talk_with_their_times(head: str, turns: list[Turn], markup: str) -> None:
    said = [(turn.name, sentence) for turn in turns for sentence in turn.sentences]
    times = [f"{n}\n00:00:{n:02}.000 --> 00:00:{n + 1:02}.000\n" for n in range(1, len(said) + 1)]
    cues = [f"{time}{name}: {markup.format(text)}\n" for time, (name, text) in zip(times, said, strict=True)]
    found = parse((head + "\n".join(cues)).encode())
    assert [(line.label, " ".join(t.text for t in line.tokens)) for line in found.talk] == said
    assert [line.cue.start for line in found.talk if line.cue] == [1_000 * n for n in range(1, len(said) + 1)]


@given(any_text | scraps)
def test_without_edits_the_source_comes_back(text: str) -> None:
    found = read(text)
    if found is not None:
        assert render(document(source=Source(found.format, SHA, text)), "source") == text


@given(scraps, st.data())
def test_an_edit_leaves_everything_around_its_word_alone(text: str, data: st.DataObject) -> None:
    found = read(text)
    if found is None:
        return
    token, after = data.draw(st.sampled_from(found.tokens)), data.draw(words)
    edited = render(document(source=Source(found.format, SHA, text, ((token.start, token.end, after),))), "source")
    assert edited[: token.start] == text[: token.start]
    assert edited[token.end + len(edited) - len(text) :] == text[token.end :]


@pytest.mark.parametrize(
    ("head", "label"),
    [("", "{}: "), ("", "**{}** (0:01)\n"), ("WEBVTT\n\n", "00:00.000 --> 00:01.000\n<v {}>")],
    ids=["labels", "md", "vtt"],
)
@given(turns=dialogues(), data=st.data())
def test_reading_an_edited_file_gives_the_new_word_in_the_old_place(head: str, label: str, turns: list[Turn], data: st.DataObject) -> None:
    found = parse((head + labelled(turns, label, "\n\n")).encode())
    assume(all(line.role is Role.TALK for line in found.lines))  # rows taken for repetitions of rolling captions are so by their text
    at, after = data.draw(st.integers(0, len(found.tokens) - 1)), data.draw(words)
    edits = ((found.tokens[at].start, found.tokens[at].end, after),)
    again = parse(render(document(source=Source(found.format, SHA, found.text, edits)), "source").encode())
    assume(all(line.role is Role.TALK for line in again.lines))
    assert [t.text for t in again.tokens] == [after if n == at else t.text for n, t in enumerate(found.tokens)]
    assert [(line.number, line.label, line.cue) for line in again.lines] == [(line.number, line.label, line.cue) for line in found.lines]
