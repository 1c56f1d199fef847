"""What stages made is bounded in size and age, and whoever needs it never misses it."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from service import artifacts
from service.eviction import Bounds, Eviction
from service.results import Results
from service.runs import Outcome
from service.sweeper import needed_by_jobs
from service.tables import JobState
from tests.support.in_house import TEXT, InHouse
from workers.shelf import FolderShelf, shelf_in

DAY = 24 * 3600


class World(InHouse):
    """In house, with the means to take away what is there."""

    def evict(self, size: int | None = None, seconds: int | None = None, unseen_seconds: float = 0) -> list[str]:
        return Eviction(self.store, Bounds(size, seconds), partial(needed_by_jobs, self.service.database), unseen_seconds).evict()

    def age(self, seconds: float) -> None:
        """As if everything in the store was used so long ago."""
        for path in (self.store.root / artifacts.FOLDER).rglob("*"):
            if path.is_file():
                os.utime(path, (time.time() - seconds,) * 2)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.service.database.engine.dispose()


def test_without_bounds_all_is_kept(world: World) -> None:
    world.submit()
    world.work()
    world.age(365 * DAY)
    assert world.evict() == []


def test_what_nobody_used_for_long_goes_and_the_result_stays(world: World) -> None:
    job = world.submit()
    world.work()
    world.age(31 * DAY)
    gone = world.evict(seconds=30 * DAY)
    assert world.key_of(job, "decode") in gone
    assert world.keys == {world.key_of(job, "assemble")}
    assert Results(world.service.jobs, world.store).document(world.service.jobs.get(job.id)).segments


def test_what_a_later_job_found_is_used_again_and_stays(world: World) -> None:
    world.submit()
    world.work()
    world.age(31 * DAY)
    again = world.submit(f"{TEXT} again", 2)
    world.work()
    world.evict(seconds=30 * DAY)
    assert world.key_of(again, "transcribe") in world.keys


def test_the_longest_unused_goes_first_and_no_more_than_is_too_much(world: World) -> None:
    shelf = FolderShelf(world.store, "local")
    for n, age in enumerate((3, 1, 2)):
        shelf.keep(f"{n:064}", Outcome("x" * 1000))
        os.utime(world.store.path(artifacts.place_of("local", f"{n:064}")), (time.time() - age * DAY,) * 2)
        os.utime(world.store.path(f"{artifacts.place_of('local', f'{n:064}')}.sha256"), (time.time() - age * DAY,) * 2)
    assert world.evict(size=2800) == [f"{0:064}"]
    assert world.evict(size=2800) == []


def test_what_an_unfinished_job_has_made_stays_however_tight_it_is(world: World) -> None:
    job = world.submit()
    claims = [world.service.claim(job, stage) for stage in ("decode", "parse")]
    shelf = FolderShelf(world.store, "local")
    for claim in claims:
        shelf.keep(f"{claim.stage:0<64}", Outcome(claim.stage))
        world.service.runs.finish(claim, Outcome(f"{claim.stage:0<64}"))
    world.age(31 * DAY)
    assert world.evict(size=0, seconds=0) == []


def test_what_was_just_found_stays_though_no_database_knows_of_it(world: World) -> None:
    shelf = FolderShelf(world.store, "local")
    shelf.keep("0" * 64, Outcome("found"))
    world.age(31 * DAY)
    assert shelf.has("0" * 64)
    assert world.evict(size=0, unseen_seconds=3600) == []
    world.age(31 * DAY)
    assert world.evict(size=0, unseen_seconds=3600) == ["0" * 64]


def test_a_folder_of_the_command_line_is_bounded_when_it_is_opened(tmp_path: Path) -> None:
    def opened(bounds: Bounds) -> FolderShelf:
        shelf = shelf_in(tmp_path / "kept", bounds)
        assert isinstance(shelf, FolderShelf)
        return shelf

    old, new = "0" * 64, "1" * 64
    shelf = opened(Bounds())
    shelf.keep(old, Outcome("of an episode long ago"))
    for path in (tmp_path / "kept" / artifacts.FOLDER).rglob("*.*"):
        os.utime(path, (time.time() - 31 * DAY,) * 2)
    shelf.keep(new, Outcome("of this one"))
    assert opened(Bounds(seconds=32 * DAY)).store.exists(artifacts.place_of("local", old))
    shelf = opened(Bounds(seconds=30 * DAY))
    assert not shelf.has(old)
    assert opened(Bounds(size=0)).has(new), "just used"


def test_jobs_end_well_while_everything_that_may_go_is_taken_away_all_the_time(world: World) -> None:
    over = threading.Event()

    def sweep() -> None:
        while not over.wait(0.001):
            world.evict(size=0, unseen_seconds=0.3)

    sweeping = threading.Thread(target=sweep)
    sweeping.start()
    try:
        jobs = [world.submit(f"{TEXT} {n}", n) for n in range(6)]
        world.work()
    finally:
        over.set()
        sweeping.join()
    assert [world.state(job) for job in jobs] == [JobState.SUCCEEDED] * 6
