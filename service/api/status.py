"""What the service can do, and how it does: for programs, and for Prometheus."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import msgspec
from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import func, select

from service.api import examples
from service.api.deps import ENTRANCE, Admin, Parts, Service
from service.api.errors import problems
from service.belongings import Delivery, Voice
from service.database import clock
from service.domain.document import SCHEMA_VERSION
from service.domain.render import FORMATS
from service.errors import EarmarkError
from service.stages import QUEUES, STAGES, part_of, stage_of
from service.tables import Job, JobState, StageRun, StageState
from service.voices import WAITS

router = APIRouter(tags=["service"])


class LimitsView(BaseModel):
    """What is accepted at most."""

    audio_bytes: int
    audio_seconds: int
    transcript_bytes: int
    waiting_jobs: int


class ModelView(BaseModel):
    """Weights that are installed where a worker runs."""

    stage: str
    name: str
    revision: str


class WorkerView(BaseModel):
    """A worker that answers. What it has installed is as it was when it started."""

    model_config = ConfigDict(json_schema_extra={"example": examples.WORKER})

    name: str
    device: str = Field(description="cpu, cuda or cuda:N: where its recogniser runs.")
    profile: str = Field(description="How its models run: cpu or cuda.")
    models: list[ModelView] = Field(description="The installed models that it would use.")
    languages: list[str] = Field(description="What its recognisers understand: en, or any with multilingual weights.")
    queues: list[str] = Field(description="Where it takes its stages from.")
    slots: int = Field(description="How many stages it runs at a time.")
    busy: int = Field(description="How many of its slots are taken now; the others are free.")


class Capabilities(BaseModel):
    """What this service can do."""

    version: str
    schema_version: int = Field(description="Of the result's JSON.")
    formats: list[str] = Field(examples=[["json", "vtt"]])
    stages: list[str] = Field(examples=[["decode", "parse"]])
    limits: LimitsView
    waiting: dict[str, int] | None = Field(description="Stages that wait for a worker, by queue.", examples=[{"io": 0, "gpu": 2}])
    workers: list[WorkerView] | None = Field(description="The workers that answer; null while the broker cannot be asked.")


@router.get("/v1/capabilities", summary="What can it do?", dependencies=ENTRANCE, responses=problems(401))
def capabilities(service: Service) -> Capabilities:
    settings = service.settings
    return Capabilities(
        version=installed_version(),
        schema_version=SCHEMA_VERSION,
        formats=list(FORMATS),
        stages=[stage.name for stage in STAGES],
        limits=LimitsView(
            audio_bytes=settings.max_upload_bytes,
            audio_seconds=settings.max_audio_seconds,
            transcript_bytes=settings.max_transcript_bytes,
            waiting_jobs=settings.max_waiting_jobs,
        ),
        waiting=_waiting(service),
        workers=_workers(service),
    )


PLAIN: dict[int | str, dict[str, Any]] = {200: {"content": {"text/plain": {"schema": {"type": "string"}}}}}


@router.get(
    "/metrics",
    summary="Figures for Prometheus",
    dependencies=ENTRANCE,
    response_class=Response,
    responses={**PLAIN, **problems(401, 403)},
)
def metrics(_: Admin, service: Service) -> Response:
    """Counted in the database when asked, so that every process of the API says the same. Needs the scope admin."""
    registry = CollectorRegistry()
    registry.register(_Figures(service))
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


class _Figures(Collector):
    def __init__(self, service: Parts) -> None:
        self._service = service

    def collect(self) -> Iterable[Metric]:
        with self._service.database.reading() as session:
            now = clock(session)
            jobs = dict(session.execute(select(Job.state, func.count()).group_by(Job.state)).tuples().all())
            runs = (
                session.execute(select(StageRun.stage, StageRun.state, func.count()).group_by(StageRun.stage, StageRun.state))
                .tuples()
                .all()
            )
            waiting = session.execute(
                select(StageRun.stage, func.count(), func.sum(Job.audio_ms))
                .join(Job)
                .where(StageRun.state == StageState.QUEUED)
                .group_by(StageRun.stage)
            ).tuples()
            depth, audio = _by_queue(waiting.all())
            oldest = session.scalar(select(func.min(StageRun.queued_ms)).where(StageRun.state == StageState.QUEUED))
            voices = session.scalar(select(func.count()).select_from(Voice).where(*WAITS))
            due = session.scalar(select(func.count()).select_from(Delivery).where(Delivery.due_ms.is_not(None)))
        yield _family("earmark_jobs", "Jobs, by state.", {(state.value,): jobs.get(state, 0) for state in JobState}, "state")
        yield _family("earmark_stages", "Stages of jobs, and parts of stages, by state.", _by_stage(runs), "stage", "state")
        yield _family("earmark_queue_depth", "Stages, and parts of stages, that a worker could begin now.", depth, "queue")
        yield _family(
            "earmark_queue_audio_seconds", "Sound that they are about; before it is decoded a recording counts for nothing.", audio, "queue"
        )
        yield _family(
            "earmark_voices_waiting", "Enrolled voices whose clip a worker of the queue gpu has still to listen to.", {(): voices or 0}
        )
        yield _family("earmark_oldest_queued_seconds", "How long a stage has waited.", {(): max(0, now - (oldest or now)) / 1000})
        yield _family("earmark_deliveries_waiting", "Messages to webhooks that have not arrived.", {(): due or 0})
        yield _family("earmark_store_free_bytes", "Free on the store's disk.", {(): self._service.store.free_bytes()})
        yield from self._of_the_broker()

    def _of_the_broker(self) -> Iterator[Metric]:
        waiting = _waiting(self._service)
        yield _family("earmark_broker_up", "Whether the broker answers.", {(): int(waiting is not None)})
        if waiting is not None:
            yield _family("earmark_queue_messages", "Messages no worker has taken.", {(queue,): n for queue, n in waiting.items()}, "queue")


def _by_stage(runs: Iterable[tuple[str, StageState, int]]) -> dict[tuple[str, ...], float]:
    found: dict[tuple[str, ...], float] = {(stage.name, state.value): 0 for stage in STAGES for state in StageState}
    for run, state, count in runs:
        found[stage_of(run).name, state.value] += count
    return found


def _by_queue(waiting: Iterable[tuple[str, int, int | None]]) -> tuple[dict[tuple[str, ...], float], dict[tuple[str, ...], float]]:
    """How many runs wait in each queue, and for how many seconds of sound. A part counts for its share of the recording."""
    depth: dict[tuple[str, ...], float] = {(queue,): 0 for queue in QUEUES}
    audio = dict(depth)
    for run, count, audio_ms in waiting:
        depth[stage_of(run).queue,] += count
        audio[stage_of(run).queue,] += float(audio_ms or 0) / part_of(run).count / 1000
    return depth, audio


def installed_version() -> str:
    try:
        return version("earmark")
    except PackageNotFoundError:
        return "0"


def _family(name: str, said: str, values: dict[tuple[str, ...], float], *labels: str) -> Metric:
    family = GaugeMetricFamily(name, said, labels=labels)
    for of, value in values.items():
        family.add_metric(of, value)
    return family


def _waiting(service: Parts) -> dict[str, int] | None:
    try:
        return {queue: service.broker.waiting(queue) for queue in QUEUES}
    except EarmarkError:
        return None


def _workers(service: Parts) -> list[WorkerView] | None:
    try:
        answers = service.broker.abilities()
    except EarmarkError:
        return None
    return [WorkerView(name=name, **msgspec.to_builtins(said)) for name, said in sorted(answers.items())]
