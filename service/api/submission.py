"""A submission, as a form or as JSON: what was sent, and what it is to be known by."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from python_multipart.multipart import parse_options_header

from service.api.deps import Parts, Service
from service.api.errors import BadOptions, faults_of
from service.api.schemas import JobOptions
from service.api.upload import FORM_BYTES, Limits, read_submission, shown
from service.domain.options import Options
from service.errors import AudioTooLarge, InputError, NotFound, TranscriptTooLarge
from service.fetch import Link, Policy
from service.intake import Parcel, Scratch
from service.jobs import Wishes
from service.tables import Job

SHA256 = Field("", pattern="^([0-9a-f]{64})?$", description="What the file is, in hexadecimal; another is refused.")


class FileIn(BaseModel):
    """A file by its address, or of an upload in pieces."""

    model_config = ConfigDict(extra="forbid")

    url: str | None = Field(
        None, max_length=2_000, description="https:// or http://; a worker fetches it.", examples=["https://example.com/e.mp3"]
    )
    headers: dict[str, str] = Field({}, max_length=20, description="Sent with the request, to that origin only. Never shown again.")
    sha256: str = SHA256
    upload_id: str | None = Field(None, max_length=36, description="The id of a complete upload (POST /v1/uploads).")
    name: str = Field("", max_length=200, description="What to call it; by default as the address does.")

    @model_validator(mode="after")
    def _one_of_them(self) -> FileIn:
        if (self.url is None) == (self.upload_id is None):
            raise ValueError("name either url or upload_id")
        if any(not _harmless(name + value) for name, value in self.headers.items()):
            raise ValueError("a header must be printable ASCII, without line breaks")
        return self

    @property
    def called(self) -> str:
        return shown((self.name or PurePosixPath(urlsplit(self.url or "").path).name).encode())

    @property
    def link(self) -> Link:
        return Link(self.url or "", self.headers, self.sha256)


class TextIn(FileIn):
    """The transcript: its text, or a file."""

    text: str | None = Field(None, description="The transcript itself.", examples=["Anna: In 1982 the Minutel was new."])

    @model_validator(mode="after")
    def _one_of_them(self) -> TextIn:
        if sum(way is not None for way in (self.url, self.upload_id, self.text)) != 1:
            raise ValueError("name one of text, url and upload_id")
        return self


class SubmissionIn(BaseModel):
    """A submission as JSON."""

    model_config = ConfigDict(extra="forbid")

    audio: FileIn
    transcript: TextIn
    options: JobOptions = JobOptions()


@dataclass(frozen=True, slots=True)
class Sent:
    """What came in; uploads that it names are lent when the job is made, and `uploads` are then used up."""

    parts: Parcel | SubmissionIn
    options: JobOptions
    fingerprint: str

    @property
    def uploads(self) -> list[str]:
        named = (self.parts.audio, self.parts.transcript) if isinstance(self.parts, SubmissionIn) else ()
        return [file.upload_id for file in named if file.upload_id]

    def parcel(self, service: Parts, owner: str) -> Parcel:
        """Raises `NotFound`, `Conflict` for an upload that is not complete, `UrlForbidden`, `TranscriptTooLarge`."""
        if isinstance(self.parts, Parcel):
            return self.parts
        audio, transcript = self.parts.audio, self.parts.transcript
        return Parcel(
            audio=_lent(audio, service, owner) if audio.upload_id else _link(audio, service),
            audio_name=audio.called,
            transcript=_transcript(transcript, service, owner),
            transcript_name=transcript.called,
        )


async def received(request: Request, service: Service) -> AsyncIterator[Sent]:
    """Raises what `read_submission` raises, and `BadOptions` for JSON that is wrong."""
    settings = service.settings
    if parse_options_header(request.headers.get("content-type"))[0] == b"application/json":
        body = await _body(request, settings.max_transcript_bytes * 2 + FORM_BYTES)
        parsed = _parsed(body)
        yield Sent(parsed, parsed.options, hashlib.sha256(body).hexdigest())
        return
    limits = Limits(settings.max_upload_bytes, settings.max_transcript_bytes)
    async for form in read_submission(request, service.store, limits, service.counter):
        whole = [form.audio_stored.sha256, hashlib.sha256(form.transcript).hexdigest(), hashlib.sha256(form.options).hexdigest()]
        parcel = Parcel(Scratch(form.audio, form.audio_stored), form.audio_name, form.transcript, form.transcript_name)
        yield Sent(parcel, JobOptions.parse(form.options), hashlib.sha256("".join(whole).encode()).hexdigest())


Received = Annotated[Sent, Depends(received)]


async def _body(request: Request, limit: int) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise AudioTooLarge(f"a submission as JSON may have {limit:,} bytes; send files by url, upload_id or as a form")
    return bytes(body)


def _parsed(body: bytes) -> SubmissionIn:
    try:
        return SubmissionIn.model_validate_json(body)
    except ValidationError as error:
        raise BadOptions(faults_of(error.errors())) from error


def _link(file: FileIn, service: Parts) -> Link:
    """Raises `UrlForbidden` at once for what no worker would fetch by its looks; its addresses are looked at when it is fetched."""
    Policy.of(service.settings).target(file.link.url)
    return file.link


def _lent(file: FileIn, service: Parts, owner: str) -> Scratch:
    """The upload. Raises `InputError` when it is not the file that it was said to be."""
    scratch = service.uploads.lend(file.upload_id or "", owner)
    if file.sha256 not in {"", scratch.stored.sha256}:
        scratch.path.unlink()
        raise InputError(f"upload {file.upload_id} is another file (SHA-256 {scratch.stored.sha256}) than was announced; send it again")
    return scratch


def _transcript(transcript: TextIn, service: Parts, owner: str) -> bytes | Link:
    if transcript.url is not None:
        return _link(transcript, service)
    if transcript.text is not None:
        return _bounded(transcript.text.encode("utf-8", "surrogatepass"), service)
    scratch = _lent(transcript, service, owner)
    try:
        return _bounded(scratch.path.read_bytes(), service)
    finally:
        scratch.path.unlink()


def _bounded(content: bytes, service: Parts) -> bytes:
    most = service.settings.max_transcript_bytes
    if len(content) > most:
        raise TranscriptTooLarge(f"the transcript is larger than the {most:,} bytes that are accepted")
    return content


def _harmless(header: str) -> bool:
    return header.isascii() and header.isprintable()


def take_in(service: Parts, sent: Sent, options: Options, wishes: Wishes) -> Job:
    """Make a job of what was sent; uploads that it names are used up. Raises what `Sent.parcel` and `Intake.accept` raise."""
    parcel = sent.parcel(service, wishes.owner)
    try:
        job = service.intake.accept(parcel, options, wishes)
    finally:
        if isinstance(parcel.audio, Scratch):
            parcel.audio.path.unlink(missing_ok=True)
    for upload_id in sent.uploads:
        with suppress(NotFound):
            service.uploads.delete(upload_id, wishes.owner)
    return job
