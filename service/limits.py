"""How much a caller may ask: requests a minute, jobs under way, and how many jobs may wait in all."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.belongings import ApiKey
from service.errors import QueueFull, QuotaExceeded, RateLimited
from service.settings import Settings
from service.tables import Job, JobState

UNFINISHED = [state for state in JobState if not state.finished]


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one key may ask; None for what the settings say, 0 for no limit."""

    requests_per_minute: int | None = None
    max_active_jobs: int | None = None


DEFAULT = Allowance()


class Admission:
    """Whether one more job may come in. Asked within the transaction that records it."""

    def __init__(self, settings: Settings) -> None:
        self._active = settings.max_active_jobs
        self._waiting = settings.max_waiting_jobs

    def check(self, session: Session, key_id: str) -> None:
        """Raises `QuotaExceeded`, `QueueFull`."""
        waiting = _count(session, Job.state == JobState.QUEUED)
        if waiting >= self._waiting:
            raise QueueFull(f"{waiting:,} jobs are waiting and no more are accepted (EARMARK_MAX_WAITING_JOBS); try again later")
        key = session.get(ApiKey, key_id) if key_id else None
        if key is None:
            return
        most = self._active if key.max_active_jobs is None else key.max_active_jobs
        if most and _count(session, Job.key_id == key_id, Job.state.in_(UNFINISHED)) >= most:
            raise QuotaExceeded(f"this key has {most} jobs under way and may have no more; wait for one to finish, or cancel one")


def _count(session: Session, *conditions: object) -> int:
    return session.scalars(select(func.count()).select_from(Job).where(*conditions)).one()  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Left:
    """Of so many requests a minute so many are left; in so many seconds all are there again."""

    rate: int
    requests: int
    seconds: int


class Rates:
    """A bucket for each key, filled evenly, a minute's worth at most. Kept in this process: each process of the API counts its own."""

    def __init__(self, per_minute: int, now: Callable[[], float] = time.monotonic) -> None:
        self._per_minute = per_minute
        self._now = now
        self._full_at: dict[str, float] = {}
        self._lock = threading.Lock()

    def take(self, key_id: str, per_minute: int | None = None) -> Left | None:
        """Count a request; what is left then, None where there is no limit. Raises `RateLimited`, which knows when to try again."""
        rate = self._per_minute if per_minute is None else per_minute
        if not rate:
            return None
        each = 60 / rate
        with self._lock:
            now = self._now()
            full_at = max(self._full_at.get(key_id, now), now) + each
            if full_at - now > 60:
                raise TooSoon(rate, full_at - now - 60)
            self._full_at[key_id] = full_at
        return Left(rate, int((60 - (full_at - now)) / each), math.ceil(full_at - now))


class TooSoon(RateLimited):
    """`seconds` from now a request will be served again."""

    def __init__(self, rate: int, seconds: float) -> None:
        super().__init__(f"this key may call {rate:,} times a minute; try again in {seconds:.1f} seconds")
        self.seconds = seconds
