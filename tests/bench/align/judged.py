"""Which printed words are what is said, by the truth of an episode."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz.distance import LCSseq

from service.domain.document import Status
from service.domain.scores import ODDS, Odds, Rates, Witnesses, probability, rates, witnesses
from tests.bench.truth import parts
from workers.desk import Desk


@dataclass(frozen=True, slots=True)
class Case:
    """A printed word: what speaks for and against it, how often page and recogniser seem to err, and whether it is right."""

    known: Witnesses
    rates: Rates
    right: bool

    def score(self, odds: Odds = ODDS) -> float:
        return probability(self.known, self.rates, odds)


def cases(desk: Desk, truth: Path) -> Iterator[Case]:
    """Every printed word that was said: right if it stands in the true text at its place. The stages before `time` are done."""
    rows = json.loads(truth.read_text(encoding="utf-8"))["rows"]
    gold = [row["gold"] for row in rows if row.get("presence", "both") != "transcript_only"]
    wrong = misplaced([word.text for word in desk.words], gold)
    both = rates(desk.alignment, desk.hypothesis, desk.words)
    for n, known in enumerate(witnesses(desk.alignment, desk.hypothesis, desk.words, desk.corrections.edits)):
        if known.block.status is not Status.UNHEARD:
            yield Case(known, both, n not in wrong)


def misplaced(words: Iterable[str], gold: Iterable[str]) -> set[int]:
    """The words, by number, of which a part does not stand at its place in the true lines."""
    ours = [(part, n) for n, word in enumerate(words) for part in parts(word)]
    blocks = LCSseq.opcodes([part for part, _ in ours], [part for line in gold for part in parts(line)])
    return {n for block in blocks if block.tag != "equal" for _, n in ours[block.src_start : block.src_end]}
