"""Runs a stage of the pipeline for a job: lays the desk from the database and the store, and says what came of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from models.kit import Kit
from service.errors import AudioUndecodable
from service.fetch import Fetcher
from service.jobs import options_of
from service.runs import Outcome
from service.stages import WHOLE, part_of, stage_of
from service.store import FolderStore, Stored
from service.tables import Job, StageState
from service.voices import Roster
from workers import pipeline
from workers.arrivals import Arrivals
from workers.desk import Desk, Episode, Hook, SoFar
from workers.shelf import FolderShelf


@dataclass(frozen=True)
class PipelineRunner:
    """The runner of real workers. The kit keeps its models from one job to the next."""

    store: FolderStore
    kit: Kit
    fetcher: Fetcher
    voices: Roster

    def run(self, stage: str, job: Job, hook: Hook) -> Outcome:
        """Raises whatever the stage raises: errors of `service.errors`, and bugs."""
        arrivals = Arrivals(self.store, self.fetcher, self.kit.settings)
        if stage == "decode":
            arrivals.audio(job, hook)
        elif stage == "parse":
            arrivals.transcript(job, hook)
        with self._shelf(job) as shelf:
            return _run(stage, self._desk(job, shelf), job, hook)

    def parts(self, stage: str, job: Job) -> int:
        """Only a recording of more than two parts is cut; nothing is when it was done before."""
        seconds = self.kit.profile.part_seconds * stage_of(stage).part_length
        if not seconds:
            return 1
        count = round((job.audio_ms or 0) / (1000 * seconds))
        return count if count > 2 and not pipeline.was_done(stage, self._desk(job, self._shelf(job))) else 1

    def missing(self, stage: str, job: Job) -> tuple[str, ...]:
        desk = self._desk(job, self._shelf(job))
        return tuple(need for need in stage_of(stage).needs if not desk.has(need))

    def without(self, stage: str, job: Job, reason: str) -> Outcome:
        desk = self._desk(job, self._shelf(job))
        warning = pipeline.run_without(stage, desk, reason)
        return Outcome(desk.key(stage), warnings=(warning,), degraded=(stage,))

    def _transcript(self, job: Job) -> bytes:
        """Empty while it is still being fetched: the stages that run beside that do not read it. Raises `ArtifactMissing`."""
        waits = job.transcript_link is not None and not self.store.exists(job.transcript_key)
        return b"" if waits else self.store.get(job.transcript_key)

    def _shelf(self, job: Job) -> FolderShelf:
        return FolderShelf(self.store, job.owner)

    def _desk(self, job: Job, shelf: FolderShelf) -> Desk:
        options = options_of(job)
        known = self.voices.known(job.owner, options.show)
        episode = Episode(self.store.path(job.audio_key), self._transcript(job), options, known)
        done = {run.stage: run.artifact_key for run in job.stages if run.state is StageState.DONE and run.artifact_key}
        parts = [run.stage for run in job.runs if part_of(run.stage) != WHOLE]
        return Desk(episode, self.kit, shelf, SoFar(done, job.degraded, parts))


def _run(stage: str, desk: Desk, job: Job, hook: Hook) -> Outcome:
    episode = desk.episode
    if stage == "decode" and job.audio_sha256 not in {"", episode.audio_sha256}:
        raise AudioUndecodable("the stored audio is not what was sent: it was damaged in the store; submit it again")
    if part_of(stage) != WHOLE:
        pipeline.run_part(stage, desk, hook)
        return Outcome(desk.key(stage))
    pipeline.run_stage(stage, desk, hook)
    for part in job.parts_of(stage):
        desk.discard(part.stage)
    outcome = Outcome(desk.key(stage), warnings=_warnings(stage, desk))
    match stage:
        case "decode":
            stored = Stored(episode.audio_sha256, episode.audio.stat().st_size)
            return replace(outcome, audio_ms=desk.recording.duration_ms, audio=stored)
        case "parse":
            return replace(outcome, transcript=Stored(episode.transcript_sha256, len(episode.transcript)))
        case _:
            return outcome


def _warnings(stage: str, desk: Desk) -> tuple[str, ...]:
    match stage:
        case "decode":
            return desk.recording.warnings
        case "assemble":
            return desk.document.warnings
        case _:
            return ()
