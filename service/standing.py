"""Where the stages of a job stand, as callers are told: a stage that workers share is one stage to them."""

from __future__ import annotations

from dataclasses import dataclass

from service.tables import Job, StageRun, StageState


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one stage stands. Progress is in milliseconds of audio, None while unknown."""

    stage: str
    state: StageState
    attempt: int
    done_ms: int | None
    total_ms: int | None
    seconds: float | None = None


def standings(job: Job) -> list[Standing]:
    """One for each stage, in order."""
    return [_of_parts(run, job, parts) if (parts := job.parts_of(run.stage)) else _of(run) for run in job.stages]


def _of(run: StageRun) -> Standing:
    return Standing(run.stage, run.state, run.attempt, run.progress_done_ms, run.progress_total_ms, run.seconds)


def _of_parts(run: StageRun, job: Job, parts: list[StageRun]) -> Standing:
    """A divided stage is at work from its first part's beginning to its own end; a part counts for its share of the recording at most."""
    share = (job.audio_ms or 0) // len(parts)
    done = sum(share if part.state is StageState.DONE else min(part.progress_done_ms or 0, share) for part in parts)
    begun = any(part.state in {StageState.RUNNING, StageState.DONE} for part in parts)
    failed = any(part.state is StageState.FAILED for part in parts)
    state = StageState.FAILED if failed else StageState.RUNNING if begun else StageState.QUEUED
    return Standing(run.stage, state, max(part.attempt for part in parts), done, job.audio_ms)
