"""What a block of work costs: wall time, processor time and memory of the processes that it starts, moment by moment."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import NamedTuple, Self

import psutil

SAMPLE_SECONDS = 0.25


class Sample(NamedTuple):
    """A moment: seconds since the beginning, processor seconds spent until then, resident bytes of the largest process."""

    at: float
    cpu: float
    highest: int


class Stage(NamedTuple):
    """What one part of the work cost; of one that others ran beside only the time is known."""

    name: str
    wall: float
    cpu: float | None = None
    highest: int | None = None


@dataclass
class Costs:
    """Of all processes started by this one or by those, what they took inside the block: wall and processor seconds, and the largest one's
    highest resident bytes.
    """

    wall: float = 0.0
    cpu: float = 0.0
    samples: list[Sample] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._over = Event()
        self._sampler = Thread(target=self._sample, daemon=True)
        self._begun, self._cpu = time.perf_counter(), _spent()
        self._sampler.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._sampler.join()
        self.wall = time.perf_counter() - self._begun
        self.cpu = max(_spent() - self._cpu, self._cpu_until(self.wall))  # what nobody waited for is in the samples only
        self.samples.append(Sample(self.wall, self.cpu, 0))

    @property
    def highest(self) -> int:
        return max(sample.highest for sample in self.samples)

    def whole(self, name: str) -> Stage:
        return Stage(name, self.wall, self.cpu, self.highest)

    def stages(self, seconds: dict[str, float]) -> list[Stage]:
        """What each stage cost, when they came one after the other, in order, and the last ended with the block."""
        out, start = [], self.wall - sum(seconds.values())
        for name, wall in seconds.items():
            inside = [s.highest for s in self.samples if start <= s.at < start + wall]
            out.append(Stage(name, wall, self._cpu_until(start + wall) - self._cpu_until(start), max(inside, default=0)))
            start += wall
        return out

    def _cpu_until(self, at: float) -> float:
        return max((sample.cpu for sample in self.samples if sample.at <= at), default=0.0)

    def _sample(self) -> None:
        while not self._over.wait(SAMPLE_SECONDS):
            highest = 0
            for process in psutil.Process().children(recursive=True):
                with suppress(psutil.NoSuchProcess):
                    highest = max(highest, process.memory_info().rss)
            self.samples.append(Sample(time.perf_counter() - self._begun, _spent() - self._cpu, highest))


def _spent() -> float:
    """Processor seconds, user and system, of all that this process has started, whether it runs or has ended and was waited for."""
    times = psutil.Process().cpu_times()
    spent = float(times.children_user + times.children_system)
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            spent += sum(process.cpu_times()[:4])  # its own and that of its ended children
    return spent
