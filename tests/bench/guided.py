"""Recognition guided by the transcript beside recognition alone: what it costs, what is heard, and what comes of that.

    python -m tests.bench.guided [--episodes FOLDER] [--kept FOLDER] [NAME ...]

Both hear every episode in this process, with one thread, one after the other. Costs are processor seconds; words wrong are those of the
recogniser against what was said. Corrections are made of either hypothesis by the same code and counted as by tests.bench.correct.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from itertools import chain
from pathlib import Path
from time import process_time

from rapidfuzz.distance import Levenshtein

from models.kit import Kit
from models.protocols import Listening
from service.domain.document import Status
from service.domain.normalize import folds
from service.domain.speech import Hypothesis
from service.settings import Settings
from tests.bench import episodes
from tests.bench.correct import EPISODES, KEPT, STAGES, earmark, header, table_row
from tests.bench.scoring import Tally, count
from tests.bench.truth import Truth, places
from tests.support.metered import metered
from workers import pipeline
from workers.desk import Desk

HEADER = [
    "",
    "minutes",
    "recognition, s",
    "of it decoding, s",
    "tokens decoded",
    "calls",
    "recogniser's words wrong",
    "unheard words",
    "unwritten words",
    "corrections right",
    "not right",
    "errors",
]


@dataclass
class Count:
    """What one way of hearing cost, and what came of it; a sum over episodes."""

    minutes: float = 0.0
    seconds: float = 0.0
    decoding: float = 0.0
    tokens: int = 0
    calls: int = 0
    wrong: int = 0
    said: int = 0
    unheard: int = 0
    unwritten: int = 0
    tally: Tally = field(default_factory=Tally)

    @classmethod
    def total(cls, counts: Iterable[Count]) -> Count:
        whole = cls()
        for one in counts:
            for f in fields(cls):
                if f.name != "tally":
                    setattr(whole, f.name, getattr(whole, f.name) + getattr(one, f.name))
            whole.tally = Tally.total([whole.tally, one.tally])
        return whole

    def row(self, name: str) -> str:
        cells = [
            name,
            f"{self.minutes:.1f}",
            f"{self.seconds:.1f}",
            f"{self.decoding:.1f}",
            str(self.tokens),
            str(self.calls),
            f"{self.wrong / self.said:.1%}",
            str(self.unheard),
            str(self.unwritten),
            str(self.tally.right),
            str(self.tally.wrong),
            str(self.tally.wanted["all"]),
        ]
        return table_row(cells)


def counted(folder: Path, name: str, kept: Path, *, is_guided: bool) -> Count:
    with episodes.kept_desk(folder, name, kept / ("guided" if is_guided else "alone"), remember=True) as desk:
        for stage in STAGES[: STAGES.index("transcribe")]:
            pipeline.run_stage(stage, desk)
        counts = Count(minutes=desk.waveform.duration_ms / 60_000)
        _hear(desk, counts, is_guided)
        said, heard = _units(_said(folder, name)), _units(word.text for word in desk.hypothesis.words)
        counts.wrong, counts.said = Levenshtein.distance(said, heard), len(said)
        for block in desk.alignment.blocks:
            counts.unheard += block.num_tokens * (block.status is Status.UNHEARD)
            counts.unwritten += block.num_words * (block.status is Status.UNWRITTEN)
        truth = Truth.of(folder, name)
        count(counts.tally, truth, places(truth, desk.reference), list(earmark(desk)))
    return counts


def _hear(desk: Desk, counts: Count, is_guided: bool) -> None:
    """Recognition, and the stages after it, anew."""
    ear = metered(Kit(Settings(threads=1)))
    ear.wake()
    guide = tuple(token.text for token in desk.reference.tokens) if is_guided else ()
    begun = process_time()
    heard: Hypothesis = ear.transcribe(Listening(desk.waveform, "en", guide=guide))
    counts.seconds, counts.decoding = process_time() - begun, ear.cost.seconds
    counts.tokens, counts.calls = ear.cost.tokens, ear.cost.calls
    desk.keep("transcribe", heard)
    desk.discard("align")
    pipeline.run_stage("align", desk)


def _said(folder: Path, name: str) -> list[str]:
    rows = json.loads((folder / f"{name}.truth.json").read_text(encoding="utf-8"))["rows"]
    return " ".join(row["gold"] for row in rows if row.get("start") is not None).split()


def _units(words: Iterable[str]) -> list[str]:
    return list(chain.from_iterable(folds(list(words))))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--episodes", type=Path, default=EPISODES)
    parser.add_argument("--kept", type=Path, default=KEPT)
    arguments = parser.parse_args()
    names = arguments.names or episodes.names(arguments.episodes)
    if not names:
        raise SystemExit(f"No episodes in {arguments.episodes}: `make episodes` speaks them.")
    print(header(HEADER), flush=True)
    totals: dict[str, list[Count]] = {"alone": [], "guided": []}
    for name in names:
        for way, counts in totals.items():
            counts.append(counted(arguments.episodes, name, arguments.kept, is_guided=way == "guided"))
            print(counts[-1].row(f"{name}, {way}"), flush=True)
    for way, counts in totals.items():
        print(Count.total(counts).row(f"**all, {way}**"))


if __name__ == "__main__":
    main()
