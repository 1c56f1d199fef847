"""How probable it is that a printed word is what is said: recogniser and page are two witnesses, and doubt falls on both at once.

The constants are those that ten generated episodes make likeliest, with all, a third, a fifth and none of their errors left in
(docs/decisions/0125; `make bench-align ARGS=leftout` finds them again, and what comes of them on an episode that was left out).
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

LIMIT = 0.002
"""No recogniser is taken to be surer than this much short of certain."""


@dataclass(frozen=True, slots=True)
class Odds:
    """How much likelier than anywhere in its transcript a written word is wrong.

    `matched`: where the recogniser hears it, times its doubt (1 less its score; the score of one word, or the mean of several).
    `opposed`: odds where it hears another word, or none at all, divided by `doubt` to the power `sharpness`: that the recogniser is sure
    counts for less than it says. `broken`: times this where more words are written than heard for them ("pie torch" for PyTorch), and
    divided by it where fewer are: whoever does not know a word writes several that he knows.
    """

    matched: float = 1.5
    opposed: float = 4.0
    sharpness: float = 0.6
    broken: float = 7.0


ODDS = Odds()


def misspelt(alignment: Alignment, hypothesis: Hypothesis) -> float:
    """The share of the transcript's words that are wrong, as far as the words tell that the recogniser is sure of."""
    words, opposed = 0, 0
    for block in alignment.blocks:
        if block.num_tokens and block.num_words and _mean(hypothesis.words[slice(*block.words)]) >= SURE:
            words += block.num_tokens
            opposed += block.num_tokens if block.status is Status.SUBSTITUTED else 0
    beyond = (opposed - ITS_OWN * words + EXPECTED * WEIGHT) / (words + WEIGHT)
    return min(MOST_WRONG, max(LEAST_WRONG, MORE_ELSEWHERE * beyond))


def probability(block: Block, heard: Sequence[Word], wrong: float, odds: Odds = ODDS) -> float:
    """The probability in [0, 1] that a written word of the block is what is said. `heard` are the words recognised for it, `wrong` is the
    share of the transcript that is (`misspelt`).
    """
    doubt = 1 - _mean(heard) if heard else 1.0
    if block.status is Status.MATCHED:
        return 1 - min(1.0, odds.matched * wrong * doubt)
    broken = (block.num_tokens > block.num_words) - (block.num_tokens < block.num_words) if heard else 0
    against: float = odds.opposed * wrong * odds.broken**broken / max(doubt, LIMIT) ** odds.sharpness
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
