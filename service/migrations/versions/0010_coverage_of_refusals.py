"""How much of a refused transcript was heard."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("jobs", sa.Column("error_coverage", sa.Double))


def downgrade() -> None:
    op.drop_column("jobs", "error_coverage")
