"""The tasks of a worker. Imported in its main process too, which runs no stage: so what needs models is imported at the first."""

from __future__ import annotations

import logging
import os
import signal
from functools import cache
from typing import TYPE_CHECKING

from service.database import Database
from service.fetch import Fetcher, Policy
from service.queue import Broker
from service.runs import Rules, StageRuns
from service.settings import Settings
from service.store import FolderStore
from service.voices import Roster
from workers.app import declare, declare_enrolment
from workers.shift import Shift

if TYPE_CHECKING:
    from workers.runner import PipelineRunner

logger = logging.getLogger(__name__)


@cache
def runner() -> PipelineRunner:
    """The runner of this process, with its one kit of models."""
    from models.kit import Kit  # noqa: PLC0415 - see above
    from workers.runner import PipelineRunner  # noqa: PLC0415 - see above

    settings = Settings()
    store = FolderStore(settings.store, settings.min_free_bytes)
    voices = Roster(Database(settings.database), store)
    return PipelineRunner(store, Kit(settings), Fetcher(Policy.of(settings)), voices)


@cache
def shift() -> Shift:
    """The shift of this process: one runner, one connection to database and broker."""
    settings = Settings()
    return Shift(StageRuns(runner().voices.database, Broker(settings), Rules.of(settings)), runner())


def work(job_id: str, stage: str, worker: str) -> None:
    """A worker that cannot be set up at all stops, rather than swallow messages that another could serve."""
    try:
        ours = shift()
    except Exception:
        logger.critical("this worker cannot work and stops", exc_info=True)
        os.kill(os.getppid(), signal.SIGTERM)
        raise
    ours.work(job_id, stage, worker)


def enrol(voice_id: str) -> None:
    """Listen to the clip of a voice."""
    from workers.enrolment import heard_in  # noqa: PLC0415 - see above

    runner().voices.finish(voice_id, lambda clip: heard_in(clip, runner().kit))


declare(work)
declare_enrolment(enrol)
