"""What is in the transcript or in the recording only: where, and what it seems to be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from service.domain.align import FASTEST_MS
from service.domain.document import DocumentWord, Gap, Segment, Status
from service.domain.moved import moved
from service.domain.normalize import folds
from service.domain.sales import sells
from service.domain.script import Role
from service.domain.span import Ms, Span

SHORTEST_GAP_WORDS = 3
SHORTEST_GAP_MS = 1_000
"""Unwritten stretches shorter than both (an "uh", a repeated word) are marked word by word, but not listed as gaps."""

SPARSE = 1.0
"""Words a second; speech has two to four, what a recogniser makes of music fewer."""

DOUBTFUL = 0.35
"""Mean score of words that a recogniser invents over music."""


def gaps(segments: tuple[Segment, ...], duration: Ms) -> Iterator[Gap]:
    """Runs of unheard words (across lines), unwritten stretches, and what the page puts around the talk."""
    flat = [(segment, word) for segment in segments for word in segment.words]
    runs = [(status, list(run)) for status, run in groupby(flat, key=lambda pair: pair[1].status)]
    end = 0
    for n, (status, run) in enumerate(runs):
        words = [word for _, word in run]
        span = hull(words)
        where = tuple(dict.fromkeys(segment.id for segment, _ in run))
        text = " ".join(word.text for word in words)
        if status is Status.UNHEARD:
            following = next((h for _, later in runs[n + 1 :] if (h := hull([w for _, w in later]))), None)
            yield Gap(status, _room(end, following.start if following else duration, len(words)), text, where, _advert(text))
        elif status is Status.UNWRITTEN and span and (len(words) >= SHORTEST_GAP_WORDS or span.duration >= SHORTEST_GAP_MS):
            yield Gap(status, span, text, where, _guess(text, span, words))
        end = span.end if span else end
    apart = [segment for segment in segments if segment.role is Role.FURNITURE]
    if apart:
        yield Gap(Status.UNHEARD, None, "\n".join(s.text for s in apart), tuple(s.id for s in apart), "furniture")


def hull(words: Sequence[DocumentWord]) -> Span | None:
    """From the first timed word to the last."""
    spans = [word.span for word in words if word.span]
    return spans[0].hull(spans[-1]) if spans else None


def _room(start: Ms, end: Ms, num_words: int) -> Span:
    """The stretch of sound in which an unheard passage could be; only its place where there is no time for it."""
    return Span(start, end) if end - start >= FASTEST_MS * num_words else Span(start, start)


def _advert(text: str) -> str | None:
    return "advert" if sells(text) else None


def _guess(text: str, span: Span, words: Sequence[DocumentWord]) -> str:
    return _advert(text) or ("speech" if is_speech(span, [word.score or 0.0 for word in words]) else "music")


def is_speech(span: Span, scores: Sequence[float]) -> bool:
    """Whether words with these scores, heard in this stretch, are speech rather than what a recogniser makes of music."""
    return 1000 * len(scores) >= SPARSE * span.duration and sum(scores) >= DOUBTFUL * len(scores)


def elsewhere(segments: tuple[Segment, ...]) -> Iterator[str]:
    """Remarks on passages that are spoken, but not where they are written."""
    words = [word for segment in segments for word in segment.words]
    written = [word.text for word in words if word.status is Status.UNHEARD]
    spoken = [word for word in words if word.status is Status.UNWRITTEN]
    found = moved(folds(written), folds([word.text for word in spoken]))
    for passage, there in sorted(found, key=lambda pair: pair[0].start):
        at = hull(spoken[there.start : there.stop])
        if at:
            name = f"“{' '.join(written[passage.start : passage.stop][:6])} …” ({len(passage)} words)"
            yield f"The passage {name} is spoken at {at.start / 1000:.0f} s, not where it is written."
