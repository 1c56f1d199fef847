"""A database that an earlier version wrote is brought forward with all that is in it."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import text

from service.belongings import Voice
from service.database import Database
from service.stages import STAGES
from service.tables import Base, Job, JobState, StageState
from tests.support.servers import postgres_url

FIRST_RELEASE = "0001"

JOB = (
    "INSERT INTO jobs (id, owner, state, reference, options, audio_key, audio_name, audio_sha256, audio_bytes, transcript_key,"
    " transcript_name, transcript_sha256, warnings, degraded, created_ms, started_ms) VALUES ('0190-old', 'local', 'running', 'e1', '{}',"
    " 'jobs/0190-old/audio', 'episode.mp3', 'aa', 1000, 'jobs/0190-old/transcript', 'episode.txt', 'bb', '[]', '[\"diarize\"]',"
    " 1700000000000, 1700000001000)"
)
RUN = (
    "INSERT INTO stage_runs (job_id, stage, position, state, attempt, tries, artifact_key)"
    " VALUES ('0190-old', 'decode', 0, 'done', 2, 1, 'key')"
)


PART = "INSERT INTO stage_runs (job_id, stage, position, state, attempt, tries) VALUES ('0190-old', 'transcribe:1/3', 2, 'queued', 0, 0)"
VOICE = "INSERT INTO voices (id, owner, name, show, created_ms) VALUES ('v', 'local', 'Ada', '', 1700000000000)"


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        yield Database(f"sqlite:///{tmp_path}/earmark.db")
    else:
        with postgres_url() as url:
            database = Database(url)
            yield database
            database.engine.dispose()


def bring_to(database: Database, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", "service:migrations")
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def test_the_first_releases_jobs_are_still_there(database: Database) -> None:
    bring_to(database, FIRST_RELEASE)
    with database.engine.begin() as connection:
        for row in (JOB, RUN):
            connection.execute(text(row))
    database.migrate()
    database.migrate()
    with database.reading() as session:
        job = session.get_one(Job, "0190-old")
    assert (job.state, job.owner, job.degraded, job.audio_sha256) == (JobState.RUNNING, "local", ["diarize"], "aa")
    assert (job.run_of("decode").state, job.run_of("decode").attempt) == (StageState.DONE, 2)


def test_what_waited_is_still_in_its_owners_queue(database: Database) -> None:
    bring_to(database, "0007")
    with database.engine.begin() as connection:
        for row in (JOB, RUN, PART, VOICE):
            connection.execute(text(row))
        connection.execute(text("UPDATE jobs SET priority = 1"))
    database.migrate()
    with database.reading() as session:
        job, voice = session.get_one(Job, "0190-old"), session.get_one(Voice, "v")
    assert [(run.stage, run.queue, run.owner, run.rank) for run in job.runs] == [
        ("decode", "io", "local", -1),
        ("transcribe:1/3", "gpu", "local", -1),
    ]
    assert (voice.waits, voice.tries, voice.tried_ms) == (True, 0, None)


def test_a_stage_that_moves_to_another_queue_needs_a_migration() -> None:
    """What waits is found by the queue that was written with it."""
    newest = importlib.import_module("service.migrations.versions.0009_turns")
    assert {name: queue for queue, names in newest.STAGES_BY_QUEUE.items() for name in names} == {
        stage.name: stage.queue for stage in STAGES
    }


def test_the_migrations_make_the_tables_that_the_code_expects(database: Database) -> None:
    database.migrate()
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
