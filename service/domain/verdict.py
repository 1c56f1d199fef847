"""Whether a transcript is of this audio: the same words, in passages that do not stand where others are spoken."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from itertools import groupby

from service.domain.blocks import UNRELATED, Block
from service.domain.document import Status, Verdict
from service.domain.moved import moved
from service.domain.normalize import folds
from service.domain.opposed import Apart, opposed
from service.domain.sales import sold
from service.domain.script import Reference
from service.domain.speech import Hypothesis

REFUSED_BELOW = 0.2
"""Share of words in common, of the shorter side, below which a transcript is not of this audio."""

FEWEST = 20
"""Words of talk from which the verdict is about them alone, without advertisements."""


def verdict_of(blocks: tuple[Block, ...], reference: Reference, hypothesis: Hypothesis) -> Verdict:
    """Of the talk alone: advertisements are the same in other episodes, and are exchanged in the right one."""
    unheard = sum(b.num_tokens for b in blocks if b.status is Status.UNHEARD)
    coverage = 1 - unheard / len(reference.tokens) if reference.tokens else 0.0
    ours, theirs = _talk_of([token.text for token in reference.tokens]), _talk_of([word.text for word in hypothesis.words])
    shared = sum(k in ours for b in blocks if b.status is Status.MATCHED for k in range(*b.tokens))
    least = REFUSED_BELOW * max(1, min(len(ours), len(theirs)))
    against = opposed(_stretches(blocks, ours, theirs), UNRELATED)
    if shared < least or against > shared:
        elsewhere = _elsewhere(blocks, ours, theirs)
        shared += len(elsewhere[0])
        against = opposed(_stretches(blocks, ours.keys() - elsewhere[0], theirs.keys() - elsewhere[1]), UNRELATED)
    if shared < least:
        reason = f"only {shared} of {len(ours)} written words were heard, in {len(theirs)} recognised words"
    elif against > shared:
        reason = (
            f"{shared} of {len(ours)} written words were heard, but {against} stand where other words were heard: "
            "perhaps it is another episode of the same show"
        )
    else:
        return Verdict(accepted=True, coverage=coverage)
    return Verdict(accepted=False, coverage=coverage, reason=reason)


def _talk_of(words: Sequence[str]) -> dict[int, str]:
    """The words that sell nothing, by their number; all where hardly any are left."""
    sales = sold(words)
    return {k: word for k, word in enumerate(words) if k not in sales or len(words) - len(sales) < FEWEST}


def _elsewhere(blocks: Sequence[Block], ours: Mapping[int, str], theirs: Mapping[int, str]) -> tuple[set[int], set[int]]:
    """The tokens and the heard words of passages that are spoken elsewhere than they are written."""
    unheard = [k for b in blocks if b.status is Status.UNHEARD for k in range(*b.tokens) if k in ours]
    unwritten = [k for b in blocks if b.status is Status.UNWRITTEN for k in range(*b.words) if k in theirs]
    found = list(moved(folds([ours[k] for k in unheard]), folds([theirs[k] for k in unwritten])))
    return {unheard[at] for passage, _ in found for at in passage}, {unwritten[at] for _, passage in found for at in passage}


def _stretches(blocks: Sequence[Block], tokens: Container[int], words: Container[int]) -> Iterator[Apart]:
    """What was not heard or not written of these tokens and words, and how much lies between."""
    between = 0
    for apart, group in groupby(blocks, key=lambda b: b.status in {Status.UNHEARD, Status.UNWRITTEN}):
        run = list(group)
        written = sum(k in tokens for k in range(run[0].tokens[0], run[-1].tokens[1]))
        if apart:
            yield Apart(between, written, sum(k in words for k in range(run[0].words[0], run[-1].words[1])))
        between = written
