"""A worker whose stages follow a script instead of a model: they wait, report, and go wrong as the test wishes.

The script is JSON in the job's `description`: by stage, what its tries do in turn (the last for all that follow), as in
`{"transcribe": ["die", "work:0.2"]}`. Everything else of the worker is real: Celery, claims, leases, artefacts.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from service import artifacts
from service.database import Database
from service.errors import AudioUndecodable
from service.jobs import options_of
from service.queue import Broker
from service.runs import Outcome, Rules, StageRuns
from service.settings import Settings
from service.store import FolderStore
from service.tables import Job
from tests.support.builders import document, segment, timed
from workers.app import declare
from workers.heartbeat import Pace
from workers.shift import Shift

if TYPE_CHECKING:
    from workers.desk import Hook

Progress = Callable[[int], None]
"""Told of the milliseconds of audio done."""

TOTAL_MS = 60_000
"""The length of every scripted recording."""

RESULT = document(segment(0, timed("Hello world", 0)))

JOURNAL = "journal.txt"
"""In the data folder: one line for each stage begun or ended, `begin|end STAGE JOB PID`."""


def script(**stages: str | list[str]) -> str:
    """A job's `description`.

    >>> script(decode="die")
    '{"decode": ["die"]}'
    """
    return json.dumps({stage: [acts] if isinstance(acts, str) else acts for stage, acts in stages.items()})


@dataclass(frozen=True)
class ScriptedRunner:
    store: FolderStore
    journal: Path

    def run(self, stage: str, job: Job, hook: Hook) -> Outcome:
        self._note("begin", stage, job)
        tries = _acts(job).get(stage, ["work:0"])
        act, _, argument = tries[min(job.run_of(stage).tries, len(tries)) - 1].partition(":")
        ACTS[act](float(argument or 0), lambda done: hook(stage, None, completed=done, total=TOTAL_MS))
        key = f"{stage}-{job.id}"
        artifacts.write(self.store, artifacts.place_of(job.owner, key), RESULT if stage == "assemble" else stage)
        self._note("end", stage, job)
        return Outcome(key, TOTAL_MS if stage == "decode" else None)

    def parts(self, stage: str, job: Job) -> int:
        """As many as acts stand in the script for them: the parts of `transcribe` have names of their own there."""
        return max(1, sum(name.startswith(f"{stage}:") for name in _acts(job)))

    def missing(self, stage: str, job: Job) -> tuple[str, ...]:
        raise NotImplementedError

    def without(self, stage: str, job: Job, reason: str) -> Outcome:
        return Outcome(f"no-{stage}-{job.id}", warnings=(reason,), degraded=(stage,))

    def _note(self, what: str, stage: str, job: Job) -> None:
        with self.journal.open("a") as journal:
            journal.write(f"{what} {stage} {job.id} {os.getpid()}\n")


def _acts(job: Job) -> dict[str, list[str]]:
    acts: dict[str, list[str]] = json.loads(options_of(job).description or "{}")
    return acts


def _work(seconds: float, report: Progress) -> None:
    """Take this long, reporting twenty times a second."""
    begun = time.monotonic()
    while (spent := time.monotonic() - begun) < seconds:
        report(round(TOTAL_MS * spent / seconds))
        time.sleep(0.05)
    report(TOTAL_MS)


def _deaf(seconds: float, _report: Progress) -> None:
    """Take this long without listening to anyone."""
    time.sleep(seconds)


def _die(_seconds: float, _report: Progress) -> None:
    """Take the worker process down."""
    os.kill(os.getpid(), 9)


def _raise(error: Exception, _seconds: float, _report: Progress) -> None:
    raise error


ACTS: dict[str, Callable[[float, Progress], None]] = {
    "work": _work,
    "deaf": _deaf,
    "die": _die,
    "break": partial(_raise, RuntimeError("the script says so")),
    "refuse": partial(_raise, AudioUndecodable("the script finds no sound in it")),
}


@cache
def shift() -> Shift:
    settings = Settings()
    runs = StageRuns(Database(settings.database), Broker(settings), Rules.of(settings))
    return Shift(runs, ScriptedRunner(FolderStore(settings.store), settings.data_dir / JOURNAL), Pace(beat_seconds=0.3, grace_seconds=2))


def work(job_id: str, stage: str, worker: str) -> None:
    shift().work(job_id, stage, worker)


declare(work)
