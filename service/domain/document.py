"""The result: the supplied transcript, corrected, timed and attributed, with everything that is not certain said so."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from service.domain.script import Role
from service.domain.span import Ms, Span
from service.domain.speech import Turn

SCHEMA_VERSION = 1


class Status(StrEnum):
    """How a written word stands to what was heard."""

    MATCHED = "matched"
    SUBSTITUTED = "substituted"
    """Something else was recognised in its place."""
    INFERRED = "inferred"
    """Nothing was recognised for it, but its neighbours leave it room, or the recogniser found it when told what to look for."""
    UNHEARD = "unheard"
    """Written, not in the audio."""
    UNWRITTEN = "unwritten"
    """In the audio, not in the transcript."""


class Timing(StrEnum):
    """How a word's time was obtained."""

    FORCED = "forced"
    RECOGNISED = "recognised"
    INTERPOLATED = "interpolated"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class DocumentWord:
    """One word of the result. `source` is what was supplied for it: None if it was never written, "" if a correction added it."""

    text: str
    source: str | None
    status: Status
    span: Span | None = None
    speaker: str | None = None
    timing: Timing = Timing.NONE
    score: float | None = None
    correction: int | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """A supplied line, or an unwritten stretch (`line` and `source` None).

    Lines that are not talk keep their `source` and have no words.
    """

    id: int
    line: int | None
    status: Status
    text: str
    source: str | None
    words: tuple[DocumentWord, ...]
    span: Span | None = None
    speaker: str | None = None
    role: Role = Role.TALK


class Kind(StrEnum):
    """What a correction is about."""

    NAME = "name"
    TERM = "term"
    WORD = "word"
    SPACING = "spacing"


@dataclass(frozen=True, slots=True)
class Evidence:
    """The witnesses' statements on one correction; None where a witness was not asked.

    `phonetic` is a similarity in [0, 1]. `acoustic_before` and `acoustic_after` are the recogniser's mean
    log-probabilities per token for the line with either spelling, both spellings named in its prompt (the contest). `fit` is by how many
    nats the correction fits better among the words around it than what is written, `sense` by how many a language model finds the text
    likelier with it, `ear` by how many the sound alone speaks for it, to another recogniser that is told neither spelling. `prior` is how
    well known the lexicon says it is, from 1 to 5; 0 for what it does not have.
    """

    heard: str | None = None
    in_document: int = 0
    in_metadata: int = 0
    in_glossary: bool = False
    prior: int = 0
    phonetic: float | None = None
    acoustic_before: float | None = None
    acoustic_after: float | None = None
    fit: float | None = None
    sense: float | None = None
    ear: float | None = None
    known_word: bool = False


class State(StrEnum):
    """What became of a correction: the first two are Earmark's own decision, the others somebody's."""

    APPLIED = "applied"
    SUGGESTED = "suggested"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Correction:
    """One edit. `words` is a half-open range of word positions in the segment, `place` one of characters in the supplied file; None
    where the file is not at hand. `decided` if somebody said whether it is to be `applied`. `measured` are the words as they were timed,
    where a decision has replaced them; else empty.
    """

    id: int
    segment: int
    words: tuple[int, int]
    span: Span | None
    before: str
    after: str
    kind: Kind
    applied: bool
    confidence: float
    witnesses: tuple[str, ...]
    evidence: Evidence
    place: tuple[int, int] | None = None
    decided: bool = False
    measured: tuple[DocumentWord, ...] = ()

    @property
    def state(self) -> State:
        if self.decided:
            return State.ACCEPTED if self.applied else State.REJECTED
        return State.APPLIED if self.applied else State.SUGGESTED


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch that is in one of the two only. `guess` is advert, music, speech or furniture; None when there is no ground for a guess."""

    status: Status
    span: Span | None
    text: str
    segments: tuple[int, ...]
    guess: str | None = None


@dataclass(frozen=True, slots=True)
class NameEvidence:
    """What somebody (`speaker`, an id) says that speaks for a name: the words, and what they do."""

    says: str
    text: str
    speaker: str
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Speaker:
    """A voice. `named_by` is "transcript" when a label of the supplied file names it, "voice" when it was enrolled,
    "caller" when it was renamed, else "diarization".

    `suggested_name` is what a voice without a name may be called, by the `evidence`; nothing else uses it. `channel` is the channel of the
    recording, from 1, that holds nobody else's voice.
    """

    id: str
    name: str
    named_by: str
    confidence: float
    speech_ms: Ms
    suggested_name: str | None = None
    evidence: tuple[NameEvidence, ...] = ()
    channel: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the transcript is of this audio. `coverage` is the share of the talk's words that were heard, in [0, 1]."""

    accepted: bool
    coverage: float
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Recording:
    """The audio file as supplied, and what was decoded of it.

    `sides`, where two channels hold a voice each: when channel "1" and channel "2" are heard; empty for every other recording.
    """

    sha256: str
    duration_ms: Ms
    container: str
    sample_rate: int
    channels: int
    warnings: tuple[str, ...] = ()
    sides: tuple[Turn, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """The transcript file as supplied. `text` is the decoded file and `edits` are what the applied corrections do to it."""

    format: str
    sha256: str
    text: str
    edits: tuple[tuple[int, int, str], ...] = ()
    """(start, end, replacement): half-open character ranges of `text`, in order, not overlapping."""


@dataclass(frozen=True, slots=True)
class ModelUse:
    """A model that took part. `revision` identifies the weights."""

    stage: str
    name: str
    revision: str


@dataclass(frozen=True, slots=True)
class Document:
    """The result of a job."""

    language: str
    recording: Recording
    source: Source
    models: tuple[ModelUse, ...]
    verdict: Verdict
    speakers: tuple[Speaker, ...]
    turns: tuple[Turn, ...]
    segments: tuple[Segment, ...]
    corrections: tuple[Correction, ...]
    gaps: tuple[Gap, ...]
    degraded: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    seconds_by_stage: dict[str, float] = field(default_factory=dict)
    job_id: str | None = None
    title: str = ""
