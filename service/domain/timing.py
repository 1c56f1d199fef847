"""When each word was said: rough times by the alignment, passages for forced alignment, and the choice between the two."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, takewhile
from typing import TypeAlias

from service.domain.align import Alignment
from service.domain.blocks import Block, Range
from service.domain.document import Status, Timing
from service.domain.printed import Printed
from service.domain.span import Ms, Span, shares
from service.domain.speech import Hypothesis, Word

BEYOND_REASON_MS = 1_000
"""Where more lies between a word's forced and its recognised time, the recogniser is believed: a drifted path is off by seconds."""

APART_MS = 240
"""Where forced times begin so far from the recognised ones on average, the forced path runs beside the words: the recogniser is off by
100 ms, seldom by more than 140 (docs/decisions/0090).
"""

NEVER = 1e-6
"""No score is taken for less."""

ENOUGH = 8
"""Words from which that average tells something."""

POOR_FIT = 0.75
"""How well the sound fits the words of a stretch, below which its path is doubted: under music, noise or another's voice it is 0.6 to
0.75, on clear speech 0.8 to 0.9, on spontaneous speech 0.7 to 0.9 (decision 0090).
"""

SCRAP_MS = 60
"""What a word holds beyond a pause at its edge is its neighbour's if it is shorter than any vowel."""


@dataclass(frozen=True, slots=True)
class Said:
    """One word that was said, with the time the recogniser gives it: a printed word, or (`printed` None) an unwritten one."""

    text: str
    rough: Span
    timing: Timing
    printed: int | None
    word: int | None


@dataclass(frozen=True, slots=True)
class Timed:
    """Where a word lies and how that is known. `score` is the probability that the printed word is what is said there."""

    span: Span | None
    timing: Timing
    score: float | None


NOT_HEARD = Timed(None, Timing.NONE, None)


Found: TypeAlias = tuple[Word | None, ...]
"""Of one passage: each word with its time, None for one that was passed over. Empty when no path was found."""


@dataclass(frozen=True, slots=True)
class Placed:
    """What was found of a part of the passages, by the digest of what was asked (`workers.recall`)."""

    found: dict[str, Found]


@dataclass(frozen=True, slots=True)
class Times:
    """`printed` has one entry per printed word; `unwritten` pairs the index of each unwritten heard word with its time."""

    printed: tuple[Timed, ...]
    unwritten: tuple[tuple[int, Timed], ...]


def said(alignment: Alignment, hypothesis: Hypothesis, words: Sequence[Printed]) -> tuple[Said, ...]:
    """Every word that was said, in order, with its rough time."""
    return tuple(_in_order(_said_of_blocks(alignment, hypothesis, words)))


def _said_of_blocks(alignment: Alignment, hypothesis: Hypothesis, words: Sequence[Printed]) -> Iterator[Said]:
    at, free = 0, 0
    for block in alignment.blocks:
        heard = hypothesis.words[slice(*block.words)]
        first = at
        while at < len(words) and words[at].token < block.tokens[1]:
            at += 1
        if block.status is Status.UNWRITTEN:
            yield from (Said(w.text, w.span, Timing.RECOGNISED, None, block.words[0] + k) for k, w in enumerate(heard))
        elif block.found:
            yield from _found(words, (first, at), block)
        elif block.status is not Status.UNHEARD and first < at:
            room = _room(heard, hypothesis, block, free)
            yield from _shared(words, (first, at), room, bool(heard))
        known = block.found or heard
        free = known[-1].span.end if known else free


def _found(words: Sequence[Printed], which: Range, block: Block) -> Iterator[Said]:
    """Words that a second look found, each where it was found; a corrected word that took in several tokens spans them."""
    for k in range(*which):
        end = words[k + 1].token if k + 1 < which[1] else block.tokens[1]
        spans = [word.span for word in block.found[words[k].token - block.tokens[0] : max(end, words[k].token + 1) - block.tokens[0]]]
        yield Said(words[k].text, spans[0].hull(spans[-1]), Timing.RECOGNISED, k, None)


def _room(heard: tuple[Word, ...], hypothesis: Hypothesis, block: Block, free: Ms) -> Span:
    """The time a block's tokens share: that of its heard words, or what is left between its neighbours."""
    if heard:
        return heard[0].span.hull(heard[-1].span)
    following = hypothesis.words[block.words[0]].span.start if block.words[0] < len(hypothesis.words) else hypothesis.duration_ms
    return Span(min(free, following), following)


def _shared(words: Sequence[Printed], which: Range, room: Span, heard: bool) -> Iterator[Said]:
    """Share the time among the words by their length in letters; one word against one keeps the recogniser's time."""
    timing = Timing.RECOGNISED if heard and which[1] - which[0] == 1 else Timing.INTERPOLATED
    for k, span in zip(range(*which), shares(room, [words[k].text for k in range(*which)]), strict=True):
        yield Said(words[k].text, span, timing, k, None)


def _in_order(items: Iterator[Said]) -> Iterator[Said]:
    """Rough times that never run backwards."""
    last = 0
    for item in items:
        yield item if item.rough.start >= last else replace(item, rough=Span(last, max(item.rough.end, last)))
        last = max(item.rough.start, last)


def believed(words: Sequence[Said], timed: Sequence[Word | None]) -> list[Span | None]:
    """The forced times of the words of one stretch, or none of them: where the sound fits the words badly, and the forced path runs
    beside what was recognised.
    """
    both = [(item.rough, word.span) for item, word in zip(words, timed, strict=True) if word and item.timing is Timing.RECOGNISED]
    apart = sum(min(abs(forced.start - rough.start), BEYOND_REASON_MS) for rough, forced in both)
    if len(both) >= ENOUGH and apart > APART_MS * len(both) and _fit([word for word in timed if word]) < POOR_FIT:
        return [None] * len(words)
    return [word.span if word else None for word in timed]


def _fit(timed: Sequence[Word]) -> float:
    """The mean of the words' scores (geometric, since they are likelihoods), by the time they last."""
    logarithms = sum(word.span.duration * math.log(max(word.score, NEVER)) for word in timed)
    return math.exp(logarithms / max(1, sum(word.span.duration for word in timed)))


def settle(
    words: Sequence[Said], forced: Sequence[Span | None], pauses: Sequence[Span], how: Timing = Timing.FORCED
) -> tuple[tuple[Span, Timing], ...]:
    """The final time of every word said: forced where it is within reason, trimmed at pauses; never overlapping, never backwards. Forced
    times are called what they are, by `how`.
    """
    chosen = [_chosen(item, span, how) for item, span in zip(words, forced, strict=True)]
    trimmed = _trimmed(chosen, pauses)
    out: list[tuple[Span, Timing]] = []
    last = 0
    for k, (span, timing) in enumerate(trimmed):
        start = max(span.start, last)
        following = trimmed[k + 1][0].start if k + 1 < len(trimmed) else span.end
        end = max(start, min(span.end, max(following, start)))
        out.append((Span(start, end), timing))
        last = end
    return tuple(out)


def times(words: Sequence[Said], settled: Sequence[tuple[Span, Timing]], scores: Sequence[float], hypothesis: Hypothesis) -> Times:
    """Those of all words: `settled` are those of what was said, `scores` those of printed words; an unwritten one has the recogniser's."""
    both = list(zip(words, settled, strict=True))
    found = {word.printed: Timed(*known, scores[word.printed]) for word, known in both if word.printed is not None}
    unwritten = tuple((word.word, Timed(*known, hypothesis.words[word.word].score)) for word, known in both if word.word is not None)
    return Times(tuple(found.get(k, NOT_HEARD) for k in range(len(scores))), unwritten)


def _chosen(item: Said, forced: Span | None, how: Timing) -> tuple[Span, Timing]:
    if forced is None or max(forced.start - item.rough.end, item.rough.start - forced.end) > BEYOND_REASON_MS:
        return item.rough, item.timing
    return forced, how


def _trimmed(chosen: list[tuple[Span, Timing]], pauses: Sequence[Span]) -> list[tuple[Span, Timing]]:
    """Take the silence out of a word's beginning and end, with the scrap of a neighbour beyond it."""
    out, p = [], 0
    for span, timing in chosen:
        while p < len(pauses) and pauses[p].end <= span.start:
            p += 1
        spoken = span
        for pause in takewhile(lambda pause, end=span.end: pause.start < end, islice(pauses, p, None)):  # type: ignore[misc]
            spoken = _without(spoken, pause)
        out.append((spoken, timing))
    return out


def _without(word: Span, pause: Span) -> Span:
    """The word without a pause at its edge; the pause in its middle stays."""
    left, right = pause.start - word.start, word.end - pause.end
    if left <= SCRAP_MS and right > max(left, 0):
        return Span(max(word.start, pause.end), word.end)
    if right <= SCRAP_MS and left > max(right, 0):
        return Span(word.start, pause.start)
    return word
