"""How many boxes a load needs, how long its jobs then take, and how often the database is written to: a queueing simulation.

    python -m tests.bench.capacity [--measured RESULT] [--jobs 10000] [--seed 1]

Discrete events over the real graph of stages (`service.stages`): episodes arrive by chance, more by day than by night; stages wait in
their queues, take what they took when they were measured, and are lost when their box dies, as leases have it. It also measures how many
signs of life a second a database takes here. Prints the tables of docs/scale.md. RESULT is what `make bench-pipeline ARGS='--stages NAME'`
leaves in out/bench: what each stage took, one after the other; without it, what is written down here.
"""

from __future__ import annotations

import argparse
import heapq
import json
import math
import random
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import quantiles

from models import profiles
from models.profiles import CUDA
from service.settings import Settings
from service.stages import BY_NAME, QUEUES, STAGES, part_names, stage_of
from tests.bench import databases

TWO_CORES = profiles.of(Settings(profile="cpu", threads=2))

Speeds = dict[str, float]
"""Seconds of sound a second, by stage."""

CPU_SPEEDS: Speeds = {"decode": 600.0, "transcribe": 23.5, "diarize": 22.8, "align": 600.0, "correct": 51.4, "time": 53.7}
"""seed1 on two cores (docs/benchmarks.md, whole episodes), other work beside it: lower bounds. The other stages take under a second."""

LEAST_SECONDS = 1.0
"""A stage of a whole episode that takes less counts for nothing beside `OVERHEAD_SECONDS`."""

GPU_SPEEDS: Speeds = {"transcribe": 41, "diarize": 40, "correct": 68}
"""Calculated, not measured: seconds of sound a second. 41: large-v3-turbo in float16, not batched, took 19 s for 13 minutes on an
RTX 2080 Ti (SYSTRAN/faster-whisper, issue 1030). 40: 2.5 % of the time on a V100, by the model card of pyannote's speaker-diarization
2.1. Correction is taken to gain as much as recognition.
"""

OVERHEAD_SECONDS = 0.2
"""Of each run beside its work: message, claim, artefacts, commit."""

COMMITS_A_RUN = 2
"""Claim and end; beside them a sign of life a second."""

LEASE_SECONDS, RESTART_SECONDS = 60, 120
"""How long a dead worker's stage is held, and how long its box is away."""

MEAN_EPISODE, SPREAD = 45 * 60, 0.5
"""Lengths are lognormal: one in twenty is longer than an hour and three quarters."""

DAY = 24 * 3600.0
WAVE = 0.8
"""By day the load is this much above its mean, by night as much below."""

BUSY = 0.5
"""Boxes are counted so that they are busy this much on average, and nine tenths at the height of the day."""

LARGEST_MODEL = 5_000
"""Hours of sound a day: more is simulated by a fleet and a load so many times smaller, which only makes jobs wait longer."""


@dataclass(frozen=True, slots=True)
class Pool:
    """Boxes of one kind. `speeds` are seconds of sound a second by stage, `part_seconds` those of a part."""

    name: str
    boxes: int
    queues: tuple[str, ...]
    speeds: Speeds
    part_seconds: int


@dataclass(frozen=True, slots=True)
class Load:
    hours_a_day: float
    jobs: int
    mtbf_hours: float = 100.0
    """Of one box: how long it lives on average."""


@dataclass
class Episode:
    seconds: float
    arrived: float
    done: set[str] = field(default_factory=set)
    queued: set[str] = field(default_factory=set)
    parts: tuple[str, ...] = ()


@dataclass
class Report:
    """What came of it. Times in seconds."""

    turnarounds: list[float] = field(default_factory=list)
    busy: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    lost: float = 0
    runs: int = 0
    ended: float = 0


class Simulation:
    def __init__(self, load: Load, pools: list[Pool], seed: int) -> None:
        self.load, self.pools = load, pools
        self.chance = random.Random(seed)
        self.report = Report()
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._count = 0
        self._now = 0.0
        self._waiting: dict[str, deque[tuple[Episode, str]]] = {queue: deque() for queue in QUEUES}
        self._idle = {pool.name: pool.boxes for pool in pools}

    def run(self) -> Report:
        for arrived in self._arrivals():
            self._at(arrived, self._arrival(arrived))
        while self._events:
            self._now, _, happen = heapq.heappop(self._events)
            happen()
        self.report.ended = self._now
        return self.report

    def _arrivals(self) -> Iterator[float]:
        """As many as wanted, by thinning."""
        mean = self.load.hours_a_day * 3600 / MEAN_EPISODE / DAY
        moment, came = 0.0, 0
        while came < self.load.jobs:
            moment += self.chance.expovariate(mean * (1 + WAVE))
            if self.chance.random() * (1 + WAVE) < 1 + WAVE * math.sin(2 * math.pi * moment / DAY):
                came += 1
                yield moment

    def _arrival(self, moment: float) -> Callable[[], None]:
        seconds = self.chance.lognormvariate(math.log(MEAN_EPISODE) - SPREAD**2 / 2, SPREAD)
        return lambda: self._advance(Episode(seconds, moment))

    def _at(self, moment: float, happen: Callable[[], None]) -> None:
        self._count += 1
        heapq.heappush(self._events, (moment, self._count, happen))

    def _advance(self, episode: Episode) -> None:
        for stage in STAGES:
            if stage.name in episode.queued or not episode.done.issuperset(stage.waits_for):
                continue
            if stage.divisible and not episode.parts:
                count = round(episode.seconds / self._pool_of(stage.queue).part_seconds)
                episode.parts = part_names(stage.name, count) if count > 2 else ()
            if stage.divisible and not episode.done.issuperset(episode.parts):
                self._queue(episode, *(part for part in episode.parts if part not in episode.queued))
            else:
                self._queue(episode, stage.name)
        if len(episode.done) == len(STAGES) + len(episode.parts):
            self.report.turnarounds.append(self._now - episode.arrived)

    def _pool_of(self, queue: str) -> Pool:
        return next(pool for pool in self.pools if queue in pool.queues)

    def _queue(self, episode: Episode, *runs: str) -> None:
        for run in runs:
            episode.queued.add(run)
            self._waiting[stage_of(run).queue].append((episode, run))
        self._serve()

    def _serve(self) -> None:
        for pool in self.pools:
            while self._idle[pool.name]:
                queue = next((queue for queue in reversed(pool.queues) if self._waiting[queue]), None)
                if queue is None:
                    break
                self._idle[pool.name] -= 1
                self._begin(pool, *self._waiting[queue].popleft())

    def _begin(self, pool: Pool, episode: Episode, run: str) -> None:
        needed = OVERHEAD_SECONDS + self._sound(episode, run) / pool.speeds.get(stage_of(run).name, math.inf)
        until_death = self.chance.expovariate(1 / (self.load.mtbf_hours * 3600))
        spent = min(needed, until_death)
        self.report.runs += 1
        self.report.busy[pool.name] += spent
        if until_death < needed:
            self.report.lost += spent
            self._at(self._now + until_death + LEASE_SECONDS, lambda: self._queue(episode, run))
            self._at(self._now + until_death + RESTART_SECONDS, lambda: self._free(pool))
        else:
            self._at(self._now + needed, lambda: self._end(pool, episode, run))

    @staticmethod
    def _sound(episode: Episode, run: str) -> float:
        """Seconds of sound the run is about: joining parts costs nothing but itself."""
        if run in episode.parts:
            return episode.seconds / len(episode.parts)
        return 0 if BY_NAME[run].divisible and episode.parts else episode.seconds

    def _end(self, pool: Pool, episode: Episode, run: str) -> None:
        episode.done.add(run)
        self._idle[pool.name] += 1
        self._advance(episode)
        self._serve()

    def _free(self, pool: Pool) -> None:
        self._idle[pool.name] += 1
        self._serve()


def measured(result: Path) -> Speeds:
    """Of the stages of an episode that were done one after the other."""
    document = json.loads(result.read_text(encoding="utf-8"))
    took, length = document["stats"]["seconds_by_stage"], document["audio"]["duration"]
    return {stage: length / seconds for stage, seconds in took.items() if seconds >= LEAST_SECONDS}


def work(speeds: Speeds, *queues: str) -> float:
    """Seconds of one box for a second of sound, in these queues."""
    return sum(1 / speed for stage, speed in speeds.items() if BY_NAME[stage].queue in queues)


def cpu_only(speeds: Speeds, hours_a_day: float) -> list[Pool]:
    """Boxes of two cores that do everything."""
    boxes = math.ceil(hours_a_day / 24 * work(speeds, *QUEUES) / BUSY)
    return [Pool("two cores", boxes, QUEUES, speeds, TWO_CORES.part_seconds)]


def with_gpus(speeds: Speeds, hours_a_day: float) -> list[Pool]:
    """GPUs for the queue `gpu`, and boxes of two cores for the rest."""
    others = tuple(queue for queue in QUEUES if queue not in CUDA.queues)
    gpus = math.ceil(hours_a_day / 24 * work(GPU_SPEEDS, *CUDA.queues) / BUSY)
    boxes = math.ceil(hours_a_day / 24 * work(speeds, *others) / BUSY)
    return [Pool("GPU", gpus, CUDA.queues, GPU_SPEEDS, CUDA.part_seconds), Pool("two cores", boxes, others, speeds, 0)]


def row(hours_a_day: float, fleet: Callable[[float], list[Pool]], jobs: int, seed: int) -> str:
    times = max(1.0, hours_a_day / LARGEST_MODEL)
    load, pools = Load(hours_a_day / times, jobs), fleet(hours_a_day / times)
    report = Simulation(load, pools, seed).run()
    boxes = ", ".join(f"{pool.boxes * times:,.0f} x {pool.name}" for pool in pools)
    busy = ", ".join(f"{report.busy[pool.name] / report.ended / pool.boxes:.0%}" for pool in pools)
    at_work = sum(report.busy.values()) / report.ended
    commits = times * (at_work + COMMITS_A_RUN * report.runs / report.ended)
    cuts = quantiles(report.turnarounds, n=20)
    share = report.lost / sum(report.busy.values())
    cells = [f"{hours_a_day:,.0f}", boxes, busy, f"{cuts[9] / 60:.0f} min", f"{cuts[18] / 60:.0f} min", f"{share:.2%}", f"{commits:,.1f}"]
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--measured", type=Path, metavar="RESULT", help="of `make bench-pipeline ARGS='--stages NAME'`, out/bench/NAME.json"
    )
    parser.add_argument("--jobs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    speeds = measured(arguments.measured) if arguments.measured else CPU_SPEEDS
    print("| | seconds for an hour of sound |\n| --- | --- |")
    print(*(f"| {stage} | {3600 / speed:.0f} |" for stage, speed in speeds.items()), sep="\n")
    print(f"| two cores | {3600 * work(speeds, *QUEUES):.0f} |")
    print(f"| GPU | {3600 * work(GPU_SPEEDS, 'gpu'):.0f}, and {3600 * work(speeds, 'io', 'align', 'deliver'):.0f} of two cores |\n")
    print("| hours of sound a day | boxes | busy | median turnaround | 95 % within | work done twice | commits a second |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for hours in (10, 1_000, 100_000):
        for fleet in (partial(cpu_only, speeds), partial(with_gpus, speeds)):
            print(row(hours, fleet, arguments.jobs, arguments.seed), flush=True)
    for line in databases.told():
        print(line, flush=True)


if __name__ == "__main__":
    main()
