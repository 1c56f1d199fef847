"""The whole pipeline on whole episodes, as a user runs it: time per stage, peak memory, and the score against the truth.

    python -m tests.bench.pipeline [--episodes FOLDER] [NAME ...]

For every NAME there are FOLDER/NAME.mp3, NAME.transcript.txt or .md, NAME.truth.json and NAME.rttm; `earmark align` runs on it in a
process of its own, whose resident memory (with its children's, each by itself) is sampled. Prints one Markdown table row per episode
and leaves the results in out/bench.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from tests.support.shared import SHARED

OUT = Path("out/bench")
SAMPLE_SECONDS = 0.25


@dataclass
class Peak:
    """The highest resident memory of any one process of a tree, in bytes."""

    highest: int = 0

    def sample(self, root: psutil.Process) -> None:
        for process in [root, *root.children(recursive=True)]:
            try:
                self.highest = max(self.highest, process.memory_info().rss)
            except psutil.NoSuchProcess:
                continue


def measured(command: list[str]) -> tuple[float, float, Peak]:
    """Wall seconds, processor seconds and peak memory of a command. Raises CalledProcessError if it fails."""
    peak, begun = Peak(), time.perf_counter()
    before = _children_cpu()
    child = subprocess.Popen(command)
    root = psutil.Process(child.pid)
    while child.poll() is None:
        try:
            peak.sample(root)
        except psutil.NoSuchProcess:
            break
        time.sleep(SAMPLE_SECONDS)
    if child.wait():
        raise subprocess.CalledProcessError(child.returncode, command)
    return time.perf_counter() - begun, _children_cpu() - before, peak


def _children_cpu() -> float:
    times = psutil.Process().cpu_times()
    return float(times.children_user + times.children_system)


def run(folder: Path, name: str) -> dict[str, Any]:
    """Align one episode and score it."""
    OUT.mkdir(parents=True, exist_ok=True)
    transcript = next(path for path in sorted(folder.glob(f"{name}.transcript.*")))
    result = OUT / f"{name}.json"
    command = [sys.executable, "-m", "workers", "align", str(folder / f"{name}.mp3"), str(transcript), "-o", str(result), "--quiet"]
    wall, cpu, peak = measured(command)
    document = json.loads(result.read_text(encoding="utf-8"))
    return {
        "name": name,
        "wall": wall,
        "cpu": cpu,
        "peak_mb": peak.highest / 1e6,
        "duration": document["audio"]["duration"],
        "stages": document["stats"]["seconds_by_stage"],
        "score": scored(folder, name, result),
    }


def scored(folder: Path, name: str, result: Path) -> dict[str, Any]:
    """What the shared scorer says of a result, or nothing where it is not at hand."""
    scorer = SHARED / "bench" / "score.py"
    if not scorer.is_file():
        return {}
    extra = [part for path in sorted(folder.glob(f"{name}.doubtful.tsv")) for part in ("--neutral", str(path))]
    said = subprocess.run(
        [sys.executable, str(scorer), "episode", str(result), str(folder / f"{name}.truth.json"), *extra],
        check=True,
        capture_output=True,
        text=True,
    )
    turns = subprocess.run(
        [sys.executable, str(scorer), "speakers", str(result), str(folder / f"{name}.rttm")], check=True, capture_output=True, text=True
    )
    found: dict[str, Any] = json.loads(said.stdout)
    return found | {"der": json.loads(turns.stdout)["diarization error rate"]}


def row(figures: dict[str, Any]) -> str:
    """One row of the table in docs/benchmarks.md."""
    score, length = figures["score"], figures["duration"]
    cells = [
        figures["name"],
        f"{length / 60:.1f} min",
        f"{figures['wall']:.0f} s",
        f"{figures['wall'] / length:.3f}",
        f"{figures['peak_mb']:.0f} MB",
    ]
    if score:
        fixed = score["corrections"]
        cells += [
            str(score["supplied_tokens_lost_or_changed"]),
            f"{fixed['right']} / {fixed['wrong']} / {fixed['missed']} / {fixed['false']}",
            f"{100 * score['word_error_rate']['supplied']:.2f} → {100 * score['word_error_rate']['ours']:.2f} %",
            f"{score['onset']['mae_ms']} / {score['offset']['mae_ms']} ms",
            f"{100 * score['speakers']['word_diarization_error']:.1f} %",
            f"{100 * score['der']:.1f} %",
        ]
    return "| " + " | ".join(cells) + " |"


HEADER = (
    "| episode | length | time | real-time factor | peak memory of any process | tokens lost | corrections right / wrong / missed / false "
    "| word errors | onset / offset error | words to wrong speaker | DER |"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=["seed2", "seed1"])
    parser.add_argument("--episodes", type=Path, default=SHARED / "episodes")
    arguments = parser.parse_args()
    if not arguments.episodes.is_dir():
        raise SystemExit("No episodes: name a folder with --episodes, or set EARMARK_SHARED.")
    print(HEADER, "|" + " --- |" * HEADER.count(" | ") + " --- |", sep="\n")
    for name in arguments.names:
        figures = run(arguments.episodes, name)
        print(row(figures), flush=True)
        print(f"<!-- {name}: {json.dumps(figures['stages'])}, processor {figures['cpu']:.0f} s -->", flush=True)


if __name__ == "__main__":
    main()
