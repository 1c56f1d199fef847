"""The tasks of a worker. Imported in its main process too, which runs no stage: so what needs models is imported at the first."""

from __future__ import annotations

import logging
import os
import signal
from functools import cache

from service.database import Database
from service.fetch import Fetcher, Policy
from service.queue import Broker
from service.runs import Rules, StageRuns
from service.settings import Settings
from service.store import FolderStore
from workers.app import declare
from workers.shift import Shift

logger = logging.getLogger(__name__)


@cache
def shift() -> Shift:
    """The shift of this process: one kit of models, one connection to database and broker."""
    from models.kit import Kit  # noqa: PLC0415 - see above
    from workers.runner import PipelineRunner  # noqa: PLC0415 - see above

    settings = Settings()
    store = FolderStore(settings.store, settings.min_free_bytes)
    runs = StageRuns(Database(settings.database), Broker(settings), Rules.of(settings))
    return Shift(runs, PipelineRunner(store, Kit(settings), Fetcher(Policy.of(settings))))


def work(job_id: str, stage: str, worker: str) -> None:
    """A worker that cannot be set up at all stops, rather than swallow messages that another could serve."""
    try:
        ours = shift()
    except Exception:
        logger.critical("this worker cannot work and stops", exc_info=True)
        os.kill(os.getppid(), signal.SIGTERM)
        raise
    ours.work(job_id, stage, worker)


declare(work)
