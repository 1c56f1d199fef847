"""The first tables: jobs, and the runs of their stages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("reference", sa.String(200), nullable=False),
        sa.Column("options", sa.JSON, nullable=False),
        sa.Column("audio_key", sa.String(200), nullable=False),
        sa.Column("audio_name", sa.String(255), nullable=False),
        sa.Column("audio_sha256", sa.String(64), nullable=False),
        sa.Column("audio_bytes", sa.BigInteger, nullable=False),
        sa.Column("audio_ms", sa.BigInteger),
        sa.Column("transcript_key", sa.String(200), nullable=False),
        sa.Column("transcript_name", sa.String(255), nullable=False),
        sa.Column("transcript_sha256", sa.String(64), nullable=False),
        sa.Column("error_code", sa.String(64)),
        sa.Column("error_message", sa.Text),
        sa.Column("warnings", sa.JSON, nullable=False),
        sa.Column("degraded", sa.JSON, nullable=False),
        sa.Column("created_ms", sa.BigInteger, nullable=False),
        sa.Column("started_ms", sa.BigInteger),
        sa.Column("finished_ms", sa.BigInteger),
    )
    op.create_index("ix_jobs_owner_id", "jobs", ["owner", "id"])
    op.create_index("ix_jobs_state", "jobs", ["state"])
    op.create_table(
        "stage_runs",
        sa.Column("job_id", sa.String(36), sa.ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("stage", sa.String(32), primary_key=True),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("worker", sa.String(255)),
        sa.Column("lease_until_ms", sa.BigInteger),
        sa.Column("artifact_key", sa.String(64)),
        sa.Column("progress_done_ms", sa.BigInteger),
        sa.Column("progress_total_ms", sa.BigInteger),
        sa.Column("queued_ms", sa.BigInteger),
        sa.Column("started_ms", sa.BigInteger),
        sa.Column("finished_ms", sa.BigInteger),
    )
    op.create_index("ix_stage_runs_state", "stage_runs", ["state"])
    op.create_index("ix_stage_runs_artifact_key", "stage_runs", ["artifact_key"])


def downgrade() -> None:
    op.drop_table("stage_runs")
    op.drop_table("jobs")
