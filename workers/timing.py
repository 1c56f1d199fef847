"""The `time` stage: force-align every passage, and keep the recogniser's time where that fails."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeAlias

from models.kit import FORCED_LANGUAGES
from models.protocols import ForcedAligner, Passage, Report
from models.streams import Tell, side_by_side
from models.windows import pauses
from service.domain.document import Timing
from service.domain.oldtimes import narrowed
from service.domain.passages import Stretch, halves, passages
from service.domain.scores import scores
from service.domain.span import Span
from service.domain.speech import Word
from service.domain.timing import Said, Times, believed, said, settle, times
from workers.desk import Desk
from workers.recall import Recall
from workers.silences import hushes

Found: TypeAlias = tuple[Word | None, ...]
"""Of one passage: each word with its time, None for one that was passed over. Empty when no path was found."""


def time(desk: Desk, report: Report) -> Times:
    language = desk.hypothesis.language
    how = Timing.FORCED if language in FORCED_LANGUAGES else Timing.RECOGNISED
    return timed_by(desk.kit.timer(language), how, desk, report)


def timed_by(aligner: ForcedAligner, how: Timing, desk: Desk, report: Report) -> Times:
    """The times of all words said, by an aligner whose times are called `how`."""
    words = desk.words
    spoken = narrowed(said(desk.alignment, desk.hypothesis, words), words, desk.reference.talk)
    final = settle(spoken, _forced(desk, aligner, spoken, report), hushes(desk), how)
    return times(spoken, final, scores(desk.alignment, desk.hypothesis, words, desk.corrections.edits), desk.hypothesis)


def _forced(desk: Desk, aligner: ForcedAligner, spoken: tuple[Said, ...], report: Report) -> list[Span | None]:
    found: list[Span | None] = [None] * len(spoken)
    whole = desk.waveform.duration_ms
    stretches = passages(spoken, pauses(hushes(desk)), whole)
    total = sum(stretch.span.duration for stretch in stretches)

    def place(stretch: Stretch, tell: Tell) -> None:
        """The words of a stretch, or where there is no path through it, of its halves."""
        words = tuple(item.text for item in spoken[slice(*stretch.given)])
        timed = _timed(aligner, recall, Passage(desk.waveform, stretch.span, words))
        if timed:
            first, end = stretch.kept
            kept = timed[first - stretch.given[0] : end - stretch.given[0]]
            found[first:end] = believed(spoken[first:end], kept)
        for half in () if timed else halves(spoken, stretch, whole):
            place(half, lambda _: None)
        tell(stretch.span.duration)

    with desk.recalling("times", Found, aligner.uses) as recall:
        side_by_side(place, stretches, desk.kit.profile.streams, lambda done: report(done, total))
    return found


def _timed(aligner: ForcedAligner, recall: Recall[Found], passage: Passage) -> Found:
    """What was found is kept without its words, as in `workers.looking`."""

    def ask(_: object) -> Iterator[Found]:
        timed = aligner.time(passage) or ()
        yield tuple(word and _saying("", word) for word in timed)

    found = recall.answers([(passage.span.start, passage.span.end, passage.words)], ask)[0]
    return tuple(word and _saying(text, word) for text, word in zip(passage.words, found, strict=True)) if found else ()


def _saying(text: str, word: Word) -> Word:
    return replace(word, text=text)
