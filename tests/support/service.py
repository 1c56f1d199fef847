"""The service without its processes: a database in a folder, and a letter box where the broker would be."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from service.database import Database
from service.domain.options import Options
from service.errors import BrokerUnavailable
from service.jobs import Jobs, NewJob, Supplied, new_id
from service.limits import Admission
from service.queue import Message
from service.reaper import Reaper
from service.runs import Claim, Outcome, Rules, StageRuns
from service.settings import Settings
from service.stages import stage_of
from service.store import Stored
from service.tables import Job

AT_ONCE = Rules(lease_ms=-1)
"""Leases that have run out as soon as they are given, and messages that are stale as soon as they are sent."""


@dataclass
class LetterBox:
    """A post that keeps its letters until they are taken. `reachable` False is a broker that is down."""

    messages: list[Message] = field(default_factory=list)
    reachable: bool = True
    voices: list[str] = field(default_factory=list)
    """Whose clips are to be listened to, by id."""

    def send(self, message: Message) -> None:
        self._answer()
        self.messages.append(message)

    def enrol(self, voice_id: str) -> None:
        self._answer()
        self.voices.append(voice_id)

    def waiting(self, queue: str) -> int:
        self._answer()
        return sum(stage_of(message.stage).queue == queue for message in self.messages)

    def take(self) -> list[Message]:
        """All of them; those that are to come after a pause only once there are no others."""
        taken = [message for message in self.messages if not message.delay_seconds] or self.messages
        self.messages = [message for message in self.messages if message not in taken]
        return taken

    def _answer(self) -> None:
        if not self.reachable:
            raise BrokerUnavailable("the letter box is shut")


@dataclass
class Service:
    """The halves of the service over one database."""

    database: Database
    post: LetterBox
    rules: Rules = field(default_factory=Rules)

    @property
    def jobs(self) -> Jobs:
        return Jobs(self.database, self.post, Admission(Settings()))

    @property
    def runs(self) -> StageRuns:
        return StageRuns(self.database, self.post, self.rules)

    def submit(self, new: NewJob | None = None) -> Job:
        return self.jobs.submit(new or a_new_job())

    def reap(self, rules: Rules = AT_ONCE) -> None:
        Reaper(self.database, self.post, rules).reap()

    def claim(self, job: Job, stage: str, worker: str = "anna") -> Claim:
        """Claim a stage that is there to be claimed."""
        claim = self.runs.claim(job.id, stage, worker)
        assert claim is not None, f"{stage} cannot be claimed"
        return claim

    def work(self, *but: str) -> list[str]:
        """Do what the letter box asks for until it is empty, except the stages in `but`. The stages done, in order."""
        worked: list[str] = []
        while waiting := [message for message in self.post.take() if message.stage not in but]:
            for message in waiting:
                claim = self.runs.claim(message.job_id, message.stage, "anna")
                if claim is not None:
                    self.runs.finish(claim, Outcome(artifact_key=f"{message.stage}-key"))
                    worked.append(message.stage)
        return worked


def a_new_job(**changes: object) -> NewJob:
    job_id = new_id()
    new = NewJob(
        id=job_id,
        audio=Supplied(f"jobs/{job_id}/audio", "episode.mp3", Stored("a" * 64, 1000)),
        transcript=Supplied(f"jobs/{job_id}/transcript", "episode.txt", Stored("b" * 64, 100)),
        options=Options(),
    )
    return replace(new, **changes)  # type: ignore[arg-type]
