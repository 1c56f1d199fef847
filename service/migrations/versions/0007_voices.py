"""Voices that owners have enrolled."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "voices",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("show", sa.String(100), nullable=False),
        sa.Column("print", sa.JSON(none_as_null=True)),
        sa.Column("error", sa.Text),
        sa.Column("created_ms", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_voices_owner_show", "voices", ["owner", "show"])


def downgrade() -> None:
    op.drop_table("voices")
