"""Whose turn it is in a queue: owners in turn, however many jobs each has; then an owner's own jobs by their priority and age."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from service.database import now_ms
from service.tables import Job, JobState, StageRun, StageState

WITHIN_AN_OWNER = (StageRun.rank, StageRun.job_id, StageRun.position, StageRun.stage)

LONG = 100
LOOK_SECONDS = 1
"""A line of more jobs than this is looked at no more often than this: many ask for it, and a look takes longer the longer it is."""


_Turn = tuple[int, int, int, str, str]
"""When a job has its next turn, as `next_turn` would empty the queue if nothing ended or came in: they sort so. An owner's n-th run has its
turn once all have as much at work as he then has; of those who then come together, who had more at work to begin with had his last turn
before the others. So: runs at work by then, those at work now (negative), last turn, next job; and the job.
"""


class Lines:
    """In which order jobs will begin that wait. One for each process of the API."""

    def __init__(self) -> None:
        self._long: dict[str, tuple[float, dict[str, int]]] = {}

    def jobs_before(self, session: Session, job: Job) -> int | None:
        """How many others that have not begun will, before this one; None while it pauses, or is new to a long line."""
        queues = {run.queue for run in job.runs if run.state is StageState.QUEUED}
        return min((before for queue in queues if (before := self._line(session, queue).get(job.id)) is not None), default=None)

    def _line(self, session: Session, queue: str) -> dict[str, int]:
        until, line = self._long.get(queue, (0.0, {}))
        if time.monotonic() > until:
            line = _line(session, queue)
            self._long[queue] = (time.monotonic() + (LOOK_SECONDS if len(line) > LONG else 0), line)
        return line


def next_turn(session: Session, queue: str, among: int = 1) -> tuple[str, str] | None:
    """The job and the run that a worker of this queue should take next, or one of its owner's next few; None when nothing waits.

    First the owner with the fewest runs at work in this queue, of several the one whose last turn is longest ago, of those who
    never had one the one whose next job is oldest.
    """
    owners = session.execute(_all_owners(queue)).first()
    if owners is None:
        return None
    found = session.execute(_an_owners_next(queue), {"of": owners.owner, "among": among}).tuples().all()
    return secrets.choice(found) if found else None


def _line(session: Session, queue: str) -> dict[str, int]:
    """The jobs that wait in the queue and have not begun, each with its place from 0."""
    turns = sorted(_turns(session, queue))
    not_begun = set(session.scalars(select(Job.id).where(Job.state == JobState.QUEUED)))
    jobs = (job_id for *_, job_id in turns if job_id in not_begun)
    return {job_id: place for place, job_id in enumerate(jobs)}


def _turns(session: Session, queue: str) -> Iterator[_Turn]:
    """When each job has its first turn in the queue, an owner's jobs together."""
    owners = {row.owner: row for row in session.execute(_all_owners(queue))}
    by_job = (StageRun.owner, StageRun.rank, StageRun.job_id)
    waiting = session.execute(
        select(StageRun.owner, StageRun.job_id, func.count()).where(*_waits(queue)).group_by(*by_job).order_by(*by_job)
    )
    for owner, jobs in groupby(waiting.tuples(), itemgetter(0)):
        if owner not in owners:  # who began to wait between the two looks is seen at the next
            continue
        whose, nth = owners[owner], 0
        for _, job_id, runs in jobs:
            yield whose.at_work + nth, -whose.at_work, whose.last, whose.head, job_id
            nth += runs


def _waits(queue: str, run: Any = StageRun) -> tuple[ColumnElement[bool], ...]:
    return run.state == StageState.QUEUED, run.queue == queue, run.queued_ms <= now_ms()


@cache
def _an_owners_next(queue: str) -> Select[str, str]:
    mine = select(StageRun.job_id, StageRun.stage).where(*_waits(queue), StageRun.owner == bindparam("of"))
    return mine.order_by(*WITHIN_AN_OWNER).limit(bindparam("among"))


@cache
def _all_owners(queue: str) -> Select[Any]:
    """Those who wait in the queue, in the order of their turns: how many of their runs are `at_work`, when the `last` was begun, and the
    job of the next, their `head`. Made once: to put the statement together takes longer than to answer it.
    """
    waiting, run = _waiting_owners(queue), aliased(StageRun)
    his = (run.queue == queue, run.owner == waiting.c.owner)
    at_work = select(func.count()).where(*his, run.state == StageState.RUNNING).scalar_subquery()
    last = func.coalesce(select(func.max(run.started_ms)).where(*his).scalar_subquery(), 0)
    head = select(run.job_id).where(*_waits(queue, run), *his).order_by(run.rank, run.job_id).limit(1).scalar_subquery()
    columns = select(waiting.c.owner, at_work.label("at_work"), last.label("last"), head.label("head"))
    return columns.where(waiting.c.owner.is_not(None)).order_by("at_work", "last", "head")


def _waiting_owners(queue: str) -> Subquery:
    """Each owner once, found from the one before in the index: it does not matter how many jobs each has."""
    run, following = aliased(StageRun), aliased(StageRun)
    first = select(func.min(run.owner).label("owner")).where(*_waits(queue, run)).cte(recursive=True)
    after = select(func.min(following.owner)).where(*_waits(queue, following), following.owner > first.c.owner).scalar_subquery()
    return select(first.union_all(select(after).where(first.c.owner.is_not(None)))).subquery()
