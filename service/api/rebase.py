"""The finished transcript of an episode on another rendition of it: the same talk, with other advertisements."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Header, Response
from pydantic import BaseModel, ConfigDict

from service.api import examples
from service.api.deps import ENTRANCE, Parts, Service, Submitter
from service.api.errors import problems
from service.api.events import shown
from service.api.jobs import Asks
from service.api.schemas import JobOptions, JobView
from service.api.submission import FileIn, Sent, SubmissionIn, TextIn, take_in
from service.domain.options import LeftAlone
from service.domain.render import render
from service.jobs import Naming, Wishes, options_of
from service.tables import Job

router = APIRouter(prefix="/v1/jobs", tags=["jobs"], dependencies=ENTRANCE)


class RebaseIn(BaseModel):
    """The other rendition."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [examples.REBASE]})

    audio: FileIn


@router.post("/{job_id}/rebase", status_code=202, summary="Time it anew", responses=problems(401, 403, 404, 409, 410, 413, 422, 507))
def rebase(  # noqa: PLR0913, PLR0917 - FastAPI's own, each a part of the request
    job_id: str, wanted: RebaseIn, caller: Submitter, service: Service, response: Response, asks: Annotated[Asks, Header()]
) -> JobView:
    """A new job: the corrected transcript of this one, in the form in which it was supplied, with another recording and the same options.

    Corrections that were rejected here are not proposed again.
    """
    old = service.jobs.get(job_id, caller.owner)
    text = render(service.results.document(old), "source")
    transcript = TextIn(text=text, name=old.transcript_name)
    fingerprint = hashlib.sha256(f"{job_id} {old.revision} {wanted.model_dump_json()}".encode()).hexdigest()
    sent = Sent(SubmissionIn(audio=wanted.audio, transcript=transcript), JobOptions(), fingerprint)
    naming = Naming(asks.idempotency_key, fingerprint) if asks.idempotency_key else None
    job = (naming and service.jobs.submitted(naming, caller.owner)) or _begun(service, old, sent, _wishes(old, caller.key_id, naming))
    response.headers["Location"] = f"/v1/jobs/{job.id}"
    return shown(service, job)


def _begun(service: Parts, old: Job, sent: Sent, wishes: Wishes) -> Job:
    options = options_of(old)
    rejected = (LeftAlone(c.before, c.after) for c in service.results.rejected(old))
    return take_in(service, sent, replace(options, leave_alone=tuple(dict.fromkeys((*options.leave_alone, *rejected)))), wishes)


def _wishes(old: Job, key_id: str, naming: Naming | None) -> Wishes:
    return Wishes(
        reference=old.reference,
        tags=tuple(old.tags),
        learn=old.learn,
        owner=old.owner,
        key_id=key_id,
        keep_seconds=old.keep_seconds,
        naming=naming,
    )
