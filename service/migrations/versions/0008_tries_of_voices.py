"""How often, and when last, a worker began to listen to the clip of a voice."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("voices", sa.Column("tries", sa.Integer, nullable=False, server_default="0"))
    op.add_column("voices", sa.Column("tried_ms", sa.BigInteger))


def downgrade() -> None:
    op.drop_column("voices", "tried_ms")
    op.drop_column("voices", "tries")
