"""How many boxes a load needs, how long its jobs then take, and how often the database is written to: a queueing simulation.

    python -m tests.bench.capacity [--measured RESULT] [--jobs 10000] [--seed 1] [--box-hour 0.08] [--gpu-hour 0.60]

Discrete events over the real graph of stages (`service.stages`): episodes arrive by chance, more by day than by night; stages wait in
their queues in the order of `service.turns` (as if all were one owner's), take what they took when they were measured, and are lost when
their box dies, as leases have it. Broker, database and store are taken to keep up. It also measures how many signs of life a second a
database takes here, and how soon one episode is done by more and more workers. Prints the tables of docs/scale.md. RESULT is what
`make bench-pipeline ARGS='--stages NAME'` leaves in out/bench: what each stage took, one after the other; without it, what is written
down here. The prices are examples.
"""

from __future__ import annotations

import argparse
import heapq
import json
import math
import random
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import quantiles

from models import profiles
from models.profiles import CUDA
from models.pyannote import SHARES
from service.settings import Settings
from service.stages import BY_NAME, QUEUES, STAGES, part_names, stage_of
from tests.bench import databases

ONE_THREAD, TWO_CORES = (profiles.of(Settings(profile="cpu", threads=threads)) for threads in (1, 2))

Speeds = dict[str, float]
"""Seconds of sound a second, by stage."""

CPU_SPEEDS: Speeds = {"decode": 600.0, "transcribe": 23.5, "diarize": 22.8, "align": 600.0, "correct": 51.4, "time": 53.7}
"""seed1 on two cores (docs/benchmarks.md, whole episodes), other work beside it: lower bounds. The other stages take under a second."""

LEAST_SECONDS = 1.0
"""A stage of a whole episode that takes less counts for nothing beside `OVERHEAD_SECONDS`."""

THREAD_SPEEDS: Speeds = {"decode": 610.0, "transcribe": 12.2, "diarize": 12.4, "align": 500.0, "correct": 32.4, "time": 28.9}
"""seed1 by processor seconds (docs/benchmarks.md, whole episodes): what a worker of one thread takes."""

EPISODE_SECONDS = 2_750
"""seed1."""

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

EMBEDDINGS = SHARES["embeddings"][1] - SHARES["embeddings"][0]
"""Share of `diarize` that could be cut into parts."""

SHARED: Mapping[str, float] = {stage.name: 1.0 for stage in STAGES if stage.part_length}
"""The stages whose work workers share, and how much of it."""

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
    spread: float = SPREAD
    wave: float = WAVE


@dataclass
class Episode:
    seconds: float
    arrived: float = 0.0
    done: set[str] = field(default_factory=set)
    queued: set[str] = field(default_factory=set)
    parts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Of each stage that workers share."""

    @property
    def runs(self) -> int:
        return len(STAGES) + sum(map(len, self.parts.values()))


@dataclass
class Report:
    """What came of it. Times in seconds."""

    turnarounds: list[float] = field(default_factory=list)
    busy: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    lost: float = 0
    runs: int = 0
    ended: float = 0


def arrivals(load: Load, chance: random.Random) -> Iterator[Episode]:
    """As many as wanted, by thinning."""
    mean = load.hours_a_day * 3600 / MEAN_EPISODE / DAY
    moment, came = 0.0, 0
    while came < load.jobs:
        moment += chance.expovariate(mean * (1 + load.wave))
        if chance.random() * (1 + load.wave) < 1 + load.wave * math.sin(2 * math.pi * moment / DAY):
            came += 1
            yield Episode(chance.lognormvariate(math.log(MEAN_EPISODE) - load.spread**2 / 2, load.spread), moment)


MTBF_HOURS, FOR_EVER = 100.0, 1e9
"""How long a box lives on average."""


class Simulation:
    """`shared` are the stages that workers share, as `SHARED`."""

    def __init__(
        self, pools: list[Pool], chance: random.Random, mtbf_hours: float = MTBF_HOURS, shared: Mapping[str, float] = SHARED
    ) -> None:
        self.pools, self.chance, self.mtbf_seconds, self.shared = pools, chance, mtbf_hours * 3600, shared
        self.report = Report()
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._count = 0
        self._now = 0.0
        self._waiting: dict[str, list[tuple[float, int, str, int, Episode]]] = {queue: [] for queue in QUEUES}
        self._idle = {pool.name: pool.boxes for pool in pools}
        self._served = {pool.name: deque(pool.queues) for pool in pools}

    def run(self, episodes: Iterable[Episode]) -> Report:
        for episode in episodes:
            self._at(episode.arrived, partial(self._advance, episode))
        while self._events:
            self._now, _, happen = heapq.heappop(self._events)
            happen()
        self.report.ended = self._now
        return self.report

    def _at(self, moment: float, happen: Callable[[], None]) -> None:
        self._count += 1
        heapq.heappush(self._events, (moment, self._count, happen))

    def _advance(self, episode: Episode) -> None:
        for stage in STAGES:
            if stage.name in episode.queued or not episode.done.issuperset(stage.waits_for):
                continue
            if stage.name in self.shared and stage.name not in episode.parts:
                count = round(episode.seconds / (self._pool_of(stage.queue).part_seconds * (stage.part_length or 1)))
                episode.parts[stage.name] = part_names(stage.name, count) if count > 2 else ()
            parts = episode.parts.get(stage.name, ())
            if episode.done.issuperset(parts):
                self._queue(episode, stage.name)
            else:
                self._queue(episode, *(part for part in parts if part not in episode.queued))
        self._serve()
        if len(episode.done) == episode.runs:
            self.report.turnarounds.append(self._now - episode.arrived)

    def _pool_of(self, queue: str) -> Pool:
        return next(pool for pool in self.pools if queue in pool.queues)

    def _queue(self, episode: Episode, *runs: str) -> None:
        """By age, then by stage, as `service.turns` has the jobs of one owner; were voices shared, their parts could wait for all else."""
        for run in runs:
            self._count += 1
            episode.queued.add(run)
            stage = stage_of(run)
            place = len(STAGES) if stage.name == "diarize" and run in episode.parts.get(stage.name, ()) else STAGES.index(stage)
            heapq.heappush(self._waiting[stage.queue], (episode.arrived, place, run, self._count, episode))

    def _serve(self) -> None:
        """Queues in turn, as the broker's client asks them."""
        for pool in self.pools:
            queues = self._served[pool.name]
            while self._idle[pool.name] and (queue := next((queue for queue in queues if self._waiting[queue]), None)):
                queues.remove(queue)
                queues.append(queue)
                _, _, run, _, episode = heapq.heappop(self._waiting[queue])
                self._idle[pool.name] -= 1
                self._begin(pool, episode, run)

    def _begin(self, pool: Pool, episode: Episode, run: str) -> None:
        needed = OVERHEAD_SECONDS + self._sound(episode, run) / pool.speeds.get(stage_of(run).name, math.inf)
        until_death = self.chance.expovariate(1 / self.mtbf_seconds)
        spent = min(needed, until_death)
        self.report.runs += 1
        self.report.busy[pool.name] += spent
        if until_death < needed:
            self.report.lost += spent
            self._at(self._now + until_death + LEASE_SECONDS, partial(self._again, episode, run))
            self._at(self._now + until_death + RESTART_SECONDS, partial(self._free, pool))
        else:
            self._at(self._now + needed, partial(self._end, pool, episode, run))

    def _sound(self, episode: Episode, run: str) -> float:
        """Seconds of sound's worth of work: of a part, of what is left when the parts are joined, or of all."""
        stage = stage_of(run).name
        parts = episode.parts.get(stage, ())
        if not parts:
            return episode.seconds
        return episode.seconds * (1 - self.shared[stage] if run == stage else self.shared[stage] / len(parts))

    def _end(self, pool: Pool, episode: Episode, run: str) -> None:
        episode.done.add(run)
        self._idle[pool.name] += 1
        self._advance(episode)

    def _again(self, episode: Episode, run: str) -> None:
        self._queue(episode, run)
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
    return [Pool("GPU", gpus, CUDA.queues, GPU_SPEEDS, CUDA.part_seconds), Pool("two cores", boxes, others, speeds, TWO_CORES.part_seconds)]


def row(hours_a_day: float, fleet: Callable[[float], list[Pool]], jobs: int, seed: int) -> str:
    times = max(1.0, hours_a_day / LARGEST_MODEL)
    pools, chance = fleet(hours_a_day / times), random.Random(seed)
    report = Simulation(pools, chance).run(list(arrivals(Load(hours_a_day / times, jobs), chance)))
    boxes = ", ".join(f"{pool.boxes * times:,.0f} x {pool.name}" for pool in pools)
    busy = ", ".join(f"{report.busy[pool.name] / report.ended / pool.boxes:.0%}" for pool in pools)
    at_work = sum(report.busy.values()) / report.ended
    commits = times * (at_work + COMMITS_A_RUN * report.runs / report.ended)
    cuts = quantiles(report.turnarounds, n=20)
    share = report.lost / sum(report.busy.values())
    cells = [f"{hours_a_day:,.0f}", boxes, busy, f"{cuts[9] / 60:.0f} min", f"{cuts[18] / 60:.0f} min", f"{share:.2%}", f"{commits:,.1f}"]
    return "| " + " | ".join(cells) + " |"


def alone(workers: int, shared: Mapping[str, float] = SHARED) -> float:
    """Seconds in which so many idle workers of one thread do one episode."""
    pool = Pool("one thread", workers, QUEUES, THREAD_SPEEDS, ONE_THREAD.part_seconds)
    return Simulation([pool], random.Random(0), FOR_EVER, shared).run([Episode(EPISODE_SECONDS)]).ended


def scaling() -> Iterator[str]:
    """One episode by more and more workers, as it is, and if the embeddings of its voices were shared as well."""
    yield f"| workers of one thread | an episode of {EPISODE_SECONDS / 60:.0f} min | times as fast | embeddings shared, too |"
    yield "| --- | --- | --- | --- |"
    for workers in (1, 2, 4, 8, 16):
        took, otherwise = alone(workers), alone(workers, {**SHARED, "diarize": EMBEDDINGS})
        yield f"| {workers} | {took:.0f} s | {alone(1) / took:.2f} | {otherwise:.0f} s |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--measured", type=Path, metavar="RESULT", help="of `make bench-pipeline ARGS='--stages NAME'`, out/bench/NAME.json"
    )
    parser.add_argument("--jobs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--box-hour", type=float, default=0.08, metavar="MONEY", help="price of an hour of two cores")
    parser.add_argument("--gpu-hour", type=float, default=0.60, metavar="MONEY", help="price of an hour of a GPU")
    arguments = parser.parse_args()
    speeds = measured(arguments.measured) if arguments.measured else CPU_SPEEDS
    box, gpu = work(speeds, *QUEUES), (work(GPU_SPEEDS, *CUDA.queues), work(speeds, "io", "align", "deliver"))
    print(f"| | seconds for an hour of sound | at {arguments.box_hour:.2f} a box-hour (2 cores), {arguments.gpu_hour:.2f} a GPU-hour |")
    print("| --- | --- | --- |")
    print(*(f"| {stage} | {3600 / speed:.0f} | |" for stage, speed in speeds.items()), sep="\n")
    print(f"| two cores | {3600 * box:.0f} | {box * arguments.box_hour:.3f} |")
    paid = gpu[0] * arguments.gpu_hour + gpu[1] * arguments.box_hour
    print(f"| GPU | {3600 * gpu[0]:.0f}, and {3600 * gpu[1]:.0f} of two cores | {paid:.3f} |\n")
    print(*scaling(), "", sep="\n", flush=True)
    print("| hours of sound a day | boxes | busy | median turnaround | 95 % within | work done twice | commits a second |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for hours in (10, 1_000, 100_000):
        for fleet in (partial(cpu_only, speeds), partial(with_gpus, speeds)):
            print(row(hours, fleet, arguments.jobs, arguments.seed), flush=True)
    for line in databases.told():
        print(line, flush=True)


if __name__ == "__main__":
    main()
