"""The talk of a document as the text formats print it: paragraphs with a speaker's name where the speaker changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from service.domain.document import Document, DocumentWord, Segment, Status
from service.domain.formats.tokens import joined
from service.domain.render.options import RenderOptions
from service.domain.script import Role
from service.domain.span import Ms, Span

UNKNOWN = "Unknown speaker"
"""Printed where speech follows a named speaker and nobody knows whose it is."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One printed paragraph. `speaker` is a name where someone else begins to speak, else None; `start` is when, if known."""

    text: str
    role: Role
    speaker: str | None = None
    start: Ms | None = None


def paragraphs(document: Document, options: RenderOptions) -> Iterator[Paragraph]:
    """The heading and the talk, a paragraph a segment; page furniture is left out.

    Lines that were not heard stay where they were written, within the turn before them.
    """
    voices = Voices(document, options)
    last: str | None = None
    for segment in document.segments:
        text = text_of(segment, options)
        if not text or segment.role is Role.FURNITURE:
            continue
        name = voices.name(segment.speaker) if segment.span is not None else last
        start = segment.span.start if segment.span else None
        yield Paragraph(text, segment.role, name if name != last else None, start)
        last = name


class Voices:
    """The names by which a document's voices are printed. All are None when labels are not wanted or nobody was told apart."""

    def __init__(self, document: Document, options: RenderOptions) -> None:
        self._names = {s.id: " ".join(s.name.split()) or s.id for s in document.speakers} if options.speaker_labels else {}

    def name(self, speaker: str | None) -> str | None:
        return self._names.get(speaker or "", UNKNOWN) if self._names else None


def text_of(segment: Segment, options: RenderOptions) -> str:
    """The corrected text of a segment; empty for one that was never written, unless the caller wants those."""
    if segment.role is not Role.TALK:
        return " ".join(segment.text.split())
    return joined([word.text for word in printed(segment, options)])


def printed(segment: Segment, options: RenderOptions) -> list[DocumentWord]:
    """The words of a segment that the caller wants."""
    return [word for word in segment.words if options.include_unwritten or word.status is not Status.UNWRITTEN]


def spoken(document: Document, options: RenderOptions) -> list[tuple[DocumentWord, Span]]:
    """The words with a time, and their times, in order: all that timed formats can hold."""
    return [pair for segment in document.segments for pair in timed(printed(segment, options))]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Heard words of one segment by one speaker (an id, or None), with their times."""

    speaker: str | None
    words: tuple[tuple[DocumentWord, Span], ...]

    @property
    def span(self) -> Span:
        return Span(min(span.start for _, span in self.words), max(span.end for _, span in self.words))


def stretches(document: Document, options: RenderOptions) -> Iterator[Stretch]:
    """The heard words of each segment, cut where another speaker begins."""
    for segment in document.segments:
        for speaker, run in groupby(timed(printed(segment, options)), key=lambda pair: pair[0].speaker):
            yield Stretch(speaker, tuple(run))


def timed(words: list[DocumentWord]) -> list[tuple[DocumentWord, Span]]:
    """Those of the words that have a time and a text."""
    return [(word, word.span) for word in words if word.span is not None and not word.text.isspace() and word.text]
