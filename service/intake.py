"""Intake: what a caller sent becomes a job, or is refused before anything is queued."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from service.callers import LOCAL
from service.domain import formats
from service.domain.options import Options
from service.errors import AudioUndecodable
from service.jobs import Jobs, NewJob, Supplied, new_id
from service.store import FolderStore, Stored
from service.tables import Job


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a caller sent. `audio` is a scratch file of the store, which intake moves to its place."""

    audio: Path
    audio_stored: Stored
    audio_name: str
    transcript: bytes
    transcript_name: str


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the caller asks of the job."""

    options: Options
    reference: str = ""
    owner: str = LOCAL


class Intake:
    def __init__(self, store: FolderStore, jobs: Jobs) -> None:
        self.store = store
        self.jobs = jobs

    def accept(self, parcel: Parcel, wishes: Wishes) -> Job:
        """Store both files and record the job. What is stored and not recorded, because this process died between, is found
        by nobody and harms nobody.

        Raises `TranscriptEmpty` and `TranscriptUnparseable`, `AudioUndecodable` for an empty file, `StoreFull`, `Unavailable`.
        """
        formats.parse(parcel.transcript)
        if parcel.audio_stored.size == 0:
            raise AudioUndecodable("the audio file is empty; send the recording as it was published")
        job_id = new_id()
        transcript_key, audio_key = f"jobs/{job_id}/transcript", f"jobs/{job_id}/audio"
        transcript_stored = self.store.put(transcript_key, parcel.transcript)
        self.store.adopt(audio_key, parcel.audio)
        new = NewJob(
            id=job_id,
            audio=Supplied(audio_key, parcel.audio_name, parcel.audio_stored),
            transcript=Supplied(transcript_key, parcel.transcript_name, transcript_stored),
            options=wishes.options,
            reference=wishes.reference,
            owner=wishes.owner,
        )
        try:
            return self.jobs.submit(new)
        except BaseException:
            self.store.delete(f"jobs/{job_id}")
            raise
