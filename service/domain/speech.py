"""What was heard: words and turns, as the models report them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from service.domain.span import Span


@dataclass(frozen=True, slots=True)
class Word:
    """One recognised word: its text as written by the recogniser, when, and the recogniser's probability in [0, 1]."""

    text: str
    span: Span
    score: float


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """All that was heard, in order of time.

    `language` is an ISO 639-1 code; `duration_ms` is the length of the recording.
    """

    words: tuple[Word, ...]
    language: str
    duration_ms: int


def joined(parts: Sequence[Hypothesis]) -> Hypothesis:
    """What was heard in consecutive parts of one recording, as if it had been heard at once.

    >>> first, second = (Hypothesis((Word(text, Span(n, n + 1), 0.9),), "en", 10) for n, text in enumerate(("Hello", "there")))
    >>> [word.text for word in joined([first, second]).words]
    ['Hello', 'there']
    """
    return replace(parts[0], words=tuple(word for part in parts for word in part.words))


@dataclass(frozen=True, slots=True)
class Turn:
    """One speaker holds the floor. Turns of different speakers may overlap."""

    span: Span
    speaker: str


@dataclass(frozen=True, slots=True)
class Voiceprint:
    """What a voice sounds like to `model`: a direction, of any length. Prints of different models cannot be compared."""

    model: str
    vector: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class KnownVoice:
    """A voice that was enrolled by name."""

    name: str
    print: Voiceprint


@dataclass(frozen=True, slots=True)
class Recognised:
    """A voice of the diarization that sounds like an enrolled one; `similarity` is the cosine of their prints."""

    speaker: str
    name: str
    similarity: float


@dataclass(frozen=True, slots=True)
class Diarization:
    """Who spoke when. `turns` may overlap; `exclusive` never do (one speaker at a time, for giving words to speakers).

    `channels` are pairs (speaker, channel from 1) where a channel of the recording holds nobody else. `recognised` are the voices
    that are known by name.
    """

    turns: tuple[Turn, ...]
    exclusive: tuple[Turn, ...]
    channels: tuple[tuple[str, int], ...] = ()
    recognised: tuple[Recognised, ...] = ()
