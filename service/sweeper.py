"""The sweeper: removes what was only to be kept for a time. Safe to run in several places."""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Select, delete, func, or_, select

from service import artifacts
from service.belongings import Delivery
from service.database import Database, now_ms
from service.errors import Expired, NotFound
from service.jobs import Jobs
from service.limits import UNFINISHED
from service.settings import Settings
from service.store import FolderStore
from service.tables import ExpiredJob, Job, StageRun, Submitted, Upload
from service.uploads import Uploads

T = TypeVar("T")

logger = logging.getLogger(__name__)

NAMING_MS = 24 * 3600 * 1000
"""How long a submission's own name is remembered."""

DELIVERIES_MS = 30 * 24 * 3600 * 1000
"""How long deliveries can be looked at."""

EXPIRED_MS = 30 * 24 * 3600 * 1000
"""How long it is remembered that a job was there."""


def forget(jobs: Jobs, store: FolderStore, job: Job, *, force: bool = False) -> None:
    """Remove the job, both its files and all that was made from them alone. Raises `NotFound`, `Locked`."""
    _clear(store, job, jobs.delete(job.id, job.owner, force=force))


def _clear(store: FolderStore, job: Job, orphans: list[str]) -> None:
    for key in orphans:
        artifacts.delete(store, job.owner, key)
    store.delete(f"jobs/{job.id}")


def needed_by_jobs(database: Database) -> set[tuple[str, str]]:
    """Owner and key of whatever an unfinished job has made, and of every result."""
    matters = or_(Job.state.in_(UNFINISHED), StageRun.stage == "assemble")
    wanted = select(Job.owner, StageRun.artifact_key).join(Job).where(StageRun.artifact_key.is_not(None), matters)
    with database.reading() as session:
        return {(owner, key) for owner, key in session.execute(wanted).tuples() if key}


@dataclass(frozen=True)
class Sweeper:
    """One sweep with `sweep`. `keep_seconds` None keeps what does not say otherwise for ever."""

    database: Database
    jobs: Jobs
    store: FolderStore
    uploads: Uploads
    settings: Settings

    def sweep(self) -> None:
        """Raises `Unavailable`."""
        kept = func.coalesce(Job.keep_seconds, self.settings.keep_seconds)
        for job in self._found(select(Job).where(Job.finished_ms + kept * 1000 < now_ms())):
            with suppress(NotFound, Expired):
                _clear(self.store, job, self.jobs.expire(job.id, job.owner))
                logger.info("job %s was kept as long as it was to be, and is removed", job.id)
        for upload in self._found(select(Upload).where(Upload.created_ms < now_ms() - self.settings.upload_seconds * 1000)):
            with suppress(NotFound):
                self.uploads.delete(upload.id, upload.owner)
        with self.database.writing() as session:
            session.execute(delete(Delivery).where(Delivery.created_ms < now_ms() - DELIVERIES_MS))
            session.execute(delete(ExpiredJob).where(ExpiredJob.expired_ms < now_ms() - EXPIRED_MS))
            session.execute(delete(Submitted).where(Submitted.created_ms < now_ms() - NAMING_MS))

    def _found(self, wanted: Select[T]) -> list[T]:
        with self.database.reading() as session:
            return list(session.scalars(wanted))
