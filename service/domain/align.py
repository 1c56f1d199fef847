"""Alignment of the supplied transcript with what was heard.

Every token and every heard word is in exactly one block, in order:

    written   So  Minutel was   [an advertisement]   big
    heard     so  minute  tell was                    uh   big
    status    matched substituted matched  unheard  unwritten matched
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain

from rapidfuzz.distance import Indel

from service.domain.anchors import Pair, pairs
from service.domain.blocks import UNRELATED, Block, Range
from service.domain.document import Status, Verdict
from service.domain.edges import edges
from service.domain.links import links
from service.domain.normalize import folds, same
from service.domain.phonetics import similarity
from service.domain.script import Reference
from service.domain.span import Ms
from service.domain.speech import Hypothesis, Word
from service.domain.verdict import verdict_of

RESEMBLES = 0.45
"""Spelling similarity of two whole runs from which one is taken for a misrecognition of the other."""

FASTEST_MS = 110
"""Nobody says more than about nine words a second: time for fewer is not enough for a word to have been said."""

MUMBLED = 3
"""So many words the recogniser may take for a part of their neighbours; it does not lose four without a hole."""

LONGEST_WORD_MS = 800
"""A recognised word beside a hole lasts no longer: the recogniser lets it run on into the music."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """Blocks in order; token ranges index `Reference.tokens`, word ranges index `Hypothesis.words`."""

    blocks: tuple[Block, ...]
    verdict: Verdict


def align(reference: Reference, hypothesis: Hypothesis) -> Alignment:
    """Lay the tokens of the talk against the heard words."""
    written = folds([token.text for token in reference.tokens])
    heard = folds([word.text for word in hypothesis.words])
    lines = list(accumulate((len(line.tokens) for line in reference.talk), initial=0))
    held = links(reference.talk, lines, hypothesis.words, written, heard)
    runs = _runs(held, (0, len(written)), (0, len(heard)))
    parted = chain.from_iterable(_parted(run, written, heard, lines) for run in runs)
    blocks = tuple(_joined(_classified(parted, written, heard, hypothesis.words), written, heard))
    return Alignment(blocks, verdict_of(blocks, reference, hypothesis))


@dataclass(frozen=True, slots=True)
class _Run:
    """Token and word ranges that belong together, `linked` if pairs hold them."""

    tokens: Range
    words: Range
    linked: bool


def _runs(links: list[Pair], tokens: Range, words: Range) -> Iterator[_Run]:
    """Cut both sides into linked groups (transitively: "data sets" with "datasets") and what lies between them."""
    i, j = tokens[0], words[0]
    for (i1, i2), (j1, j2) in _groups(links):
        if (i, j) != (i1, j1):
            yield _Run((i, i1), (j, j1), linked=False)
        yield _Run((i1, i2), (j1, j2), linked=True)
        i, j = i2, j2
    if (i, j) != (tokens[1], words[1]):
        yield _Run((i, tokens[1]), (j, words[1]), linked=False)


def _parted(run: _Run, written: Sequence[Sequence[str]], heard: Sequence[Sequence[str]], lines: Sequence[int]) -> Iterator[_Run]:
    """Of a run whose sides are different passages, each by itself, after and before what is left there of the talk."""
    (i, i2), (j, j2) = run.tokens, run.words
    ours, theirs = ["".join(units) for units in written[i:i2]], ["".join(units) for units in heard[j:j2]]
    if run.linked or not ours or not theirs or _misheard(ours, theirs):
        yield run
        return
    breaks = lines[bisect_left(lines, i) : bisect_right(lines, i2)]
    at = edges(ours, theirs, [line - i for line in breaks])
    head, tail = (i + at.head_tokens, j + at.head_words), (i2 - at.tail_tokens, j2 - at.tail_words)
    yield from _talk((i, head[0]), (j, head[1]), ours, theirs)
    if head[0] < tail[0]:
        yield _Run((head[0], tail[0]), (head[1], head[1]), linked=False)
    if head[1] < tail[1]:
        yield _Run((tail[0], tail[0]), (head[1], tail[1]), linked=False)
    yield from _talk((tail[0], i2), (tail[1], j2), ours[tail[0] - i :], theirs[tail[1] - j :])


def _talk(tokens: Range, words: Range, written: Sequence[str], heard: Sequence[str]) -> Iterator[_Run]:
    """A few misheard words, held by those that are alike."""
    found = pairs(written[: tokens[1] - tokens[0]], heard[: words[1] - words[0]])
    yield from _runs([(tokens[0] + a, words[0] + b) for a, b in found], tokens, words)


def _groups(links: Iterable[Pair]) -> Iterator[tuple[Range, Range]]:
    group: tuple[int, int, int, int] | None = None
    for i, j in links:
        if group and (i < group[1] or j < group[3]):
            group = (group[0], max(group[1], i + 1), group[2], max(group[3], j + 1))
        else:
            if group:
                yield (group[0], group[1]), (group[2], group[3])
            group = (i, i + 1, j, j + 1)
    if group:
        yield (group[0], group[1]), (group[2], group[3])


def _classified(
    runs: Iterable[_Run], written: Sequence[Sequence[str]], heard: Sequence[Sequence[str]], words: tuple[Word, ...]
) -> Iterator[Block]:
    for run in runs:
        ours = [unit for units in written[slice(*run.tokens)] for unit in units]
        theirs = [unit for units in heard[slice(*run.words)] for unit in units]
        alike = same(ours, theirs)
        if run.linked or (alike and ours):
            yield Block(Status.MATCHED if alike else Status.SUBSTITUTED, run.tokens, run.words)
        elif run.tokens[0] == run.tokens[1]:
            yield Block(Status.UNWRITTEN, run.tokens, run.words)
        elif run.words[0] == run.words[1]:
            said = _has_time(run, words)
            yield Block(Status.INFERRED if said else Status.UNHEARD, run.tokens, run.words)
        else:
            yield Block(Status.SUBSTITUTED, run.tokens, run.words)


def _joined(blocks: Iterable[Block], written: Sequence[Sequence[str]], heard: Sequence[Sequence[str]]) -> Iterator[Block]:
    """Give a few extra heard words to the misheard token beside them where that makes the two more alike ("Moodstocks", "mood stocks")."""

    def like(block: Block) -> float:
        ours = [u for units in written[slice(*block.tokens)] for u in units]
        theirs = [u for units in heard[slice(*block.words)] for u in units]
        return 1.0 if same(ours, theirs) else min(0.999, similarity(" ".join(ours), " ".join(theirs)))

    last: Block | None = None
    for block in blocks:
        if last and _may_join(last, block):
            whole = Block(Status.SUBSTITUTED, (last.tokens[0], block.tokens[1]), (last.words[0], block.words[1]))
            likeness = like(whole)
            if likeness > max(like(last), like(block)):
                last = Block(Status.MATCHED, whole.tokens, whole.words) if likeness == 1 else whole
                continue
        if last:
            yield last
        last = block
    if last:
        yield last


FEW = 2
"""Words that may be part of a misheard word rather than words of their own."""


def _may_join(left: Block, right: Block) -> bool:
    extra = right if left.status is Status.SUBSTITUTED else left
    misheard = left if extra is right else right
    if misheard.status is not Status.SUBSTITUTED:
        return False
    return extra.status in {Status.UNWRITTEN, Status.INFERRED} and extra.num_tokens + extra.num_words <= FEW


def _misheard(ours: Sequence[str], theirs: Sequence[str]) -> bool:
    """Whether two different runs of words can be one passage, heard wrongly."""
    if len(ours) > 3 * len(theirs) + 2 or len(theirs) > 3 * len(ours) + 2:
        return False
    if min(len(ours), len(theirs)) < UNRELATED:
        return True
    return bool(Indel.normalized_similarity("".join(ours), "".join(theirs)) >= RESEMBLES)


def _has_time(run: _Run, words: tuple[Word, ...]) -> bool:
    """Whether the heard words around an unrecognised run leave time for its tokens, at the fastest rate of speech: a few may have been
    taken for a part of their neighbours, more need a hole, which a recogniser also fills by drawing its words out.
    """
    j, count = run.words[0], run.tokens[1] - run.tokens[0]
    around = words[max(0, j - 3) : j + 3]
    if not around:
        return False
    if count > MUMBLED:
        pause = words[j].span.start - words[j - 1].span.end if 0 < j < len(words) else 0
        return pause + sum(max(0, word.span.duration - LONGEST_WORD_MS) for word in around) >= FASTEST_MS * count
    available: Ms = around[-1].span.end - around[0].span.start
    return available >= FASTEST_MS * (count + len(around))
