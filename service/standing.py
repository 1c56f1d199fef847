"""Where the stages of a job stand, as callers are told: a stage that workers share is one stage to them."""

from __future__ import annotations

from dataclasses import dataclass

from service.tables import Job, StageRun, StageState

SHARES = {"decode": 2, "transcribe": 40, "diarize": 22, "correct": 24, "time": 12}
"""Of a hundred seconds of work on a job, so many go into each stage; the others take next to none. Measured: docs/scale.md."""

LEAST_SHARE = 0.05
"""Before so much of the work is done, how fast it goes is not known."""

AT_NO_COST_MS = 1000
"""A stage that was done so quickly was not wanted, or found its work done by an earlier job: it says nothing about the pace."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one stage stands. Progress is in milliseconds of audio, None while unknown."""

    stage: str
    state: StageState
    attempt: int
    done_ms: int | None
    total_ms: int | None
    seconds: float | None = None
    started_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Outlook:
    """Of a job that waits, how many that wait too will be begun before it; of one that runs, an estimate of the work left."""

    jobs_before: int | None = None
    seconds_left: float | None = None


UNKNOWN = Outlook()


def standings(job: Job) -> list[Standing]:
    """One for each stage, in order."""
    return [_of_parts(run, job, parts) if (parts := job.parts_of(run.stage)) else _of(run) for run in job.stages]


def seconds_left(job: Job, now_ms: int) -> float | None:
    """How much work a running job still is, in seconds at the pace of what is done of it; None while that is too little to tell.

    No more than an estimate: stages that run side by side are counted one after the other, and waiting for a worker is not counted.
    """
    work = [stage for stage in standings(job) if _tells(stage, now_ms)]
    share = sum(SHARES[stage.stage] * _share_of(stage) for stage in work) / (sum(SHARES[stage.stage] for stage in work) or 1)
    spent = sum(_spent_ms(stage, now_ms) for stage in work) / 1000
    return round(spent * (1 - share) / share, 1) if share >= LEAST_SHARE else None


def _tells(stage: Standing, now_ms: int) -> bool:
    """Whether the stage is, was or will be work that counts."""
    return stage.stage in SHARES and (stage.state is not StageState.DONE or _spent_ms(stage, now_ms) >= AT_NO_COST_MS)


def _share_of(stage: Standing) -> float:
    if stage.state is StageState.DONE:
        return 1.0
    return min(1.0, (stage.done_ms or 0) / stage.total_ms) if stage.state is StageState.RUNNING and stage.total_ms else 0.0


def _spent_ms(stage: Standing, now_ms: int) -> float:
    if stage.state is StageState.RUNNING and stage.started_ms is not None:
        return max(0, now_ms - stage.started_ms)
    return 1000 * (stage.seconds or 0) if stage.state is StageState.DONE else 0


def _of(run: StageRun) -> Standing:
    return Standing(run.stage, run.state, run.attempt, run.progress_done_ms, run.progress_total_ms, run.seconds, run.started_ms)


def _of_parts(run: StageRun, job: Job, parts: list[StageRun]) -> Standing:
    """A divided stage is at work from its first part's beginning to its own end; a part counts for its share of the recording at most."""
    share = (job.audio_ms or 0) // len(parts)
    done = sum(share if part.state is StageState.DONE else min(part.progress_done_ms or 0, share) for part in parts)
    started = min((part.started_ms for part in parts if part.started_ms), default=None)
    begun = any(part.state in {StageState.RUNNING, StageState.DONE} for part in parts)
    failed = any(part.state is StageState.FAILED for part in parts)
    state = StageState.FAILED if failed else StageState.RUNNING if begun else StageState.QUEUED
    return Standing(run.stage, state, max(part.attempt for part in parts), done, job.audio_ms, started_ms=started)
