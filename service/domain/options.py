"""What the caller asks of one job, beside the audio and the transcript."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Term:
    """A glossary entry: the right spelling, and spellings that show how it sounds or how it is usually misheard."""

    text: str
    sounds_like: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Options:
    """The options of a job. `language` is an ISO 639-1 code, None to detect it.

    `apply_threshold` and `suggest_threshold` are probabilities: a correction is applied from the first on,
    suggested from the second on.
    """

    title: str = ""
    description: str = ""
    language: str | None = None
    glossary: tuple[Term, ...] = ()
    diarize: bool = True
    num_speakers: int | None = None
    min_speakers: int | None = None
    max_speakers: int | None = None
    apply_threshold: float = 0.8
    suggest_threshold: float = 0.3
