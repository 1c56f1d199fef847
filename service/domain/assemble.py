"""The document, put together from the artefacts of all stages. Nothing is decided here, and nothing is left out."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate

from service.domain.align import Alignment
from service.domain.attribute import Attribution
from service.domain.correct import Corrections, Edit
from service.domain.document import (
    Correction,
    Document,
    DocumentWord,
    ModelUse,
    Recording,
    Segment,
    Source,
    Status,
)
from service.domain.gaps import elsewhere, gaps, hull
from service.domain.oldtimes import remarks
from service.domain.options import Options
from service.domain.printed import Printed, printed
from service.domain.script import Line, Reference, Role
from service.domain.span import Ms
from service.domain.speech import Diarization, Hypothesis, Turn
from service.domain.timing import Times


@dataclass(frozen=True)
class Parts:
    """The artefacts a document is made of."""

    recording: Recording
    transcript_sha256: str
    reference: Reference
    hypothesis: Hypothesis
    diarization: Diarization
    alignment: Alignment
    corrections: Corrections
    times: Times
    attribution: Attribution
    options: Options
    models: tuple[ModelUse, ...]

    @cached_property
    def words(self) -> tuple[Printed, ...]:
        return printed(self.reference, self.corrections)

    @cached_property
    def statuses(self) -> tuple[Status, ...]:
        """Of each token of the talk."""
        return tuple(block.status for block in self.alignment.blocks for _ in range(*block.tokens))


def assemble(parts: Parts) -> Document:
    segments = tuple(replace(segment, id=n) for n, segment in enumerate(_segments(parts)))
    found = tuple(gaps(segments, parts.recording.duration_ms))
    speaker_of = dict(parts.attribution.voices)
    return Document(
        language=parts.hypothesis.language,
        recording=parts.recording,
        source=Source(parts.reference.format, parts.transcript_sha256, parts.reference.text, _edits(parts)),
        models=parts.models,
        verdict=parts.alignment.verdict,
        speakers=parts.attribution.speakers,
        turns=tuple(Turn(t.span, speaker_of[t.speaker]) for t in parts.diarization.turns if t.speaker in speaker_of),
        segments=segments,
        corrections=tuple(_corrections(parts, segments)),
        gaps=found,
        warnings=(
            *parts.recording.warnings,
            *remarks(parts.reference.talk, _line_starts(parts)),
            *elsewhere(segments),
            *parts.attribution.warnings,
        ),
        title=parts.options.title,
    )


def _line_starts(parts: Parts) -> list[Ms | None]:
    """When each line of the talk begins; None where its first word was not heard."""
    starts = {word.token: timed.span.start for word, timed in zip(parts.words, parts.times.printed, strict=True) if timed.span}
    first = accumulate((len(line.tokens) for line in parts.reference.talk), initial=0)
    return [starts.get(token) for token, _ in zip(first, parts.reference.talk, strict=False)]


def _edits(parts: Parts) -> tuple[tuple[int, int, str], ...]:
    return tuple((*_place(parts.reference, edit), edit.after) for edit in parts.corrections.edits if edit.applied)


def _place(reference: Reference, edit: Edit) -> tuple[int, int]:
    first, end = edit.tokens
    return reference.tokens[first].start, reference.tokens[end - 1].end


def _segments(parts: Parts) -> Iterator[Segment]:
    """One per line of the file, and one per unwritten stretch between lines."""
    words = _printed_words(parts)
    unwritten = _unwritten_words(parts)
    token = at = 0
    for line in parts.reference.lines:
        if line.role is not Role.TALK:
            source = parts.reference.source_of(line)
            yield Segment(0, line.number, Status.UNHEARD, source, source, (), role=line.role)
            continue
        if between := _said_before(token, unwritten):
            yield _unwritten_segment(between)
        inside: list[DocumentWord] = []
        end = token + len(line.tokens)
        while at < len(words) and parts.words[at].token < end:
            inside += _said_before(parts.words[at].token, unwritten)
            inside.append(words[at])
            at += 1
        inside += _said_before(end - 1, unwritten)
        yield _segment(parts.reference, line, tuple(inside))
        token = end
    if rest := _said_before(token, unwritten):
        yield _unwritten_segment(rest)


def _said_before(token: int, unwritten: dict[int, list[DocumentWord]]) -> list[DocumentWord]:
    """Take the unwritten words that were said before a token: a correction may have swallowed the very token they stood before."""
    return [word for k in sorted(k for k in unwritten if k <= token) for word in unwritten.pop(k)]


def _printed_words(parts: Parts) -> list[DocumentWord]:
    return [
        DocumentWord(
            word.text, word.source, parts.statuses[word.token], timed.span, speaker, timed.timing, _rounded(timed.score), word.edit
        )
        for word, timed, speaker in zip(parts.words, parts.times.printed, parts.attribution.printed, strict=True)
    ]


def _unwritten_words(parts: Parts) -> dict[int, list[DocumentWord]]:
    """The unwritten words, by the token before which they were said."""
    before = {w: block.tokens[0] for block in parts.alignment.blocks if block.status is Status.UNWRITTEN for w in range(*block.words)}
    out: dict[int, list[DocumentWord]] = defaultdict(list)
    for (w, timed), speaker in zip(parts.times.unwritten, parts.attribution.unwritten, strict=True):
        text = parts.hypothesis.words[w].text
        out[before[w]].append(DocumentWord(text, None, Status.UNWRITTEN, timed.span, speaker, timed.timing, _rounded(timed.score)))
    return out


def _rounded(score: float | None) -> float | None:
    return None if score is None else round(score, 3)


def _segment(reference: Reference, line: Line, words: tuple[DocumentWord, ...]) -> Segment:
    written = [word for word in words if word.source is not None]
    heard = [word for word in written if word.status is not Status.UNHEARD]
    text = _joined(reference, line, written)
    status = Status.MATCHED if heard else Status.UNHEARD
    return Segment(0, line.number, status, text, reference.source_of(line), words, hull(heard), _main_speaker(heard))


def _joined(reference: Reference, line: Line, written: list[DocumentWord]) -> str:
    """The words of a line with spaces between them, except in scripts that are written without."""
    spaced = any(a.end < b.start for a, b in zip(line.tokens, line.tokens[1:], strict=False)) or len(line.tokens) < 2
    return (" " if spaced or " " in reference.source_of(line) else "").join(word.text for word in written)


def _unwritten_segment(words: list[DocumentWord]) -> Segment:
    text = " ".join(word.text for word in words)
    return Segment(0, None, Status.UNWRITTEN, text, None, tuple(words), hull(words), _main_speaker(words))


def _main_speaker(words: list[DocumentWord]) -> str | None:
    """Who says the most of it."""
    spoken: dict[str, Ms] = defaultdict(int)
    for word in words:
        if word.speaker and word.span:
            spoken[word.speaker] += word.span.duration + 1
    return max(spoken, key=spoken.__getitem__, default=None)


def _corrections(parts: Parts, segments: tuple[Segment, ...]) -> Iterator[Correction]:
    """Every edit with its place in the segments."""
    place = _places(segments)
    tokens = [word.token for word in parts.words]
    for k, edit in enumerate(parts.corrections.edits):
        around = range(bisect_left(tokens, edit.tokens[0]), bisect_left(tokens, edit.tokens[1]))
        here = [place[n] for n in around if parts.words[n].edit in {k, None}]
        segment, first, last = here[0][0], here[0][1], here[-1][1]
        span = hull([w for w in segments[segment].words[first : last + 1] if w.source is not None])
        yield Correction(
            k,
            segment,
            (first, last + 1),
            span,
            edit.before,
            edit.after,
            edit.kind,
            edit.applied,
            edit.confidence,
            edit.witnesses,
            edit.evidence,
            _place(parts.reference, edit),
        )


def _places(segments: tuple[Segment, ...]) -> list[tuple[int, int]]:
    """(segment, position) of every printed word."""
    return [(s.id, position) for s in segments for position, word in enumerate(s.words) if word.source is not None]
