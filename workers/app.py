"""The Celery application of the workers: the shared settings, and what only workers need to know.

Each setting answers a measured failure; docs/decisions/0021-celery.md has them.
"""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import msgspec
from celery import Celery, Task, shared_task
from celery.signals import setup_logging, worker_process_init
from celery.worker.control import inspect_command
from celery.worker.state import active_requests

from models.memory import collect_seldom, hold_little
from service import logs, telemetry
from service.database import Database
from service.errors import Unavailable
from service.orphans import end_with_parent
from service.queue import ABILITIES, ENROL, Abilities, Broker, celery_settings, task_name
from service.reaper import Reaper
from service.runs import Rules, StageRuns
from service.settings import Settings
from service.stages import QUEUES, STAGES
from service.store import FolderStore

if TYPE_CHECKING:
    from models.kit import Kit

logger = logging.getLogger(__name__)

SOFT_SHUTDOWN_SECONDS = 5
"""How long a worker that is told to stop lets its stage go on, before the stage is handed back."""

PATIENCE_SECONDS, RETRY_SECONDS = 60, 1
"""How long a worker that starts waits for a database or broker that does not answer, and how long between two attempts."""

WORKER_SETTINGS: dict[str, object] = {
    "task_acks_late": True,
    "worker_prefetch_multiplier": 1,
    "task_retry_on_worker_lost": True,
    "worker_pool": "prefork",
    "worker_pool_start_method": "spawn",
    "worker_proc_alive_timeout": 180,
    "worker_max_tasks_per_child": 200,
    "worker_soft_shutdown_timeout": SOFT_SHUTDOWN_SECONDS,
    "worker_redirect_stdouts": False,
    "broker_connection_retry_on_startup": True,
    "broker_connection_max_retries": None,
}


def build(settings: Settings, include: Sequence[str]) -> Celery:
    """The application. `include` are the modules that declare the tasks, imported in each worker process."""
    app = Celery("earmark", include=list(include))
    app.conf.update(celery_settings(settings) | WORKER_SETTINGS)
    return app


def declare(work: Callable[[str, str, str], None]) -> None:
    """One task per stage, `earmark.STAGE`, each calling `work(job_id, run, worker)`; `run` is the stage, or a part of it."""
    for stage in STAGES:
        _declare_stage(stage.name, work)


def declare_enrolment(enrol: Callable[[str], None]) -> None:
    """The task that listens to the clip of a voice, calling `enrol(voice_id)`."""

    @shared_task(name=ENROL, max_retries=2)  # type: ignore[untyped-decorator]
    def run(voice_id: str) -> None:
        enrol(voice_id)


def _declare_stage(stage: str, work: Callable[[str, str, str], None]) -> None:
    @shared_task(bind=True, name=task_name(stage), max_retries=2)  # type: ignore[untyped-decorator]
    def run(task: Task, job_id: str, run: str) -> None:
        work(job_id, run, task.request.hostname)


@setup_logging.connect  # type: ignore[untyped-decorator]
def _log(**_: object) -> None:
    """Connected, it keeps Celery from setting up logs of its own."""
    logs.configure(Settings())


@worker_process_init.connect  # type: ignore[untyped-decorator]
def _begin_process(**_: object) -> None:
    hold_little()
    collect_seldom()
    settings = Settings()
    logs.configure(settings)
    telemetry.start(settings, "worker")


@dataclass(frozen=True, slots=True)
class Duty:
    """What one worker serves. `concurrency` stages at a time, each in a process with models of its own."""

    queues: tuple[str, ...] = QUEUES
    concurrency: int = 1
    include: tuple[str, ...] = ("workers.tasks",)


def abilities_of(kit: Kit, duty: Duty) -> Abilities:
    """What a worker with this duty can do. Loads no weights. Raises `ModelError`."""
    device = kit.profile.device
    return Abilities(device, device.partition(":")[0], kit.installed, kit.languages, duty.queues, duty.concurrency)


def tell(abilities: Abilities) -> None:
    """Have this worker's main process answer so when it is asked for its abilities."""

    @inspect_command(name=ABILITIES)  # type: ignore[untyped-decorator]
    def answer(_state: Any, **_: object) -> Any:
        return msgspec.to_builtins(replace(abilities, busy=len(active_requests)))


def serve(settings: Settings, duty: Duty) -> None:
    """Work until told to stop, reaping all the while; then hand back what was not finished. Ends in `SystemExit`.

    The environment must say `REMAP_SIGTERM=SIGQUIT` before Celery is imported, or SIGTERM waits for the running stage.
    Raises `Unavailable` when database, broker or store cannot be used.
    """
    from models.kit import Kit  # noqa: PLC0415 - the processes of the pool import this module too, and may do without

    end_with_parent()
    database, post, rules = Database(settings.database), Broker(settings), Rules.of(settings)
    await_both(database, post, PATIENCE_SECONDS)
    store = FolderStore(settings.store, settings.min_free_bytes)
    store.prepare()
    store.sweep()
    tell(abilities_of(Kit(settings), duty))
    name = f"earmark-{uuid4().hex[:8]}@{socket.gethostname()}"
    try:
        with Reaper(database, post, rules).chore():
            build(settings, duty.include).worker_main(_arguments(name, duty))
    finally:
        StageRuns(database, post, rules).hand_back(name)


def await_both(database: Database, post: Broker, patience_seconds: float) -> None:
    """Bring the database up to date, and see that the broker answers, as soon as both are there: they may have to start, too.

    Raises `Unavailable` when they are not there in time.
    """
    until = time.monotonic() + patience_seconds
    while True:
        try:
            database.migrate()
            post.ping()
        except Unavailable as error:
            if time.monotonic() >= until:
                raise
            logger.warning("%s; trying again for %.0f s", error, until - time.monotonic())
            time.sleep(RETRY_SECONDS)
        else:
            return


def _arguments(name: str, duty: Duty) -> list[str]:
    """No chatter between workers: nothing here listens to it, and a last heartbeat to a broker that is gone would never return."""
    return [
        "--quiet",
        "worker",
        "--without-mingle",
        "--without-gossip",
        "--without-heartbeat",
        f"--hostname={name}",
        f"--queues={','.join(duty.queues)}",
        f"--concurrency={duty.concurrency}",
    ]
