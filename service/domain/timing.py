"""When each word was said: rough times by the alignment, passages for forced alignment, and the choice between the two."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise, takewhile

from service.domain.align import Alignment, Block, Range
from service.domain.document import Status, Timing
from service.domain.printed import Printed
from service.domain.span import Ms, Span, shares
from service.domain.speech import Hypothesis, Word

SHORTEST_PASSAGE_MS = 4_000
LONGEST_PASSAGE_MS = 15_000
"""A passage ends at the first pause after 4 s; forced alignment drifts and slows in longer ones."""

HOLE_MS = 3_000
"""More time than this between two words is music or another's talk: it is left out, but for half of it on either side."""

SENTINELS = 3
"""Words given beyond a border that is not at a pause: a misplaced border is off by one or two words."""

NEAR_MS = 300
"""A pause is taken for the border between two words only if their recognised border lies within 300 ms of it."""

BEYOND_REASON_MS = 1_000
"""Where more lies between a word's forced and its recognised time, the recogniser is believed: a drifted path is off by seconds."""

SCRAP_MS = 60
"""What a word holds beyond a pause at its edge is its neighbour's if it is shorter than any vowel."""

TRUSTED = 0.97
"""Share of a noisy transcript's words that are right; what is supplied is wrong in one to four words of a hundred."""

COINCIDENCE = 0.01
"""How often a wrong word of the recogniser's is also what is written: the transcript is wrong, too, and in the same way."""

ALONE = 0.9
"""Score of a word that only the transcript vouches for, where its neighbours leave it room."""


@dataclass(frozen=True, slots=True)
class Said:
    """One word that was said, with the time the recogniser gives it: a printed word, or (`printed` None) an unwritten one."""

    text: str
    rough: Span
    timing: Timing
    score: float
    printed: int | None
    word: int | None


@dataclass(frozen=True, slots=True)
class Timed:
    """Where a word lies and how that is known. `score` is the probability that the printed word is what is said there."""

    span: Span | None
    timing: Timing
    score: float | None


@dataclass(frozen=True, slots=True)
class Stretch:
    """Words [`given`) for the forced aligner to find in `span`; only those of `kept` are believed."""

    given: Range
    kept: Range
    span: Span


@dataclass(frozen=True, slots=True)
class _Cut:
    """A new stretch begins before this word. Where the border is known, the sound of the one ends and of the other starts there."""

    before: int
    end: Ms | None = None
    start: Ms | None = None


NOT_HEARD = Timed(None, Timing.NONE, None)


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
            yield from (Said(w.text, w.span, Timing.RECOGNISED, w.score, None, block.words[0] + k) for k, w in enumerate(heard))
        elif block.found:
            yield from _found(words, (first, at), block)
        elif block.status is not Status.UNHEARD and first < at:
            room = _room(heard, hypothesis, block, free)
            yield from _shared(words, (first, at), room, block, heard)
        known = block.found or heard
        free = known[-1].span.end if known else free


def _found(words: Sequence[Printed], which: tuple[int, int], block: Block) -> Iterator[Said]:
    """Words that a second look found, each where it was found; a corrected word that took in several tokens spans them."""
    for k in range(*which):
        end = words[k + 1].token if k + 1 < which[1] else block.tokens[1]
        spans = [word.span for word in block.found[words[k].token - block.tokens[0] : max(end, words[k].token + 1) - block.tokens[0]]]
        yield Said(words[k].text, spans[0].hull(spans[-1]), Timing.RECOGNISED, ALONE, k, None)


def _room(heard: tuple[Word, ...], hypothesis: Hypothesis, block: Block, free: Ms) -> Span:
    """The time a block's tokens share: that of its heard words, or what is left between its neighbours."""
    if heard:
        return heard[0].span.hull(heard[-1].span)
    following = hypothesis.words[block.words[0]].span.start if block.words[0] < len(hypothesis.words) else hypothesis.duration_ms
    return Span(min(free, following), following)


def _shared(words: Sequence[Printed], which: tuple[int, int], room: Span, block: Block, heard: tuple[Word, ...]) -> Iterator[Said]:
    """Share the time among the words by their length in letters; one word against one keeps the recogniser's time."""
    timing = Timing.RECOGNISED if heard and which[1] - which[0] == 1 else Timing.INTERPOLATED
    score = _score(block.status, heard)
    for k, span in zip(range(*which), shares(room, [words[k].text for k in range(*which)]), strict=True):
        yield Said(words[k].text, span, timing, score, k, None)


def _score(status: Status, heard: tuple[Word, ...]) -> float:
    """The probability that the written word is what is said, by Bayes: transcript and recogniser err independently.

    Where they agree, both would have to err in the same way; where they do not, one of them is wrong. Calibration: docs/benchmarks.md.
    """
    if not heard:
        return ALONE
    right = sum(w.score for w in heard) / len(heard)
    if status is Status.MATCHED:
        return right * TRUSTED / (right * TRUSTED + (1 - right) * COINCIDENCE)
    return (1 - right) * TRUSTED / ((1 - right) * TRUSTED + 1 - TRUSTED)


def _in_order(items: Iterator[Said]) -> Iterator[Said]:
    """Rough times that never run backwards."""
    last = 0
    for item in items:
        start = max(item.rough.start, last)
        yield replace(item, rough=Span(start, max(item.rough.end, start)))
        last = start


def passages(words: Sequence[Said], pauses: Sequence[Span], duration: Ms) -> tuple[Stretch, ...]:
    """Cut the words said into stretches for forced alignment, at pauses of the recording where there are any in time.

    Every word is kept by exactly one stretch. A stretch that does not end at a pause is given a few words more, as far as they
    go: they take in what the recogniser's uncertain border puts on the wrong side, and are thrown away.
    """
    if not words:
        return ()
    edges = [_Cut(0), *_cuts(words, dict(_borders(words, pauses))), _Cut(len(words))]
    return tuple(_stretch(words, left, right, duration) for left, right in pairwise(edges))


def _stretch(words: Sequence[Said], left: _Cut, right: _Cut, duration: Ms) -> Stretch:
    first, end = left.before, right.before
    start, stop = left.start, right.end
    if start is None:
        first = max(0, first - SENTINELS)
        start = max(words[first].rough.start - NEAR_MS, words[first - 1].rough.middle if first else 0, 0)
    if stop is None:
        end = min(len(words), end + SENTINELS)
        stop = min(words[end - 1].rough.end + NEAR_MS, words[end].rough.middle if end < len(words) else duration, duration)
    return Stretch((first, end), (left.before, right.before), Span(start, max(start, stop)))


def _borders(words: Sequence[Said], pauses: Sequence[Span]) -> Iterator[tuple[int, Span]]:
    """(k, pause) where the pause stands between word k - 1 and word k by the recogniser's account, too."""
    k = 1
    for pause in pauses:
        while k < len(words) and words[k].rough.middle < pause.middle:
            k += 1
        if k >= len(words):
            return
        left, right = words[k - 1].rough, words[k].rough
        if left.middle < pause.middle and left.end - NEAR_MS <= pause.end and right.start + NEAR_MS >= pause.start:
            yield k, pause


def _cuts(words: Sequence[Said], borders: dict[int, Span]) -> Iterator[_Cut]:
    """Where one stretch ends and the next begins: at the first pause after the shortest length, else at the widest rough gap."""
    first = 0
    while True:
        cut = _next_cut(words, borders, first)
        if cut is None:
            return
        yield cut
        first = cut.before


def _next_cut(words: Sequence[Said], borders: dict[int, Span], first: int) -> _Cut | None:
    start, widest, room = words[first].rough.start, None, -1
    for k in range(first + 1, len(words)):
        length, gap = words[k].rough.start - start, words[k].rough.start - words[k - 1].rough.end
        if gap > HOLE_MS:
            return _Cut(k, words[k - 1].rough.end + HOLE_MS // 2, words[k].rough.start - HOLE_MS // 2)
        if length > LONGEST_PASSAGE_MS:
            return _Cut(widest or k)
        if length >= SHORTEST_PASSAGE_MS and k in borders:
            return _Cut(k, borders[k].middle, borders[k].middle)
        if length >= SHORTEST_PASSAGE_MS and gap > room:
            widest, room = k, gap
    return None


def settle(words: Sequence[Said], forced: Sequence[Span | None], pauses: Sequence[Span]) -> tuple[tuple[Span, Timing], ...]:
    """The final time of every word said: forced where it is within reason, trimmed at pauses; never overlapping, never backwards."""
    chosen = [_chosen(item, span) for item, span in zip(words, forced, strict=True)]
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


def _chosen(item: Said, forced: Span | None) -> tuple[Span, Timing]:
    if forced is None or max(forced.start - item.rough.end, item.rough.start - forced.end) > BEYOND_REASON_MS:
        return item.rough, item.timing
    return forced, Timing.FORCED


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
