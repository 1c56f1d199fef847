"""Files that come in pieces: begun, continued where they broke off, and then used for a job (tus 1.0.0, spoken by `service.api.uploads`).

A piece counts once it is on the disk: what the caller is told is the size of the file, never a number kept elsewhere.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from service.database import Database, clock
from service.errors import AudioTooLarge, Conflict, Locked, NotFound
from service.intake import Scratch
from service.jobs import new_id
from service.store import FolderStore, Stored
from service.tables import Upload


class Uploads:
    """Every method raises `NotFound` for an upload that is not the owner's."""

    def __init__(self, database: Database, store: FolderStore, limit: int) -> None:
        self.database = database
        self.store = store
        self.limit = limit

    def begin(self, owner: str, name: str, size: int) -> Upload:
        """An empty file that waits for `size` bytes. Raises `AudioTooLarge`, `StoreFull`."""
        if size > self.limit:
            raise AudioTooLarge(f"{size:,} bytes are announced; {self.limit:,} are accepted")
        self.store.require(size)
        with self.database.writing() as session:
            upload = Upload(id=new_id(), owner=owner, name=name, bytes=size, created_ms=clock(session))
            session.add(upload)
        self.store.adopt(_key(upload.id), self.store.scratch())
        return upload

    def get(self, upload_id: str, owner: str) -> Upload:
        with self.database.reading() as session:
            upload = session.get(Upload, upload_id)
        if upload is None or upload.owner != owner or not self.store.exists(_key(upload_id)):
            raise NotFound(f"there is no upload {upload_id}")
        return upload

    def offset(self, upload: Upload) -> int:
        """How many bytes are on the disk."""
        return self.store.path(_key(upload.id)).stat().st_size

    @contextmanager
    def appending(self, upload: Upload, offset: int) -> Iterator[BinaryIO]:
        """The file, to be written on from `offset`; flushed to the disk at the end, also of a piece that broke off.

        Raises `Conflict` when the file does not end there, `Locked` while another request writes to it.
        """
        with self.store.path(_key(upload.id)).open("ab") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise Locked(f"another request is sending a piece of upload {upload.id}") from error
            if (at := os.fstat(file.fileno()).st_size) != offset:
                raise Conflict(f"upload {upload.id} has {at:,} bytes, so the next piece begins there and not at {offset:,}")
            try:
                yield file
            finally:
                file.flush()
                os.fsync(file.fileno())

    def lend(self, upload_id: str, owner: str) -> Scratch:
        """The whole file under a second name, so that the upload stays until its job is recorded. Raises `Conflict` for half a file."""
        upload = self.get(upload_id, owner)
        if (there := self.offset(upload)) != upload.bytes:
            raise Conflict(f"upload {upload_id} is not complete: {there:,} of {upload.bytes:,} bytes have come")
        scratch = self.store.scratch()
        scratch.unlink()
        scratch.hardlink_to(self.store.path(_key(upload_id)))
        with scratch.open("rb") as file:
            return Scratch(scratch, Stored(hashlib.file_digest(file, "sha256").hexdigest(), there))

    def delete(self, upload_id: str, owner: str) -> None:
        self.get(upload_id, owner)
        with self.database.writing() as session:
            session.delete(session.get_one(Upload, upload_id))
        self.store.delete(_key(upload_id))


def _key(upload_id: str) -> str:
    return f"uploads/{upload_id}"
