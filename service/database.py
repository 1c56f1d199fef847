"""The database: one engine, read and write transactions, one clock, and the migrations.

SQLite (embedded, in write-ahead mode) and PostgreSQL run through the same code.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError
from sqlalchemy import BigInteger, Connection, create_engine, event, select, text
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, NoSuchModuleError, OperationalError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from service.errors import Unavailable

BUSY_TIMEOUT_MS = 30_000
"""How long a SQLite connection waits for another's write before it gives up."""


class now_ms(FunctionElement[int]):  # noqa: N801 - a SQL function
    """The database's clock, in whole milliseconds since 1970 (UTC)."""

    type = BigInteger()
    inherit_cache = True


@compiles(now_ms, "sqlite")
def _(_element: now_ms, _compiler: SQLCompiler, **_options: object) -> str:
    return "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"


@compiles(now_ms, "postgresql")
def _(_element: now_ms, _compiler: SQLCompiler, **_options: object) -> str:
    return "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)"


def clock(session: Session) -> int:
    """The database's time, in milliseconds since 1970 (UTC)."""
    return session.scalars(select(now_ms())).one()


class Database:
    """Hands out transactions. Objects read in one stay readable after it ends."""

    def __init__(self, url: str) -> None:
        try:
            self.url = make_url(url)
            self.engine = _engine(url)
            self._writer = Lock() if self.url.get_backend_name() == "sqlite" else None
        except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
            raise Unavailable(
                f"the database URL cannot be used ({error}); use sqlite:///PATH or postgresql+psycopg://USER:PASSWORD@HOST/NAME"
            ) from error

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A transaction that only reads. Raises `Unavailable` when the database cannot be reached."""
        with self._session(immediate=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction that commits when its block ends well. In SQLite it holds the write lock from its first statement.

        Raises `Unavailable`.
        """
        with self._turn(), self._session(immediate=True) as session, session.begin():
            yield session

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """In SQLite one transaction writes at a time. The others of this process wait here, in order: before a connection, of which
        readers need one, and not in SQLite, which asks for the lock again and again.
        """
        if self._writer is None:
            yield
        elif self._writer.acquire(timeout=BUSY_TIMEOUT_MS / 1000):
            try:
                yield
            finally:
                self._writer.release()
        else:
            raise Unavailable(f"the database at {self.place} cannot be used: others have been writing for {BUSY_TIMEOUT_MS // 1000} s")

    @contextmanager
    def _session(self, *, immediate: bool) -> Iterator[Session]:
        engine = self.engine.execution_options(immediate=immediate)
        try:
            with Session(engine, expire_on_commit=False) as session:
                yield session
        except (OperationalError, InterfaceError) as error:
            raise Unavailable(f"the database at {self.place} cannot be used: {error.orig}") from error

    @property
    def place(self) -> str:
        """Where the database is, without its password."""
        return self.url.render_as_string(hide_password=True)

    def ping(self) -> None:
        """Raises `Unavailable` when the database cannot be reached or its tables are missing."""
        try:
            with self.reading() as session:
                session.execute(text("SELECT 1 FROM jobs LIMIT 1"))
        except DBAPIError as error:
            raise Unavailable(f"the database at {self.place} has no tables yet: run `earmark migrate`") from error

    def migrate(self) -> None:
        """Bring the tables to the newest revision; nothing happens when they already are.

        Raises `Unavailable` when the database cannot be reached or was written by a newer Earmark.
        """
        if self.url.get_backend_name() == "sqlite" and self.url.database:
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        config = Config()
        config.set_main_option("script_location", "service:migrations")
        try:
            with self.engine.execution_options(immediate=True).begin() as connection:
                _one_at_a_time(connection)
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
        except CommandError as error:
            raise Unavailable(f"the database at {self.place} was written by another version of Earmark: {error}") from error
        except OperationalError as error:
            raise Unavailable(f"the database at {self.place} cannot be used: {error.orig}") from error


def _engine(url: str) -> Engine:
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True)
    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: object, _record: object) -> None:
    """Write-ahead log, durable commits, foreign keys; and no transaction that the driver begins on its own."""
    connection.isolation_level = None  # type: ignore[attr-defined]
    cursor = connection.cursor()  # type: ignore[attr-defined]
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_TIMEOUT_MS}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock at once where the transaction will write: SQLite refuses to upgrade a read that has grown old."""
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("immediate") else "BEGIN")


def _one_at_a_time(connection: Connection) -> None:
    """Two services that start together must not migrate together; SQLite's write lock already sees to it."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(20260101)"))
