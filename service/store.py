"""The store of uploads and artefacts: a folder that the API and the workers share. Nothing half-written is ever seen in it.

Every file is written beside its place, flushed to the disk and renamed. Small files carry their SHA-256 in a second
file (in the form `sha256sum -c` reads), checked on every read.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from service.errors import ArtifactMissing, StoreFull

_PART = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")

STALE_SCRATCH_SECONDS = 2 * 24 * 3600
"""Scratch files older than this belong to no living process: the longest stage takes a day."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What was put away: its SHA-256 in hexadecimal, and its size in bytes."""

    sha256: str
    size: int


class FolderStore:
    """Files by key. A key is one or more names joined by `/`; each name is letters, digits, dots, dashes, underscores."""

    def __init__(self, root: Path, min_free_bytes: int = 0) -> None:
        self.root = root
        self.min_free_bytes = min_free_bytes
        self._scratch = root / "scratch"

    def prepare(self) -> None:
        """Make the folders, readable by this user alone. Raises `StoreFull` when the disk is."""
        self._scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.require(0)

    def path(self, key: str) -> Path:
        """The place of a key, whether or not anything is there.

        Raises `ValueError` for what is not a key, and `ArtifactMissing` where a symbolic link stands in the way: the store makes none, so
        whoever did wants another file read or written.
        """
        parts = key.split("/")
        if not all(_PART.fullmatch(part) for part in parts) or parts[0] == self._scratch.name:
            raise ValueError(f"not a key of the store: {key!r}")
        place = self.root
        for part in parts:
            place /= part
            if place.is_symlink():
                raise ArtifactMissing(f"{key} is behind a symbolic link, and those are not followed in the store")
        return place

    def exists(self, key: str) -> bool:
        return self.path(key).is_file()

    def touch(self, key: str) -> bool:
        """Whether anything is there; if so, note that it was used now."""
        try:
            os.utime(self.path(key))
        except FileNotFoundError:
            return False
        return True

    def put(self, key: str, content: bytes) -> Stored:
        """Write a small file and its checksum. Raises `StoreFull`."""
        stored = Stored(hashlib.sha256(content).hexdigest(), len(content))
        self._write(_seal_of(key), f"{stored.sha256}  {self.path(key).name}\n".encode())
        self._write(key, content)
        return stored

    def _write(self, key: str, content: bytes) -> None:
        scratch = self.scratch()
        try:
            with room_on_disk():
                scratch.write_bytes(content)
            self.adopt(key, scratch)
        finally:
            scratch.unlink(missing_ok=True)

    def adopt(self, key: str, scratch: Path) -> None:
        """Move a finished scratch file to its place. Raises `StoreFull`."""
        place = self.path(key)
        with room_on_disk():
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _flush(scratch)
            scratch.replace(place)
            _flush(place.parent)

    def get(self, key: str) -> bytes:
        """A small file, verified. One that is damaged is removed, so that it can be made again.

        Raises `ArtifactMissing`.
        """
        try:
            content = self.path(key).read_bytes()
        except FileNotFoundError as error:
            raise ArtifactMissing(f"{key} is not in the store") from error
        if hashlib.sha256(content).hexdigest() != self._sealed(key):
            self.delete(key)
            raise ArtifactMissing(f"{key} was damaged in the store and has been removed")
        return content

    def _sealed(self, key: str) -> str:
        try:
            return self.path(_seal_of(key)).read_text().partition(" ")[0]
        except FileNotFoundError:
            return ""

    def delete(self, key: str) -> None:
        """Remove a file and its checksum, or everything below a folder. Nothing happens when nothing is there."""
        place = self.path(key)
        if place.is_dir():
            shutil.rmtree(place)
        else:
            place.unlink(missing_ok=True)
            self.path(_seal_of(key)).unlink(missing_ok=True)

    def scratch(self, suffix: str = "") -> Path:
        """A new empty file on the store's own disk, to be written and then adopted."""
        path = self._scratch / f"{uuid4().hex}{suffix}"
        path.touch(mode=0o600, exist_ok=False)
        return path

    def sweep(self) -> None:
        """Remove the scratch files of processes that died long ago."""
        oldest = time.time() - STALE_SCRATCH_SECONDS
        for path in self._scratch.iterdir():
            if path.stat().st_mtime < oldest:
                path.unlink(missing_ok=True)

    def free_bytes(self) -> int:
        return shutil.disk_usage(self.root).free

    def require(self, size: int) -> None:
        """Raises `StoreFull` unless `size` more bytes leave the configured reserve free."""
        free = self.free_bytes()
        if free < size + self.min_free_bytes:
            raise StoreFull(
                f"the store has {free:,} bytes free; {size:,} are needed and {self.min_free_bytes:,} are kept in reserve"
                " (EARMARK_MIN_FREE_BYTES)"
            )


@contextmanager
def room_on_disk() -> Iterator[None]:
    """Say `StoreFull` where the system says that the disk or the quota is used up."""
    try:
        yield
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        raise StoreFull("the store's disk is full; remove jobs or give it more room") from error


def _seal_of(key: str) -> str:
    return f"{key}.sha256"


def _flush(path: Path) -> None:
    """Make sure that a file's bytes, or a folder's entries, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
