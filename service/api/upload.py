"""The submission form, taken apart while it comes in: the audio straight to the store's disk, hashed on the way."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, BinaryIO, Protocol

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.exceptions import HTTPException
from starlette.requests import Request

from service.api.counter import Counter
from service.errors import AudioTooLarge, InputError, InvalidOptions, TranscriptTooLarge
from service.store import FolderStore, Stored, room_on_disk

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

FEED_BYTES = 1024**2
"""The form is parsed in steps of this size, each at the counter: disk and digest never hold up other requests."""

FORM_BYTES = 1024**2
"""What a submission may weigh beside its audio and its transcript: options and the form itself."""

MAX_OPTIONS_BYTES = 256 * 1024
"""Five hundred glossary terms with all their misspellings come to a tenth of it."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes that each part may have."""

    audio: int
    transcript: int


@dataclass(frozen=True, slots=True)
class Submission:
    """What came in. `audio` is a scratch file of the store; the names are the caller's, only ever shown."""

    audio: Path
    audio_stored: Stored
    audio_name: str
    transcript: bytes
    transcript_name: str
    options: bytes


async def read_submission(request: Request, store: FolderStore, limits: Limits, counter: Counter) -> AsyncIterator[Submission]:
    """Yields the submission once it is complete; an upload that was not taken over by then is removed afterwards.

    Raises `InputError` for what is not the form that is expected, `AudioTooLarge`, `TranscriptTooLarge`, `StoreFull`.
    """
    boundary = _boundary(request)
    await counter.run(store.require, int(request.headers.get("content-length", 0)))
    scratch = await counter.run(store.scratch)
    try:
        with scratch.open("wb") as file:
            audio = _Spool(file, limits.audio)
            transcript = _Buffer("transcript", limits.transcript, TranscriptTooLarge)
            options = _Buffer("options", MAX_OPTIONS_BYTES, InvalidOptions)
            form = _Form(boundary, {"audio": audio, "transcript": transcript, "options": options})
            async for chunk in in_steps(request):
                await counter.run(form.feed, chunk)
        names = form.finish(required=("audio", "transcript"))
        yield Submission(
            audio=scratch,
            audio_stored=audio.stored,
            audio_name=names["audio"],
            transcript=bytes(transcript.content),
            transcript_name=names["transcript"],
            options=bytes(options.content),
        )
    finally:
        scratch.unlink(missing_ok=True)


def _boundary(request: Request) -> bytes:
    media_type, parameters = parse_options_header(request.headers.get("content-type"))
    boundary = parameters.get(b"boundary")
    if media_type != b"multipart/form-data" or not boundary:
        raise HTTPException(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "send a multipart/form-data form with the parts audio and transcript, or JSON"
        )
    return boundary


async def in_steps(request: Request) -> AsyncIterator[bytes]:
    waiting = bytearray()
    async for chunk in request.stream():
        waiting += chunk
        if len(waiting) >= FEED_BYTES:
            yield bytes(waiting)
            waiting.clear()
    yield bytes(waiting)


class _Part(Protocol):
    """Where the bytes of a part go."""

    def take(self, content: bytes) -> None: ...


class _Spool:
    """A part that goes to the disk."""

    def __init__(self, file: BinaryIO, limit: int) -> None:
        self._file = file
        self._limit = limit
        self._digest = hashlib.sha256()
        self._size = 0

    @property
    def stored(self) -> Stored:
        return Stored(self._digest.hexdigest(), self._size)

    def take(self, content: bytes) -> None:
        self._size += len(content)
        if self._size > self._limit:
            raise AudioTooLarge(f"the audio is larger than the {self._limit:,} bytes that are accepted")
        self._digest.update(content)
        with room_on_disk():
            self._file.write(content)


@dataclass(slots=True)
class _Buffer:
    """A part that is small enough to be kept in memory."""

    name: str
    limit: int
    too_large: type[InputError]
    content: bytearray = field(default_factory=bytearray)

    def take(self, content: bytes) -> None:
        self.content += content
        if len(self.content) > self.limit:
            raise self.too_large(f"the {self.name} is larger than the {self.limit:,} bytes that are accepted")


class _Form:
    """Reads the form and hands each part's bytes to where they go."""

    def __init__(self, boundary: bytes, parts: Mapping[str, _Part]) -> None:
        self._parts = parts
        self._names: dict[str, str] = {}
        self._part: str | None = None
        self._field = bytearray()
        self._value = bytearray()
        self._ended = False
        self._parser = MultipartParser(boundary[:70], self._callbacks())

    def _callbacks(self) -> MultipartCallbacks:
        return {
            "on_part_begin": self._begin_part,
            "on_header_field": lambda data, start, end: self._field.extend(data[start:end]),
            "on_header_value": lambda data, start, end: self._value.extend(data[start:end]),
            "on_header_end": self._end_header,
            "on_part_data": lambda data, start, end: self._taker().take(data[start:end]),
            "on_end": self._end,
        }

    def feed(self, chunk: bytes) -> None:
        try:
            self._parser.write(chunk)
        except MultipartParseError as error:
            raise InputError(f"the form cannot be read: {error}") from error

    def finish(self, required: tuple[str, ...]) -> dict[str, str]:
        """The callers' names of the files, by part. Raises `InputError` when the form is not complete."""
        if not self._ended:
            raise InputError("the form breaks off before its end; send it again")
        for part in required:
            if part not in self._names:
                raise InputError(f"the part {part!r} is missing from the form")
        return self._names

    def _begin_part(self) -> None:
        self._part = None

    def _end_header(self) -> None:
        field_name, value = bytes(self._field).lower(), bytes(self._value)
        self._field.clear()
        self._value.clear()
        if field_name != b"content-disposition":
            return
        _, parameters = parse_options_header(value)
        self._part = parameters.get(b"name", b"").decode("utf-8", "replace")
        if self._part in self._names:
            raise InputError(f"the part {self._part!r} came twice")
        self._names[self._part] = shown(parameters.get(b"filename", b""))

    def _taker(self) -> _Part:
        try:
            return self._parts[self._part or ""]
        except KeyError:
            raise InputError(f"the form has a part {(self._part or '')[:60]!r}; known are {', '.join(self._parts)}") from None

    def _end(self) -> None:
        self._ended = True


def shown(name: bytes) -> str:
    """A file name fit to be shown: its last part, printable, of bounded length."""
    last = PurePosixPath(name.decode("utf-8", "replace").replace("\\", "/")).name
    return "".join(c for c in last if c.isprintable())[:200]
