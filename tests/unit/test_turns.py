"""Who waits for whom: a look at a job stands behind no line of uploads or writers."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import anyio
import pytest
from sqlalchemy import text

from service.api.counter import AT_ONCE, Counter
from service.database import Database

MORE_THAN_THE_POOL_HAS = 20


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path}/earmark.db")
    database.migrate()
    yield database
    database.engine.dispose()


def test_a_reader_gets_a_connection_however_many_wait_to_write(database: Database) -> None:
    def write() -> None:
        with database.writing() as session:
            session.execute(text("DELETE FROM jobs"))

    with ThreadPoolExecutor(MORE_THAN_THE_POOL_HAS) as pool:
        with database.writing() as session:
            session.execute(text("DELETE FROM jobs"))
            waiting = [pool.submit(write) for _ in range(MORE_THAN_THE_POOL_HAS)]
            time.sleep(0.3)
            begun = time.monotonic()
            with database.reading() as other:
                assert other.execute(text("SELECT count(*) FROM jobs")).scalar() == 0
            assert time.monotonic() - begun < 1
            assert not any(future.done() for future in waiting)
        for future in waiting:
            future.result(timeout=20)


def test_only_so_many_submissions_are_taken_in_at_once() -> None:
    lock, inside, most = threading.Lock(), 0, 0

    def take() -> None:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        time.sleep(0.02)
        with lock:
            inside -= 1

    async def rush() -> None:
        counter = Counter()
        async with anyio.create_task_group() as group:
            for _ in range(4 * AT_ONCE):
                group.start_soon(counter.run, take)

    anyio.run(rush)
    assert most == AT_ONCE
