"""Fetches what a job names by its address, before the stage that reads it. Once it lies in the store it is not fetched again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from service.errors import AudioTooLarge, TranscriptTooLarge, UrlRefused
from service.fetch import Fetcher, Limit, Link
from service.settings import Settings
from service.store import FolderStore
from service.tables import Job
from workers.desk import Hook

MAX_TRANSCRIPT_SECONDS = 60


@dataclass(frozen=True)
class Arrivals:
    """Both raise `UrlForbidden`, `UrlRefused`, `UrlUnreachable`, `StoreFull`, and whatever the hook raises to stop."""

    store: FolderStore
    fetcher: Fetcher
    settings: Settings

    def audio(self, job: Job, hook: Hook) -> None:
        """Raises `AudioTooLarge`, too."""
        if job.audio_link is None or self.store.exists(job.audio_key):
            return
        limit = Limit(self.settings.max_upload_bytes, AudioTooLarge, report=lambda _: hook("decode", None))
        with self._fetched(job.audio_link, limit) as scratch:
            self.store.adopt(job.audio_key, scratch)

    def transcript(self, job: Job, hook: Hook) -> None:
        """Raises `TranscriptTooLarge`, too."""
        if job.transcript_link is None or self.store.exists(job.transcript_key):
            return
        limit = Limit(self.settings.max_transcript_bytes, TranscriptTooLarge, MAX_TRANSCRIPT_SECONDS, lambda _: hook("parse", None))
        with self._fetched(job.transcript_link, limit) as scratch:
            self.store.put(job.transcript_key, scratch.read_bytes())

    @contextmanager
    def _fetched(self, described: dict[str, object], limit: Limit) -> Iterator[Path]:
        """What is at the link, in a scratch file. Raises `UrlRefused` when it is not what the caller says it is."""
        link = msgspec.convert(described, Link)
        self.store.require(0)
        scratch = self.store.scratch()
        try:
            stored = self.fetcher.download(link, scratch, limit)
            if link.sha256 not in {"", stored.sha256}:
                raise UrlRefused(f"the address gives another file (SHA-256 {stored.sha256}) than the one that was announced")
            yield scratch
        finally:
            scratch.unlink(missing_ok=True)
