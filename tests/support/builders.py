"""Short ways to say "a word", "a line", "a result" in tests. Times are whole milliseconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random
from string import ascii_lowercase
from typing import Any

from service.domain.document import (
    Correction,
    Document,
    DocumentWord,
    Evidence,
    Kind,
    ModelUse,
    Recording,
    Segment,
    Source,
    Speaker,
    Status,
    Timing,
    Verdict,
)
from service.domain.script import Line, Reference, Role, Token
from service.domain.span import Ms, Span
from service.domain.speech import Hypothesis, Turn, Word

SHA = "0" * 64
"""A digest where the test does not care which."""

COMMON = ("the", "and", "of", "you", "to", "that", "it", "we")
RARE = 0.6
"""Share of words that are not among the commonest, as in talk."""


def word(text: str, start: Ms, end: Ms, score: float = 0.9) -> Word:
    """A heard word.

    >>> word("hello", 1200, 1560).span.duration
    360
    """
    return Word(text, Span(start, end), score)


def spoken(text: str, start: Ms = 0, each: Ms = 300, gap: Ms = 60) -> tuple[Word, ...]:
    """The words of `text`, said one after another: each lasts `each`, with `gap` of silence after it."""
    return tuple(word(t, start + i * (each + gap), start + i * (each + gap) + each) for i, t in enumerate(text.split()))


def passage(chance: Random, size: int) -> str:
    """So many words of random letters among common ones."""
    return " ".join(_rare(chance) if chance.random() < RARE else chance.choice(COMMON) for _ in range(size))


def _rare(chance: Random) -> str:
    return "".join(chance.choices(ascii_lowercase, k=chance.randint(3, 9)))


def hypothesis(*words: Word, language: str = "en", duration: Ms | None = None) -> Hypothesis:
    """All that was heard; by default the recording ends half a second after the last word."""
    end = words[-1].span.end + 500 if words else 1000
    return Hypothesis(words, language, end if duration is None else duration)


def turn(speaker: str, start: Ms, end: Ms) -> Turn:
    return Turn(Span(start, end), speaker)


def line(text: str, number: int = 1, offset: int = 0, **fields: Any) -> Line:
    """A supplied line whose words are separated by single spaces; `offset` is where it begins in the file."""
    tokens, at = [], offset
    for piece in text.split(" "):
        tokens.append(Token(piece, at, at + len(piece)))
        at += len(piece) + 1
    return Line(number, tuple(tokens), **fields)


def reference(*texts: str, labels: Sequence[str | None] = (), names: tuple[str, ...] = ()) -> Reference:
    """A plain transcript of these lines, each with its label if `labels` are given."""
    lines, offset = [], 0
    for i, text in enumerate(texts):
        lines.append(line(text, i + 1, offset, label=labels[i] if labels else None))
        offset += len(text) + 1
    return Reference("plain", "".join(f"{text}\n" for text in texts), tuple(lines), names)


def written(text: str, start: Ms | None = None, end: Ms | None = None, **fields: Any) -> DocumentWord:
    """A word of a result: matched and timed when it has times, else unheard. `source` is its text unless said otherwise."""
    if start is None or end is None:
        defaults: dict[str, Any] = {"source": text, "status": Status.UNHEARD}
    else:
        defaults = {"source": text, "status": Status.MATCHED, "span": Span(start, end), "timing": Timing.FORCED, "score": 0.9}
    return DocumentWord(text, **(defaults | fields))


def timed(text: str, start: Ms, each: Ms = 300, gap: Ms = 60, **fields: Any) -> tuple[DocumentWord, ...]:
    """The words of `text` as words of a result, one after another as in `spoken`."""
    return tuple(written(w.text, w.span.start, w.span.end, **fields) for w in spoken(text, start, each, gap))


def segment(id: int, words: Sequence[DocumentWord], **fields: Any) -> Segment:  # noqa: A002  the field is called so
    """A segment of talk; text, source, span, speaker and status are read off its words unless said otherwise."""
    spans = [w.span for w in words if w.span is not None]
    speakers = [w.speaker for w in words if w.speaker is not None]
    defaults: dict[str, Any] = {
        "line": id + 1,
        "status": Status.MATCHED if spans else Status.UNHEARD,
        "text": " ".join(w.text for w in words if w.source is not None) or " ".join(w.text for w in words),
        "source": " ".join(w.source for w in words if w.source),
        "span": Span(min(s.start for s in spans), max(s.end for s in spans)) if spans else None,
        "speaker": speakers[0] if speakers else None,
    }
    return Segment(id, words=tuple(words), **(defaults | fields))


def aside(id: int, text: str, role: Role = Role.HEADING, line: int = 1) -> Segment:  # noqa: A002  the field is called so
    """A line of the file that is not talk."""
    return Segment(id, line, Status.UNHEARD, text, text, (), role=role)


def speaker(id: str, name: str, **fields: Any) -> Speaker:  # noqa: A002  the field is called so
    defaults: dict[str, Any] = {"named_by": "transcript", "confidence": 0.95, "speech_ms": 1000}
    return Speaker(id, name, **(defaults | fields))


def correction(id: int, segment: int, before: str, after: str, **fields: Any) -> Correction:  # noqa: A002  the field is called so
    """An applied correction of the segment's first word, witnessed by the document."""
    defaults: dict[str, Any] = {
        "words": (0, 1),
        "span": None,
        "kind": Kind.NAME,
        "applied": True,
        "confidence": 0.97,
        "witnesses": ("document",),
        "evidence": Evidence(),
    }
    return Correction(id, segment, before=before, after=after, **(defaults | fields))


def document(*segments: Segment, **fields: Any) -> Document:
    """A result of these segments; its source is their lines, its recording ends a second after the last word."""
    ends = [s.span.end for s in segments if s.span is not None]
    text = "".join(f"{s.source}\n" for s in segments if s.source is not None)
    bare = Document(
        language="en",
        recording=Recording(SHA, max(ends, default=0) + 1000, "mp3", 24_000, 1),
        source=Source("plain", SHA, text),
        models=(ModelUse("transcribe", "faster-whisper-tiny.en", "1"),),
        verdict=Verdict(accepted=True, coverage=1.0),
        speakers=(),
        turns=(),
        segments=segments,
        corrections=(),
        gaps=(),
    )
    return replace(bare, **fields)
