"""Every error of the API as `application/problem+json` (RFC 9457), whatever raised it."""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, computed_field
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from service.errors import EarmarkError, InvalidOptions
from service.limits import TooSoon

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"

REQUEST_ID = "X-Request-Id"

COME_BACK_SECONDS = 10
"""What a caller is asked to wait where nobody knows for how long the service, or room in its queue, is wanting."""


class Fault(BaseModel):
    """One place in the request that is wrong."""

    pointer: str = Field(description="Where: a JSON pointer into options, or the name of a parameter.", examples=["/num_speakers"])
    detail: str = Field(description="What is wrong there.", examples=["must be at least 1"])


class Problem(BaseModel):
    """An error, as RFC 9457 has it. `code` is stable; `detail` is for people."""

    title: str = Field(examples=["The transcript holds no words"])
    status: int = Field(examples=[422])
    detail: str = Field(examples=["the transcript is empty; send the text as it was published"])
    code: str = Field(examples=["transcript_empty"])
    retryable: bool = Field(description="Whether the same request may succeed later.")
    request_id: str | None = Field(None, description="The X-Request-Id of the request, for finding it in the logs.")
    errors: list[Fault] | None = Field(None, description="Each wrong place, where there are several.")

    @computed_field(
        description="The code as a URI, for programs that know problems by it.", examples=["urn:earmark:problem:transcript_empty"]
    )
    def type(self) -> str:
        return f"urn:earmark:problem:{self.code}"


class BadOptions(InvalidOptions):
    """Options of a job that are wrong in one place or more."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(f"{fault.pointer}: {fault.detail}" for fault in faults))
        self.faults = list(faults)


def install(app: FastAPI) -> None:
    """Give the application its error handlers."""
    app.add_exception_handler(EarmarkError, _on_earmark_error)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_exception_handler(ClientDisconnect, _on_gone)
    app.add_exception_handler(Exception, _on_bug)


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The errors of a route, for OpenAPI."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": HTTPStatus(status).phrase, "content": content} for status in (*statuses, 429, 500, 503)}


def problem_of(error: EarmarkError) -> Problem:
    return Problem(
        title=error.title,
        status=error.status,
        detail=str(error) or error.title,
        code=error.code,
        retryable=error.retryable,
        errors=error.faults if isinstance(error, BadOptions) else None,
    )


def respond(problem: Problem, scope: Any, headers: dict[str, str] | None = None) -> JSONResponse:
    """The response to a request of this ASGI scope."""
    request_id = scope.get("state", {}).get("request_id")
    body = problem.model_copy(update={"request_id": request_id}).model_dump(mode="json", exclude_none=True)
    more = {REQUEST_ID: request_id} if request_id else {}
    return JSONResponse(body, problem.status, more | (headers or {}), MEDIA_TYPE)


def faults_of(errors: Sequence[Any]) -> list[Fault]:
    """Pydantic's errors as faults; its message, and the wrong place without the words "body" or "query"."""
    return [Fault(pointer="/" + "/".join(str(part) for part in error["loc"]), detail=_plain(error["msg"])) for error in errors]


def _plain(message: str) -> str:
    message = message.removeprefix("Value error, ")
    return message[:1].lower() + message[1:]


async def _on_earmark_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, EarmarkError)  # noqa: S101 - what it was installed for
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        logger.warning("%s %s: %s: %s", request.method, request.url.path, error.code, error)
    return respond(problem_of(error), request.scope, _headers_of(error))


def _headers_of(error: EarmarkError) -> dict[str, str]:
    if error.status == HTTPStatus.UNAUTHORIZED:
        return {"WWW-Authenticate": "Bearer"}
    if isinstance(error, TooSoon):
        return {"Retry-After": str(math.ceil(error.seconds))}
    if error.status == HTTPStatus.SERVICE_UNAVAILABLE:
        return {"Retry-After": str(COME_BACK_SECONDS)}
    return {}


async def _on_invalid_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - what it was installed for
    faults = [Fault(pointer=str(wrong["loc"][-1]), detail=_plain(wrong["msg"])) for wrong in error.errors()]
    problem = Problem(
        title="The request is not valid",
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
        detail="; ".join(f"{fault.pointer}: {fault.detail}" for fault in faults),
        code="invalid_request",
        retryable=False,
        errors=faults,
    )
    return respond(problem, request.scope)


async def _on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - what it was installed for
    phrase = HTTPStatus(error.status_code).phrase
    detail = error.detail if error.detail != phrase else f"{request.method} {request.url.path}: {phrase.lower()}"
    problem = Problem(
        title=phrase,
        status=error.status_code,
        detail=detail,
        code=phrase.lower().replace(" ", "_").replace("-", "_"),
        retryable=False,
    )
    return respond(problem, request.scope, dict(error.headers or {}))


async def _on_gone(_request: Request, _error: Exception) -> Response:
    """The caller went away in the middle of the upload; nobody reads this."""
    return Response(status_code=HTTPStatus.BAD_REQUEST)


async def _on_bug(request: Request, error: Exception) -> Response:
    logger.error("%s %s broke down", request.method, request.url.path, exc_info=error)
    problem = Problem(
        title=EarmarkError.title,
        status=EarmarkError.status,
        detail="something went wrong here, not with your request; the log has it under this request id",
        code=EarmarkError.code,
        retryable=True,
    )
    return respond(problem, request.scope)
