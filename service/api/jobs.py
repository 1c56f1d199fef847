"""Submit an episode, watch it, cancel it, delete it."""

from __future__ import annotations

import re
import time
from typing import Annotated, Any

import anyio
from fastapi import APIRouter, Depends, Header, Query, Request, Response
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from service.api.deps import ENTRANCE, Parts, Reader, Service, Submitter
from service.api.errors import problems
from service.api.etags import has_it
from service.api.events import POLL_SECONDS, shown, version_of
from service.api.schemas import PRIORITIES, JobPage, JobView, Listing, view
from service.api.submission import Received, Sent, take_in
from service.callers import Caller
from service.domain.glossary import joined
from service.domain.options import Options
from service.jobs import Naming, Wishes
from service.sweeper import forget
from service.tables import Job

router = APIRouter(prefix="/v1/jobs", tags=["jobs"], dependencies=ENTRANCE)

MAX_WAIT_SECONDS = 60

HEADERS = {name: {"schema": {"type": "string"}} for name in ("Location", "Retry-After", "Idempotency-Replayed", "Preference-Applied")}

_WAIT = re.compile(r"(?:^|[,;\s])wait=(\d{1,9})(?![\d.])")


class Asks(BaseModel):
    """What a request asks in its headers."""

    idempotency_key: str | None = Field(None, min_length=1, max_length=255, description="Your own name for this submission.")
    prefer: str = Field("", max_length=200, description="`wait=N`: answer when the job has ended, or after N seconds (at most 60).")

    @property
    def wait(self) -> int:
        found = _WAIT.search(self.prefer)
        return min(int(found[1]), MAX_WAIT_SECONDS) if found else 0


OPTIONS_EXAMPLE = '{"title": "Paris startups", "glossary": [{"text": "Minitel", "sounds_like": ["Minutel"]}, "Qwen"], "num_speakers": 2}'

BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"$ref": "#/components/schemas/SubmissionIn"},
                "example": {
                    "audio": {"url": "https://example.com/episode.mp3"},
                    "transcript": {"text": "Anna: In 1982 the Minutel was new."},
                    "options": {"glossary": ["Minitel"], "num_speakers": 2},
                },
            },
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["audio", "transcript"],
                    "properties": {
                        "audio": {
                            "type": "string",
                            "format": "binary",
                            "description": "The recording: MP3, M4A, Ogg, Opus, FLAC, WAV, WebM.",
                        },
                        "transcript": {
                            "type": "string",
                            "format": "binary",
                            "description": "The existing transcript, a file or a text field: text, Markdown, NAME: labels, SRT, WebVTT.",
                        },
                        "options": {
                            "type": "string",
                            "description": "A JSON object: JobOptions.",
                            "contentMediaType": "application/json",
                            "contentSchema": {"$ref": "#/components/schemas/JobOptions"},
                        },
                    },
                },
                "example": {"audio": "(the file)", "transcript": "Anna: In 1982 the Minutel was new.", "options": OPTIONS_EXAMPLE},
                "encoding": {"options": {"contentType": "application/json"}},
            },
        },
    }
}


@router.post(
    "",
    status_code=202,
    summary="Submit an episode",
    openapi_extra=BODY,
    responses={202: {"headers": HEADERS}, **problems(401, 403, 404, 409, 413, 415, 422, 507)},
)
async def submit(caller: Submitter, sent: Received, service: Service, response: Response, asks: Annotated[Asks, Header()]) -> JobView:
    """Takes the audio and its transcript and answers at once; the work is done by workers. The job is at `Location`.

    With `Idempotency-Key` the same submission, sent again within a day, is the same job. With `Prefer: wait=N` the answer waits
    until the job has ended, at most N seconds.
    """
    naming = Naming(asks.idempotency_key, sent.fingerprint) if asks.idempotency_key else None
    earlier = await service.counter.run(service.jobs.submitted, naming, caller.owner) if naming else None
    job = earlier if earlier is not None else await service.counter.run(_accept, service, sent, caller, naming)
    response.headers["Location"] = f"/v1/jobs/{job.id}"
    response.headers["Retry-After"] = "1"
    if earlier:
        response.headers["Idempotency-Replayed"] = "true"
    if asks.wait:
        response.headers["Preference-Applied"] = f"wait={asks.wait}"
        job = await _ended(service, job.id, caller.owner, asks.wait)
    return await service.counter.run(shown, service, job)


def _accept(service: Parts, sent: Sent, caller: Caller, naming: Naming | None) -> Job:
    options = sent.options
    wishes = Wishes(
        reference=options.reference,
        tags=tuple(options.tags),
        learn=options.learn,
        priority=PRIORITIES[options.priority],
        owner=caller.owner,
        key_id=caller.key_id,
        keep_seconds=options.delete_after_seconds,
        naming=naming,
    )
    return take_in(service, sent, _as_the_show_says(options.to_domain(), service, caller.owner), wishes)


def _as_the_show_says(options: Options, service: Parts, owner: str) -> Options:
    """With what the show's glossary holds now: a job stays what it was when the glossary goes on learning."""
    return joined(options, service.glossaries.find(options.show, owner)) if options.show else options


@router.get("", summary="List jobs", responses=problems(401, 403, 422))
def listed(caller: Reader, service: Service, wanted: Annotated[Listing, Query()]) -> JobPage:
    """Newest first, a page at a time."""
    jobs, before = service.jobs.page(wanted.to_query(caller.owner))
    return JobPage(items=[view(job) for job in jobs], next_cursor=before)


async def _patience(
    asks: Annotated[Asks, Header()],
    wait: Annotated[
        float, Query(ge=0, le=MAX_WAIT_SECONDS, description="Answer when the job is finished, or after this many seconds.")
    ] = 0,
) -> float:
    return max(wait, asks.wait)


@router.get("/{job_id}", summary="Look at a job", response_model=JobView, responses={304: {}, **problems(401, 403, 404, 410, 422)})
async def looked_at(
    job_id: str, caller: Reader, service: Service, patience: Annotated[float, Depends(_patience)], request: Request
) -> Response:
    """With `If-None-Match` and the ETag of an earlier answer, 304 while nothing has changed."""
    found = await _ended(service, job_id, caller.owner, patience)
    job = await run_in_threadpool(shown, service, found)
    etag = f'W/"{version_of(job)}"'
    if has_it(request.headers.get("if-none-match"), etag):
        return Response(status_code=304, headers={"ETag": etag})
    return Response(job.model_dump_json(), headers={"ETag": etag}, media_type="application/json")


async def _ended(service: Parts, job_id: str, owner: str, wait: float) -> Job:
    """The job once it has ended, or as it is after so many seconds."""
    until = time.monotonic() + wait
    while True:
        job = await run_in_threadpool(service.jobs.get, job_id, owner)
        if job.state.finished or time.monotonic() >= until:
            return job
        await anyio.sleep(POLL_SECONDS)


@router.post("/{job_id}/cancel", status_code=202, summary="Stop a job", responses=problems(401, 403, 404, 409, 410))
def cancel(job_id: str, caller: Submitter, service: Service) -> JobView:
    """The job is `cancelling` until the worker lets go of it, within seconds. Again is no error; a job that has ended is."""
    return shown(service, service.jobs.cancel(job_id, caller.owner))


@router.post("/{job_id}/retry", status_code=202, summary="Try a failed job again", responses=problems(401, 403, 404, 409, 410))
def retry(job_id: str, caller: Submitter, service: Service) -> JobView:
    """Goes on where it ended: what its finished stages made is used again. Also for a job that was cancelled."""
    return shown(service, service.jobs.retry(job_id, caller.owner))


@router.delete("/{job_id}", status_code=204, summary="Forget a job", responses=problems(401, 403, 404, 410, 423))
def delete(job_id: str, caller: Submitter, service: Service, *, force: bool = False) -> None:
    """Removes the job, both its files and all that was made from them; a job at work only with `force`."""
    forget(service.jobs, service.store, service.jobs.get(job_id, caller.owner), force=force)
