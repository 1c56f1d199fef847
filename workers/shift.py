"""What a worker does with a message: claim the stage, run it, commit it; and what becomes of a stage that goes wrong."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from service.errors import ArtifactMissing, Cancelled, EarmarkError, LeaseLost, TranscriptMismatch
from service.logs import about
from service.runs import Claim, Outcome, StageRuns
from service.stages import stage_of
from service.tables import Job
from service.telemetry import span
from workers.breakdown import is_spared, story_of
from workers.heartbeat import Heartbeat, Pace

if TYPE_CHECKING:
    from workers.desk import Hook

logger = logging.getLogger(__name__)


class Runner(Protocol):
    """Runs one stage of one job, in whatever way: the pipeline's, or a test's."""

    def run(self, stage: str, job: Job, hook: Hook) -> Outcome: ...

    def parts(self, stage: str, job: Job, /) -> int:
        """Into how many parts this divisible stage is to be cut before it is run; 1 for not at all."""
        ...

    def missing(self, stage: str, job: Job) -> tuple[str, ...]:
        """The stages whose artefacts this one needs and cannot find."""
        ...

    def without(self, stage: str, job: Job, reason: str) -> Outcome:
        """An empty artefact in place of an optional stage's."""
        ...


@dataclass(frozen=True)
class Shift:
    """One worker process at work."""

    runs: StageRuns
    runner: Runner
    pace: Pace = field(default_factory=Pace)

    def work(self, job_id: str, stage: str, worker: str) -> None:
        """Do what is next in the queue of this stage, if anything is. Never raises what a second delivery of the message could repair."""
        claim = self.runs.take(job_id, stage, worker, self._parts)
        if claim is None:
            logger.info("stage %s of job %s is not there to be taken, or divided now", stage, job_id)
            return
        self._hold(claim)
        whole = stage_of(claim.stage).name
        if whole != claim.stage and (joining := self.runs.claim(claim.job_id, whole, worker)):  # whoever ends the last part joins them
            self._hold(joining)

    def _parts(self, stage: str, job: Job) -> int:
        """Undivided where it cannot be told: what is wrong shows again once the stage is claimed, and is seen to there."""
        try:
            return self.runner.parts(stage, job)
        except Exception:
            logger.warning("into how many parts stage %s of job %s can be cut is not known", stage, job.id, exc_info=True)
            return 1

    def _hold(self, claim: Claim) -> None:
        with about(job_id=claim.job_id, stage=claim.stage), span(claim.stage, job_id=claim.job_id, attempt=claim.attempt):
            logger.info("stage %s of job %s begins (attempt %s)", claim.stage, claim.job_id, claim.attempt)
            try:
                self._work(claim)
            except LeaseLost as lost:
                logger.warning("%s", lost)

    def _work(self, claim: Claim) -> None:
        job = self.runs.job(claim)
        try:
            with Heartbeat(self.runs, claim, self.pace) as heartbeat:
                outcome = self.runner.run(claim.stage, job, heartbeat.hook)
            self.runs.finish(claim, outcome)
        except LeaseLost:
            raise
        except Cancelled:
            logger.info("stage %s of job %s stopped", claim.stage, claim.job_id)
            self.runs.drop(claim)
        except ArtifactMissing as error:
            logger.warning("stage %s of job %s: %s", claim.stage, claim.job_id, error)
            self.runs.repeat(claim, self.runner.missing(claim.stage, job))
        except Exception as error:
            logger.exception("stage %s of job %s went wrong", claim.stage, claim.job_id)
            self._went_wrong(claim, job, error)

    def _went_wrong(self, claim: Claim, job: Job, error: Exception) -> None:
        """Try again where that can help; else do without the stage, or fail the job."""
        code, message = story_of(claim.stage, error)
        if _may_pass(error) and not self.runs.is_last_try(claim):
            self.runs.retry(claim)
        elif is_spared(claim.stage, error):
            self.runs.finish(claim, self.runner.without(claim.stage, job, message))
        else:
            self.runs.fail(claim, code, message, error.coverage if isinstance(error, TranscriptMismatch) else None)


def _may_pass(error: Exception) -> bool:
    """Whether another try can end better."""
    return error.retryable if isinstance(error, EarmarkError) else True
