"""How much sooner two workers of one thread each have recognised an episode than one, through the whole service.

    python -m tests.bench.sharing [--episodes FOLDER] [--pretend] [NAME ...]

The recordings of the names are joined into one. The first row is one worker that does not divide the recording. With --pretend an ear takes
0.3 s for each 3 s of sound, asleep: what dividing costs and gains by itself, on a machine that has other work. Prints a Markdown table.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import av
import psutil

from service.domain.options import Options
from service.queue import Broker
from service.settings import Settings
from tests.support.sharing_worker import PART_SECONDS, SECONDS, TEXT
from tests.support.sound import by_suffix, tone, write
from workers.client import Client
from workers.up import WORKER, Deployment

PRETENDING = (sys.executable, "-m", "tests.support.sharing_worker")
EPISODES = ("b_side", "fine_print", "first_check", "long_century", "open_weights", "perihelion", "petri_dish", "salt_and_paper")
"""38 minutes in 19 parts: of the nine of half as much, one of two workers has to take five."""

OPTIONS = Options(language="en", diarize=False)
ENDED = {"succeeded", "failed", "cancelled"}
PATIENCE_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Trial:
    """Who recognises what: `part_seconds` 0 for undivided, None for the profile's."""

    audio: Path
    transcript: Path
    worker: tuple[str, ...]
    workers: int
    part_seconds: int | None


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds from the beginning of the first part to the end of the joining, and those of all processors from the submission to there."""

    wall: float
    processor: float


def measured(trial: Trial, folder: Path) -> Took:
    """Raises RuntimeError for a job that fails."""
    settings = Settings(data_dir=folder, host="127.0.0.1", port=0, device="cpu", threads=1, part_seconds=trial.part_seconds)
    with Deployment(settings, trial.worker) as service, Client(service.url) as client:
        for _ in range(trial.workers - 1):
            service.start_worker()
        for _ in looks():
            if len(Broker(service.settings).workers()) >= trial.workers:
                break
        warmed_up(client, folder, trial.workers)
        before = _processor()
        job_id = client.submit(trial.audio, trial.transcript, OPTIONS)["id"]
        for _ in looks():
            job = client.job(job_id)
            done = {stage["name"]: stage["seconds"] for stage in job["stages"] if stage["state"] == "done"}
            if "transcribe" in done:
                return Took(float(done["transcribe"]), _processor() - before)
            if job["state"] in ENDED:
                break
    raise RuntimeError(f"the job ended as {job['state']}: {job['error']}")


def looks() -> Iterator[None]:
    """Two a second. Raises TimeoutError when nobody has seen what he waits for in time."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        yield
        time.sleep(0.5)
    raise TimeoutError(f"nothing came of it in {PATIENCE_SECONDS} s")


def _processor() -> float:
    """Of everything that this process has started and that still runs."""
    return sum(sum(child.cpu_times()[:2]) for child in psutil.Process().children(recursive=True))


def warmed_up(client: Client, folder: Path, workers: int) -> None:
    """Short jobs, some for each worker: a new process imports for many seconds before its first stage."""
    for n in range(3 * workers):
        hum, text = write(folder / "hum.wav", tone(2, hertz=100 + n), by_suffix(".wav")), folder / "hum.txt"
        text.write_text("hum", encoding="utf-8")
        client.submit(hum, text, OPTIONS)
    for _ in looks():
        if all(job["state"] in ENDED for job in client.jobs(3 * workers)):
            break


def joined(recordings: Sequence[Path], place: Path) -> Path:
    """The recordings one after the other, as 16 kHz mono WAV."""
    with av.open(str(place), "w") as out:
        stream = out.add_stream("pcm_s16le", rate=16_000, layout="mono")
        resampler = av.AudioResampler("s16", "mono", 16_000)
        for recording in recordings:
            with av.open(str(recording)) as media:
                for decoded in media.decode(audio=0):
                    for frame in resampler.resample(decoded):
                        frame.pts = None
                        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return place


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=EPISODES)
    parser.add_argument("--episodes", type=Path, default=Path("out/episodes"))
    parser.add_argument("--pretend", action="store_true")
    arguments = parser.parse_args()
    print("| workers of one thread | divided | transcribe | times as fast | processor | load |\n| --- | --- | --- | --- | --- | --- |")
    with TemporaryDirectory() as name:
        folder = Path(name)
        transcript = folder / "transcript.txt"
        if arguments.pretend:
            audio = write(folder / "tone.wav", tone(SECONDS), by_suffix(".wav"))
            transcript.write_text(TEXT, encoding="utf-8")
        else:
            audio = joined([arguments.episodes / f"{episode}.mp3" for episode in arguments.names], folder / "joined.wav")
            transcript.write_text("The recognition does not read it.", encoding="utf-8")
        worker: tuple[str, ...] = PRETENDING if arguments.pretend else WORKER
        part_seconds = PART_SECONDS if arguments.pretend else None
        alone = 0.0
        for workers, parts in ((1, 0), (1, part_seconds), (2, part_seconds)):
            place = folder / f"{workers}-{parts}"
            took = measured(Trial(audio, transcript, worker, workers, parts), place)
            alone = alone or took.wall
            divided = "no" if parts == 0 else "yes"
            cells = [
                workers,
                divided,
                f"{took.wall:.1f} s",
                f"{alone / took.wall:.2f}",
                f"{took.processor:.1f} s",
                f"{os.getloadavg()[0]:.1f}",
            ]
            print("| " + " | ".join(map(str, cells)) + " |", flush=True)


if __name__ == "__main__":
    main()
