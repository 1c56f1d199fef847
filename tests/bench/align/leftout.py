"""Scores of generated episodes by constants that were fitted to the others: `service.domain.scores.Odds` is what fits them all."""

from __future__ import annotations

import difflib
import json
import math
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, product
from pathlib import Path
from typing import Any, Self

from service.domain.align import align
from service.domain.correct import Corrections
from service.domain.document import Status
from service.domain.printed import printed
from service.domain.scores import Odds, rates, witnesses
from service.domain.speech import Hypothesis
from tests.bench.align.judged import Case, misplaced
from tests.bench.align.reliability import table
from tests.support.builders import reference

LEFT = (1.0, 1 / 3, 1 / 5, 0.0)
"""Shares of the planted errors that are left in: 7, 2.5, 1.4 (about what real transcripts have) and 0 % of the words are wrong."""

MATCHED = (1.0, 1.5, 2.0, 2.5)
OPPOSED = (0.1, 0.15, 0.2, 0.25)
SHARPNESS = (0.4, 0.5, 0.6)
BROKEN = (5.0, 7.0, 10.0)
ALONE = (1.0, 3.0, 4.0, 5.0, 7.0)

IMPOSSIBLE = 1e-4
"""No probability is taken for less when the likelihood of constants is told."""


Spoilt = dict[float, list[Case]]
"""The cases of an episode by the share of errors that is left."""


def spoilt(truth: Path, hypothesis: Hypothesis) -> Spoilt:
    rows = json.loads(truth.read_text(encoding="utf-8"))["rows"]
    return {left: list(_cases(rows, hypothesis, left)) for left in LEFT}


def _cases(rows: Sequence[dict[str, Any]], hypothesis: Hypothesis, left: float) -> Iterator[Case]:
    chance = random.Random(1)
    written = reference(*(_thinned(row, left, chance) for row in rows if row.get("presence", "both") != "audio_only"))
    gold = [row["gold"] for row in rows if row.get("presence", "both") != "transcript_only"]
    out = misplaced([token.text for token in written.tokens], gold)
    alignment = align(written, hypothesis)
    words = printed(written, Corrections(()))
    both = rates(alignment, hypothesis, words)
    for k, known in enumerate(witnesses(alignment, hypothesis, words, ())):
        if known.block.status is not Status.UNHEARD:
            yield Case(known, both, k not in out)


def _thinned(row: dict[str, Any], left: float, chance: random.Random) -> str:
    """A line with each of its errors left in with this probability."""
    written, gold = row["original"].split(), row["gold"].split()
    if row.get("presence", "both") != "both":
        return str(row["original"])
    words: list[str] = []
    for tag, i, j, k, m in difflib.SequenceMatcher(None, written, gold, autojunk=False).get_opcodes():
        words += written[i:j] if tag == "equal" or chance.random() < left else gold[k:m]
    return " ".join(words)


@dataclass(frozen=True, slots=True)
class Likelihoods:
    """Logarithms of how likely cases are by the constants of the grid: those of matched words, and those of all others."""

    matched: dict[Odds, float]
    others: dict[Odds, float]

    @classmethod
    def of(cls, cases: Sequence[Case]) -> Self:
        matched = [case for case in cases if case.known.block.status is Status.MATCHED]
        others = [case for case in cases if case.known.block.status is not Status.MATCHED]
        return cls(
            {odds: _likelihood(matched, odds) for odds in (Odds(matched=m, alone=a) for m, a in product(MATCHED, ALONE))},
            {odds: _likelihood(others, odds) for odds in (Odds(MATCHED[0], *rest) for rest in product(OPPOSED, SHARPNESS, BROKEN, ALONE))},
        )


def fitted(episodes: Iterable[Likelihoods]) -> Odds:
    """The constants by which all these episodes together are likeliest."""
    matched, others = Counter[Odds](), Counter[Odds]()
    for episode in episodes:
        matched.update(episode.matched)
        others.update(episode.others)
    both = ((m, o) for m, o in product(matched, others) if m.alone == o.alone)
    m, o = max(both, key=lambda pair: matched[pair[0]] + others[pair[1]])
    return replace(o, matched=m.matched)


def _likelihood(cases: Iterable[Case], odds: Odds) -> float:
    return math.fsum(math.log(max(IMPOSSIBLE, s if case.right else 1 - s)) for case in cases for s in (case.score(odds),))


def left_out(episodes: dict[str, Spoilt]) -> Iterator[str]:
    """For each share of errors the reliability of scores, each episode's by constants that the others gave."""
    likely = {name: Likelihoods.of(list(chain.from_iterable(known.values()))) for name, known in episodes.items()}
    by_name = {name: fitted(other for of, other in likely.items() if of != name) for name in episodes}
    for left in LEFT:
        known = [(case.score(by_name[name]), case.right) for name, cases in episodes.items() for case in cases[left]]
        wrong = sum(not right for _, right in known) / len(known)
        yield from (f"| {100 * wrong:.1f} % {row}" for row in table(known))
    yield f"<!-- all: {fitted(likely.values())}; left out in turn: {sorted(set(map(str, by_name.values())))} -->"
