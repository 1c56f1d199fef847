"""The simulation behind docs/scale.md against what queueing theory knows, and against the order in which workers take their turns."""

from __future__ import annotations

import math
import random
from statistics import fmean

import pytest

from service.stages import QUEUES
from tests.bench import capacity
from tests.bench.capacity import FOR_EVER, Episode, Load, Pool, Simulation, arrivals

WORK = 900.0
"""Seconds that recognition of a mean episode takes, in these tests nothing else takes any."""

SPEEDS = {"transcribe": capacity.MEAN_EPISODE / WORK}
WHOLE = 10**9
"""Seconds of a part, so that no recording is cut."""


@pytest.fixture(autouse=True)
def _no_overhead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capacity, "OVERHEAD_SECONDS", 0.0)


def everything(boxes: int, part_seconds: int = WHOLE) -> list[Pool]:
    return [Pool("boxes", boxes, QUEUES, SPEEDS, part_seconds)]


@pytest.mark.parametrize("spread", [0.0, 0.5])
def test_one_box_makes_wait_as_pollaczek_and_khinchine_say(spread: float) -> None:
    """M/D/1 where all episodes are as long, M/G/1 where lengths are lognormal: busy half of the time."""
    pools = [Pool("gpu", 1, ("gpu",), SPEEDS, WHOLE), Pool("others", 100, ("io", "align", "deliver"), {}, WHOLE)]
    rate = 0.5 / WORK
    load = Load(rate * capacity.DAY * capacity.MEAN_EPISODE / 3600, jobs=10_000, spread=spread, wave=0)
    report = Simulation(pools, random.Random(1), FOR_EVER).run(arrivals(load, random.Random(2)))
    waits = fmean(report.turnarounds) - WORK
    assert waits == pytest.approx(rate * WORK**2 * math.exp(spread**2) / (2 * (1 - 0.5)), rel=0.07)
    assert report.busy["gpu"] / report.ended == pytest.approx(0.5, rel=0.03)


@pytest.mark.parametrize("parts", [1, 9])
def test_a_box_that_dies_loses_what_it_began_and_the_time_of_its_lease(parts: int) -> None:
    """Of work of w seconds that a death undoes, where one comes every m seconds, exp(w / m) - 1 tries are lost."""
    mean_life, episodes = 2 * WORK, 4_000
    pools = everything(100, part_seconds=capacity.MEAN_EPISODE // parts)
    simulation = Simulation(pools, random.Random(3), mean_life / 3600)
    report = simulation.run([Episode(capacity.MEAN_EPISODE, 3600.0 * number) for number in range(episodes)])
    work = WORK / parts
    deaths = math.exp(work / mean_life) - 1
    assert report.lost / episodes == pytest.approx(parts * (deaths * mean_life - work), rel=0.06)
    assert len(report.turnarounds) == episodes
    if parts == 1:
        assert fmean(report.turnarounds) == pytest.approx(deaths * (mean_life + capacity.LEASE_SECONDS), rel=0.03)


def test_a_box_that_died_is_away_for_a_while() -> None:
    """One box, one episode: between the death and the next beginning it is the box that is waited for, not the lease."""
    simulation = Simulation(everything(1), random.Random(5), WORK / 2 / 3600)
    report = simulation.run([Episode(capacity.MEAN_EPISODE)])
    died = round((report.ended - WORK - report.lost) / capacity.RESTART_SECONDS)
    assert died > 0
    assert report.ended == pytest.approx(WORK + report.lost + died * capacity.RESTART_SECONDS)


def test_two_workers_share_an_episode_and_begin_with_what_others_wait_for() -> None:
    assert capacity.alone(1) == pytest.approx(sum(capacity.EPISODE_SECONDS / speed for speed in capacity.THREAD_SPEEDS.values()))
    assert capacity.alone(1) / capacity.alone(2) > 1.85


def test_of_two_episodes_the_older_one_goes_first() -> None:
    """In each queue: a box asks them in turn, so between two parts of the older one's times it would recognise a part of the other."""
    report = Simulation(everything(1, part_seconds=120), random.Random(0), FOR_EVER, {"transcribe": 1.0}).run(
        [Episode(capacity.MEAN_EPISODE), Episode(capacity.MEAN_EPISODE, arrived=1)]
    )
    assert report.turnarounds == pytest.approx([WORK, 2 * WORK], abs=60), "within a part"
