"""The result of a job as its caller sees it now: what the stages made, and what was decided on it since."""

from __future__ import annotations

from dataclasses import replace

from service import artifacts
from service.domain.amend import Amendments, amend
from service.domain.document import Correction, Document, State
from service.errors import Conflict, InvalidOptions, NotFound, NotReady
from service.glossaries import Lesson
from service.jobs import Amendment, Jobs
from service.store import FolderStore
from service.tables import Job, JobState

CORRECTIONS, SPEAKERS = "corrections", "speakers"


class Results:
    """Every method raises `NotReady`, or `Conflict` when there will never be a result, and `ArtifactMissing`."""

    def __init__(self, jobs: Jobs, store: FolderStore) -> None:
        self.jobs = jobs
        self.store = store

    def document(self, job: Job) -> Document:
        require_result(job)
        key = job.run_of("assemble").artifact_key or ""
        document = artifacts.read(self.store, artifacts.place_of(job.owner, key), Document)
        with_facts = replace(
            document,
            job_id=job.id,
            degraded=(*document.degraded, *job.degraded),
            warnings=tuple(job.warnings),
            seconds_by_stage={run.stage: run.seconds for run in job.stages if run.seconds is not None},
        )
        return amend(with_facts, _amendments(job))

    def rejected(self, job: Job) -> list[Correction]:
        """The corrections that somebody decided against."""
        return [c for c in self.document(job).corrections if c.state is State.REJECTED]

    def rule(self, job_id: str, owner: str, number: int, *, applied: bool) -> Document:
        """Accept or reject a correction. Raises `NotFound` for a number that the result does not have, `GlossaryFull`."""
        job = self.jobs.get(job_id, owner)
        correction = next((c for c in self.document(job).corrections if c.id == number), None)
        if correction is None:
            raise NotFound(f"the result of job {job_id} has no correction {number}")
        lesson = Lesson.of(job.show, correction, accepted=applied)
        return self.document(self.jobs.amend(job_id, owner, Amendment(CORRECTIONS, {str(number): applied}, lesson)))

    def rename(self, job_id: str, owner: str, names: dict[str, str]) -> Document:
        """Name speakers; two with one name become one. Raises `InvalidOptions` for an id that the result does not have."""
        known = {speaker.id for speaker in self.document(self.jobs.get(job_id, owner)).speakers}
        if unknown := set(names) - known:
            raise InvalidOptions(f"the result has no speaker {', '.join(sorted(unknown))}; it has {', '.join(sorted(known)) or 'none'}")
        return self.document(self.jobs.amend(job_id, owner, Amendment(SPEAKERS, names)))


def require_result(job: Job) -> None:
    """Raises `NotReady`, or `Conflict` when there will never be a result."""
    if job.state in {JobState.FAILED, JobState.CANCELLED, JobState.CANCELLING}:
        reason = f": {job.error_code}: {job.error_message}" if job.error_code else ""
        raise Conflict(f"job {job.id} is {job.state} and has no result{reason}")
    if job.state is not JobState.SUCCEEDED:
        raise NotReady(f"job {job.id} is {job.state}; its result is not ready (GET /v1/jobs/{job.id}?wait=60 waits for it)")


def _amendments(job: Job) -> Amendments:
    corrections, speakers = job.amendments.get(CORRECTIONS, {}), job.amendments.get(SPEAKERS, {})
    return Amendments({int(n): bool(v) for n, v in corrections.items()}, {i: str(v) for i, v in speakers.items()})
