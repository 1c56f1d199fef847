"""What people decide afterwards: a correction rejected, a suggestion accepted, a speaker named. No model is asked again.

A word whose spelling is changed here keeps its stretch of the recording, but its time was found for another spelling: so it is
`interpolated`, and has no score. The correction keeps the words as they were measured, for those who decide back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from service.domain.document import Correction, Document, DocumentWord, Segment, Source, Speaker, Timing
from service.domain.printed import paired
from service.domain.span import Span, shares
from service.domain.speech import Turn

CALLER = "caller"
"""Who named a speaker that was renamed here."""


@dataclass(frozen=True, slots=True)
class Amendments:
    """`corrections`: by number, whether it is to be applied. `speakers`: by id, the name; two with one name become one."""

    corrections: Mapping[int, bool]
    speakers: Mapping[str, str]


def amend(document: Document, amendments: Amendments) -> Document:
    """The document as decided. Deciding the same again changes nothing; numbers and ids that are not in it are passed over."""
    return _renamed(_ruled(document, amendments.corrections), amendments.speakers)


def _ruled(document: Document, rulings: Mapping[int, bool]) -> Document:
    if not any(c.id in rulings for c in document.corrections):
        return document
    corrections: list[Correction] = []
    segments: list[Segment] = []
    of_segment = {number: list(those) for number, those in groupby(document.corrections, key=lambda c: c.segment)}
    for segment in document.segments:
        rewritten, placed = _rewritten(segment, of_segment.get(segment.id, []), rulings)
        segments.append(rewritten)
        corrections += placed
    return replace(document, segments=tuple(segments), corrections=tuple(corrections), source=edited(document.source, corrections))


def edited(source: Source, corrections: Sequence[Correction]) -> Source:
    """The file with what its applied corrections do to it, as far as their places are known."""
    return replace(source, edits=tuple((*c.place, c.after) for c in corrections if c.applied and c.place))


def _rewritten(segment: Segment, corrections: Sequence[Correction], rulings: Mapping[int, bool]) -> tuple[Segment, list[Correction]]:
    """The segment with the rulings carried out, and its corrections with their new places in it."""
    words: list[DocumentWord] = []
    placed: list[Correction] = []
    at = 0
    for correction in corrections:
        first, end = correction.words
        words += segment.words[at:first]
        stretch, applied = segment.words[first:end], rulings.get(correction.id, correction.applied)
        measured = correction.measured
        if applied != correction.applied:
            written = tuple(word for word in stretch if word.source is not None)
            measured, new = ((), measured) if measured else (written, tuple(_respelled(written, correction, applied=applied)))
            stretch = tuple(_in_place(stretch, new))
        decided = correction.decided or correction.id in rulings
        place = (len(words), len(words) + len(stretch))
        placed.append(replace(correction, applied=applied, decided=decided, words=place, measured=measured))
        words += stretch
        at = end
    words += segment.words[at:]
    text = _joined(segment, words) if corrections else segment.text
    return replace(segment, words=tuple(words), text=text), placed


def _joined(segment: Segment, words: Sequence[DocumentWord]) -> str:
    """The words of a line with spaces between them, except in scripts that are written without."""
    supplied = [word.source for word in words if word.source]
    spaced = len(supplied) < 2 or any(char.isspace() for char in segment.source or "")
    return (" " if spaced else "").join(word.text for word in words if word.source is not None)


def _respelled(old: Sequence[DocumentWord], correction: Correction, *, applied: bool) -> Iterator[DocumentWord]:
    supplied = " ".join(word.source for word in old if word.source).split()
    new = paired(supplied, correction.after.split() if applied else supplied)
    spans = _spans(old, [text for text, _ in new])
    by = correction.id if applied else None
    for n, ((text, source), span) in enumerate(zip(new, spans, strict=True)):
        timing = Timing.INTERPOLATED if span else Timing.NONE
        yield replace(old[min(n, len(old) - 1)], text=text, source=source, span=span, timing=timing, score=None, correction=by)


def _in_place(stretch: Sequence[DocumentWord], new: Sequence[DocumentWord]) -> Iterator[DocumentWord]:
    """The stretch with the new written words in place of the old; unwritten ones among them stay where they are."""
    for n, word in enumerate(new):
        yield from _unwritten_before(stretch, n)
        yield word
    for n in range(len(new), len(stretch) + 1):
        yield from _unwritten_before(stretch, n)


def _unwritten_before(stretch: Sequence[DocumentWord], n: int) -> Iterator[DocumentWord]:
    """The unwritten words that stand right before the n-th written one."""
    written = 0
    for word in stretch:
        if word.source is None and written == n:
            yield word
        written += word.source is not None


def _spans(old: Sequence[DocumentWord], texts: Sequence[str]) -> list[Span | None]:
    """Word for word where their number stays; else the whole stretch, shared by length. None where nothing was heard."""
    if len(old) == len(texts):
        return [word.span for word in old]
    known = [word.span for word in old if word.span]
    return list(shares(known[0].hull(known[-1]), texts)) if known else [None] * len(texts)


def _renamed(document: Document, names: Mapping[str, str]) -> Document:
    if all(names.get(s.id, s.name) == s.name for s in document.speakers):
        return document
    named = [
        Speaker(s.id, names[s.id], CALLER, 1.0, s.speech_ms) if s.id in names and names[s.id] != s.name else s for s in document.speakers
    ]
    first_of = {s.name: s.id for s in reversed(named)}
    same = {s.id: first_of[s.name] for s in named if s.name in names.values()}
    return replace(
        document,
        speakers=tuple(_merged(named, same)),
        turns=tuple(Turn(t.span, same.get(t.speaker, t.speaker)) for t in document.turns),
        segments=tuple(_spoken_by(segment, same) for segment in document.segments),
        corrections=tuple(replace(c, measured=_said_by(c.measured, same)) for c in document.corrections),
    )


def _merged(speakers: Sequence[Speaker], same: Mapping[str, str]) -> Iterator[Speaker]:
    for speaker in speakers:
        if same.get(speaker.id, speaker.id) == speaker.id:
            ids = [s for s in speakers if same.get(s.id, s.id) == speaker.id]
            yield replace(speaker, speech_ms=sum(s.speech_ms for s in ids))


def _spoken_by(segment: Segment, same: Mapping[str, str]) -> Segment:
    return replace(segment, words=_said_by(segment.words, same), speaker=same.get(segment.speaker or "", segment.speaker))


def _said_by(words: Sequence[DocumentWord], same: Mapping[str, str]) -> tuple[DocumentWord, ...]:
    return tuple(replace(word, speaker=same.get(word.speaker or "", word.speaker)) for word in words)
