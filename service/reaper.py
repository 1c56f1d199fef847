"""The reaper: finds what fell down between database, broker and workers, and picks it up. Safe to run in several places.

Five things can have happened: a worker died with its stage (the lease ran out), a message was lost (the broker was
flushed or out of reach), a process died between a commit and its message, a cancelled job's worker never let go, or the
clock was put back.
"""

from __future__ import annotations

import logging
from contextlib import suppress

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update

from service.change import ACTIVE, changing, send_all
from service.chores import Chore
from service.database import Database, clock, now_ms
from service.errors import NotFound
from service.queue import Message, Post
from service.runs import Rules
from service.stages import QUEUES
from service.tables import Job, JobState, StageRun, StageState

logger = logging.getLogger(__name__)

POISON = "poison"
"""Error code of a job whose stage took its worker down each time it was tried."""


FARTHEST_MS = 120_000


class Reaper:
    """One look with `reap`."""

    def __init__(self, database: Database, post: Post, rules: Rules) -> None:
        self.database = database
        self.post = post
        self.rules = rules

    def chore(self) -> Chore:
        """Reaping, often enough that a lapsed lease is seen soon."""
        return Chore("reaper", self.reap, min(self.rules.lease_ms / 3000, 15))

    def reap(self) -> None:
        """One look. Raises `Unavailable` when database or broker cannot be reached."""
        self._shorten_leases()
        for job_id in self._ids(_lease_ran_out()):
            self._reclaim(job_id)
        for job_id in self._ids(_stands_still()):
            with suppress(NotFound), changing(self.database, self.post, job_id) as change:
                change.advance()
        self._resend()

    def _shorten_leases(self) -> None:
        """After the database's clock was put back, leases reach further than any was given: they begin again, as of now."""
        too_long = and_(StageRun.state == StageState.RUNNING, StageRun.lease_until_ms > now_ms() + self._longest_ms)
        if self._ids(exists().where(StageRun.job_id == Job.id, too_long)):
            with self.database.writing() as session:
                session.execute(update(StageRun).where(too_long).values(lease_until_ms=now_ms() + self.rules.lease_ms))

    @property
    def _longest_ms(self) -> int:
        """How far into the future anything is put: a lease, or the pause before a stage is tried again; with room to spare."""
        return max(2 * self.rules.lease_ms, FARTHEST_MS)

    def _ids(self, condition: ColumnElement[bool]) -> list[str]:
        with self.database.reading() as session:
            return list(session.scalars(select(Job.id).where(condition).order_by(Job.id)))

    def _reclaim(self, job_id: str) -> None:
        """Take the job's stages from workers that have not been heard of within their lease."""
        with suppress(NotFound), changing(self.database, self.post, job_id) as change:
            for run in change.job.runs:
                if run.state is not StageState.RUNNING or (run.lease_until_ms or 0) >= change.now:
                    continue
                logger.warning("stage %s of job %s: worker %s is gone (attempt %s)", run.stage, job_id, run.worker, run.attempt)
                if change.job.state not in ACTIVE:
                    run.state = StageState.PENDING
                elif run.tries < self.rules.max_tries:
                    change.queue(run)
                else:
                    run.state, run.finished_ms = StageState.FAILED, change.now
                    change.fail(POISON, f"stage {run.stage} was begun {run.tries} times and its worker died each time")
            change.settle()

    def _resend(self) -> None:
        """Send again what has been queued for a lease's time, wherever the broker holds fewer messages than it should."""
        for queue in QUEUES:
            is_queued = and_(StageRun.state == StageState.QUEUED, StageRun.queue == queue)
            with self.database.reading() as session:
                queued = session.scalars(select(func.count()).select_from(StageRun).where(is_queued)).one()
            if queued > self.post.waiting(queue):
                self._send_stale(is_queued)

    def _send_stale(self, is_queued: ColumnElement[bool]) -> None:
        with self.database.writing() as session:
            now = clock(session)
            of_another_time = or_(StageRun.queued_ms < now - self.rules.lease_ms, StageRun.queued_ms > now + self._longest_ms)
            is_stale = and_(is_queued, of_another_time)
            stale = session.scalars(select(StageRun).where(is_stale).with_for_update(skip_locked=True)).all()
            messages = [Message(run.job_id, run.stage) for run in stale]
            for run in stale:
                run.queued_ms = now
        send_all(self.post, messages)


def _lease_ran_out() -> ColumnElement[bool]:
    return exists().where(StageRun.job_id == Job.id, StageRun.state == StageState.RUNNING, StageRun.lease_until_ms < now_ms())


def _stands_still() -> ColumnElement[bool]:
    """A job that should go on, with no stage that a worker could take or holds; or one that waits to be cancelled."""
    moving = exists().where(StageRun.job_id == Job.id, StageRun.state.in_([StageState.QUEUED, StageState.RUNNING]))
    return and_(or_(Job.state.in_(ACTIVE), Job.state == JobState.CANCELLING), ~moving)
