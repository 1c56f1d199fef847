"""How probable it is that a printed word is what is said: recogniser and page are two witnesses, and doubt falls on both at once.

The constants fit ten generated episodes, with all, a third, a fifth and none of their errors left in, as well as any (docs/decisions/0125;
`make bench-align ARGS=leftout` finds them again, and what comes of them on an episode that was left out).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean

from service.domain.align import Alignment, Block
from service.domain.correct import Edit
from service.domain.document import Status
from service.domain.speech import Hypothesis, Word

SURE = 0.9
"""Score from which a recogniser that hears something else than is written is mostly right."""

ITS_OWN = 0.005
"""Share of the words it is sure of that the recogniser hears otherwise though the page is right: 0.1 to 1.1 % in twelve episodes."""

EXPECTED, WEIGHT = 0.01, 200
"""The share beyond that, before anything is known of the transcript, and the words this counts for."""

MORE_ELSEWHERE = 2
"""Among all words so many times the share are wrong: what the recogniser is not sure of, others misspell, too (docs/decisions/0108)."""

LEAST_WRONG, MOST_WRONG = 0.002, 0.3
"""Of a transcript that was accepted."""

USUAL = 0.05
"""Share of words that a recogniser hears wrongly, before anything is known of the recording."""

LEAST_MISHEARD = 0.01
"""No recogniser is better."""

LIMIT = 0.002
"""No recogniser is taken to be surer than this much short of certain."""


@dataclass(frozen=True, slots=True)
class Rates:
    """The shares of an episode's words that are wrong on the page, and that the recogniser hears wrongly."""

    page: float
    recogniser: float


@dataclass(frozen=True, slots=True)
class Odds:
    """How the two shares tell whether a written word is wrong.

    `matched`: where the recogniser hears the same, the page's share times its doubt (1 less its score, or the mean of several) times this.
    `opposed`: where it hears another word, or none at all, the odds are the page's share to its own times this, divided by its doubt to the
    power `sharpness`: that it is sure counts for less than it says. `broken`: times this where more words are written than heard for them
    ("pie torch" for PyTorch): whoever does not know a word writes several that he knows.
    """

    matched: float = 1.5
    opposed: float = 0.2
    sharpness: float = 0.6
    broken: float = 7.0


ODDS = Odds()


def rates(alignment: Alignment, hypothesis: Hypothesis) -> Rates:
    """As far as they can be told apart: the page's errors show where the recogniser is sure, and what else the two differ in is its own."""
    both = [b for b in alignment.blocks if b.num_tokens and b.num_words]
    sure = [b for b in both if _mean(hypothesis.words[slice(*b.words)]) >= SURE]
    beyond = (_opposed(sure) - ITS_OWN * _tokens(sure) + EXPECTED * WEIGHT) / (_tokens(sure) + WEIGHT)
    page = min(MOST_WRONG, max(LEAST_WRONG, MORE_ELSEWHERE * beyond))
    differing = (_opposed(both) + (USUAL + page) * WEIGHT) / (_tokens(both) + WEIGHT)
    return Rates(page, max(LEAST_MISHEARD, differing - page))


def _tokens(blocks: Iterable[Block]) -> int:
    return sum(block.num_tokens for block in blocks)


def _opposed(blocks: Iterable[Block]) -> int:
    return _tokens(block for block in blocks if block.status is Status.SUBSTITUTED)


def probability(block: Block, heard: Sequence[Word], rates: Rates, odds: Odds = ODDS) -> float:
    """The probability in [0, 1] that a written word of the block is what is said. `heard` are the words recognised for it."""
    doubt = 1 - _mean(heard) if heard else 1.0
    if block.status is Status.MATCHED:
        return 1 - min(1.0, odds.matched * rates.page * doubt)
    broken = odds.broken if heard and block.num_tokens > block.num_words else 1.0
    against: float = odds.opposed * rates.page / rates.recogniser * broken / max(doubt, LIMIT) ** odds.sharpness
    return 1 / (1 + against)


def weighed(edits: Iterable[Edit]) -> dict[int, float]:
    """By token: the probability of what is printed where a correction was weighed. That of the correction is its confidence, and a word
    that was left with a suggestion has at most what the suggestion leaves it.
    """
    return dict(_weighed(edits))


def _weighed(edits: Iterable[Edit]) -> Iterator[tuple[int, float]]:
    for edit in edits:
        right = edit.confidence if edit.applied else 1 - edit.confidence
        yield from ((token, right) for token in range(*edit.tokens))


def _mean(heard: Sequence[Word]) -> float:
    return fmean(word.score for word in heard)
