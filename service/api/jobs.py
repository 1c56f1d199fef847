"""Submit an episode, watch it, cancel it, delete it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Annotated, Any

import anyio
from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from service import artifacts
from service.api.deps import ENTRANCE, Reader, Service, Submitter
from service.api.errors import problems
from service.api.schemas import JobOptions, JobPage, JobView, Listing, view
from service.api.upload import Limits, Submission, read_submission
from service.intake import Parcel, Wishes

router = APIRouter(prefix="/v1/jobs", tags=["jobs"], dependencies=ENTRANCE)

MAX_WAIT_SECONDS = 60
POLL_SECONDS = 0.5

OPTIONS_EXAMPLE = '{"title": "Paris startups", "glossary": [{"text": "Minitel", "sounds_like": ["Minutel"]}, "Qwen"], "num_speakers": 2}'

FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
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
            }
        },
    }
}


async def received(request: Request, service: Service) -> AsyncIterator[Submission]:
    limits = Limits(service.settings.max_upload_bytes, service.settings.max_transcript_bytes)
    async for submission in read_submission(request, service.store, limits):
        yield submission


@router.post("", status_code=202, summary="Submit an episode", openapi_extra=FORM, responses=problems(401, 403, 413, 415, 422, 507))
def submit(caller: Submitter, submission: Annotated[Submission, Depends(received)], service: Service, response: Response) -> JobView:
    """Takes the audio and its transcript and answers at once; the work is done by workers. The job is at `Location`."""
    options = JobOptions.parse(submission.options)
    parcel = Parcel(submission.audio, submission.audio_stored, submission.audio_name, submission.transcript, submission.transcript_name)
    job = service.intake.accept(parcel, Wishes(options.to_domain(), options.reference, caller.owner))
    response.headers["Location"] = f"/v1/jobs/{job.id}"
    response.headers["Retry-After"] = "1"
    return view(job)


@router.get("", summary="List jobs", responses=problems(401, 403, 422))
def listed(caller: Reader, service: Service, wanted: Annotated[Listing, Query()]) -> JobPage:
    """Newest first, a page at a time."""
    jobs, before = service.jobs.page(wanted.to_query(caller.owner))
    return JobPage(items=[view(job) for job in jobs], next_cursor=before)


@router.get("/{job_id}", summary="Look at a job", responses=problems(401, 403, 404, 422))
async def looked_at(
    job_id: str,
    caller: Reader,
    service: Service,
    wait: Annotated[
        float, Query(ge=0, le=MAX_WAIT_SECONDS, description="Answer when the job is finished, or after this many seconds.")
    ] = 0,
) -> JobView:
    until = time.monotonic() + wait
    while True:
        job = await run_in_threadpool(service.jobs.get, job_id, caller.owner)
        if job.state.finished or time.monotonic() >= until:
            return view(job)
        await anyio.sleep(POLL_SECONDS)


@router.post("/{job_id}/cancel", status_code=202, summary="Stop a job", responses=problems(401, 403, 404, 409))
def cancel(job_id: str, caller: Submitter, service: Service) -> JobView:
    """The job is `cancelling` until the worker lets go of it, within seconds. Again is no error; a job that has ended is."""
    return view(service.jobs.cancel(job_id, caller.owner))


@router.delete("/{job_id}", status_code=204, summary="Forget a job", responses=problems(401, 403, 404, 423))
def delete(job_id: str, caller: Submitter, service: Service, *, force: bool = False) -> None:
    """Removes the job, both its files and all that was made from them; a job at work only with `force`."""
    for key in service.jobs.delete(job_id, caller.owner, force=force):
        artifacts.delete(service.store, caller.owner, key)
    service.store.delete(f"jobs/{job_id}")
