"""Enrolled voices: whom to expect in episodes of a show."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from service.api import examples
from service.api.deps import ENTRANCE, Parts, Reader, Service, Submitter
from service.api.errors import problems
from service.api.schemas import instant
from service.api.upload import in_steps
from service.belongings import Voice
from service.domain.options import SHOW_PATTERN
from service.errors import AudioTooLarge, BrokerUnavailable
from service.store import room_on_disk

router = APIRouter(prefix="/v1/voices", tags=["voices"], dependencies=ENTRANCE)

CLIP_BYTES = 32 * 1024**2
"""Three minutes of uncompressed stereo; half a minute of speech is enough."""

Name = Annotated[
    str, Query(min_length=1, max_length=200, pattern=r"^\S(.*\S)?$", description="Whose voice it is.", examples=["Ada Lovelace"])
]
Show = Annotated[str, Query(pattern=f"^({SHOW_PATTERN})?$", description="Of which show; of all, without it.", examples=["paris-startups"])]

CLIP = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}, "example": "(the clip)"}},
    }
}


class VoiceState(StrEnum):
    """Whether a voice can be recognised yet."""

    WAITING = "waiting"
    READY = "ready"
    FAILED = "failed"


class VoiceView(BaseModel):
    """An enrolled voice. What it sounds like is never shown."""

    model_config = ConfigDict(json_schema_extra={"example": examples.VOICE})

    id: str
    name: str
    show: str = Field(description="Of which show; empty for all.")
    state: VoiceState = Field(description="waiting for a worker to listen to the clip; ready; or failed: enrol another clip.")
    model: str | None = Field(description="The model that knows the voice; others cannot recognise it.")
    error: str | None = Field(description="Why the clip could not be used.")
    created_at: datetime


@router.post("", status_code=202, summary="Enrol a voice", responses=problems(401, 403, 413, 422, 507), openapi_extra=CLIP)
async def enrol(name: Name, caller: Submitter, service: Service, request: Request, show: Show = "") -> VoiceView:
    """The body is a recording in which only this person speaks, 5 seconds at least and 20 or more for choice.

    Enrol nobody who has not agreed. What is kept is a vector of 192 numbers; the clip is removed as soon as a worker has listened to it.
    """
    most = min(CLIP_BYTES, service.settings.max_upload_bytes)
    scratch = await run_in_threadpool(service.store.scratch)
    try:
        with scratch.open("wb") as file:
            async for chunk in in_steps(request):
                if file.tell() + len(chunk) > most:
                    raise AudioTooLarge(f"a clip may have {most:,} bytes; half a minute is enough")
                with room_on_disk():
                    await run_in_threadpool(file.write, chunk)
        voice = await run_in_threadpool(service.voices.begin, caller.owner, name, show, scratch)
    finally:
        scratch.unlink(missing_ok=True)
    await run_in_threadpool(_tell, service, voice)
    return _view(voice)


def _tell(service: Parts, voice: Voice) -> None:
    """A message that cannot be sent now is sent later (`Roster.remind`)."""
    with suppress(BrokerUnavailable):
        service.broker.enrol(voice.id)


@router.get("", summary="List the voices", responses=problems(401, 403))
def listed(caller: Reader, service: Service) -> list[VoiceView]:
    return [_view(voice) for voice in service.voices.all(caller.owner)]


@router.get("/{voice_id}", summary="Look at a voice", responses=problems(401, 403, 404))
def looked_at(voice_id: str, caller: Reader, service: Service) -> VoiceView:
    return _view(service.voices.get(voice_id, caller.owner))


@router.delete("/{voice_id}", status_code=204, summary="Forget a voice", responses=problems(401, 403, 404))
def deleted(voice_id: str, caller: Submitter, service: Service) -> None:
    """Results in which it was recognised keep the name."""
    service.voices.delete(voice_id, caller.owner)


def _view(voice: Voice) -> VoiceView:
    failed = VoiceState.FAILED if voice.error else VoiceState.WAITING
    return VoiceView(
        id=voice.id,
        name=voice.name,
        show=voice.show,
        state=VoiceState.READY if voice.print else failed,
        model=str(voice.print["model"]) if voice.print else None,
        error=voice.error,
        created_at=instant(voice.created_ms),
    )
