"""The workers' side of a job: claim a stage, keep it, end it. Leases and fencing make it safe to run anything twice.

A claim raises the run's `attempt`; every later write names that attempt, and a worker whose stage was given to
another in the meantime gets `LeaseLost` and has changed nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from sqlalchemy import CursorResult, select, update

from service.change import ACTIVE, Change, changing
from service.database import Database, now_ms
from service.errors import Cancelled, LeaseLost, NotFound
from service.queue import Post, time_limit
from service.settings import Settings
from service.stages import WHOLE, part_of, stage_of
from service.store import Stored
from service.tables import Job, JobState, StageRun, StageState
from service.turns import next_turn

RETRY_DELAYS_SECONDS = (2, 15)
"""Pauses before the second and every later try of a stage that broke down."""

MOST_TURNS = 50
"""How often a worker looks whose turn it is while others are quicker; then it takes what its message names."""

Parts = Callable[[str, Job], int]
"""Into how many parts a stage of a job is to be cut; 1 for not at all. Asked of a divisible stage that is not divided yet."""


def undivided(_stage: str, _job: Job) -> int:
    return 1


@dataclass(frozen=True, slots=True)
class Rules:
    """`lease_ms`: how long a claim holds without a sign of life. `max_tries`: how often a stage may break down. `max_audio_seconds`: the
    longest recording, for the time that a stage may take.
    """

    lease_ms: int = 60_000
    max_tries: int = 3
    max_audio_seconds: int = 6 * 3600

    @classmethod
    def of(cls, settings: Settings) -> Rules:
        return cls(settings.lease_seconds * 1000, settings.max_attempts, settings.max_audio_seconds)


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to run one stage, or one part of it, for so long, and the attempt that proves it."""

    job_id: str
    stage: str
    attempt: int
    limit_seconds: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a finished stage leaves: the key of its artefact, and what the job learns from it.

    `audio_ms` is the length of the recording, once known. `degraded` says what had to be left out. `audio` and `transcript` are what
    was fetched.
    """

    artifact_key: str
    audio_ms: int | None = None
    warnings: tuple[str, ...] = ()
    degraded: tuple[str, ...] = ()
    audio: Stored | None = None
    transcript: Stored | None = None


class StageRuns:
    """The runs of all stages, as workers see them."""

    def __init__(self, database: Database, post: Post, rules: Rules) -> None:
        self.database = database
        self.post = post
        self.rules = rules

    def claim(self, job_id: str, stage: str, worker: str) -> Claim | None:
        """Take a queued stage; None when there is nothing to take (done, taken, cancelled, deleted)."""
        try:
            with changing(self.database, self.post, job_id) as change:
                run = change.job.run_of(stage)
                if run.state is not StageState.QUEUED or change.job.state not in ACTIVE:
                    return None
                _begin(change, run, worker, self.rules.lease_ms)
                audio_seconds = self.rules.max_audio_seconds if change.job.audio_ms is None else change.job.audio_ms / 1000
                return Claim(job_id, stage, run.attempt, time_limit(audio_seconds))
        except NotFound:
            return None

    def take(self, job_id: str, stage: str, worker: str, parts: Parts = undivided) -> Claim | None:
        """Take the run whose turn it is in the queue of this one, which may be another's: every message is a ticket for one run.

        A stage that is to be cut into `parts` is divided instead. None then, and when there is nothing to take.
        """
        for others in range(MOST_TURNS):  # that were quicker: so as not to run after them, one of the next few is taken
            with self.database.reading() as session:
                turn = next_turn(session, stage_of(stage).queue, among=1 + 2 * others)
            if turn is None:
                break
            if (count := self._count(*turn, parts)) > 1:
                if self.divide(*turn, count):
                    return None
            elif claim := self.claim(*turn, worker):
                return claim
        return self.claim(job_id, stage, worker)

    def _count(self, job_id: str, stage: str, parts: Parts) -> int:
        if not stage_of(stage).part_length or part_of(stage) != WHOLE:
            return 1
        with self.database.reading() as session:
            job = session.get(Job, job_id)
        return 1 if job is None or job.parts_of(stage) else parts(stage, job)

    def divide(self, job_id: str, stage: str, count: int) -> bool:
        """Let any number of workers share a queued stage, in `count` parts; whether that is our doing.

        It is never claimed whole before: to whoever looks meanwhile it would seem that only what comes after it is left to take.
        """
        with suppress(NotFound), changing(self.database, self.post, job_id) as change:
            run = change.job.run_of(stage)
            if run.state is StageState.QUEUED and not change.job.parts_of(stage):
                run.state = StageState.PENDING
                change.divide(run, count)
                change.advance()
                return True
        return False

    def job(self, claim: Claim) -> Job:
        """The job as it stands. Raises `LeaseLost` when it has been deleted."""
        with self.database.reading() as session:
            job = session.get(Job, claim.job_id)
        if job is None:
            raise _lost(claim)
        return job

    def renew(self, claim: Claim, done_ms: int | None = None, total_ms: int | None = None) -> None:
        """A sign of life, with progress in milliseconds of audio.

        Raises `LeaseLost` when the stage was given to another, `Cancelled` when the job has ended.
        """
        mine = (StageRun.job_id == claim.job_id, StageRun.stage == claim.stage, StageRun.attempt == claim.attempt)
        changes = {"lease_until_ms": now_ms() + self.rules.lease_ms, "progress_done_ms": done_ms, "progress_total_ms": total_ms}
        with self.database.writing() as session:
            result = session.execute(update(StageRun).where(*mine, StageRun.state == StageState.RUNNING).values(changes))
            if not isinstance(result, CursorResult) or result.rowcount == 0:
                raise _lost(claim)
            state = session.scalars(select(Job.state).where(Job.id == claim.job_id)).one()
        if state not in ACTIVE:
            raise Cancelled(f"job {claim.job_id} is {state}")

    def finish(self, claim: Claim, outcome: Outcome) -> None:
        """Commit the stage, once, and queue what it made ready. Raises `LeaseLost`."""
        with self._held(claim) as (change, run):
            job = change.job
            run.state, run.finished_ms = StageState.DONE, change.now
            run.artifact_key = outcome.artifact_key
            run.progress_done_ms = run.progress_total_ms
            change.unite(run)
            _learn(job, outcome)
            change.advance()

    def fail(self, claim: Claim, code: str, message: str, coverage: float | None = None) -> None:
        """End the job: no retry can help. `coverage` is that of a transcript of something else. Raises `LeaseLost`."""
        with self._held(claim) as (change, run):
            run.state, run.finished_ms = StageState.FAILED, change.now
            change.fail(code, message, coverage)
            change.settle()

    def retry(self, claim: Claim) -> None:
        """The stage broke down: let it be tried again, after a pause. Raises `LeaseLost`."""
        with self._held(claim) as (change, run):
            if change.job.state in ACTIVE:
                change.queue(run, RETRY_DELAYS_SECONDS[min(run.tries, len(RETRY_DELAYS_SECONDS)) - 1])
            else:
                _let_go(run)
                change.settle()

    def is_last_try(self, claim: Claim) -> bool:
        """Whether the stage has had its share of tries with this one."""
        return self.job(claim).run_of(claim.stage).tries >= self.rules.max_tries

    def repeat(self, claim: Claim, missing: tuple[str, ...]) -> None:
        """Run the stages whose artefacts have gone again, and then this one. Raises `LeaseLost`."""
        with self._held(claim) as (change, run):
            _let_go(run)
            for other in change.job.runs:
                if other.stage in missing and other.state is StageState.DONE:
                    other.state, other.artifact_key = StageState.PENDING, None
            change.advance()

    def drop(self, claim: Claim) -> None:
        """Let go of a stage of a job that has ended; a cancelled job ends here. Raises `LeaseLost`."""
        with self._held(claim) as (change, run):
            _let_go(run)
            change.settle()

    def hand_back(self, worker: str) -> None:
        """A worker that stops in good order gives its stages to the others at once, instead of after the lease."""
        with self.database.reading() as session:
            held = session.execute(
                select(StageRun.job_id, StageRun.stage).where(StageRun.worker == worker, StageRun.state == StageState.RUNNING)
            ).all()
        for job_id, stage in held:
            with changing(self.database, self.post, job_id) as change:
                run = change.job.run_of(stage)
                if run.worker == worker and run.state is StageState.RUNNING:
                    _let_go(run)
                    change.advance()

    @contextmanager
    def _held(self, claim: Claim) -> Iterator[tuple[Change, StageRun]]:
        """The locked job and the run, if the claim still holds."""
        try:
            with changing(self.database, self.post, claim.job_id) as change:
                run = change.job.run_of(claim.stage)
                if run.attempt != claim.attempt or run.state is not StageState.RUNNING:
                    raise _lost(claim)
                yield change, run
        except NotFound as error:
            raise _lost(claim) from error


def _begin(change: Change, run: StageRun, worker: str, lease_ms: int) -> None:
    run.state = StageState.RUNNING
    run.attempt += 1
    run.tries += 1
    run.worker = worker
    run.lease_until_ms = change.now + lease_ms
    run.started_ms = min([change.now, *(part.started_ms for part in change.job.parts_of(run.stage) if part.started_ms)])
    run.finished_ms = None
    run.progress_done_ms = run.progress_total_ms = None
    change.job.state = JobState.RUNNING
    change.job.started_ms = change.job.started_ms or change.now


def _learn(job: Job, outcome: Outcome) -> None:
    """Keep what the stage found out. Of a link that was followed only the address stays, not what let us in."""
    job.audio_ms = outcome.audio_ms if job.audio_ms is None else job.audio_ms
    job.warnings = _with(job.warnings, outcome.warnings)
    job.degraded = _with(job.degraded, outcome.degraded)
    if outcome.audio and job.audio_link:
        job.audio_sha256, job.audio_bytes, job.audio_link = outcome.audio.sha256, outcome.audio.size, _without_headers(job.audio_link)
    if outcome.transcript and job.transcript_link:
        job.transcript_sha256, job.transcript_link = outcome.transcript.sha256, _without_headers(job.transcript_link)


def _without_headers(link: dict[str, object]) -> dict[str, object]:
    return link | {"url": str(link["url"]).partition("?")[0], "headers": {}}


def _let_go(run: StageRun) -> None:
    """Back to pending, without counting the claim as a breakdown."""
    run.state = StageState.PENDING
    run.tries -= 1
    run.worker = run.lease_until_ms = None


def _lost(claim: Claim) -> LeaseLost:
    return LeaseLost(f"stage {claim.stage} of job {claim.job_id} is no longer attempt {claim.attempt}'s")


def _with(old: list[str], new: tuple[str, ...]) -> list[str]:
    return [*old, *(text for text in new if text not in old)]
