"""How many words get the right name, from labelled transcripts some of whose labels are wrong: `python -m tests.bench.names FOLDER ...`.

Of every NAME.truth.json in the folders whose turns `tests.bench.speakers` left in out/bench/speakers, each line's label is, with a given
chance, that of another speaker. Words share their line's time by length. Prints a Markdown table, the mean of five seeds.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from models.entries import SEGMENTATION
from service.domain.attribute import attribute
from service.domain.correct import Corrections
from service.domain.document import Timing
from service.domain.printed import printed
from service.domain.span import Span, ms, shares
from service.domain.speech import Diarization, Turn
from service.domain.timing import Timed, Times
from tests.bench.speakers import OUT
from tests.support.builders import reference
from tests.support.rttm import read_rttm

RATES = (0.0, 0.05, 0.1, 0.2)
SEEDS = range(5)


@dataclass(frozen=True, slots=True)
class Episode:
    """Lines that were said: their text, who said them and when; and the turns that were heard."""

    texts: tuple[str, ...]
    speakers: tuple[str, ...]
    spans: tuple[Span, ...]
    turns: tuple[Turn, ...]

    @classmethod
    def of(cls, truth: Path, turns: Path) -> Episode:
        rows: list[dict[str, Any]] = json.loads(truth.read_text(encoding="utf-8"))["rows"]
        said = [row for row in rows if row.get("presence", "both") == "both" and row["original"].split()]
        spans = tuple(Span(ms(row["start"]), ms(row["end"])) for row in said)
        texts, speakers = zip(*((" ".join(row["original"].split()), row["speaker"]) for row in said), strict=True)
        return cls(texts, speakers, spans, read_rttm(turns))

    def mislabelled(self, rate: float, seed: int) -> list[str]:
        chance, people = random.Random(seed), sorted(set(self.speakers))
        return [chance.choice([p for p in people if p != who]) if chance.random() < rate else who for who in self.speakers]

    def named(self, labels: Sequence[str | None]) -> list[tuple[str, str | None]]:
        """Of every word, who says it and who is said to."""
        written = reference(*self.texts, labels=labels)
        spans = [span for text, whole in zip(self.texts, self.spans, strict=True) for span in shares(whole, text.split())]
        times = Times(tuple(Timed(span, Timing.FORCED, 0.9) for span in spans), ())
        found = attribute(written, printed(written, Corrections()), times, Diarization(self.turns, self.turns))
        names = {speaker.id: speaker.name for speaker in found.speakers}
        truth = [who for text, who in zip(self.texts, self.speakers, strict=True) for _ in text.split()]
        return [(who, names.get(told or "")) for who, told in zip(truth, found.printed, strict=True)]

    def right(self, rate: float) -> float:
        """Share of words with the right name, the mean of the seeds."""
        return fmean(fmean(who == told for who, told in self.named(self.mislabelled(rate, seed))) for seed in SEEDS)

    def unlabelled(self) -> float:
        """Share of words given to the right voice without any label, voices and speakers matched one to one, the largest first."""
        pairs = Counter(self.named([None] * len(self.texts)))
        of_voice: dict[str | None, str] = {}
        for who, voice in sorted(pairs, key=lambda pair: -pairs[pair]):
            if voice not in of_voice and who not in of_voice.values():
                of_voice[voice] = who
        return sum(count for (who, voice), count in pairs.items() if of_voice.get(voice) == who) / pairs.total()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--diarizer", default=SEGMENTATION.name)
    arguments = parser.parse_args()
    truths = [path for folder in arguments.folders for path in sorted(folder.glob("*.truth.json"))]
    left = {path: OUT / arguments.diarizer / f"{path.name.partition('.')[0]}.rttm" for path in truths}
    print("| episode | words | no labels | " + " | ".join(f"{rate:.0%} of labels wrong" for rate in RATES) + " |")
    print("| --- " * (3 + len(RATES)) + "|")
    total: list[tuple[int, list[float]]] = []
    for truth, turns in left.items():
        if turns.is_file():
            episode = Episode.of(truth, turns)
            words, shares_right = sum(len(text.split()) for text in episode.texts), [episode.unlabelled(), *map(episode.right, RATES)]
            total.append((words, shares_right))
            print(_row(turns.stem, words, shares_right), flush=True)
    everything = sum(words for words, _ in total)
    print(_row("all", everything, [sum(words * found[k] for words, found in total) / everything for k in range(1 + len(RATES))]))


def _row(name: str, words: int, found: Sequence[float]) -> str:
    return f"| {name} | {words} | " + " | ".join(f"{100 * share:.1f} %" for share in found) + " |"


if __name__ == "__main__":
    main()
