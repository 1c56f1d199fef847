"""Which printed words are what is said, by the truth of an episode."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from rapidfuzz.distance import LCSseq

from tests.bench.align.reliability import Judged
from tests.bench.align.runs import Run
from tests.bench.truth import parts


def judged(run: Run, truth: Path) -> Iterator[Judged]:
    """Score and rightness of each supplied word that was timed: right if it stands in the true text at its place."""
    rows = json.loads(truth.read_text(encoding="utf-8"))["rows"]
    gold = [row["gold"] for row in rows if row.get("presence", "both") != "transcript_only"]
    wrong = misplaced([word.text for word in run.words], gold)
    for n, timed in enumerate(run.times.printed):
        if timed.score is not None:
            yield timed.score, n not in wrong


def misplaced(words: Iterable[str], gold: Iterable[str]) -> set[int]:
    """The words, by number, of which a part does not stand at its place in the true lines."""
    ours = [(part, n) for n, word in enumerate(words) for part in parts(word)]
    blocks = LCSseq.opcodes([part for part, _ in ours], [part for line in gold for part in parts(line)])
    return {n for block in blocks if block.tag != "equal" for _, n in ours[block.src_start : block.src_end]}
