"""What stages made is bounded in size and age, and whoever needs it never misses it."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from models.kit import Kit
from service import artifacts
from service.database import Database
from service.domain.options import Options
from service.eviction import Bounds, Eviction
from service.fetch import Fetcher, Policy
from service.jobs import Supplied
from service.results import Results
from service.runs import Outcome
from service.store import FolderStore
from service.tables import Job, JobState
from tests.support.ear import Ear, EarKit
from tests.support.oracle import OracleDiarizer
from tests.support.service import LetterBox, Service, a_new_job
from tests.support.sound import by_suffix, tone, write
from workers.runner import PipelineRunner
from workers.shelf import FolderShelf
from workers.shift import Shift

TEXT = "It was raining all day and nobody came to the harbour"
DAY = 24 * 3600


class World:
    """The service's halves, a store, and a worker that knows what is said."""

    def __init__(self, folder: Path) -> None:
        database = Database(f"sqlite:///{folder}/earmark.db")
        database.migrate()
        self.folder, self.service = folder, Service(database, LetterBox())
        self.store = FolderStore(folder / "store")
        self.store.prepare()

    def submit(self, text: str = TEXT, number: int = 1) -> Job:
        sound = write(self.folder / "episode.wav", tone(5), by_suffix(".wav")).read_bytes()
        audio, transcript = f"jobs/{number}/audio", f"jobs/{number}/transcript"
        return self.service.submit(
            a_new_job(
                audio=Supplied(audio, "episode.wav", self.store.put(audio, sound)),
                transcript=Supplied(transcript, "episode.txt", self.store.put(transcript, text.encode())),
                options=Options(language="en"),
            )
        )

    def work(self) -> None:
        kit = cast("Kit", EarKit(Ear(TEXT), OracleDiarizer(())))
        shift = Shift(self.service.runs, PipelineRunner(self.store, kit, Fetcher(Policy())))
        while messages := self.service.post.take():
            for message in messages:
                shift.work(message.job_id, message.stage, "anna")

    def evict(self, size: int | None = None, seconds: int | None = None, unseen_seconds: float = 0) -> list[str]:
        return Eviction(self.service.database, self.store, Bounds(size, seconds), unseen_seconds).evict()

    def age(self, seconds: float) -> None:
        """As if everything in the store was used so long ago."""
        for path in (self.store.root / artifacts.FOLDER).rglob("*"):
            if path.is_file():
                os.utime(path, (time.time() - seconds,) * 2)

    @property
    def keys(self) -> set[str]:
        return {path.name.partition(".")[0] for path in (self.store.root / artifacts.FOLDER).glob("*/*/*")}

    def state(self, job: Job) -> JobState:
        return self.service.jobs.get(job.id).state

    def key_of(self, job: Job, stage: str) -> str:
        return str(self.service.jobs.get(job.id).run_of(stage).artifact_key)


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
