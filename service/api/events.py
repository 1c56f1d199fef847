"""A job as it goes on, sent as it changes (server-sent events)."""

from __future__ import annotations

import hashlib
import time
from collections.abc import AsyncIterator
from typing import Annotated, Any

import anyio
from fastapi import APIRouter, Header
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from service.api.deps import ENTRANCE, Parts, Reader, Service
from service.api.errors import problems
from service.api.schemas import JobView, view
from service.errors import Expired, NotFound, Unavailable
from service.tables import Job

router = APIRouter(prefix="/v1/jobs", tags=["jobs"], dependencies=ENTRANCE)

POLL_SECONDS = 0.5
QUIET_SECONDS = 15
"""After so long without a change a comment is sent, so that nobody on the way takes the connection for dead."""

EVENT_STREAM: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}, "description": "Events, each a job as JSON."}
}


@router.get(
    "/{job_id}/events", summary="Watch a job", response_class=StreamingResponse, responses={**EVENT_STREAM, **problems(401, 403, 404, 410)}
)
async def events(
    job_id: str,
    caller: Reader,
    service: Service,
    last_event_id: Annotated[str | None, Header(max_length=64, description="The id of the last event that was seen.")] = None,
) -> StreamingResponse:
    """An event `job` whenever the job has changed, the last once it has ended. Each holds the whole job, so none is missed by missing
    some; who comes back with `Last-Event-ID` is told only what differs from then.
    """
    await run_in_threadpool(service.jobs.get, job_id, caller.owner)
    return StreamingResponse(
        _changes(service, job_id, caller.owner, last_event_id), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
    )


async def _changes(service: Parts, job_id: str, owner: str, seen: str | None) -> AsyncIterator[str]:
    quiet_since = time.monotonic()
    while True:
        try:
            job = await run_in_threadpool(lambda: shown(service, service.jobs.get(job_id, owner)))
        except (NotFound, Expired, Unavailable):
            return
        if (event_id := version_of(job)) != seen:
            yield f"id: {event_id}\nevent: job\ndata: {job.model_dump_json()}\n\n"
            seen, quiet_since = event_id, time.monotonic()
        if job.state.finished:
            return
        if time.monotonic() - quiet_since > QUIET_SECONDS:
            yield ": still here\n\n"
            quiet_since = time.monotonic()
        await anyio.sleep(POLL_SECONDS)


def shown(service: Parts, job: Job) -> JobView:
    """A job by itself: with what can be said of its future, which lists do without."""
    return view(job, service.jobs.outlook(job))


def version_of(job: JobView) -> str:
    """The same for the same state of a job: an estimate of what is left changes by itself."""
    return hashlib.sha256(job.model_dump_json(exclude={"progress": {"eta_seconds"}}).encode()).hexdigest()[:32]
