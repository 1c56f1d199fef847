"""How much sooner two workers of one thread each are done with an episode than one, through the whole service.

    python -m tests.bench.sharing [--episodes FOLDER] [--minutes 38] [--pretend]

The recording is joined from the folder's. Told are how long recognition took, which workers share by parts, and how long the whole pipeline
took, voices included, from the submission to the result. The first row is one worker that does not divide the recording. With --pretend an
ear takes 0.3 s for each 3 s of sound, asleep, and nobody is told apart: what dividing costs and gains by itself, on a machine that has
other work. Prints a Markdown table. `make bench-pipeline ARGS='NAME --workers 1 2'` does the same with an episode as it is.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
import wave
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil
from sqlalchemy import select

from service.database import Database
from service.domain.options import Options
from service.settings import Settings
from service.tables import StageRun, StageState
from tests.bench import lengths
from tests.support.sharing_worker import PART_SECONDS, SECONDS, TEXT
from tests.support.sound import by_suffix, tone, write
from workers import audio as decoding
from workers.client import Client
from workers.up import WORKER, Deployment

PRETENDING = (sys.executable, "-m", "tests.support.sharing_worker")
MINUTES = 38
"""19 parts: of the nine of half as much, one of two workers has to take five."""

HEADER = (
    "| workers of one thread | divided | transcribe | times as fast | whole pipeline | times as fast | processor | load |\n"
    "| --- | --- | --- | --- | --- | --- | --- | --- |"
)
OPTIONS = Options(language="en")
ENDED = {"succeeded", "failed", "cancelled"}
PATIENCE_SECONDS = 3600
CLIP_SECONDS = 15


@dataclass(frozen=True, slots=True)
class Trial:
    """Who does what: `part_seconds` 0 for undivided, None for the profile's."""

    audio: Path
    transcript: Path
    workers: int
    part_seconds: int | None = None
    worker: tuple[str, ...] = WORKER


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds from the beginning of the first part to the end of the joining, from the submission to the result, and those of all
    processors meanwhile.
    """

    transcribe: float
    whole: float
    processor: float


def measured(trial: Trial, folder: Path) -> Took:
    """Raises RuntimeError for a job that fails."""
    settings = Settings(data_dir=folder, host="127.0.0.1", port=0, device="cpu", threads=1, part_seconds=trial.part_seconds)
    with Deployment(settings, trial.worker) as service, Client(service.url) as client:
        for _ in range(trial.workers - 1):
            service.start_worker()
        warmed_up(client, service.settings, trial)
        before, begun = _processor(), time.monotonic()
        job_id = client.submit(trial.audio, trial.transcript, OPTIONS)["id"]
        job = ended(client, job_id)
        whole, processor = time.monotonic() - begun, _processor() - before
    if job["state"] != "succeeded":
        raise RuntimeError(f"the job ended as {job['state']}: {job['error']}")
    return Took(next(float(stage["seconds"]) for stage in job["stages"] if stage["name"] == "transcribe"), whole, processor)


def ended(client: Client, job_id: str) -> Any:
    """The job, once it is over. Raises TimeoutError."""
    end = time.monotonic() + PATIENCE_SECONDS
    while (job := client.job(job_id))["state"] not in ENDED:
        if time.monotonic() > end:
            raise TimeoutError(f"nothing came of it in {PATIENCE_SECONDS} s")
        time.sleep(0.5)
    return job


def _processor() -> float:
    """Of everything that this process has started and that still runs."""
    return sum(sum(child.cpu_times()[:2]) for child in psutil.Process().children(recursive=True))


def warmed_up(client: Client, settings: Settings, trial: Trial) -> None:
    """Clips of the recording, until every worker has recognised one and told the voices of one apart: a new process imports for many
    seconds. Of a clip and the whole transcript nothing else comes.
    """
    database, warm = Database(settings.database), set[tuple[str, str | None]]()
    had = select(StageRun.stage, StageRun.worker).where(StageRun.stage.in_(["transcribe", "diarize"]), StageRun.state == StageState.DONE)
    for clip in clips(trial.audio, settings.data_dir):
        ended(client, client.submit(clip, trial.transcript, OPTIONS)["id"])
        with database.reading() as session:
            warm |= {(stage, worker) for stage, worker in session.execute(had)}
        if len(warm) == 2 * trial.workers:
            break


def clips(audio: Path, folder: Path) -> Iterator[Path]:
    """Pieces of the recording, a few seconds each, and from its beginning again; each a sample shorter, as no two may be alike."""
    whole = folder / "whole.wav"
    decoding.decode(audio, whole, decoding.Limits(), lambda *_: None)
    with wave.open(str(whole), "rb") as wav:
        length = CLIP_SECONDS * wav.getframerate()
        for number in count():
            if wav.getnframes() - wav.tell() < length:
                wav.rewind()
            clip = folder / f"clip{number}.wav"
            with wave.open(str(clip), "wb") as out:
                out.setparams(wav.getparams())
                out.writeframes(wav.readframes(length - number))
            yield clip


def rows(trials: Sequence[Trial]) -> Iterator[str]:
    """The table, with how many times as fast each is as the first."""
    yield HEADER
    first: Took | None = None
    for trial in trials:
        with TemporaryDirectory() as folder:
            took = measured(trial, Path(folder))
        first = first or took
        cells = [
            trial.workers,
            "no" if trial.part_seconds == 0 else "yes",
            f"{took.transcribe:.1f} s",
            f"{first.transcribe / took.transcribe:.2f}",
            f"{took.whole:.1f} s",
            f"{first.whole / took.whole:.2f}",
            f"{took.processor:.1f} s",
            f"{os.getloadavg()[0]:.1f}",
        ]
        yield "| " + " | ".join(map(str, cells)) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--episodes", type=Path, default=Path("out/episodes"))
    parser.add_argument("--minutes", type=int, default=MINUTES)
    parser.add_argument("--pretend", action="store_true")
    arguments = parser.parse_args()
    with TemporaryDirectory() as name:
        folder = Path(name)
        if arguments.pretend:
            audio, transcript = write(folder / "tone.wav", tone(SECONDS), by_suffix(".wav")), folder / "transcript.txt"
            transcript.write_text(TEXT, encoding="utf-8")
        else:
            audio, transcript = lengths.joined(arguments.episodes, arguments.minutes, folder)
        how = (PART_SECONDS, PRETENDING) if arguments.pretend else (None, WORKER)
        for row in rows([Trial(audio, transcript, 1, 0, how[1]), *(Trial(audio, transcript, workers, *how) for workers in (1, 2))]):
            print(row, flush=True)


if __name__ == "__main__":
    main()
