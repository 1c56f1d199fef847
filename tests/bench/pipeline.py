"""The whole pipeline on whole episodes, as a user runs it: time per stage, peak memory, and the score against the truth.

    python -m tests.bench.pipeline [--service] [--episodes FOLDER] [NAME ...]

For every NAME there are FOLDER/NAME.mp3, NAME.transcript.txt or .md, NAME.truth.json and NAME.rttm; `earmark align` runs on it in a
process of its own, or, with --service, a whole service of its own is started and is sent it by REST. The resident memory of every
process is sampled. Prints one Markdown table row per episode and leaves the results in out/bench.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import Any, Self

import psutil

from service.domain.options import Options
from service.settings import Settings
from tests.support.shared import SHARED
from workers.cli_client import follow
from workers.cli_show import Bars
from workers.client import Client
from workers.up import Deployment

OUT = Path("out/bench")
SAMPLE_SECONDS = 0.25


Way = Callable[[Path, Path, Path], None]
"""How an episode is run: its recording, its transcript, and where the result goes."""


@dataclass
class Costs:
    """Wall seconds, processor seconds, and the highest resident memory in bytes of any one process started inside the block."""

    wall: float = 0.0
    cpu: float = 0.0
    highest: int = 0

    def __enter__(self) -> Self:
        self._over = Event()
        self._sampler = Thread(target=self._sample, daemon=True)
        self._wall, self._cpu = time.perf_counter(), _children_cpu()
        self._sampler.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._sampler.join()
        self.wall, self.cpu = time.perf_counter() - self._wall, _children_cpu() - self._cpu

    def _sample(self) -> None:
        while not self._over.wait(SAMPLE_SECONDS):
            for process in psutil.Process().children(recursive=True):
                with suppress(psutil.NoSuchProcess):
                    self.highest = max(self.highest, process.memory_info().rss)


def _children_cpu() -> float:
    times = psutil.Process().cpu_times()
    return float(times.children_user + times.children_system)


def by_command(audio: Path, transcript: Path, result: Path) -> None:
    """Raises CalledProcessError if it fails."""
    subprocess.run([sys.executable, "-m", "workers", "align", str(audio), str(transcript), "-o", str(result), "--quiet"], check=True)


def by_service(audio: Path, transcript: Path, result: Path) -> None:
    """An API, a worker, a broker and a database of their own for this one episode. Raises `JobFailed`."""
    with (
        TemporaryDirectory() as folder,
        Deployment(Settings(data_dir=Path(folder), host="127.0.0.1", port=0)) as service,
        Client(service.url) as client,
    ):
        job_id = client.submit(audio, transcript, Options())["id"]
        with Bars(quiet=True) as bars:
            follow(client, job_id, bars)
        result.write_text(client.result(job_id, "json"), encoding="utf-8")


def run(folder: Path, name: str, way: Way) -> dict[str, Any]:
    """Run one episode and score it."""
    OUT.mkdir(parents=True, exist_ok=True)
    transcript = next(path for path in sorted(folder.glob(f"{name}.transcript.*")))
    result = OUT / f"{name}.json"
    with Costs() as costs:
        way(folder / f"{name}.mp3", transcript, result)
    document = json.loads(result.read_text(encoding="utf-8"))
    return {
        "name": name,
        "wall": costs.wall,
        "cpu": costs.cpu,
        "peak_mb": costs.highest / 1e6,
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
    parser.add_argument("--service", action="store_true", help="send them to a service by REST instead of running earmark align")
    arguments = parser.parse_args()
    if not arguments.episodes.is_dir():
        raise SystemExit("No episodes: name a folder with --episodes, or set EARMARK_SHARED.")
    print(HEADER, "|" + " --- |" * HEADER.count(" | ") + " --- |", sep="\n")
    for name in arguments.names:
        figures = run(arguments.episodes, name, by_service if arguments.service else by_command)
        print(row(figures), flush=True)
        print(f"<!-- {name}: {json.dumps(figures['stages'])}, processor {figures['cpu']:.0f} s -->", flush=True)


if __name__ == "__main__":
    main()
