"""The `time` stage: force-align every passage, and keep the recogniser's time where that fails."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import cast

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
from service.domain.timing import Found, Placed, Said, Times, believed, said, settle, times
from service.stages import WHOLE, Part, part_of
from workers.desk import Desk
from workers.recall import Recall
from workers.silences import hushes


def time(desk: Desk, report: Report) -> Times:
    language = desk.hypothesis.language
    how = Timing.FORCED if language in FORCED_LANGUAGES else Timing.RECOGNISED
    return timed_by(desk.kit.timer(language), how, desk, report)


def timed_by(aligner: ForcedAligner, how: Timing, desk: Desk, report: Report) -> Times:
    """The times of all words said, by an aligner whose times are called `how`. What the parts have found is not asked again."""
    spoken = _spoken(desk)
    with desk.recalling("times", Found, aligner.uses) as recall:
        for part in desk.parts("time"):
            if left := desk.left_by(part):
                recall.learn(cast("Placed", left).found)
        forced = _forced(desk, spoken, Asked(aligner, recall), report)
    final = settle(spoken, forced, hushes(desk), how)
    return times(spoken, final, scores(desk.alignment, desk.hypothesis, desk.words, desk.corrections.edits), desk.hypothesis)


def time_part(run: str, desk: Desk, report: Report) -> Placed:
    """What the aligner says of one part of the passages. It is kept beside the recording by whoever joins the parts."""
    aligner = desk.kit.timer(desk.hypothesis.language)
    recall = desk.recall("times", Found, aligner.uses)
    _forced(desk, _spoken(desk), Asked(aligner, recall, part_of(run)), report)
    return Placed(recall.used)


def remembered(desk: Desk) -> bool:
    """Whether passages of the recording were timed before: then those that an edited transcript leaves to do are few, unless it was another
    version that timed them.
    """
    return bool(desk.shelf.recall(desk.key("decode"), "times", Found))


@dataclass(frozen=True)
class Asked:
    """Who is asked for the times of passages, what was answered before, and of which part of all passages."""

    aligner: ForcedAligner
    recall: Recall[Found]
    part: Part = WHOLE


def _spoken(desk: Desk) -> tuple[Said, ...]:
    words = desk.words
    return narrowed(said(desk.alignment, desk.hypothesis, words), words, desk.reference.talk)


def _forced(desk: Desk, spoken: tuple[Said, ...], asked: Asked, report: Report) -> list[Span | None]:
    found: list[Span | None] = [None] * len(spoken)
    whole = desk.waveform.duration_ms
    stretches = asked.part.of(passages(spoken, pauses(hushes(desk)), whole))
    total = sum(stretch.span.duration for stretch in stretches)

    def place(stretch: Stretch, tell: Tell) -> None:
        """The words of a stretch, or where there is no path through it, of its halves."""
        words = tuple(item.text for item in spoken[slice(*stretch.given)])
        timed = _timed(asked, Passage(desk.waveform, stretch.span, words))
        if timed:
            first, end = stretch.kept
            kept = timed[first - stretch.given[0] : end - stretch.given[0]]
            found[first:end] = believed(spoken[first:end], kept)
        for half in () if timed else halves(spoken, stretch, whole):
            place(half, lambda _: None)
        tell(stretch.span.duration)

    side_by_side(place, stretches, desk.kit.profile.streams, lambda done: report(done, total))
    return found


def _timed(asked: Asked, passage: Passage) -> Found:
    """What was found is kept without its words, as in `workers.looking`."""

    def ask(_: object) -> Iterator[Found]:
        timed = asked.aligner.time(passage) or ()
        yield tuple(word and _saying("", word) for word in timed)

    found = asked.recall.answers([(passage.span.start, passage.span.end, passage.words)], ask)[0]
    return tuple(word and _saying(text, word) for text, word in zip(passage.words, found, strict=True)) if found else ()


def _saying(text: str, word: Word) -> Word:
    return replace(word, text=text)
