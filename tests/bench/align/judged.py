"""Which printed words are what is said, by the truth of an episode."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from rapidfuzz.distance import LCSseq

from tests.bench.align.reliability import Judged
from tests.bench.align.runs import Run
from tests.bench.truth import parts


def judged(run: Run, truth: Path) -> Iterator[Judged]:
    """Score and rightness of each supplied word that was timed: right if it stands in the true text at its place."""
    rows = json.loads(truth.read_text(encoding="utf-8"))["rows"]
    gold = [part for row in rows if row.get("presence", "both") != "transcript_only" for part in parts(row["gold"])]
    ours = [(part, n) for n, word in enumerate(run.words) for part in parts(word.text)]
    wrong: set[int] = set()
    for block in LCSseq.opcodes([part for part, _ in ours], gold):
        if block.tag != "equal":
            wrong.update(n for _, n in ours[block.src_start : block.src_end])
    for n, timed in enumerate(run.times.printed):
        if timed.score is not None:
            yield timed.score, n not in wrong
