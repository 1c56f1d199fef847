"""Files by link and in pieces, amended results, submissions that name themselves, limits of keys, and retention."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

COLUMNS: dict[str, tuple[sa.Column[Any], ...]] = {
    "jobs": (
        sa.Column("key_id", sa.String(12), nullable=False, server_default=""),
        sa.Column("audio_link", sa.JSON),
        sa.Column("transcript_link", sa.JSON),
        sa.Column("keep_seconds", sa.BigInteger),
        sa.Column("amendments", sa.JSON, nullable=False, server_default="{}"),
        sa.Column("revision", sa.Integer, nullable=False, server_default="0"),
    ),
    "keys": (sa.Column("requests_per_minute", sa.Integer), sa.Column("max_active_jobs", sa.Integer)),
}


def upgrade() -> None:
    for table, columns in COLUMNS.items():
        for column in columns:
            op.add_column(table, column)
    op.create_table(
        "submissions",
        sa.Column("owner", sa.String(64), primary_key=True),
        sa.Column("key", sa.String(255), primary_key=True),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("job_id", sa.String(36), sa.ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False),
        sa.Column("created_ms", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_submissions_created_ms", "submissions", ["created_ms"])
    op.create_table(
        "uploads",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.Column("created_ms", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_uploads_created_ms", "uploads", ["created_ms"])


def downgrade() -> None:
    op.drop_table("uploads")
    op.drop_table("submissions")
    for table, columns in COLUMNS.items():
        for column in columns:
            op.drop_column(table, column.name)
