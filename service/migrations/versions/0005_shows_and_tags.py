"""Shows and their glossaries, tags, and what is left of a job whose time is over."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("jobs", sa.Column("show", sa.String(100), nullable=False, server_default=""))
    op.add_column("jobs", sa.Column("learn", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_table(
        "job_tags",
        sa.Column("job_id", sa.String(36), sa.ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("tag", sa.String(60), primary_key=True),
    )
    op.create_index("ix_job_tags_tag", "job_tags", ["tag"])
    op.create_table(
        "glossaries",
        sa.Column("owner", sa.String(64), primary_key=True),
        sa.Column("show", sa.String(100), primary_key=True),
        sa.Column("terms", sa.JSON, nullable=False),
        sa.Column("leave_alone", sa.JSON, nullable=False),
        sa.Column("changed_ms", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "expired_jobs",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("expired_ms", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_expired_jobs_expired_ms", "expired_jobs", ["expired_ms"])


def downgrade() -> None:
    for table in ("expired_jobs", "glossaries", "job_tags"):
        op.drop_table(table)
    for column in ("learn", "show"):
        op.drop_column("jobs", column)
