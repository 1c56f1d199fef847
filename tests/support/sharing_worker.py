"""`python -m tests.support.sharing_worker`: a real worker with the real pipeline, whose ear knows what is said."""

from __future__ import annotations

from functools import cache
from itertools import product
from typing import TYPE_CHECKING, cast

from service.database import Database
from service.fetch import Fetcher, Policy
from service.queue import Broker
from service.runs import Rules, StageRuns
from service.settings import Settings
from service.store import FolderStore
from service.voices import Roster
from tests.support.ear import Ear, EarKit
from tests.support.oracle import OracleDiarizer
from workers.app import Duty, declare, serve
from workers.heartbeat import Pace
from workers.shift import Shift

if TYPE_CHECKING:
    from models.kit import Kit

TEXT = " ".join("".join(syllables) for syllables in product(("ba", "ko", "ri", "tul", "sen", "mip"), repeat=3))
"""216 different words: 78 seconds."""

SECONDS = 79
PART_SECONDS = 8

JOURNAL = "heard.txt"
"""In the data folder: one line for each window heard."""


def kit(settings: Settings, seconds: float) -> Kit:
    return cast("Kit", EarKit(Ear(TEXT, seconds, settings.data_dir / JOURNAL), OracleDiarizer(()), settings))


@cache
def shift() -> Shift:
    from workers.runner import PipelineRunner  # noqa: PLC0415 - as in workers.tasks

    settings = Settings()
    runs = StageRuns(Database(settings.database), Broker(settings), Rules.of(settings))
    store = FolderStore(settings.store)
    runner = PipelineRunner(store, kit(settings, seconds=0.3), Fetcher(Policy.of(settings)), Roster(runs.database, store))
    return Shift(runs, runner, Pace(beat_seconds=0.3, grace_seconds=2))


def work(job_id: str, run: str, worker: str) -> None:
    shift().work(job_id, run, worker)


declare(work)

if __name__ == "__main__":
    serve(Settings(), Duty(include=("tests.support.sharing_worker",)))
