"""What the pipeline asks of a model: small protocols, each fulfilled by a real adapter and by an honest fake in the tests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from models.waveform import Waveform
from service.domain.document import ModelUse
from service.domain.secondlook import Trace
from service.domain.span import Ms, Span
from service.domain.speech import Diarization, Hypothesis, KnownVoice, Voiceprint, Word
from service.stages import WHOLE, Part

Report = Callable[[Ms, Ms], None]
"""Called with (milliseconds of audio done, milliseconds in all). May raise `service.errors.Stopped`."""


@dataclass(frozen=True, slots=True)
class Listening:
    """What a recogniser is given. `language` None to detect it; `hotwords` are words it may expect, and a `guide`, where it takes
    one, the words of the whole recording that are probably said. Of a `part` only that share of the recording is heard.
    """

    waveform: Waveform
    language: str | None = None
    report: Report = lambda *_: None
    hotwords: tuple[str, ...] = ()
    guide: tuple[str, ...] = ()
    part: Part = WHOLE


@dataclass(frozen=True, slots=True)
class Voices:
    """What a diarizer is given. Counts are None when unknown."""

    waveform: Waveform
    num_speakers: int | None = None
    min_speakers: int | None = None
    max_speakers: int | None = None
    report: Report = lambda *_: None
    known: tuple[KnownVoice, ...] = ()
    """Voices that may be among them."""
    expected: int = 0
    """How many the transcript speaks of: as many are told apart if they sound a little different, and never fewer for it."""


@dataclass(frozen=True, slots=True)
class Passage:
    """What a forced aligner is given: words known to be said, in order, inside `span` of the waveform."""

    waveform: Waveform
    span: Span
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contest:
    """Two spellings of one stretch of speech: the line's text with what is written, and with the candidate.

    `before` and `after` are the two spellings alone, named to the decoder in its prompt.
    """

    waveform: Waveform
    span: Span
    text_before: str
    text_after: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Ruling:
    """Summed log-probabilities of either text (natural logarithm), and how many tokens each has."""

    before: float
    after: float
    tokens_before: int
    tokens_after: int

    @property
    def margin(self) -> float:
        """Positive when the candidate explains the sound better."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Phrasing:
    """A place of a text in two spellings, with the words before and after it."""

    before: str
    written: str
    instead: str
    after: str


@dataclass(frozen=True, slots=True)
class Sought:
    """Words to be looked for, in order, in at most 30 s of sound. `language` is an ISO 639-1 code."""

    waveform: Waveform
    span: Span
    words: tuple[str, ...]
    language: str


class Recogniser(Protocol):
    @property
    def uses(self) -> ModelUse: ...
    def transcribe(self, listening: Listening) -> Hypothesis: ...


class Judge(Protocol):
    @property
    def uses(self) -> ModelUse: ...
    def judge(self, contests: tuple[Contest, ...]) -> tuple[Ruling, ...]:
        """One ruling per contest, in order. Contests of one window share its encoder pass."""
        ...


class Ear(Protocol):
    @property
    def uses(self) -> ModelUse: ...
    def hear(self, contests: tuple[Contest, ...]) -> tuple[float, ...]:
        """By how many nats the sound alone speaks for the other text, to somebody told neither spelling. One number per contest."""
        ...


class Reader(Protocol):
    @property
    def uses(self) -> ModelUse: ...
    def prefer(self, phrasings: Sequence[Phrasing]) -> tuple[float, ...]:
        """By how many nats each text is likelier with the other spelling than as it is written."""
        ...


class Seeker(Protocol):
    @property
    def uses(self) -> ModelUse: ...
    def seek(self, sought: Sought) -> tuple[Trace, ...]:
        """One trace per word, in order: where it would be, and what speaks for it."""
        ...


class Diarizer(Protocol):
    @property
    def uses(self) -> ModelUse: ...
    def diarize(self, voices: Voices) -> Diarization: ...


class Enroller(Protocol):
    def enrol(self, waveform: Waveform) -> Voiceprint:
        """What the one voice of a clip sounds like. Raises `ClipUnusable`."""
        ...


class ForcedAligner(Protocol):
    @property
    def uses(self) -> ModelUse: ...
    def time(self, passage: Passage) -> tuple[Word | None, ...] | None:
        """One timed word per word of the passage (None where it was passed over), or None when no path was found. Scores say how well
        the sound fits the words: the likelihood of one second of it, relative to that of the sounds that would fit best.
        """
        ...
