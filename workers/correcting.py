"""The `correct` stage: what the search found, the judge's rulings, the decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from models.protocols import Contest, Judge, Report, Ruling
from models.waveform import Waveform
from models.windows import pauses
from service.domain.correct import Corrections, decide, dressed
from service.domain.evidence import Case, promising
from service.domain.passages import Stretch, passages
from service.domain.printed import printed
from service.domain.span import Span
from service.domain.timing import Said, said
from workers.desk import Desk
from workers.recall import Recall
from workers.searching import hopeful

LONGEST_CONTEXT_MS = 29_000
"""What the judge can hear at once."""

MARGIN_MS = 200
"""Sound before and after a passage that the judge hears with it."""

BATCH = 40
"""Cases judged between two reports."""


def correct(desk: Desk, report: Report) -> Corrections:
    """Corrections of the talk, by the evidence of this episode, the lexicon and the recording.

    Where there was an answer before, little is asked: then loading models takes as long as asking them, and is done beside the search.
    """
    if desk.shelf.recall(desk.key("decode"), "rulings", Ruling):
        desk.kit.wake(desk.hypothesis.language)
    return decide(judged(desk, promising(hopeful(desk), desk.options), report), desk.reference, desk.options)


def judged(desk: Desk, asked: Sequence[Case], report: Report = lambda *_: None) -> list[Case]:
    """The cases with the judge's rulings; without one where the place in the recording is not known well enough."""
    scene = Scene.of(desk)
    judge = desk.kit.judge(desk.hypothesis.language)
    out: list[Case] = []
    with desk.recalling("rulings", Ruling, judge.uses) as recall:
        for start in range(0, len(asked), BATCH):
            contests = [(case, scene.contest(case)) for case in asked[start : start + BATCH]]
            rulings = iter(_rulings(judge, recall, [contest for _, contest in contests if contest]))
            out += [_ruled(case, next(rulings)) if contest else case for case, contest in contests]
            report(desk.waveform.duration_ms * len(out) // len(asked), desk.waveform.duration_ms)
    return out


def _rulings(judge: Judge, recall: Recall[Ruling], contests: Sequence[Contest]) -> list[Ruling]:
    questions = [(c.span.start, c.span.end, c.text_before, c.text_after, c.before, c.after) for c in contests]
    return recall.answers(questions, lambda new: judge.judge(tuple(contests[k] for k in new)))


def _ruled(case: Case, ruling: Ruling) -> Case:
    return replace(
        case,
        margin=ruling.margin,
        acoustic_before=round(ruling.before / max(1, ruling.tokens_before), 3),
        acoustic_after=round(ruling.after / max(1, ruling.tokens_after), 3),
    )


@dataclass(frozen=True)
class Scene:
    """The recording cut into passages with what is written for each, to put two spellings before the judge in their context."""

    waveform: Waveform
    words: tuple[Said, ...]
    cuts: tuple[Stretch, ...]
    passage_of: dict[int, int]
    """Of each token that was said."""

    @classmethod
    def of(cls, desk: Desk) -> Scene:
        words = said(desk.alignment, desk.hypothesis, printed(desk.reference, Corrections()))
        cuts = passages(words, pauses(desk.waveform), desk.waveform.duration_ms)
        where = {words[k].printed: p for p, cut in enumerate(cuts) for k in range(*cut.kept)}
        return cls(desk.waveform, words, cuts, {token: p for token, p in where.items() if token is not None})

    def contest(self, case: Case) -> Contest | None:
        """The case in its passage, or None when its passage is unknown, too long, or does not hold all of it."""
        first, end = case.suspect.tokens
        around = [self.passage_of.get(token, -1) for token in range(first, end)]
        low, high = min(around), max(around)
        if low < 0:
            return None
        span = self.cuts[low].span.hull(self.cuts[high].span)
        heard = Span(max(0, span.start - MARGIN_MS), min(self.waveform.duration_ms, span.end + MARGIN_MS))
        if heard.duration > LONGEST_CONTEXT_MS:
            return None
        words = self.words[self.cuts[low].given[0] : self.cuts[high].given[1]]
        before, after = case.suspect.text, case.candidate.text
        whole = [w for w in words if w.printed is not None and first <= w.printed < end]
        changed = dressed(" ".join(w.text for w in whole), before, after)
        return Contest(self.waveform, heard, " ".join(w.text for w in words), _joined(words, whole, changed), before, after)


def _joined(words: tuple[Said, ...], replaced: list[Said], by: str) -> str:
    """The words as a line, those `replaced` said as `by`."""
    out: list[str] = []
    for word in words:
        if word is replaced[0]:
            out.append(by)
        elif word not in replaced:
            out.append(word.text)
    return " ".join(out)
