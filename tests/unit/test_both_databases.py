"""What callers and chores do to the tables, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import delete

from service.belongings import ApiKey, ShowGlossary, Webhook
from service.courier import Courier
from service.database import Database
from service.domain.options import Options
from service.errors import Conflict, Expired, NotFound, QuotaExceeded, SubmittedOtherwise
from service.fetch import Fetcher, Policy
from service.glossaries import Glossaries, Lesson
from service.jobs import Amendment, Naming, NewJob, Query, Wishes
from service.keys import Keys
from service.limits import Allowance
from service.runs import Outcome
from service.settings import Settings
from service.store import FolderStore
from service.sweeper import Sweeper
from service.tables import Job
from service.uploads import Uploads
from service.webhooks import Log, Webhooks
from tests.support.servers import postgres_url
from tests.support.service import LetterBox, Service, a_new_job


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path_factory.mktemp('database')}/earmark.db")
        database.migrate()
        yield database
    else:
        with postgres_url() as url:
            database = Database(url)
            database.migrate()
            yield database
            database.engine.dispose()


@pytest.fixture
def service(database: Database) -> Service:
    with database.writing() as session:
        for table in (Job, Webhook, ApiKey, ShowGlossary):
            session.execute(delete(table))
    return Service(database, LetterBox())


def new(**wishes: object) -> NewJob:
    return a_new_job(wishes=replace(Wishes(), **wishes))  # type: ignore[arg-type]


def test_one_name_at_the_same_moment_is_one_job(service: Service) -> None:
    start = Barrier(6)

    def once(_: int) -> str:
        start.wait()
        return service.submit(new(naming=Naming("k", "f"))).id

    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(once, range(6)))) == 1
    with pytest.raises(SubmittedOtherwise):
        service.submit(new(naming=Naming("k", "another")))
    assert service.submit(new(naming=Naming("k", "f"), owner="someone-else")).owner == "someone-else"


def test_a_keys_jobs_are_counted(service: Service, database: Database) -> None:
    record, _ = Keys(database).create("test", allowance=Allowance(max_active_jobs=1))
    first = service.submit(new(key_id=record.id))
    with pytest.raises(QuotaExceeded):
        service.submit(new(key_id=record.id))
    service.jobs.cancel(first.id)
    service.submit(new(key_id=record.id))


def test_a_failed_job_goes_on_where_it_ended(service: Service) -> None:
    job = service.submit()
    service.runs.finish(service.claim(job, "parse"), Outcome("parse-key"))
    service.runs.fail(service.claim(job, "decode"), "no_speech", "none")
    assert service.jobs.retry(job.id).error_code is None
    assert "parse" not in service.work()
    with pytest.raises(Conflict):
        service.jobs.retry(job.id)


def test_the_same_decision_is_no_new_revision(service: Service) -> None:
    job = service.submit()
    for _ in range(2):
        service.jobs.amend(job.id, "local", Amendment("corrections", {"0": True}))
    amended = service.jobs.amend(job.id, "local", Amendment("speakers", {"S1": "Theo"}))
    assert (amended.revision, amended.amendments) == (2, {"corrections": {"0": True}, "speakers": {"S1": "Theo"}})


@pytest.mark.usefixtures("service")
def test_a_show_learns_from_many_at_once(database: Database) -> None:
    glossaries = Glossaries(database)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: glossaries.teach("local", Lesson("show", f"Minutel{n}", "Minitel", accepted=True)), range(8)))
    (entry,) = glossaries.get("show", "local").terms
    assert sorted(entry.sounds_like) == [f"Minutel{n}" for n in range(8)]


def test_a_decision_teaches_the_show_only_where_it_was_asked_for(service: Service, database: Database) -> None:
    glossaries = Glossaries(database)
    lesson = Lesson("show", "Minutel", "Minitel", accepted=True)
    for learn in (False, True):
        job = service.submit(a_new_job(options=Options(show="show"), wishes=Wishes(learn=learn)))
        service.jobs.amend(job.id, "local", Amendment("corrections", {"0": True}, lesson))
        assert len(glossaries.find("show", "local").terms) == learn


def test_jobs_are_listed_by_tag(service: Service) -> None:
    ids = [service.submit(a_new_job(wishes=Wishes(tags=tags))).id for tags in (("news", "paris", "news"), ("paris",), ())]
    for tag, found in (("news", ids[:1]), ("paris", ids[:2]), ("new", [])):
        jobs, _ = service.jobs.page(Query(tag=tag))
        assert sorted(job.id for job in jobs) == found
    assert service.jobs.get(ids[0]).tags == ["news", "paris"]
    service.jobs.delete(ids[0], force=True)
    assert service.jobs.page(Query(tag="news")) == ([], None)


def test_what_ends_is_told_once_and_taken_by_one_courier(service: Service, database: Database) -> None:
    policy = Policy()
    webhooks = Webhooks(database, policy)
    webhooks.create("local", "https://nobody.invalid/", ["job.succeeded"])
    job = service.submit()
    service.work()
    couriers = [Courier(database, Fetcher(policy)) for _ in range(2)]
    assert sorted(len(courier._take()) for courier in couriers) == [0, 1]
    (delivery,), _ = webhooks.deliveries(Log("local", job.id))
    assert (delivery.attempts, delivery.event) == (1, "job.succeeded")


@pytest.mark.parametrize(("kept", "stays"), [((None, None), True), ((0, None), False), ((None, -1), False), ((3600, -1), True)])
def test_is_kept_as_long_as_it_is_to_be(
    service: Service, database: Database, tmp_path: Path, kept: tuple[int | None, int | None], *, stays: bool
) -> None:
    """By what the job asks, else by what the settings say."""
    own, general = kept
    store = FolderStore(tmp_path)
    store.prepare()
    done, waiting = service.submit(new(keep_seconds=own)), service.submit(new(keep_seconds=0))
    service.jobs.cancel(done.id)
    Sweeper(database, service.jobs, store, Uploads(database, store, 10), Settings(keep_seconds=general)).sweep()
    with database.reading() as session:
        assert (session.get(Job, done.id) is not None, session.get(Job, waiting.id) is not None) == (stays, True)
    if not stays:
        with pytest.raises(Expired):
            service.jobs.get(done.id)
        with pytest.raises(NotFound):
            service.jobs.get(done.id, "somebody else")
