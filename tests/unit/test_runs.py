"""The state machine of a job: what workers, callers and the reaper may do to it, in any order, any number of times."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import delete, update

from service.database import Database
from service.errors import Cancelled, Conflict, LeaseLost, Locked, NotFound
from service.jobs import Query, Wishes
from service.runs import Claim, Outcome, Rules
from service.stages import STAGES, part_names, stage_of
from service.standing import standings
from service.tables import Job, JobState, StageRun, StageState
from tests.support.servers import postgres_url
from tests.support.service import AT_ONCE, LetterBox, Service, a_new_job


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('database')}/earmark.db"
    else:
        with postgres_url() as url:
            yield url


@pytest.fixture(scope="module")
def database(url: str) -> Database:
    database = Database(url)
    database.migrate()
    return database


@pytest.fixture
def service(database: Database) -> Service:
    with database.writing() as session:
        session.execute(delete(Job))
    return Service(database, LetterBox())


def test_every_stage_runs_once_and_the_job_succeeds(service: Service) -> None:
    job = service.submit()
    assert job.state is JobState.QUEUED
    worked = service.work()
    assert sorted(worked) == sorted(stage.name for stage in STAGES)
    done = service.jobs.get(job.id)
    assert done.state is JobState.SUCCEEDED
    assert {run.attempt for run in done.runs} == {1}
    assert done.finished_ms is not None


def test_a_stage_waits_for_all_that_it_needs(service: Service) -> None:
    job = service.submit()
    service.work("diarize")
    states = {run.stage: run.state for run in service.jobs.get(job.id).runs}
    assert states["time"] is StageState.DONE
    assert states["diarize"] is StageState.QUEUED
    assert states["attribute"] is StageState.PENDING


def test_nothing_costly_begins_before_the_transcript_is_read(service: Service) -> None:
    job = service.submit()
    service.runs.finish(service.claim(job, "decode"), Outcome("key"))
    assert service.runs.claim(job.id, "transcribe", "anna") is None
    assert service.runs.claim(job.id, "diarize", "anna") is None
    service.runs.finish(service.claim(job, "parse"), Outcome("key"))
    assert service.claim(job, "transcribe").stage == "transcribe"


def test_a_message_delivered_twice_is_claimed_once(service: Service) -> None:
    job = service.submit()
    first = service.claim(job, "decode")
    assert service.runs.claim(job.id, "decode", "berta") is None
    service.runs.finish(first, Outcome("key"))
    assert service.runs.claim(job.id, "decode", "berta") is None
    assert service.jobs.get(job.id).run_of("decode").attempt == 1


def test_a_worker_that_lost_its_stage_changes_nothing(service: Service) -> None:
    service.rules = AT_ONCE
    job = service.submit()
    slow = service.claim(job, "decode", "slow")
    service.reap()
    quick = service.claim(job, "decode", "quick")
    with pytest.raises(LeaseLost, match="no longer attempt 1's"):
        service.runs.renew(slow, 10, 20)
    changes: tuple[Callable[[], None], ...] = (
        lambda: service.runs.finish(slow, Outcome("slow-key")),
        lambda: service.runs.fail(slow, "internal", "slow"),
        lambda: service.runs.retry(slow),
        lambda: service.runs.repeat(slow, ("parse",)),
        lambda: service.runs.drop(slow),
    )
    for change in changes:
        with pytest.raises(LeaseLost):
            change()
    service.runs.finish(quick, Outcome("quick-key"))
    assert service.jobs.get(job.id).run_of("decode").artifact_key == "quick-key"


def test_a_lease_that_is_renewed_is_left_alone(service: Service) -> None:
    job = service.submit()
    claim = service.claim(job, "decode")
    service.reap(Rules())
    service.runs.renew(claim, 5_000, 60_000)
    run = service.jobs.get(job.id).run_of("decode")
    assert (run.state, run.progress_done_ms, run.progress_total_ms) == (StageState.RUNNING, 5_000, 60_000)


def test_a_job_that_kills_its_worker_each_time_is_poison(service: Service) -> None:
    service.rules = AT_ONCE
    job = service.submit()
    for _ in range(AT_ONCE.max_tries):
        service.claim(job, "decode")
        service.reap()
    failed = service.jobs.get(job.id)
    assert (failed.state, failed.error_code) == (JobState.FAILED, "poison")
    assert failed.error_message == "stage decode was begun 3 times and its worker died each time"
    assert service.runs.claim(job.id, "parse", "anna") is None


def test_a_worker_that_stops_in_good_order_hands_its_stage_back_at_no_cost(service: Service) -> None:
    job = service.submit()
    service.post.take()
    for _ in range(2 * service.rules.max_tries):
        old = service.claim(job, "decode", "anna")
        service.runs.hand_back("anna")
        assert [message.stage for message in service.post.take()] == ["decode"]
        with pytest.raises(LeaseLost):
            service.runs.finish(old, Outcome("key"))
    assert service.jobs.get(job.id).run_of("decode").tries == 0


def test_a_broken_stage_is_tried_again_after_a_pause_until_its_last_try(service: Service) -> None:
    job = service.submit()
    service.post.take()
    pauses = []
    for _ in range(service.rules.max_tries - 1):
        claim = service.claim(job, "decode")
        assert not service.runs.is_last_try(claim)
        service.runs.retry(claim)
        pauses += [message.delay_seconds for message in service.post.take()]
    last = service.claim(job, "decode")
    assert service.runs.is_last_try(last)
    service.runs.fail(last, "internal", "it broke")
    failed = service.jobs.get(job.id)
    assert (failed.state, failed.error_code, failed.error_message) == (JobState.FAILED, "internal", "it broke")
    assert failed.run_of("decode").state is StageState.FAILED
    assert pauses == [2, 15]


def test_workers_that_finish_at_the_same_moment_start_what_waits_for_both_once(service: Service) -> None:
    for _ in range(3):
        job = service.submit()
        service.work("diarize", "time")
        claims = [service.claim(job, "time"), service.claim(job, "diarize")]
        service.post.take()
        start = Barrier(len(claims))
        with ThreadPoolExecutor(len(claims)) as workers:
            ended = [workers.submit(_finish_together, service, start, claim) for claim in claims]
        assert [future.result() for future in ended] == [None, None]
        assert [message.stage for message in service.post.messages] == ["attribute"]
        service.work()
        assert service.jobs.get(job.id).state is JobState.SUCCEEDED


def _finish_together(service: Service, start: Barrier, claim: Claim) -> None:
    start.wait(timeout=10)
    service.runs.finish(claim, Outcome(claim.stage))


def test_missing_artefacts_are_made_again(service: Service) -> None:
    job = service.submit()
    service.work("align")
    service.runs.repeat(service.claim(job, "align"), ("parse", "transcribe"))
    assert service.work().count("parse") == 1
    done = service.jobs.get(job.id)
    assert done.state is JobState.SUCCEEDED
    assert done.run_of("decode").attempt == 1
    assert done.run_of("transcribe").attempt == 2


class TestAClock:
    """That is put back or forward, as seen from the tables: every time in them moves the other way."""

    HOUR_MS = 3_600_000

    def put(self, service: Service, hours: int) -> None:
        with service.database.writing() as session:
            for moment in (StageRun.lease_until_ms, StageRun.queued_ms):
                session.execute(update(StageRun).values({moment: moment - hours * self.HOUR_MS}))

    @pytest.mark.parametrize("hours", [-1, 1])
    def test_does_not_keep_a_dead_workers_stage_from_the_others(self, service: Service, hours: int) -> None:
        job = service.submit()
        service.claim(job, "decode")
        self.put(service, hours)
        service.reap(Rules())
        with service.database.writing() as session:  # the minute of the lease goes by
            session.execute(update(StageRun).values(lease_until_ms=StageRun.lease_until_ms - 61_000))
        service.reap(Rules())
        assert service.claim(job, "decode", "ben").attempt == 2

    def test_that_jumps_forward_takes_a_stage_from_the_living_but_it_ends_once(self, service: Service) -> None:
        job = service.submit()
        anna = service.claim(job, "decode")
        self.put(service, 1)
        service.reap(Rules())
        ben = service.claim(job, "decode", "ben")
        service.runs.finish(ben, Outcome("decode-key"))
        with pytest.raises(LeaseLost):
            service.runs.finish(anna, Outcome("other-key"))
        service.work()
        assert service.jobs.get(job.id).state is JobState.SUCCEEDED

    def test_that_is_put_back_leaves_the_living_their_stage(self, service: Service) -> None:
        claim = service.claim(service.submit(), "decode")
        self.put(service, -1)
        service.reap(Rules())
        service.runs.renew(claim)
        service.runs.finish(claim, Outcome("decode-key"))

    @pytest.mark.parametrize("hours", [-1, 1])
    def test_does_not_keep_lost_messages_from_being_sent_again(self, service: Service, hours: int) -> None:
        job = service.submit()
        service.post.take()
        self.put(service, hours)
        service.reap(Rules())
        assert {message.stage for message in service.post.take() if message.job_id == job.id} == {"decode", "parse"}


class TestWhoseTurnItIs:
    """In a queue, with one worker after another: any message is a ticket for what is next."""

    def submit(self, service: Service, *owners: str, **wishes: int) -> list[Job]:
        return [service.submit(a_new_job(wishes=Wishes(owner=owner, **wishes))) for owner in owners]  # type: ignore[arg-type]

    def served(self, service: Service, jobs: list[Job], count: int) -> list[str]:
        """The owners whose stages are taken, in turn, by workers that each hold theirs for a moment."""
        owners = {job.id: job.owner for job in jobs}
        taken = []
        for message in [message for message in service.post.take() if message.stage in {"decode", "parse"}][:count]:
            claim = service.runs.take(message.job_id, message.stage, "anna")
            assert claim is not None
            taken.append(owners[claim.job_id])
            time.sleep(0.002)  # turns are told apart by milliseconds
            service.runs.finish(claim, Outcome("key"))
        return taken

    def test_goes_round_the_owners_however_many_jobs_each_has(self, service: Service) -> None:
        jobs = self.submit(service, *["crowd"] * 6, "small", "other")
        assert sorted(self.served(service, jobs, 3)) == ["crowd", "other", "small"]

    def test_leaves_the_rest_to_the_crowd_once_the_others_have_all(self, service: Service) -> None:
        jobs = self.submit(service, *["crowd"] * 3, "small")
        assert self.served(service, jobs, 8).count("small") == 2

    def test_is_an_owners_whose_stages_are_not_at_work(self, service: Service) -> None:
        jobs = self.submit(service, "crowd", "crowd", "small")
        service.claim(jobs[0], "decode")
        claim = service.runs.take(jobs[1].id, "decode", "berta")
        assert claim is not None
        assert claim.job_id == jobs[2].id

    def test_is_by_priority_among_the_jobs_of_one_owner_only(self, service: Service) -> None:
        low, high, other = self.submit(service, "one", priority=-1) + self.submit(service, "one", "two", priority=1)
        service.claim(other, "decode")
        claim = service.runs.take(low.id, "decode", "anna")
        assert claim is not None
        assert claim.job_id == high.id

    @pytest.mark.parametrize("held", [True, False])
    def test_is_foretold_to_those_who_wait(self, service: Service, *, held: bool) -> None:
        """Whether workers are many and hold what they took, or one ends each before it takes the next."""
        waiting = [
            *self.submit(service, "crowd", "crowd", "small", "crowd"),
            *self.submit(service, "crowd", "small", priority=1),
            *self.submit(service, "other", "crowd", priority=-1),
            *self.submit(service, "new"),
        ]
        if held:
            begun = [waiting.pop(0), waiting.pop(1)]
            for stage in ("decode", "parse"):
                service.claim(begun[0], stage)
            service.claim(begun[1], "decode")
        told = {job.id: service.jobs.outlook(service.jobs.get(job.id, job.owner)).jobs_before for job in waiting}
        begins: dict[str, int] = {}
        while claim := service.runs.take(waiting[0].id, "decode", "anna"):
            if claim.job_id in told:
                begins.setdefault(claim.job_id, len(begins))
            time.sleep(0.002)  # turns are told apart by milliseconds
            if not held:
                service.runs.finish(claim, Outcome("key"))
        assert told == begins

    def test_is_that_of_the_stage_which_more_wait_for_among_those_of_one_job(self, service: Service) -> None:
        (job,) = self.submit(service, "one")
        service.work("transcribe", "diarize")
        assert service.runs.divide(job.id, "transcribe", 11)
        claims = [service.runs.take(job.id, "diarize", "anna") for _ in range(12)]
        taken = [claim.stage for claim in claims if claim]
        assert sorted(taken[:11]) == sorted(part_names("transcribe", 11))
        assert taken[11:] == ["diarize"]

    def test_is_nobodys_when_nothing_waits(self, service: Service) -> None:
        (job,) = self.submit(service, "one")
        for _ in range(2):
            assert service.runs.take(job.id, "decode", "anna")
        assert service.runs.take(job.id, "decode", "anna") is None

    def test_is_not_a_pausing_stages(self, service: Service) -> None:
        (job,) = self.submit(service, "one")
        service.runs.retry(service.claim(job, "decode"))
        claim = service.runs.take(job.id, "parse", "anna")
        assert claim is not None
        assert claim.stage == "parse"

    def test_of_a_pausing_stage_is_not_foretold(self, service: Service) -> None:
        (job,) = self.submit(service, "one")
        with service.database.writing() as session:
            session.execute(update(StageRun).values(queued_ms=StageRun.queued_ms + 3_600_000))
        assert service.jobs.outlook(service.jobs.get(job.id, "one")).jobs_before is None

    def test_is_taken_once_by_workers_that_look_at_the_same_moment(self, service: Service) -> None:
        jobs = self.submit(service, "one", "two", "three")
        start = Barrier(6)

        def take() -> Claim | None:
            start.wait(timeout=10)
            return service.runs.take(jobs[0].id, "decode", "anna")

        with ThreadPoolExecutor(6) as workers:
            claims = [future.result() for future in [workers.submit(take) for _ in range(6)]]
        assert len({(claim.job_id, claim.stage) for claim in claims if claim}) == 6


class TestAStageThatWorkersShare:
    def divided(self, service: Service, count: int = 3) -> Job:
        job = service.submit()
        service.work("transcribe")
        assert service.runs.divide(job.id, "transcribe", count)
        return job

    def parts(self, service: Service, job: Job) -> list[str]:
        return [part.stage for part in service.jobs.get(job.id).parts_of("transcribe")]

    def test_is_joined_once_all_its_parts_are_done_and_they_are_forgotten(self, service: Service) -> None:
        job = self.divided(service)
        *first, last = self.parts(service, job)
        for part in first:
            service.runs.finish(service.claim(job, part), Outcome(part))
        assert service.runs.claim(job.id, "transcribe", "anna") is None
        service.runs.finish(service.claim(job, last), Outcome(last))
        service.runs.finish(service.claim(job, "transcribe"), Outcome("whole"))
        assert self.parts(service, job) == []
        service.work()
        done = service.jobs.get(job.id)
        assert (done.state, done.run_of("transcribe").tries) == (JobState.SUCCEEDED, 1)

    def test_is_divided_once_and_nobody_takes_what_comes_after_it_meanwhile(self, service: Service) -> None:
        job = service.submit()
        service.work("transcribe", "diarize")
        service.post.take()
        quicker: list[Claim | None] = []

        def parts(stage: str, _: Job) -> int:
            if not quicker:
                quicker.append(service.runs.take(job.id, stage, "berta", parts=lambda *_: 3))
            return 3

        claim = service.runs.take(job.id, "diarize", "anna", parts)
        assert claim is not None
        assert (quicker, stage_of(claim.stage).name) == ([None], "transcribe")
        left = [run for run in service.jobs.get(job.id).runs if run.state is StageState.QUEUED]
        assert len(service.post.messages) == len(left) == 3, "two parts and diarize, a ticket for each"

    def test_two_that_finish_the_last_parts_at_once_queue_the_joining_once(self, service: Service) -> None:
        for _ in range(3):
            job = self.divided(service, 2)
            claims = [service.claim(job, part, part) for part in self.parts(service, job)]
            service.post.take()
            start = Barrier(len(claims))
            with ThreadPoolExecutor(len(claims)) as workers:
                assert [f.result() for f in [workers.submit(_finish_together, service, start, claim) for claim in claims]] == [None, None]
            assert [message.stage for message in service.post.take()] == ["transcribe"]

    def test_loses_one_part_with_a_dead_worker_and_no_other(self, service: Service) -> None:
        job = self.divided(service)
        first, second, third = self.parts(service, job)
        service.runs.finish(service.claim(job, first), Outcome(first))
        slow, dead = service.claim(job, second, "slow"), service.claim(job, third, "dead")
        service.runs.renew(slow)
        with service.database.writing() as session:
            session.execute(update(StageRun).where(StageRun.worker == "dead").values(lease_until_ms=0))
        service.post.take()
        service.reap(Rules())
        assert [message.stage for message in service.post.take()] == [third]
        with pytest.raises(LeaseLost):
            service.runs.finish(dead, Outcome("late"))
        service.runs.finish(slow, Outcome(second))
        assert {part.stage: part.attempt for part in service.jobs.get(job.id).parts_of("transcribe")} == {first: 1, second: 1, third: 1}

    def test_whose_messages_were_lost_is_sent_again(self, service: Service) -> None:
        job = self.divided(service)
        service.post.take()
        service.reap()
        assert sorted(message.stage for message in service.post.messages) == sorted(self.parts(service, job))

    def test_is_cancelled_once_every_part_has_let_go(self, service: Service) -> None:
        job = self.divided(service)
        claims = [service.claim(job, part) for part in self.parts(service, job)[:2]]
        assert service.jobs.cancel(job.id).state is JobState.CANCELLING
        service.runs.drop(claims[0])
        assert service.jobs.get(job.id).state is JobState.CANCELLING
        service.runs.drop(claims[1])
        assert service.jobs.get(job.id).state is JobState.CANCELLED

    def test_that_failed_goes_on_with_the_parts_that_are_missing(self, service: Service) -> None:
        job = self.divided(service)
        first, second, third = self.parts(service, job)
        service.runs.finish(service.claim(job, first), Outcome(first))
        service.runs.fail(service.claim(job, second), "internal", "it broke")
        assert service.runs.claim(job.id, third, "anna") is None
        service.post.take()
        service.jobs.retry(job.id)
        assert sorted(m.stage for m in service.post.messages if m.stage.startswith("transcribe")) == [second, third]

    def test_leaves_no_artefact_of_a_part_behind_when_its_job_is_deleted(self, service: Service) -> None:
        job = self.divided(service)
        part = self.parts(service, job)[0]
        service.runs.finish(service.claim(job, part), Outcome("of the part"))
        assert "of the part" in service.jobs.delete(job.id, force=True)

    def test_is_one_stage_to_its_caller(self, service: Service) -> None:
        job = self.divided(service)
        with service.database.writing() as session:
            session.get_one(Job, job.id).audio_ms = 60_000
        service.runs.finish(service.claim(job, "transcribe:1/3"), Outcome("first"))
        service.runs.renew(service.claim(job, "transcribe:2/3"), 5_000, 21_000)
        standing = next(stage for stage in standings(service.jobs.get(job.id)) if stage.stage == "transcribe")
        assert (standing.state, standing.done_ms, standing.total_ms) == (StageState.RUNNING, 25_000, 60_000)
        assert len(standings(service.jobs.get(job.id))) == len(STAGES)


class TestTheBroker:
    def test_flushed_is_filled_again(self, service: Service) -> None:
        job = service.submit()
        service.post.take()
        service.reap(Rules())
        assert service.post.messages == [], "a message is not stale before a lease's time is over"
        service.reap()
        assert {message.stage for message in service.post.messages} == {"decode", "parse"}
        service.work()
        assert service.jobs.get(job.id).state is JobState.SUCCEEDED

    def test_with_messages_enough_is_sent_no_more(self, service: Service) -> None:
        service.submit()
        service.reap()
        service.reap()
        assert len(service.post.messages) == 2

    def test_out_of_reach_loses_no_job(self, service: Service) -> None:
        service.post.reachable = False
        job = service.submit()
        assert service.post.messages == []
        service.post.reachable = True
        service.reap()
        service.work()
        assert service.jobs.get(job.id).state is JobState.SUCCEEDED


class TestCancelling:
    def test_ends_a_waiting_job_at_once(self, service: Service) -> None:
        job = service.submit()
        assert service.jobs.cancel(job.id).state is JobState.CANCELLED
        assert service.jobs.cancel(job.id).state is JobState.CANCELLED
        assert service.work() == []

    def test_reaches_the_worker_at_its_next_sign_of_life(self, service: Service) -> None:
        job = service.submit()
        claim = service.claim(job, "decode")
        assert service.jobs.cancel(job.id).state is JobState.CANCELLING
        with pytest.raises(Cancelled, match="is cancelling"):
            service.runs.renew(claim)
        service.runs.drop(claim)
        assert service.jobs.get(job.id).state is JobState.CANCELLED

    def test_does_not_wait_for_a_dead_worker(self, service: Service) -> None:
        service.rules = AT_ONCE
        job = service.submit()
        service.claim(job, "decode")
        service.jobs.cancel(job.id)
        service.reap()
        assert service.jobs.get(job.id).state is JobState.CANCELLED

    def test_a_stage_that_finishes_meanwhile_settles_it(self, service: Service) -> None:
        job = service.submit()
        claim = service.claim(job, "decode")
        service.jobs.cancel(job.id)
        service.runs.finish(claim, Outcome("key"))
        assert service.jobs.get(job.id).state is JobState.CANCELLED

    def test_refuses_a_finished_job(self, service: Service) -> None:
        job = service.submit()
        service.work()
        with pytest.raises(Conflict, match="already succeeded"):
            service.jobs.cancel(job.id)


class TestDeleting:
    def test_waits_for_the_end_unless_forced(self, service: Service) -> None:
        job = service.submit()
        claim = service.claim(job, "decode")
        with pytest.raises(Locked, match="force=true"):
            service.jobs.delete(job.id)
        service.jobs.delete(job.id, force=True)
        with pytest.raises(NotFound):
            service.jobs.get(job.id)
        with pytest.raises(LeaseLost):
            service.runs.renew(claim)
        with pytest.raises(LeaseLost):
            service.runs.finish(claim, Outcome("key"))
        assert service.runs.claim(job.id, "parse", "anna") is None

    def test_names_the_artefacts_that_no_other_job_shares(self, service: Service) -> None:
        first, second = service.submit(), service.submit()
        service.work()
        assert service.jobs.delete(first.id) == []
        assert len(service.jobs.delete(second.id)) == len(STAGES)


def test_a_page_holds_the_newest_jobs_and_the_way_to_the_next(service: Service) -> None:
    ids = [service.submit(a_new_job(wishes=Wishes(reference="show" if n % 2 else ""))).id for n in range(5)]
    page, before = service.jobs.page(Query(limit=2))
    assert [job.id for job in page] == [ids[4], ids[3]]
    page, before = service.jobs.page(Query(limit=3, cursor=before))
    assert [job.id for job in page] == [ids[2], ids[1], ids[0]]
    assert before is None
    assert [job.id for job in service.jobs.page(Query(reference="show"))[0]] == [ids[3], ids[1]]
    assert service.jobs.page(Query(state=JobState.FAILED)) == ([], None)


def test_another_owners_job_is_not_there(service: Service) -> None:
    job = service.submit()
    for look in (service.jobs.get, service.jobs.cancel, service.jobs.delete):
        with pytest.raises(NotFound):
            look(job.id, "someone else")
