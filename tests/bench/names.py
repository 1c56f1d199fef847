"""How many words get the right name, from labelled transcripts some of whose labels are wrong: `python -m tests.bench.names FOLDER ...`.

Of every NAME.truth.json in the folders whose turns `tests.bench.speakers` left in out/bench/speakers, each line's label is, with a given
chance, that of another speaker. Words share their line's time by length. Prints a Markdown table, the mean of five seeds.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from models.entries import SEGMENTATION
from tests.bench.speakers import OUT
from tests.bench.spoken import Episode
from tests.support.rttm import read_rttm

RATES = (0.0, 0.05, 0.1, 0.2)
SEEDS = range(5)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--diarizer", default=SEGMENTATION.name)
    arguments = parser.parse_args()
    truths = [path for folder in arguments.folders for path in sorted(folder.glob("*.truth.json"))]
    left = {path: OUT / arguments.diarizer / f"{path.name.partition('.')[0]}.rttm" for path in truths}
    if not any(turns.is_file() for turns in left.values()):
        raise SystemExit(f"No turns in {OUT / arguments.diarizer}: run `make bench-speakers` on these episodes first.")
    print("| episode | words | no labels | " + " | ".join(f"{rate:.0%} of labels wrong" for rate in RATES) + " |")
    print("| --- " * (3 + len(RATES)) + "|")
    total: list[tuple[int, list[float]]] = []
    for truth, turns in left.items():
        if turns.is_file():
            episode, heard = Episode.of(truth), read_rttm(turns)
            right = [episode.voices(heard), *(episode.names(heard, rate, SEEDS) for rate in RATES)]
            total.append((episode.num_words, right))
            print(_row(turns.stem, episode.num_words, right), flush=True)
    everything = sum(words for words, _ in total)
    print(_row("all", everything, [sum(words * found[k] for words, found in total) / everything for k in range(1 + len(RATES))]))


def _row(name: str, words: int, found: Sequence[float]) -> str:
    return f"| {name} | {words} | " + " | ".join(f"{100 * share:.1f} %" for share in found) + " |"


if __name__ == "__main__":
    main()
