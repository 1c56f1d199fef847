"""Whose turn it is, from one index: owner, rank and queue are kept with each run."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

STAGES_BY_QUEUE = {
    "io": ("decode", "parse"),
    "gpu": ("transcribe", "diarize", "align", "correct"),
    "align": ("time", "attribute"),
    "deliver": ("assemble",),
}
"""As they were when the runs that are there were written."""


def upgrade() -> None:
    op.add_column("stage_runs", sa.Column("owner", sa.String(64), nullable=False, server_default=""))
    op.add_column("stage_runs", sa.Column("rank", sa.Integer, nullable=False, server_default="0"))
    op.add_column("stage_runs", sa.Column("queue", sa.String(16), nullable=False, server_default=""))
    jobs = sa.table("jobs", sa.column("id"), sa.column("owner"), sa.column("priority"))
    runs = sa.table("stage_runs", *map(sa.column, ("job_id", "stage", "owner", "rank", "queue")))
    of_job = {"owner": jobs.c.owner, "rank": -jobs.c.priority}
    op.execute(
        sa.update(runs).values({name: sa.select(what).where(jobs.c.id == runs.c.job_id).scalar_subquery() for name, what in of_job.items()})
    )
    for queue, stages in STAGES_BY_QUEUE.items():
        parts = [runs.c.stage.startswith(f"{stage}:") for stage in stages]
        op.execute(sa.update(runs).where(sa.or_(runs.c.stage.in_(stages), *parts)).values(queue=queue))
    op.create_index("ix_stage_runs_turn", "stage_runs", ["state", "queue", "owner", "rank", "job_id", "stage", "queued_ms"])
    op.create_index("ix_stage_runs_served", "stage_runs", ["queue", "owner", "started_ms"])


def downgrade() -> None:
    op.drop_index("ix_stage_runs_served", "stage_runs")
    op.drop_index("ix_stage_runs_turn", "stage_runs")
    for name in ("queue", "rank", "owner"):
        op.drop_column("stage_runs", name)
