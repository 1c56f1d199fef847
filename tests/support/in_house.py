"""The service in one process: its halves, a store, and a worker with the real pipeline that knows what is said."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from models.kit import Kit
from service import artifacts
from service.database import Database
from service.domain.options import Options
from service.fetch import Fetcher, Policy
from service.jobs import Supplied
from service.queue import Message
from service.settings import Settings
from service.store import FolderStore
from service.tables import Job, JobState
from service.voices import Roster
from tests.support.ear import Ear, EarKit
from tests.support.oracle import OracleDiarizer
from tests.support.service import LetterBox, Service, a_new_job
from tests.support.sound import by_suffix, tone, write
from workers.runner import PipelineRunner
from workers.shift import Shift

TEXT = "It was raining all day and nobody came to the harbour"
"""What is said where the ear knows nothing else: four seconds of five."""


class InHouse:
    def __init__(self, folder: Path, ear: Ear | None = None, seconds: float = 5, **settings: int) -> None:
        folder.mkdir(exist_ok=True)
        database = Database(f"sqlite:///{folder}/earmark.db")
        database.migrate()
        self.folder, self.seconds, self.service = folder, seconds, Service(database, LetterBox())
        self.store = FolderStore(folder / "store")
        self.store.prepare()
        self.kit = cast("Kit", EarKit(ear or Ear(TEXT), OracleDiarizer(()), Settings(device="cpu", **settings)))  # type: ignore[arg-type]

    def submit(self, text: str = TEXT, number: int = 1) -> Job:
        sound = write(self.folder / "episode.wav", tone(self.seconds), by_suffix(".wav")).read_bytes()
        audio, transcript = f"jobs/{number}/audio", f"jobs/{number}/transcript"
        return self.service.submit(
            a_new_job(
                audio=Supplied(audio, "episode.wav", self.store.put(audio, sound)),
                transcript=Supplied(transcript, "episode.txt", self.store.put(transcript, text.encode())),
                options=Options(language="en"),
            )
        )

    def work(self) -> None:
        while messages := self.service.post.take():
            for message in messages:
                self.work_on(message)

    def work_on(self, message: Message) -> None:
        runner = PipelineRunner(self.store, self.kit, Fetcher(Policy()), Roster(self.service.database, self.store))
        Shift(self.service.runs, runner).work(message.job_id, message.stage, "anna")

    def state(self, job: Job) -> JobState:
        return self.service.jobs.get(job.id).state

    def key_of(self, job: Job, stage: str) -> str:
        return str(self.service.jobs.get(job.id).run_of(stage).artifact_key)

    @property
    def keys(self) -> set[str]:
        """Of the artefacts in the store."""
        return {path.name.partition(".")[0] for path in (self.store.root / artifacts.FOLDER).glob("*/*/*")}
