"""How probable it is that a printed word is what is said: recogniser and page are two witnesses, and doubt falls on both at once.

The constants fit twenty-two generated episodes, with all, a third, a fifth and none of their errors left in, as well as any, while nothing
is corrected (docs/decisions/0125, 0170; `make bench-align ARGS=leftout` finds them again, and what comes of them on an episode left out).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean

from service.domain.align import Alignment
from service.domain.blocks import Block
from service.domain.correct import Edit
from service.domain.document import Status
from service.domain.normalize import fold
from service.domain.printed import Printed
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

WEIGHED_ON = 0.06
"""The share of wrong words, as it is estimated here, of the episodes that the weights of corrections were fitted to."""

LIMIT = 0.002
"""No recogniser is taken to be surer than this much short of certain."""


@dataclass(frozen=True, slots=True)
class Rates:
    """The shares of an episode's words that are wrong on the page, that the recogniser hears wrongly, and that stand `alone`: the talk has
    them nowhere else, heard as they are written.
    """

    page: float
    recogniser: float
    alone: float


@dataclass(frozen=True, slots=True)
class Odds:
    """How an episode's shares tell whether a written word is wrong.

    `matched`: where the recogniser hears the same, the page's share times its doubt (1 less its score, or the mean of several) times this.
    `opposed`: where it hears another word, or none at all, the odds are the page's share to its own times this, divided by its doubt to the
    power `sharpness`: that it is sure counts for less than it says. `broken`: times this where more words are written than heard for them
    ("pie torch" for PyTorch): whoever does not know a word writes several that he knows. `alone`: a word that stands alone
    is so many times as likely wrong as another: what is misspelt is mostly a name, and page and ear seldom agree on a misspelling.
    """

    matched: float = 2.0
    opposed: float = 0.15
    sharpness: float = 0.5
    broken: float = 10.0
    alone: float = 5.0


ODDS = Odds()


def rates(alignment: Alignment, hypothesis: Hypothesis, words: Sequence[Printed]) -> Rates:
    """As far as they can be told apart: the page's errors show where the recogniser is sure, and what else the two differ in is its own."""
    alone = fmean(not elsewhere for elsewhere in _elsewhere(alignment, words)) if words else 1.0
    both = [b for b in alignment.blocks if b.num_tokens and b.num_words]
    sure = [b for b in both if _mean(hypothesis.words[slice(*b.words)]) >= SURE]
    beyond = (_opposed(sure) - ITS_OWN * _tokens(sure) + EXPECTED * WEIGHT) / (_tokens(sure) + WEIGHT)
    page = min(MOST_WRONG, max(LEAST_WRONG, MORE_ELSEWHERE * beyond))
    differing = (_opposed(both) + (USUAL + page) * WEIGHT) / (_tokens(both) + WEIGHT)
    return Rates(page, max(LEAST_MISHEARD, differing - page), alone)


def _elsewhere(alignment: Alignment, words: Sequence[Printed]) -> list[bool]:
    """Of each printed word, whether the talk has it in another place, heard there as it is written."""
    matched = [block.status is Status.MATCHED for block in alignment.blocks for _ in range(*block.tokens)]
    spelt = [(fold(word.text), matched[word.token]) for word in words]
    agreed = Counter(spelling for spelling, same in spelt if same)
    return [agreed[spelling] > same for spelling, same in spelt]


def _tokens(blocks: Iterable[Block]) -> int:
    return sum(block.num_tokens for block in blocks)


def _opposed(blocks: Iterable[Block]) -> int:
    return _tokens(block for block in blocks if block.status is Status.SUBSTITUTED)


@dataclass(frozen=True, slots=True)
class Witnesses:
    """What speaks for and against a printed word: the block of its token with the words `heard` for it, the correction that was weighed
    there, applied or not, and whether the talk has the word `elsewhere`, heard as it is written.
    """

    block: Block
    heard: tuple[Word, ...]
    edit: Edit | None = None
    elsewhere: bool = False


def witnesses(alignment: Alignment, hypothesis: Hypothesis, words: Sequence[Printed], edits: Iterable[Edit]) -> Iterator[Witnesses]:
    """Those of each printed word."""
    block_of = [block for block in alignment.blocks for _ in range(*block.tokens)]
    edit_of = {token: edit for edit in edits for token in range(*edit.tokens)}
    for word, elsewhere in zip(words, _elsewhere(alignment, words), strict=True):
        block = block_of[word.token]
        heard = () if block.found else hypothesis.words[slice(*block.words)]
        yield Witnesses(block, heard, edit_of.get(word.token), elsewhere)


def scores(alignment: Alignment, hypothesis: Hypothesis, words: Sequence[Printed], edits: Iterable[Edit]) -> tuple[float, ...]:
    """Of every printed word the probability that it is what is said, if anything is: of what was not heard it says nothing."""
    shares = rates(alignment, hypothesis, words)
    return tuple(probability(known, shares) for known in witnesses(alignment, hypothesis, words, edits))


def probability(known: Witnesses, rates: Rates, odds: Odds = ODDS) -> float:
    """The probability in [0, 1] that a printed word is what is said. Where a correction was weighed it is the correction's, of a word that
    was left with a suggestion what the suggestion leaves it.
    """
    if known.edit:
        right = revised(known.edit.confidence, rates.page)
        return right if known.edit.applied else 1 - right
    doubt = 1 - _mean(known.heard) if known.heard else 1.0
    page = rates.page * _weight(known.elsewhere, rates.alone, odds.alone)
    if known.block.status is Status.MATCHED:
        return 1 - min(1.0, odds.matched * page * doubt)
    broken = odds.broken if known.heard and known.block.num_tokens > known.block.num_words else 1.0
    against: float = odds.opposed * page / rates.recogniser * broken / max(doubt, LIMIT) ** odds.sharpness
    return 1 / (1 + against)


def _weight(elsewhere: bool, share: float, times: float) -> float:
    """How much likelier wrong a word of this kind is than the mean of all, if those alone, a `share` of all, are `times` as likely."""
    return (1.0 if elsewhere else times) / (1 - share + times * share)


def revised(confidence: float, page: float) -> float:
    """The probability that a correction is right where the share `page` of the words is wrong, of one with this confidence.

    >>> round(revised(0.9, WEIGHED_ON), 2), round(revised(0.9, WEIGHED_ON / 4), 2)
    (0.9, 0.69)
    """
    supported = page / WEIGHED_ON * confidence
    return 1 / (1 + (1 - confidence) / supported) if supported else 0.0


def _mean(heard: Sequence[Word]) -> float:
    return fmean(word.score for word in heard)
