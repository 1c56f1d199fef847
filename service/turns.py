"""Whose turn it is in a queue: owners in turn, however many jobs each has; then an owner's own jobs by their priority and age."""

from __future__ import annotations

import secrets

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from service.change import ACTIVE
from service.database import now_ms
from service.tables import Job, JobState, StageRun, StageState, is_served_by


def next_turn(session: Session, queue: str, among: int = 1) -> tuple[str, str] | None:
    """The job and the run that a worker of this queue should take next, or one of the next few; None when nothing waits.

    First the owner with the fewest runs at work in this queue, and of several the one whose turn is longest ago.
    """
    at_work = case((StageRun.state == StageState.RUNNING, 1), else_=0)
    served = (
        select(Job.owner, func.sum(at_work).label("running"), func.max(StageRun.started_ms).label("last"))
        .join(StageRun)
        .where(Job.state == JobState.RUNNING, is_served_by(queue))
        .group_by(Job.owner)
        .subquery()
    )
    waiting = (
        select(StageRun.job_id, StageRun.stage)
        .join(Job)
        .outerjoin(served, served.c.owner == Job.owner)
        .where(StageRun.state == StageState.QUEUED, is_served_by(queue), StageRun.queued_ms <= now_ms(), Job.state.in_(ACTIVE))
        .order_by(
            func.coalesce(served.c.running, 0),
            func.coalesce(served.c.last, 0),
            Job.priority.desc(),
            StageRun.queued_ms,
            StageRun.job_id,
            StageRun.stage,
        )
        .limit(among)
    )
    found = session.execute(waiting).tuples().all()
    return secrets.choice(found) if found else None
