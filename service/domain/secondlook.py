"""A second look at what was not recognised: which of it is in the sound after all, under music or another's voice.

The recogniser is told the words and says of each how much likelier the sound makes it (`Trace.gain`). Words that are said gain
two to five nats a token, words that are not gain nothing, whatever else is heard there (docs/decisions/0088).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from service.domain.align import FASTEST_MS, LONGEST_WORD_MS, Alignment
from service.domain.blocks import UNRELATED, Block, Range
from service.domain.document import Status
from service.domain.gaps import is_speech
from service.domain.span import Ms, Span
from service.domain.speech import Hypothesis, Word

FEWEST = 4
"""Fewer tokens that were not recognised are inferred from the room their neighbours leave them, and not looked for."""

SHORTEST_MS = 1_000
"""Sound too short to look into."""

WINDOW_MS = 28_000
"""What the recogniser hears at once, with a margin."""

OVERLAP_MS = 4_000
"""By which windows overlap where nothing was found in the first: about twelve words."""

GAIN = 0.7
"""Nats a token from which words are taken for said. Of passages that were not, none of 112 gained more than 0.23; of those that were, under
music as loud as the voice, none less than 3.6, with music three times as loud none less than 2.5 (decision 0088)."""


@dataclass(frozen=True, slots=True)
class Trace:
    """A word where the recogniser would find it if it is said. `gain`: natural logarithm of how much likelier the sound makes it than
    silence does, summed over its `tokens` (the recogniser's, not ours).
    """

    word: Word
    gain: float
    tokens: int

    @property
    def surplus(self) -> float:
        return self.gain - GAIN * self.tokens


Look = Callable[[Span, Sequence[int]], Sequence[Trace]]
"""Looks for consecutive tokens of the talk in a stretch of sound of at most `WINDOW_MS`: one trace per token."""


@dataclass(frozen=True, slots=True)
class Hole:
    """Tokens for which nothing was recognised, and the sound they could be in.

    `block` is their place in the alignment; of the `unwritten` words heard there, `inside` are doubtful ones in that very sound.
    """

    block: int
    tokens: Range
    unwritten: Range
    inside: Range
    span: Span


def holes(alignment: Alignment, hypothesis: Hypothesis, *, doubted: bool = False) -> Iterator[Hole]:
    """The longest stretch without believable words around each passage that was not recognised, if it is worth a look; all of the sound
    there where the recogniser is `doubted`.
    """
    for k, block in enumerate(alignment.blocks):
        if block.num_tokens >= FEWEST and not block.num_words:
            unwritten = _unwritten_beside(alignment, k)
            inside, span = max(_stretches(hypothesis, unwritten, doubted), key=lambda stretch: stretch[1].duration)
            if span.duration >= SHORTEST_MS:
                yield Hole(k, block.tokens, unwritten, inside, span)


def _unwritten_beside(alignment: Alignment, k: int) -> Range:
    """The words of the block after block `k` if they are unwritten, else none."""
    following = alignment.blocks[k + 1] if k + 1 < len(alignment.blocks) else None
    at = alignment.blocks[k].words[0]
    return following.words if following and following.status is Status.UNWRITTEN else (at, at)


def _stretches(hypothesis: Hypothesis, unwritten: Range, doubted: bool) -> Iterator[tuple[Range, Span]]:
    """All of the sound between the recognised neighbours when the unwritten words are doubtful, else what is left around each word."""
    first, end = unwritten
    words = hypothesis.words[first:end]
    if words and not doubted and is_speech(words[0].span.hull(words[-1].span), [word.score for word in words]):
        yield from (((j, j), _between(hypothesis, j, j)) for j in range(first, end + 1))
    else:
        yield unwritten, _between(hypothesis, first, end)


def _between(hypothesis: Hypothesis, first: int, end: int) -> Span:
    """From the end of the heard word before `first` to the start of word `end`."""
    start: Ms = 0
    stop: Ms = hypothesis.duration_ms
    if first > 0:
        before = hypothesis.words[first - 1].span
        start = min(before.end, before.start + LONGEST_WORD_MS)
    if end < len(hypothesis.words):
        after = hypothesis.words[end].span
        stop = max(after.start, after.end - LONGEST_WORD_MS)
    return Span(start, max(start, stop))


def search(hole: Hole, look: Look) -> dict[int, Word]:
    """Which tokens of the hole are in its sound, and where, window by window."""
    found: dict[int, Word] = {}
    at, token = hole.span.start, hole.tokens[0]
    while token < hole.tokens[1] and hole.span.end - at >= SHORTEST_MS:
        window = Span(at, min(at + WINDOW_MS, hole.span.end))
        tokens = range(token, min(hole.tokens[1], token + window.duration // FASTEST_MS))
        traces = look(window, tokens)
        run = _said(traces)
        if run:
            first, end = _with_scraps(traces if tokens.stop == hole.tokens[1] else traces[: run[1]], run, window)
            found |= {tokens[k]: traces[k].word for k in range(first, end)}
            at, token = max(at + 1, traces[end - 1].word.span.end), tokens[end - 1] + 1
        elif window.end == hole.span.end:
            break
        else:
            at = window.end - OVERLAP_MS
    return found


def _said(traces: Sequence[Trace]) -> Range | None:
    """The run of words with the greatest summed surplus, if it is long enough to be no chance."""
    best, run, total, first = 0.0, None, 0.0, 0
    for k, trace in enumerate(traces):
        if total <= 0:
            total, first = 0.0, k
        total += trace.surplus
        if total > best and k + 1 - first >= FEWEST:
            best, run = total, (first, k + 1)
    return run


def _with_scraps(traces: Sequence[Trace], run: Range, window: Span) -> Range:
    """The run, with the few words left over before and after it: one of them was mumbled or misspelt."""
    first, end = run
    before, after = traces[first].word.span.start - window.start, window.end - traces[end - 1].word.span.end
    return (
        0 if _is_scrap(first, end - first, before) else first,
        len(traces) if _is_scrap(len(traces) - end, end - first, after) else end,
    )


def _is_scrap(count: int, found: int, room: Ms) -> bool:
    """Whether words are too few to be a passage of their own, beside so many that were found; more than a few need time to be said."""
    return count < FEWEST or (count <= min(UNRELATED, found) and room >= FASTEST_MS * count)


def amended(alignment: Alignment, found: Mapping[Hole, Mapping[int, Word]]) -> Alignment:
    """The alignment with the tokens that were found inferred, and those that were looked for in vain unheard."""
    looked = {hole.block: hole for hole in found}
    blocks: list[Block] = []
    k = 0
    while k < len(alignment.blocks):
        hole = looked.get(k)
        if hole:
            blocks += _divided(hole, found[hole])
        else:
            blocks.append(alignment.blocks[k])
        k += 2 if hole and hole.unwritten[0] < hole.unwritten[1] else 1
    unheard = sum(block.num_tokens for block in blocks if block.status is Status.UNHEARD)
    coverage = 1 - unheard / blocks[-1].tokens[1] if blocks and blocks[-1].tokens[1] else alignment.verdict.coverage
    return Alignment(tuple(blocks), replace(alignment.verdict, coverage=coverage))


def _divided(hole: Hole, found: Mapping[int, Word]) -> Iterator[Block]:
    """The blocks of a hole: every token and every word at its place in one of them."""
    at, words = hole.tokens[0], hole.unwritten[0]
    for first, end in _runs(sorted(found)):
        if at < first:
            yield Block(Status.UNHEARD, (at, first), (words, words))
        if words < hole.inside[0]:
            yield Block(Status.UNWRITTEN, (first, first), (words, hole.inside[0]))
        here = hole.inside if words <= hole.inside[0] else (words, words)
        said = tuple(found[token] for token in range(first, end))
        yield Block(Status.SUBSTITUTED if here[0] < here[1] else Status.INFERRED, (first, end), here, said)
        at, words = end, max(here[1], words)
    if at < hole.tokens[1]:
        yield Block(Status.UNHEARD, (at, hole.tokens[1]), (words, words))
    if words < hole.unwritten[1]:
        yield Block(Status.UNWRITTEN, (hole.tokens[1], hole.tokens[1]), (words, hole.unwritten[1]))


def _runs(tokens: Sequence[int]) -> Iterator[Range]:
    """Consecutive numbers as ranges.

    >>> list(_runs([3, 4, 5, 9]))
    [(3, 6), (9, 10)]
    """
    for _, group in groupby(enumerate(tokens), key=lambda pair: pair[1] - pair[0]):
        run = [token for _, token in group]
        yield run[0], run[-1] + 1
