"""Signs of life: while a stage runs, a thread renews its lease, carries its progress, and learns when it must stop."""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import Self

from service.errors import Cancelled, EarmarkError, LeaseLost, Overdue, Stopped
from service.runs import Claim, StageRuns

logger = logging.getLogger(__name__)


def end_process() -> None:
    """Kill this worker process: nothing else stops native code that does not come back. The pool starts another."""
    os.kill(os.getpid(), signal.SIGKILL)


@dataclass(frozen=True, slots=True)
class Pace:
    """`beat_seconds` between signs of life; `grace_seconds` that a stage has to stop by itself before `last_resort`."""

    beat_seconds: float = 1.0
    grace_seconds: float = 10.0
    last_resort: Callable[[], None] = end_process


class Heartbeat:
    """Around a running stage. Its `hook` is the pipeline's: it notes progress and raises `Stopped` once the work must end.

    The database is only touched by the thread, so a stage may report as often as it likes.
    """

    def __init__(self, runs: StageRuns, claim: Claim, pace: Pace) -> None:
        self._runs = runs
        self._claim = claim
        self._pace = pace
        self._progress: tuple[int | None, int | None] = (None, None)
        self._stop: Stopped | Overdue | None = None
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"heartbeat of {claim.stage}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def hook(self, _stage: str, _artifact: object | None, *, completed: int | None = None, total: int | None = None) -> None:
        """Takes progress in milliseconds of audio. Raises `Cancelled`, `LeaseLost` or `Overdue`."""
        if completed is not None:
            self._progress = (completed, total)
        if self._stop is not None:
            raise self._stop

    def _beat(self) -> None:
        due = monotonic() + self._claim.limit_seconds
        while self._stop is None and not self._over.wait(self._pace.beat_seconds):
            if monotonic() > due:
                self._stop = Overdue(f"stage {self._claim.stage} was stopped: it took far longer than the recording's length explains")
            try:
                self._runs.renew(self._claim, *self._progress)
            except (Cancelled, LeaseLost) as stop:
                self._stop = stop
            except Exception:
                logger.exception("no sign of life from stage %s of job %s", self._claim.stage, self._claim.job_id)
        if self._stop is not None and not self._over.wait(self._pace.grace_seconds):
            self._force(self._stop)

    def _force(self, stop: Stopped | Overdue) -> None:
        logger.warning("stage %s of job %s does not stop by itself (%s)", self._claim.stage, self._claim.job_id, stop)
        if isinstance(stop, Cancelled):
            with suppress(EarmarkError):
                self._runs.drop(self._claim)
        self._pace.last_resort()
