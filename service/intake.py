"""Intake: what a caller sent becomes a job, or is refused before anything is queued."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from service.domain import formats
from service.domain.options import Options
from service.errors import AudioUndecodable
from service.fetch import Link
from service.jobs import Jobs, NewJob, Supplied, Wishes, new_id
from service.store import FolderStore, Stored
from service.tables import Job


@dataclass(frozen=True, slots=True)
class Scratch:
    """A file on the store's disk that nobody else knows of."""

    path: Path
    stored: Stored


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a caller sent. A scratch file is moved to its place; a link is fetched by the worker. Names are the caller's."""

    audio: Scratch | Link
    audio_name: str
    transcript: bytes | Link
    transcript_name: str


class Intake:
    def __init__(self, store: FolderStore, jobs: Jobs) -> None:
        self.store = store
        self.jobs = jobs

    def accept(self, parcel: Parcel, options: Options, wishes: Wishes) -> Job:
        """Store what was sent and record the job. What is stored and not recorded, because this process died between, is found
        by nobody and harms nobody.

        Raises `TranscriptEmpty` and `TranscriptUnparseable`, `AudioUndecodable` for an empty file, `StoreFull`, `Unavailable`, and
        what `Jobs.submit` raises.
        """
        if isinstance(parcel.transcript, bytes):
            formats.parse(parcel.transcript)
        if isinstance(parcel.audio, Scratch) and parcel.audio.stored.size == 0:
            raise AudioUndecodable("the audio file is empty; send the recording as it was published")
        job_id = new_id()
        try:
            job = self.jobs.submit(NewJob(job_id, self._audio(parcel, job_id), self._transcript(parcel, job_id), options, wishes))
        except BaseException:
            self.store.delete(f"jobs/{job_id}")
            raise
        if job.id != job_id:
            self.store.delete(f"jobs/{job_id}")
        return job

    def _audio(self, parcel: Parcel, job_id: str) -> Supplied:
        key, audio = f"jobs/{job_id}/audio", parcel.audio
        if isinstance(audio, Link):
            return Supplied(key, parcel.audio_name, Stored(audio.sha256, 0), audio)
        self.store.adopt(key, audio.path)
        return Supplied(key, parcel.audio_name, audio.stored)

    def _transcript(self, parcel: Parcel, job_id: str) -> Supplied:
        key, transcript = f"jobs/{job_id}/transcript", parcel.transcript
        if isinstance(transcript, Link):
            return Supplied(key, parcel.transcript_name, Stored(transcript.sha256, 0), transcript)
        return Supplied(key, parcel.transcript_name, self.store.put(key, transcript))
