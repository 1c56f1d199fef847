"""One change to one job: the row locked, the stage graph walked, and what became ready sent to the broker after the commit.

The functions below are the whole state machine. They only touch loaded rows; `changing` gives them a transaction.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.database import Database, clock
from service.errors import BrokerUnavailable, NotFound
from service.queue import Message, Post
from service.stages import part_names, stage_of
from service.tables import Job, JobState, StageRun, StageState
from service.webhooks import announce

logger = logging.getLogger(__name__)

ACTIVE = (JobState.QUEUED, JobState.RUNNING)
"""States in which stages may begin."""


@dataclass(slots=True)
class Change:
    """A job that no one else can change until this transaction ends. `now` is the database's time in milliseconds."""

    session: Session
    job: Job
    now: int
    messages: list[Message] = field(default_factory=list)

    def queue(self, run: StageRun, delay_seconds: float = 0) -> None:
        """Let a worker have the stage, now or after a pause."""
        run.state = StageState.QUEUED
        run.queued_ms = self.now + round(delay_seconds * 1000)
        self.messages.append(Message(self.job.id, run.stage, delay_seconds))

    def advance(self) -> None:
        """Queue every stage whose needs are done; a job with all stages done has succeeded."""
        if self.job.state not in ACTIVE:
            self.settle()
            return
        done = {run.stage for run in self.job.runs if run.state is StageState.DONE}
        for run in self.job.runs:
            if run.state is StageState.PENDING and done.issuperset(self._needs(run)):
                self.queue(run)
        if len(done) == len(self.job.runs):
            self.end(JobState.SUCCEEDED)

    def _needs(self, run: StageRun) -> list[str]:
        """What must be done before the run: the stages it waits for, and its parts where it is divided."""
        return [*stage_of(run.stage).waits_for, *(part.stage for part in self.job.parts_of(run.stage))]

    def divide(self, run: StageRun, count: int) -> None:
        """Cut a stage into parts, each a run of its own; once all are done the stage can join them."""
        for name in part_names(run.stage, count):
            self.job.add_run(name, run.position)

    def unite(self, run: StageRun) -> None:
        """Forget the parts of a stage that is done."""
        for part in self.job.parts_of(run.stage):
            self.job.runs.remove(part)

    def fail(self, code: str, message: str, coverage: float | None = None) -> None:
        """End the job with an error, unless its caller is already cancelling it."""
        if self.job.state in ACTIVE:
            self.job.error_code, self.job.error_message, self.job.error_coverage = code, message, coverage
            self.end(JobState.FAILED)

    def cancel(self) -> None:
        """Begin no further stage; the job is cancelled once no worker holds one."""
        self.job.state = JobState.CANCELLING
        self._take_from_queue()
        self.settle()

    def resume(self) -> None:
        """Begin a job again that has ended: its unfinished stages have all their tries once more."""
        self.job.state = JobState.QUEUED
        self.job.error_code = self.job.error_message = self.job.error_coverage = self.job.finished_ms = None
        for run in self.job.runs:
            if run.state is not StageState.DONE:
                run.state, run.tries = StageState.PENDING, 0
        self.advance()

    def settle(self) -> None:
        """Call a job cancelled once the last worker has let go of it."""
        if self.job.state is JobState.CANCELLING and not any(run.state is StageState.RUNNING for run in self.job.runs):
            self.end(JobState.CANCELLED)

    def end(self, state: JobState) -> None:
        self.job.state = state
        self.job.finished_ms = self.now
        announce(self.session, self.job, self.now)
        self._take_from_queue()

    def _take_from_queue(self) -> None:
        for run in self.job.runs:
            if run.state is StageState.QUEUED:
                run.state = StageState.PENDING


@contextmanager
def changing(database: Database, post: Post, job_id: str) -> Iterator[Change]:
    """A transaction on one job; its messages are sent once it is committed.

    A broker that cannot be reached loses nothing: the stage stands as queued, and the reaper sends it later.
    Raises `NotFound`.
    """
    with database.writing() as session:
        job = session.scalars(select(Job).where(Job.id == job_id).with_for_update()).one_or_none()
        if job is None:
            raise NotFound(f"there is no job {job_id}")
        change = Change(session, job, clock(session))
        yield change
    send_all(post, change.messages)


def send_all(post: Post, messages: list[Message]) -> None:
    """Send what was committed as queued; what cannot be sent now is sent by the reaper."""
    for message in messages:
        try:
            post.send(message)
        except BrokerUnavailable as error:
            logger.warning("stage %s of job %s waits for the broker: %s", message.stage, message.job_id, error)
            return
