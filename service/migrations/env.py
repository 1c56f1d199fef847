"""Alembic's entry: runs the revisions on the connection that `Database.migrate` opened."""

from __future__ import annotations

from alembic import context

from service import belongings  # noqa: F401 - its tables belong to the metadata, too
from service.tables import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata, render_as_batch=True)
context.run_migrations()
