"""The callers' side of a job: hand it in, look at it, cancel it, delete it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import msgspec
from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.exc import IntegrityError
from uuid6 import uuid7

from service.callers import LOCAL
from service.change import Change, changing, send_all
from service.database import Database, clock
from service.domain.options import Options
from service.errors import Conflict, Expired, Locked, NotFound, SubmittedOtherwise
from service.fetch import Link
from service.glossaries import Lesson, teach
from service.limits import Admission
from service.queue import Post
from service.stages import STAGES
from service.standing import UNKNOWN, Outlook, seconds_left
from service.store import Stored
from service.tables import ExpiredJob, Job, JobState, JobTag, StageRun, Submitted
from service.turns import Lines


@dataclass(frozen=True, slots=True)
class Supplied:
    """A file that the caller supplied: where it is in the store, what the caller calls it (only ever shown), and its facts.

    With a `link` it is still to be fetched; its size is not known then, nor its digest unless the caller said it.
    """

    key: str
    name: str
    stored: Stored
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class Naming:
    """A submission's own name (`Idempotency-Key`), and the digest of all it holds: it comes in once."""

    key: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the caller asks of the job beside its options. `reference` is the caller's own name for it; with `learn` the show's
    glossary takes in what is decided on its corrections. Of an owner's jobs those of higher `priority` go first.
    """

    reference: str = ""
    tags: tuple[str, ...] = ()
    learn: bool = False
    priority: int = 0
    owner: str = LOCAL
    key_id: str = ""
    keep_seconds: int | None = None
    naming: Naming | None = None


@dataclass(frozen=True, slots=True)
class NewJob:
    """What makes a job."""

    id: str
    audio: Supplied
    transcript: Supplied
    options: Options
    wishes: Wishes = Wishes()


@dataclass(frozen=True, slots=True)
class Amendment:
    """What was decided on a result, by kind (`service.results`) and number or id; and what the job's show may learn from it."""

    kind: str
    decisions: Mapping[str, object]
    lesson: Lesson | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """Which jobs to list, newest first. Times are milliseconds since 1970; `cursor` is the id after which the page begins."""

    owner: str = LOCAL
    state: JobState | None = None
    reference: str | None = None
    tag: str | None = None
    created_after_ms: int | None = None
    created_before_ms: int | None = None
    cursor: str | None = None
    limit: int = 50

    @property
    def conditions(self) -> list[ColumnElement[bool]]:
        """What is true of every job that is listed."""
        sought = {
            Job.state.__eq__: self.state,
            Job.reference.__eq__: self.reference,
            Job.created_ms.__ge__: self.created_after_ms,
            Job.created_ms.__lt__: self.created_before_ms,
            Job.id.__lt__: self.cursor,
        }
        tagged = [] if self.tag is None else [exists().where(JobTag.job_id == Job.id, JobTag.tag == self.tag)]
        return [Job.owner == self.owner, *(compare(value) for compare, value in sought.items() if value is not None), *tagged]


def new_id() -> str:
    """A job's id: random, and in order of time (UUIDv7)."""
    return str(uuid7())


def options_of(job: Job) -> Options:
    return msgspec.convert(job.options, Options)


class Jobs:
    """All jobs, as callers see them. Every method raises `NotFound` for a job that is not the owner's, and `Expired`."""

    def __init__(self, database: Database, post: Post, admission: Admission) -> None:
        self.database = database
        self.post = post
        self.admission = admission
        self._lines = Lines()

    def submit(self, new: NewJob) -> Job:
        """Record the job; once this returns it will be done, whatever becomes of the broker.

        A submission whose name came in meanwhile is that job again. Raises `SubmittedOtherwise`, `QuotaExceeded`, `QueueFull`.
        """
        naming, owner = new.wishes.naming, new.wishes.owner
        try:
            with self.database.writing() as session:
                self.admission.check(session, new.wishes.key_id)
                now = clock(session)
                change = Change(session, _record(new, now), now)
                session.add(change.job)
                session.flush()
                if naming is not None:
                    session.add(Submitted(owner=owner, key=naming.key, fingerprint=naming.fingerprint, job_id=new.id, created_ms=now))
                    session.flush()
                change.advance()
        except IntegrityError:
            earlier = naming and self.submitted(naming, owner)
            if not earlier:
                raise
            return earlier
        send_all(self.post, change.messages)
        return change.job

    def submitted(self, naming: Naming, owner: str) -> Job | None:
        """The job that came of an earlier submission of this name. Raises `SubmittedOtherwise` when that held something else."""
        with self.database.reading() as session:
            earlier = session.get(Submitted, (owner, naming.key))
            if earlier is None:
                return None
            if earlier.fingerprint != naming.fingerprint:
                raise SubmittedOtherwise("this Idempotency-Key came with other files or options before; use a new key for a new submission")
            return session.get(Job, earlier.job_id)

    def get(self, job_id: str, owner: str = LOCAL) -> Job:
        with self.database.reading() as session:
            job = session.get(Job, job_id)
            expired = None if job else session.get(ExpiredJob, job_id)
        if job is not None and job.owner == owner:
            return job
        if expired is not None and expired.owner == owner:
            raise Expired(f"job {job_id} and its result were kept as long as they were to be, and are removed")
        raise NotFound(f"there is no job {job_id}")

    def outlook(self, job: Job) -> Outlook:
        """What can be said of a job's future."""
        if job.state is JobState.RUNNING:
            with self.database.reading() as session:
                return Outlook(seconds_left=seconds_left(job, clock(session)))
        if job.state is JobState.QUEUED:
            with self.database.reading() as session:
                return Outlook(jobs_before=self._lines.jobs_before(session, job))
        return UNKNOWN

    def page(self, query: Query) -> tuple[list[Job], str | None]:
        """A page of jobs, newest first, and the cursor of the next page if there is one."""
        wanted = select(Job).where(*query.conditions).order_by(Job.id.desc()).limit(query.limit + 1)
        with self.database.reading() as session:
            jobs = list(session.scalars(wanted))
        more = len(jobs) > query.limit
        jobs = jobs[: query.limit]
        return jobs, jobs[-1].id if more else None

    def cancel(self, job_id: str, owner: str = LOCAL) -> Job:
        """Stop the job; a worker that holds one of its stages lets go within seconds. Again is no error.

        Raises `Conflict` when the job has already ended otherwise.
        """
        with self._changing(job_id, owner) as change:
            job = change.job
            if job.state in {JobState.SUCCEEDED, JobState.FAILED}:
                raise Conflict(f"job {job_id} has already {job.state}; there is nothing to cancel")
            if not job.state.finished:
                change.cancel()
            return job

    def retry(self, job_id: str, owner: str = LOCAL) -> Job:
        """Go on with a failed or cancelled job where it ended; what its finished stages made is used again.

        Raises `Conflict` for a job that has not failed.
        """
        with self._changing(job_id, owner) as change:
            job = change.job
            if job.state not in {JobState.FAILED, JobState.CANCELLED}:
                raise Conflict(f"job {job_id} is {job.state}; only a failed or cancelled job can be tried again")
            change.resume()
            return job

    def amend(self, job_id: str, owner: str, amendment: Amendment) -> Job:
        """Keep what was decided on the result, and let the show's glossary learn from it. The same again is no new revision.

        Raises `GlossaryFull`; then nothing is decided.
        """
        kind, decisions = amendment.kind, amendment.decisions
        with self._changing(job_id, owner) as change:
            job = change.job
            amended = job.amendments | {kind: {**job.amendments.get(kind, {}), **decisions}}
            if amended != job.amendments:
                job.amendments, job.revision = amended, job.revision + 1
            if amendment.lesson and job.learn:
                teach(change.session, owner, amendment.lesson)
            return job

    def delete(self, job_id: str, owner: str = LOCAL, *, force: bool = False) -> list[str]:
        """Forget the job. Returns the keys of the artefacts that no other job shares, for the store to delete.

        Raises `Locked` while the job is not finished, unless `force`: then workers lose it at their next sign of life.
        """
        with self._changing(job_id, owner) as change:
            job = change.job
            if not job.state.finished and not force:
                raise Locked(f"job {job_id} is {job.state}; cancel it first, or delete it with ?force=true")
            return _removed(change)

    def expire(self, job_id: str, owner: str) -> list[str]:
        """Forget a finished job that was kept as long as it was to be; only that it was is remembered. Returns what `delete` does."""
        with self._changing(job_id, owner) as change:
            change.session.add(ExpiredJob(id=job_id, owner=owner, expired_ms=change.now))
            return _removed(change)

    @contextmanager
    def _changing(self, job_id: str, owner: str) -> Iterator[Change]:
        self.get(job_id, owner)
        with changing(self.database, self.post, job_id) as change:
            yield change


def _record(new: NewJob, now: int) -> Job:
    job = Job(
        id=new.id,
        owner=new.wishes.owner,
        reference=new.wishes.reference,
        priority=new.wishes.priority,
        show=new.options.show,
        learn=new.wishes.learn,
        tagged=[JobTag(tag=tag) for tag in sorted(set(new.wishes.tags))],
        key_id=new.wishes.key_id,
        keep_seconds=new.wishes.keep_seconds,
        audio_link=msgspec.to_builtins(new.audio.link) if new.audio.link else None,
        transcript_link=msgspec.to_builtins(new.transcript.link) if new.transcript.link else None,
        options=msgspec.to_builtins(new.options),
        audio_key=new.audio.key,
        audio_name=new.audio.name,
        audio_sha256=new.audio.stored.sha256,
        audio_bytes=new.audio.stored.size,
        transcript_key=new.transcript.key,
        transcript_name=new.transcript.name,
        transcript_sha256=new.transcript.stored.sha256,
        created_ms=now,
    )
    for position, stage in enumerate(STAGES):
        job.add_run(stage.name, position)
    return job


def _removed(change: Change) -> list[str]:
    orphans = _unshared(change)
    change.session.delete(change.job)
    return orphans


def _unshared(change: Change) -> list[str]:
    """Artefacts are found by what they were made from, so two jobs of one episode may share them."""
    keys = [run.artifact_key for run in change.job.runs if run.artifact_key]
    others = select(StageRun.artifact_key, func.count()).where(StageRun.artifact_key.in_(keys), StageRun.job_id != change.job.id)
    shared = set(change.session.scalars(others.group_by(StageRun.artifact_key)))
    return [key for key in keys if key not in shared]
