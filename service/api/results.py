"""The result of a job, in whatever form the caller can use."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from service.api import examples
from service.api.deps import ENTRANCE, Reader, Service
from service.api.errors import problems
from service.api.etags import has_it
from service.domain.render import FORMATS, RenderOptions, render
from service.errors import UnknownFormat
from service.results import require_result
from service.tables import Job

router = APIRouter(prefix="/v1", tags=["results"], dependencies=ENTRANCE)

DEFAULT = "json"

CONTENT: dict[str, dict[str, Any]] = {form.media_type: {} for form in FORMATS.values()} | {"application/json": {"example": examples.RESULT}}


_DEFAULTS = RenderOptions()


class Choice(BaseModel):
    """The caller's wishes on the result."""

    format: str | None = Field(None, description="The name of a form; it goes before the Accept header.", examples=["vtt"])
    include_unwritten: bool = Field(False, description="Also print what was heard but not written.")
    speaker_labels: bool = Field(True, description="Print who speaks.")
    max_chars: int = Field(_DEFAULTS.max_chars, description="Characters in a line of a subtitle, at most.")
    max_lines: int = Field(_DEFAULTS.max_lines, description="Lines of a subtitle, at most.")
    word_cues: bool = Field(False, description="Give each word a subtitle of its own.")

    def to_domain(self) -> RenderOptions:
        """Raises `InvalidOptions`."""
        return RenderOptions(**self.model_dump(exclude={"format"}))


class FormatView(BaseModel):
    """A form in which results can be had."""

    name: str = Field(examples=["vtt"])
    media_type: str = Field(examples=["text/vtt"])
    extension: str = Field(examples=["vtt"])
    description: str


@router.get("/formats", summary="List the forms of a result", responses=problems(401))
def formats() -> list[FormatView]:
    return [
        FormatView(name=name, media_type=form.media_type, extension=form.extension, description=form.description)
        for name, form in FORMATS.items()
    ]


@router.get(
    "/jobs/{job_id}/result",
    summary="Fetch the result",
    response_class=Response,
    responses={200: {"content": CONTENT}, 304: {}, **problems(401, 403, 404, 406, 409, 410)},
)
def result(job_id: str, caller: Reader, service: Service, choice: Annotated[Choice, Query()], request: Request) -> Response:
    """The corrected transcript as `?format=` or `Accept` says; JSON by default."""
    name = choice.format or accepted(request.headers.get("accept", "*/*"))
    if name not in FORMATS:
        raise UnknownFormat(f"there is no format {name!r}; known are {', '.join(FORMATS)}")
    options = choice.to_domain()
    job = service.jobs.get(job_id, caller.owner)
    etag = _etag(job, name, options)
    if has_it(request.headers.get("if-none-match"), etag):
        return Response(status_code=304, headers={"ETag": etag})
    text = render(service.results.document(job), name, options)
    return Response(text, media_type=FORMATS[name].media_type, headers={"ETag": etag, "Vary": "Accept"})


def accepted(accept: str) -> str:
    """The format that an Accept header prefers. Raises `UnknownFormat`.

    >>> accepted("text/html;q=0.5, text/vtt, */*;q=0.1")
    'vtt'
    """
    for wanted in sorted(accept.split(","), key=_quality, reverse=True):
        media_type = wanted.partition(";")[0].strip()
        if media_type in {"*/*", "application/*", ""}:
            return DEFAULT
        for name, form in FORMATS.items():
            if media_type in {form.media_type, f"{form.media_type.partition('/')[0]}/*"}:
                return name
    known = dict.fromkeys(form.media_type for form in FORMATS.values())
    raise UnknownFormat(f"nothing here is {accept}; known are {', '.join(known)}")


def _quality(wanted: str) -> float:
    _, _, quality = wanted.partition(";q=")
    try:
        return float(quality or 1)
    except ValueError:
        return 0


def _etag(job: Job, name: str, options: RenderOptions) -> str:
    """Raises `NotReady`, or `Conflict` when there will never be a result."""
    require_result(job)
    parts = [job.id, job.run_of("assemble").artifact_key, name, options, job.degraded, job.revision]
    return f'"{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}"'
