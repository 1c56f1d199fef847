"""The `correct` stage: what the search found, the judge's rulings, the decision."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import astuple, dataclass, replace
from itertools import chain, islice
from statistics import fmean

from models.protocols import Contest, Ear, Judge, Phrasing, Reader, Report, Ruling
from models.waveform import Waveform
from models.windows import pauses
from service.domain.correct import Corrections, decide, dressed
from service.domain.evidence import Case, probability, promising, well_read
from service.domain.passages import Stretch, passages
from service.domain.printed import printed
from service.domain.restraint import cased
from service.domain.script import Reference
from service.domain.span import Span
from service.domain.timing import Said, said
from workers.desk import Desk
from workers.recall import Recall
from workers.searching import hopeful
from workers.silences import hushes

LONGEST_CONTEXT_MS = 29_000
"""What the judge can hear at once."""

MARGIN_MS = 200
"""Sound before and after a passage that the judge hears with it."""

BATCH = 40
"""Cases judged between two reports."""

UNLIKELY = 0.03
"""Probability up to which a case is put to nobody else."""

OPEN = (UNLIKELY, 0.98)
"""Probabilities between which the first judge has left a case open: a third of the cases. Asking about as many more changed two suggestions
on 48 training transcripts, and nothing that is applied (docs/decisions/0236).
"""

ABOUT, BEFORE, AFTER = 40, 30, 10
"""Words that the language model is told: of what the episode is about, and of the talk before and after a place."""


def correct(desk: Desk, report: Report) -> Corrections:
    """Corrections of the talk, by the evidence of this episode, the lexicon and the recording.

    The judge is asked beside the search. Where there was an answer before, little is asked: then loading models takes as long as asking
    them, and begins with the search.
    """
    if desk.shelf.recall(desk.key("decode"), "rulings", Ruling):
        desk.kit.wake(desk.hypothesis.language)
    found = chain.from_iterable(promising(island, desk.options) for island in islands(hopeful(desk)))
    corrections = decide(judged(desk, found, report), desk.reference, desk.options)
    language = desk.hypothesis.language
    asked = (*_judges(desk), desk.kit.reader(language), desk.kit.other_ear(language))
    return replace(corrections, judges=tuple(who.uses for who in asked if who))


def _judges(desk: Desk) -> list[Judge]:
    """The first, and the second where there is one."""
    language = desk.hypothesis.language
    return [judge for judge in (desk.kit.judge(language), desk.kit.second_judge(language)) if judge]


def islands(cases: Iterable[Case]) -> Iterator[list[Case]]:
    """Cases in order of their suspects, those together that share tokens with one another, directly or by others."""
    together: list[Case] = []
    reach = 0
    for case in cases:
        if together and case.suspect.tokens[0] >= reach:
            yield together
            together = []
        together.append(case)
        reach = max(reach, case.suspect.tokens[1])
    if together:
        yield together


def judged(desk: Desk, asked: Iterable[Case], report: Report = lambda *_: None) -> list[Case]:
    """The cases with the judges' rulings; without one where the place in the recording is not known well enough. The judges are asked about
    the first of them while the others are looked for.
    """
    whole = desk.waveform.duration_ms
    with ExitStack() as stack:
        sittings = [
            Sitting(judge, stack.enter_context(desk.recalling(subject, Ruling, judge.uses)))
            for subject, judge in zip(("rulings", "second_rulings"), _judges(desk), strict=False)
        ]
        reader = desk.kit.reader(desk.hypothesis.language)
        reading = Reading(reader, stack.enter_context(desk.recalling("readings", float, reader.uses))) if reader else None
        ear = desk.kit.other_ear(desk.hypothesis.language)
        hearing = Hearing(ear, stack.enter_context(desk.recalling("hearings", float, ear.uses))) if ear else None
        court = Court(Scene.of(desk), reading, hearing, *sittings)
        beside = stack.enter_context(ThreadPoolExecutor(1))
        under_way: list[Future[list[Case]]] = []
        try:
            under_way += (beside.submit(court.ruled, batch) for batch in batches(asked))
            out: list[Case] = []
            for done, ruled in enumerate(under_way, 1):
                out += ruled.result()
                report(whole * done // len(under_way), whole)
        except BaseException:
            beside.shutdown(wait=False, cancel_futures=True)
            raise
    return out


def batches(cases: Iterable[Case]) -> Iterator[list[Case]]:
    left = iter(cases)
    while batch := list(islice(left, BATCH)):
        yield batch


@dataclass(frozen=True)
class Sitting:
    """A judge, and what it has answered before."""

    judge: Judge
    recall: Recall[Ruling]

    def rulings(self, contests: Sequence[Contest]) -> list[Ruling]:
        questions = [(*_said(c), c.before, c.after) for c in contests]
        return self.recall.answers(questions, lambda new: self.judge.judge(tuple(contests[k] for k in new)))


@dataclass(frozen=True)
class Hearing:
    """Who hears without being told what may be said, and what it has answered before."""

    ear: Ear
    recall: Recall[float]

    def heard(self, contests: Sequence[Contest]) -> list[float]:
        return self.recall.answers(list(map(_said, contests)), lambda new: self.ear.hear(tuple(contests[k] for k in new)))


def _said(contest: Contest) -> tuple[int, int, str, str]:
    return contest.span.start, contest.span.end, contest.text_before, contest.text_after


@dataclass(frozen=True)
class Reading:
    """A language model, and what it has answered before."""

    reader: Reader
    recall: Recall[float]

    def prefer(self, phrasings: Sequence[Phrasing]) -> list[float]:
        return self.recall.answers(list(map(astuple, phrasings)), lambda new: self.reader.prefer([phrasings[k] for k in new]))


@dataclass(frozen=True)
class Court:
    """Who rules on cases, and what they are asked in. What the first judge leaves open the `second` is asked, too: their mean counts. What
    is likely then is asked whoever reads the text, and about what is still open, whoever hears without being told what may be said.
    """

    scene: Scene
    reading: Reading | None
    hearing: Hearing | None
    first: Sitting
    second: Sitting | None = None

    def ruled(self, cases: Sequence[Case]) -> list[Case]:
        out = list(cases)
        contests = {k: contest for k, case in enumerate(cases) if (contest := self.scene.contest(case))}
        rulings = dict(zip(contests, self.first.rulings(list(contests.values())), strict=True))
        for k, ruling in rulings.items():
            out[k] = _ruled(cases[k], ruling)
        if self.second:
            left_open = [k for k in contests if OPEN[0] < probability(well_read(out[k])) and probability(out[k]) < OPEN[1]]
            for k, ruling in zip(left_open, self.second.rulings([contests[k] for k in left_open]), strict=True):
                out[k] = _ruled(cases[k], rulings[k], ruling)
        if self.reading:
            likely = [k for k, case in enumerate(out) if probability(well_read(case)) > UNLIKELY]
            for k, sense in zip(likely, self.reading.prefer([self.scene.phrasing(out[k]) for k in likely]), strict=True):
                out[k] = replace(out[k], sense=sense)
        if self.hearing:
            still_open = [k for k in contests if OPEN[0] < probability(out[k]) < OPEN[1]]
            for k, nats in zip(still_open, self.hearing.heard([contests[k] for k in still_open]), strict=True):
                out[k] = replace(out[k], ear=nats)
        return out


def _ruled(case: Case, *rulings: Ruling) -> Case:
    return replace(
        case,
        margin=fmean(ruling.margin for ruling in rulings),
        acoustic_before=round(fmean(ruling.before / max(1, ruling.tokens_before) for ruling in rulings), 3),
        acoustic_after=round(fmean(ruling.after / max(1, ruling.tokens_after) for ruling in rulings), 3),
    )


@dataclass(frozen=True)
class Scene:
    """The recording cut into passages with what is written for each, to put two spellings before the judge in their context."""

    waveform: Waveform
    about: str
    reference: Reference
    words: tuple[Said, ...]
    cuts: tuple[Stretch, ...]
    passage_of: dict[int, int]
    """Of each token that was said."""

    @classmethod
    def of(cls, desk: Desk) -> Scene:
        words = said(desk.alignment, desk.hypothesis, printed(desk.reference, Corrections()))
        cuts = passages(words, pauses(hushes(desk)), desk.waveform.duration_ms)
        where = {token: p for p, cut in enumerate(cuts) for k in range(*cut.kept) if (token := words[k].printed) is not None}
        about = " ".join(f"{desk.options.about} {desk.reference.heading}".split()[:ABOUT])
        return cls(desk.waveform, about, desk.reference, words, cuts, where)

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

    def phrasing(self, case: Case) -> Phrasing:
        """The case among the words of the talk, written as it would be printed."""
        first, end = case.suspect.tokens
        parts = ((max(0, first - BEFORE), first), (first, end), (end, end + AFTER))
        before, written, after = (" ".join(token.text for token in self.reference.tokens[slice(*part)]) for part in parts)
        instead = dressed(written, case.suspect.text, cased(case.candidate.text, first, self.reference))
        return Phrasing(f"{self.about}\n{before}" if self.about else before, written, instead, after)


def _joined(words: tuple[Said, ...], replaced: list[Said], by: str) -> str:
    """The words as a line, those `replaced` said as `by`."""
    out: list[str] = []
    for word in words:
        if word is replaced[0]:
            out.append(by)
        elif word not in replaced:
            out.append(word.text)
    return " ".join(out)
