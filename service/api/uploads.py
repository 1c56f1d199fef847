"""Uploads in pieces, as tus 1.0.0 has them (https://tus.io): core and the extensions named below."""

from __future__ import annotations

import base64
import binascii
from email.utils import formatdate
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from service.api.deps import ENTRANCE, Parts, Service, Submitter
from service.api.errors import problems
from service.api.upload import in_steps, shown
from service.errors import AudioTooLarge
from service.store import room_on_disk
from service.tables import Upload

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,termination,expiration"
PIECE = "application/offset+octet-stream"


def _speak_tus(response: Response) -> None:
    response.headers["Tus-Resumable"] = VERSION


router = APIRouter(prefix="/v1/uploads", tags=["uploads"], dependencies=[*ENTRANCE, Depends(_speak_tus)])

PIECE_CONTENT = {PIECE: {"schema": {"type": "string", "format": "binary"}, "example": "(bytes)"}}

HEADERS = {name: {"schema": {"type": "string"}} for name in ("Tus-Resumable", "Upload-Offset", "Upload-Expires")}


@router.options(
    "",
    status_code=204,
    response_class=Response,
    summary="Ask how uploads are spoken to",
    responses={
        204: {"headers": {name: {"schema": {"type": "string"}} for name in ("Tus-Version", "Tus-Extension", "Tus-Max-Size")}},
        **problems(401),
    },
)
def spoken(service: Service) -> Response:
    said = {"Tus-Version": VERSION, "Tus-Extension": EXTENSIONS, "Tus-Max-Size": str(service.uploads.limit)}
    return Response(status_code=HTTPStatus.NO_CONTENT, headers={"Tus-Resumable": VERSION} | said)


@router.post(
    "",
    status_code=201,
    response_class=Response,
    summary="Begin an upload in pieces",
    responses={201: {"headers": HEADERS}, **problems(401, 403, 413, 422, 507)},
    openapi_extra={"requestBody": {"required": False, "content": PIECE_CONTENT}},
)
async def begin(
    caller: Submitter,
    service: Service,
    request: Request,
    upload_length: Annotated[int, Header(ge=1, le=2**53, description="Bytes of the whole file.")],
    upload_metadata: Annotated[str, Header(max_length=2_000, description="As tus has it; `filename` is used.")] = "",
) -> Response:
    """Answers with the upload's address in `Location`; its last part is the `upload_id` for a submission.

    The first piece, or the whole file, may come along as the body.
    """
    upload = await run_in_threadpool(service.uploads.begin, caller.owner, _filename(upload_metadata), upload_length)
    if _is_piece(request):
        try:
            await _append(request, service, upload, 0)
        except Exception:  # the caller does not know yet where it would go on
            await run_in_threadpool(service.uploads.delete, upload.id, caller.owner)
            raise
    return await _where(upload, service, Response(status_code=HTTPStatus.CREATED, headers={"Location": f"/v1/uploads/{upload.id}"}))


@router.head(
    "/{upload_id}",
    response_class=Response,
    summary="Ask how much has arrived",
    responses={200: {"headers": HEADERS}, **problems(401, 403, 404)},
)
def looked_at(upload_id: str, caller: Submitter, service: Service, response: Response) -> None:
    upload = service.uploads.get(upload_id, caller.owner)
    response.headers["Cache-Control"] = "no-store"
    _say(response, upload, service.uploads.offset(upload), service)


@router.patch(
    "/{upload_id}",
    status_code=204,
    summary="Send the next piece",
    responses={204: {"headers": HEADERS}, **problems(401, 403, 404, 409, 413, 415, 422, 423, 507)},
    openapi_extra={"requestBody": {"required": True, "content": PIECE_CONTENT}},
)
async def continued(
    upload_id: str,
    caller: Submitter,
    service: Service,
    request: Request,
    upload_offset: Annotated[int, Header(ge=0, le=2**53, description="Where the piece begins: how much has arrived.")],
) -> Response:
    """What arrived of a piece that breaks off is kept; ask how much, and go on from there."""
    upload = await run_in_threadpool(service.uploads.get, upload_id, caller.owner)
    if not _is_piece(request):
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"send the piece as {PIECE}")
    await _append(request, service, upload, upload_offset)
    return await _where(upload, service, Response(status_code=HTTPStatus.NO_CONTENT))


@router.delete("/{upload_id}", status_code=204, summary="Give an upload up", responses=problems(401, 403, 404))
def given_up(upload_id: str, caller: Submitter, service: Service) -> None:
    service.uploads.delete(upload_id, caller.owner)


def _is_piece(request: Request) -> bool:
    return request.headers.get("content-type", "").partition(";")[0].strip() == PIECE


async def _where(upload: Upload, service: Parts, response: Response) -> Response:
    """The response, with how much has arrived."""
    _speak_tus(response)
    _say(response, upload, await run_in_threadpool(service.uploads.offset, upload), service)
    return response


async def _append(request: Request, service: Parts, upload: Upload, at: int) -> None:
    appending = service.uploads.appending(upload, at)
    file = await run_in_threadpool(appending.__enter__)
    try:
        async for chunk in in_steps(request):
            at += len(chunk)
            if at > upload.bytes:
                raise AudioTooLarge(f"the upload was announced with {upload.bytes:,} bytes, and more have come")
            with room_on_disk():
                await run_in_threadpool(file.write, chunk)
    finally:
        await run_in_threadpool(appending.__exit__, None, None, None)


def _say(response: Response, upload: Upload, offset: int, service: Parts) -> None:
    response.headers["Upload-Offset"] = str(offset)
    response.headers["Upload-Length"] = str(upload.bytes)
    response.headers["Upload-Expires"] = formatdate(upload.created_ms / 1000 + service.settings.upload_seconds, usegmt=True)


def _filename(metadata: str) -> str:
    """The file's name, if the metadata hold one that can be read.

    >>> _filename("filetype YQ==,filename ZS5tcDM=")
    'e.mp3'
    """
    for pair in metadata.split(","):
        name, _, value = pair.strip().partition(" ")
        if name == "filename":
            try:
                return shown(base64.b64decode(value, validate=True))
            except binascii.Error:
                return ""
    return ""
