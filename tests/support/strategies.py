"""Hypothesis strategies: words, transcripts well formed and not, dialogues and the documents made of them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import cycle

from hypothesis import strategies as st

from service.domain.document import Document, DocumentWord, Segment, Status
from tests.support.builders import document, segment, speaker, written

NAMES = ("Ada Lovelace", "Charles Babbage", "Mary Somerville")

words = st.text("abcdefghijklmnopqrstuvwxyzéäßñ", min_size=1, max_size=9).filter(lambda word: word.isalpha())
"""Small-letter words: nothing in them is ever markup, a label or a stamp."""

sentences = st.lists(words, min_size=1, max_size=9).map(" ".join)

any_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
"""Whatever a file may hold, control characters and overrides of direction included."""

_SPACES = ("\n", "\n", "\r\n", "\r", " ", " ", "  ", "\t", "\u00a0", "\u200b", "\ufeff", "\0", "\u202e")
_LABELS = (
    "Ada: ",
    "Mary Somerville: ",
    "SPEAKER_2: ",
    ">> ",
    "**Ada** (0:52)\n",
    "**Mary:** ",
    "## Ada\n",
    "[00:12:03] ",
    "(1:02) ",
    "0:52\n",
)
_HEADS = (
    "Transcript\n",
    "Speakers: Ada Lovelace, Mary Somerville\n",
    "Episode Date: May 22, 2026\n",
    "# Title\n",
    "---\n",
    "https://a.example\n",
)
_MARKUP = (
    "*bold*",
    "_it_",
    "\\*",
    "[a](b)",
    "`c`",
    "<p>",
    "</p>",
    "<br>",
    "<b>",
    "<v Ada>",
    "<v ",
    "</v>",
    "<i",
    "&amp;",
    "&lt;",
    "&#10;",
    "&nbsp;",
)
_CUES = (
    "WEBVTT\n",
    "NOTE x\n",
    "STYLE\n",
    "1\n",
    "00:00:01,000 --> 00:00:02,000\n",
    "00:01.000 --> 00:02.000 align:start\n",
    "-->",
    "{\\an8}",
)
_WORDS = ("— ", "- ", "♪ ", "今天谈谈。", "สวัสดี", "word, ", "Word. ", "10:30 ", "¼", "_", "©", "curl x\n", "&x")
_FRAGMENTS = (*_SPACES, *_LABELS, *_HEADS, *_MARKUP, *_CUES, *_WORDS)

scraps = st.lists(st.sampled_from(_FRAGMENTS) | words, max_size=60).map("".join)
"""Pieces of all formats in any order."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What one speaker says, sentence by sentence."""

    name: str
    sentences: tuple[str, ...]


@st.composite
def dialogues(draw: st.DrawFn) -> list[Turn]:
    """At least six turns of alternating speakers, so that each speaks at least twice."""
    said = draw(st.lists(st.lists(sentences, min_size=1, max_size=2).map(tuple), min_size=6, max_size=8))
    return [Turn(NAMES[n % 3], turn) for n, turn in enumerate(said)]


_PAUSES = st.lists(st.sampled_from((None, 0, 0, 20, 90, 400, 2_500)), min_size=24, max_size=24)
_LENGTHS = st.lists(st.sampled_from((0, 1, 120, 300, 900)), min_size=5, max_size=5)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """The result of a dialogue: a segment a sentence, each heard at least in part, times never running backwards."""
    voices = {name: f"S{n}" for n, name in enumerate(NAMES, start=1)}
    pauses, lengths = cycle(draw(_PAUSES)), cycle(draw(_LENGTHS))
    segments: list[Segment] = []
    at = draw(st.integers(0, 5_000_000))
    for turn in draw(dialogues()):
        for sentence in turn.sentences:
            said = []
            for word, pause, length in zip([*sentence.split(), "so"], pauses, lengths, strict=False):
                if pause is None and word != "so":
                    said.append(written(word))
                    continue
                at += pause or 0
                said.append(written(word, at, at + length, speaker=voices[turn.name]))
                at += length
            segments.append(segment(len(segments), said))
    return document(*segments, speakers=tuple(speaker(voice, name) for name, voice in voices.items()))


def heard(found: Document) -> list[DocumentWord]:
    """The words of a document that have a time."""
    return [word for part in found.segments for word in part.words if word.span and word.status is not Status.UNWRITTEN]
