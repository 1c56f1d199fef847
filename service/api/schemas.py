"""The JSON of the API. Times are RFC 3339 in UTC; lengths of audio are seconds."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from service.api import examples
from service.api.errors import BadOptions, faults_of
from service.domain.options import LANGUAGE_PATTERN, SHOW_PATTERN, LeftAlone, Options, Term
from service.fetch import Link
from service.jobs import Query
from service.standing import UNKNOWN, Outlook, Standing, standings
from service.tables import Job, JobState, StageState

_DEFAULTS = Options()


class GlossaryTerm(BaseModel):
    """A name or term that occurs in the episode."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(min_length=1, max_length=60, description="The right spelling.", examples=["Minitel"])
    sounds_like: list[str] = Field([], max_length=20, description="Spellings that show how it sounds, or how it is usually misheard.")


class LeftAloneIn(BaseModel):
    """A correction that is not to be proposed."""

    model_config = ConfigDict(extra="forbid")

    before: str = Field(min_length=1, max_length=200, description="As it is written.", examples=["Julian"])
    after: str = Field(min_length=1, max_length=200, description="As it is not to read.", examples=["Julien"])


Tag = Annotated[str, Field(min_length=1, max_length=60)]


Priority = Literal["low", "normal", "high"]

PRIORITIES: dict[Priority, int] = {"low": -1, "normal": 0, "high": 1}


class JobOptions(BaseModel):
    """The `options` part of a submission: a JSON object, all of it optional."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field("", max_length=1_000, description="The episode's title: a source of right spellings.")
    description: str = Field("", max_length=50_000, description="The episode's description: another.")
    details: str = Field(
        "", max_length=50_000, description="What else the feed says: author, show, chapters, links. Also read for spellings."
    )
    language: str | None = Field(
        None, pattern=f"^{LANGUAGE_PATTERN}$", description="ISO 639 code; left out, it is detected.", examples=["en"]
    )
    glossary: list[GlossaryTerm | str] = Field([], max_length=500, description="Names and terms; a plain string is a spelling alone.")
    leave_alone: list[LeftAloneIn] = Field([], max_length=500, description="Corrections that are not to be proposed.")
    show: str = Field(
        "",
        pattern=f"^({SHOW_PATTERN})?$",
        description="Your name for the show: its glossary (/v1/glossaries) is used beside the job's own.",
        examples=["paris-startups"],
    )
    learn: bool = Field(False, description="Whether what you decide on this job's corrections goes into the show's glossary.")
    diarize: bool = Field(True, description="Whether to tell the speakers apart.")
    num_speakers: int | None = Field(None, ge=1, le=50, description="How many speakers there are, if known.")
    min_speakers: int | None = Field(None, ge=1, le=50)
    max_speakers: int | None = Field(None, ge=1, le=50)
    apply_threshold: float = Field(_DEFAULTS.apply_threshold, ge=0, le=1, description="Corrections this probable are applied.")
    suggest_threshold: float = Field(_DEFAULTS.suggest_threshold, ge=0, le=1, description="Corrections this probable are suggested.")
    reference: str = Field("", max_length=200, description="Your own name for the job; jobs can be listed by it.")
    priority: Priority = Field("normal", description="Of your own jobs those that are high go first, those that are low last.")
    tags: list[Tag] = Field([], max_length=20, description="Words of your own; jobs can be listed by one.")
    delete_after_seconds: int | None = Field(
        None, ge=0, le=30 * 24 * 3600, description="How long the job and its files are kept once it has ended."
    )

    @field_validator("glossary")
    @classmethod
    def _spelled_out(cls, glossary: list[GlossaryTerm | str]) -> list[GlossaryTerm | str]:
        return [GlossaryTerm(text=term) if isinstance(term, str) else term for term in glossary]

    @model_validator(mode="after")
    def _in_order(self) -> JobOptions:
        if self.min_speakers and self.max_speakers and self.min_speakers > self.max_speakers:
            raise ValueError("min_speakers is more than max_speakers")
        if self.suggest_threshold > self.apply_threshold:
            raise ValueError("suggest_threshold is more than apply_threshold")
        if self.learn and not self.show:
            raise ValueError("learn needs a show, whose glossary learns")
        return self

    @classmethod
    def parse(cls, text: bytes) -> JobOptions:
        """Raises `BadOptions`, which names each wrong field."""
        try:
            return cls.model_validate_json(text or b"{}")
        except ValidationError as error:
            raise BadOptions(faults_of(error.errors())) from error

    def to_domain(self) -> Options:
        terms = [term for term in self.glossary if isinstance(term, GlossaryTerm)]
        fields = self.model_dump(exclude={"glossary", "leave_alone", "learn", "priority", "reference", "tags", "delete_after_seconds"})
        return Options(
            **fields,
            glossary=tuple(Term(term.text, tuple(term.sounds_like)) for term in terms),
            leave_alone=tuple(LeftAlone(pair.before, pair.after) for pair in self.leave_alone),
        )


class Listing(BaseModel):
    """Which jobs to list."""

    state: JobState | None = None
    reference: str | None = Field(None, max_length=200, description="Your own name for the job.")
    tag: Tag | None = Field(None, description="One of the job's tags.")
    created_after: AwareDatetime | None = Field(None, examples=["2026-01-01T00:00:00Z"])
    created_before: AwareDatetime | None = None
    cursor: UUID | None = Field(None, description="The next_cursor of the page before.")
    limit: int = Field(50, ge=1, le=100)

    def to_query(self, owner: str) -> Query:
        after, before = _milliseconds(self.created_after), _milliseconds(self.created_before)
        cursor = str(self.cursor) if self.cursor else None
        return Query(owner, self.state, self.reference, self.tag, after, before, cursor, self.limit)


class FileView(BaseModel):
    """A file as it was supplied."""

    name: str = Field(description="What you called it.")
    sha256: str | None = Field(description="null until a file that was named by its address is fetched.")
    url: str | None = Field(description="Where it is fetched from, without the query; null for a file that was sent.")


class AudioView(FileView):
    bytes: int | None = Field(description="null until it is fetched.")
    seconds: float | None = Field(description="Its length; null until it is decoded.")


class StageView(BaseModel):
    """Where a stage stands."""

    name: str
    state: StageState
    attempt: int = Field(
        description="How often a worker has begun it; one that several workers share is begun once more, to join its parts."
    )
    audio_seconds_done: float | None = None
    audio_seconds_total: float | None = None
    seconds: float | None = Field(None, description="How long it took.")


class Progress(BaseModel):
    """How far the job is: seconds of audio of the stage at work, and stages done."""

    fraction: float = Field(description="Stages done and begun, as a share of all. Stages do not take equally long: it is no forecast.")
    audio_seconds_done: float | None
    audio_seconds_total: float | None
    stages_done: int
    stages_total: int
    eta_seconds: float | None = Field(
        None,
        description="An estimate of the work left at the pace so far, without waiting for workers; null until 5 % is done, and in lists.",
    )
    queue_position: int | None = Field(
        None,
        description="How many waiting jobs will be begun before it, as turns and priorities stand; null once it runs, and in lists.",
    )


class ErrorView(BaseModel):
    """Why the job failed."""

    code: str = Field(examples=["audio_undecodable"])
    message: str
    coverage: float | None = Field(
        None,
        description="With `transcript_mismatch`: the share of the written words that were heard.",
        examples=[0.04],
    )


class JobView(BaseModel):
    """A job."""

    model_config = ConfigDict(json_schema_extra={"example": examples.JOB})

    id: str
    state: JobState
    stage: str | None = Field(description="The stage at work, or the next one; null when the job is finished.")
    progress: Progress
    attempt: int = Field(
        description="How often the stage at work has been begun; more than 1 after a worker died, or when parts are joined."
    )
    reference: str
    tags: list[str]
    show: str = Field(description="Your name for the show, whose glossary was used.")
    audio: AudioView
    transcript: FileView
    error: ErrorView | None
    warnings: list[str]
    degraded: list[str] = Field(description="Stages that had to be left out of the result.")
    stages: list[StageView]
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    result_url: str | None = Field(description="Where the result is, once the job has succeeded.")
    revision: int = Field(description="How often the result was amended.")
    delete_after_seconds: int | None = Field(description="How long it is kept once it has ended; null for what the service says.")


class JobPage(BaseModel):
    """Jobs, newest first."""

    items: list[JobView]
    next_cursor: str | None = Field(description="Send it as ?cursor= for the next page; null on the last.")


def view(job: Job, outlook: Outlook = UNKNOWN) -> JobView:
    stages = standings(job)
    current = None if job.state.finished else _current(stages)
    return JobView(
        id=job.id,
        state=job.state,
        stage=current.stage if current else None,
        progress=_progress(job, stages, current, outlook),
        attempt=current.attempt if current else max(stage.attempt for stage in stages),
        reference=job.reference,
        tags=job.tags,
        show=job.show,
        audio=AudioView(
            name=job.audio_name,
            sha256=job.audio_sha256 or None,
            url=_shown(job.audio_link),
            bytes=job.audio_bytes or None,
            seconds=_seconds(job.audio_ms),
        ),
        transcript=FileView(name=job.transcript_name, sha256=job.transcript_sha256 or None, url=_shown(job.transcript_link)),
        error=ErrorView(code=job.error_code, message=job.error_message or "", coverage=job.error_coverage) if job.error_code else None,
        warnings=job.warnings,
        degraded=job.degraded,
        stages=[_stage_view(stage) for stage in stages],
        created_at=instant(job.created_ms),
        started_at=instant(job.started_ms) if job.started_ms else None,
        finished_at=instant(job.finished_ms) if job.finished_ms else None,
        result_url=f"/v1/jobs/{job.id}/result" if job.state is JobState.SUCCEEDED else None,
        revision=job.revision,
        delete_after_seconds=job.keep_seconds,
    )


def _shown(link: dict[str, object] | None) -> str | None:
    return msgspec.convert(link, Link).shown if link else None


def _current(stages: list[Standing]) -> Standing | None:
    """The stage at work that has furthest to go; where none is, the first that waits for a worker."""
    running = [stage for stage in stages if stage.state is StageState.RUNNING]
    if running:
        return min(running, key=lambda stage: (stage.done_ms or 0) / (stage.total_ms or 1))
    return next((stage for stage in stages if stage.state is StageState.QUEUED), None)


def _progress(job: Job, stages: list[Standing], current: Standing | None, outlook: Outlook) -> Progress:
    done_ms = current.done_ms if current else None
    total_ms = current.total_ms if current else None
    done = sum(stage.state is StageState.DONE for stage in stages)
    begun = min(1.0, (done_ms or 0) / total_ms) if total_ms else 0.0
    return Progress(
        fraction=round((done + begun) / len(stages), 3),
        audio_seconds_done=_seconds(job.audio_ms if job.state is JobState.SUCCEEDED else done_ms),
        audio_seconds_total=_seconds(total_ms or job.audio_ms),
        stages_done=done,
        stages_total=len(stages),
        eta_seconds=outlook.seconds_left,
        queue_position=outlook.jobs_before,
    )


def _stage_view(stage: Standing) -> StageView:
    return StageView(
        name=stage.stage,
        state=stage.state,
        attempt=stage.attempt,
        audio_seconds_done=_seconds(stage.done_ms),
        audio_seconds_total=_seconds(stage.total_ms),
        seconds=stage.seconds,
    )


def _seconds(milliseconds: int | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000


def _milliseconds(instant: datetime | None) -> int | None:
    return None if instant is None else round(instant.timestamp() * 1000)


def instant(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
