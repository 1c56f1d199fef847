"""What becomes of a stage that goes wrong, and how a running stage learns that it must stop."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from service.database import Database
from service.errors import ArtifactMissing, AudioUndecodable, LeaseLost, ModelMissing, Overdue, StoreFull, TranscriptMismatch
from service.runs import Outcome
from service.stages import part_names
from service.tables import Job, JobState, StageState
from tests.support.service import LetterBox, Service
from workers.desk import Hook
from workers.heartbeat import Heartbeat, Pace
from workers.shift import Shift

Act = Callable[[Hook], None]

QUICK = Pace(beat_seconds=0.02, grace_seconds=0.2)


@dataclass
class Actor:
    """A runner that does what it is told, per run; otherwise a stage simply succeeds. `cut` are the parts of `transcribe`."""

    acts: dict[str, Act] = field(default_factory=dict)
    cut: int = 1

    def run(self, stage: str, job: Job, hook: Hook) -> Outcome:
        if stage in self.acts:
            self.acts[stage](hook)
        return Outcome(f"{stage}-{job.id}")

    def parts(self, *_: object) -> int:
        return self.cut

    def missing(self, stage: str, job: Job) -> tuple[str, ...]:
        return tuple(run.stage for run in job.runs if run.stage == "decode" and stage != "decode")

    def without(self, stage: str, job: Job, reason: str) -> Outcome:
        return Outcome(f"no-{stage}-{job.id}", warnings=(reason,), degraded=(stage,))


def raises(error: Exception, times: int = 100) -> Act:
    left = [error] * times

    def act(_: Hook) -> None:
        if left:
            raise left.pop()

    return act


@pytest.fixture
def service(tmp_path: Path) -> Service:
    database = Database(f"sqlite:///{tmp_path}/earmark.db")
    database.migrate()
    return Service(database, LetterBox())


def deliver(service: Service, actor: Actor, pace: Pace = QUICK) -> None:
    """Give a worker every message until no more come."""
    shift = Shift(service.runs, actor, pace)
    while messages := service.post.take():
        for message in messages:
            shift.work(message.job_id, message.stage, "anna")


def test_all_goes_well(service: Service) -> None:
    job = service.submit()
    deliver(service, Actor())
    assert service.jobs.get(job.id).state is JobState.SUCCEEDED


def test_wrong_input_fails_the_job_at_once_and_says_why(service: Service) -> None:
    job = service.submit()
    deliver(service, Actor({"decode": raises(AudioUndecodable("there is no audio stream in it"))}))
    failed = service.jobs.get(job.id)
    assert (failed.state, failed.error_code, failed.error_message) == (
        JobState.FAILED,
        "audio_undecodable",
        "there is no audio stream in it",
    )
    assert failed.run_of("decode").attempt == 1


def test_a_refused_transcript_leaves_its_coverage_with_the_job(service: Service) -> None:
    job = service.submit()
    deliver(service, Actor({"decode": raises(TranscriptMismatch("it is of something else", 0.04))}))
    failed = service.jobs.get(job.id)
    assert (failed.error_code, failed.error_coverage) == ("transcript_mismatch", 0.04)


@pytest.mark.parametrize("error", [RuntimeError("boom"), StoreFull("no room"), MemoryError()])
def test_what_may_pass_is_tried_again(service: Service, error: Exception) -> None:
    job = service.submit()
    deliver(service, Actor({"transcribe": raises(error, times=2)}))
    done = service.jobs.get(job.id)
    assert (done.state, done.run_of("transcribe").attempt) == (JobState.SUCCEEDED, 3)


def test_a_bug_fails_the_job_in_the_end_without_its_traceback(service: Service) -> None:
    job = service.submit()
    deliver(service, Actor({"transcribe": raises(RuntimeError("secret of the house"))}))
    failed = service.jobs.get(job.id)
    assert (failed.state, failed.error_code) == (JobState.FAILED, "internal")
    assert failed.error_message == "stage transcribe broke down (RuntimeError); the log says more"
    assert failed.run_of("transcribe").attempt == service.rules.max_tries


@pytest.mark.parametrize("error", [ModelMissing("run `earmark models pull`"), RuntimeError("boom"), Overdue("it took far longer")])
def test_a_job_goes_on_without_its_speakers(service: Service, error: Exception) -> None:
    job = service.submit()
    deliver(service, Actor({"diarize": raises(error)}))
    done = service.jobs.get(job.id)
    assert (done.state, done.degraded) == (JobState.SUCCEEDED, ["diarize"])
    assert len(done.warnings) == 1
    assert done.run_of("diarize").artifact_key == f"no-diarize-{job.id}"


def test_a_stage_that_takes_far_too_long_fails_the_job(service: Service) -> None:
    job = service.submit()
    deliver(service, Actor({"transcribe": raises(Overdue("it took far longer"))}))
    failed = service.jobs.get(job.id)
    assert (failed.error_code, failed.run_of("transcribe").attempt) == ("timeout", 1)


def test_a_missing_artefact_is_made_again_without_counting_against_the_stage(service: Service) -> None:
    job = service.submit()
    deliver(service, Actor({"align": raises(ArtifactMissing("gone"), times=2)}))
    done = service.jobs.get(job.id)
    assert done.state is JobState.SUCCEEDED
    assert (done.run_of("decode").attempt, done.run_of("align").tries) == (3, 1)


class TestAStageThatWorkersShare:
    def test_is_joined_at_once_by_whoever_ends_the_last_part(self, service: Service) -> None:
        job = service.submit()
        begun: list[str] = []
        names = ("transcribe", *part_names("transcribe", 3))
        deliver(service, Actor({name: lambda _, name=name: begun.append(name) for name in names}, cut=3))  # type: ignore[misc]
        assert begun == [*names[1:], names[0]]
        done = service.jobs.get(job.id)
        assert (done.state, done.parts_of("transcribe")) == (JobState.SUCCEEDED, [])

    def test_is_claimed_whole_where_its_parts_cannot_be_told(self, service: Service) -> None:
        class Puzzled(Actor):
            def parts(self, *_: object) -> int:
                raise ModelMissing("there are no weights")

        job = service.submit()
        deliver(service, Puzzled({"transcribe": raises(ModelMissing("there are no weights"))}))
        failed = service.jobs.get(job.id)
        assert (failed.error_code, failed.error_message) == ("model_missing", "there are no weights")

    def test_breaks_down_by_the_part(self, service: Service) -> None:
        service.submit()
        attempts: list[int] = []

        def act(_: Hook) -> None:
            attempts.append(1)
            if len(attempts) == 1:
                raise RuntimeError("boom")

        deliver(service, Actor({"transcribe:2/3": act}, cut=3))
        assert len(attempts) == 2

    def test_fails_its_job_with_a_part_that_never_works(self, service: Service) -> None:
        job = service.submit()
        deliver(service, Actor({"transcribe:2/3": raises(RuntimeError("boom"))}, cut=3))
        failed = service.jobs.get(job.id)
        assert (failed.state, failed.error_message) == (
            JobState.FAILED,
            "stage transcribe:2/3 broke down (RuntimeError); the log says more",
        )


class TestAHeartbeat:
    def test_carries_progress_and_keeps_the_lease(self, service: Service) -> None:
        job = service.submit()
        seen: list[int | None] = []

        def act(hook: Hook) -> None:
            hook("decode", None, completed=30_000, total=60_000)
            wait_until(lambda: service.jobs.get(job.id).run_of("decode").progress_done_ms == 30_000)
            seen.append(service.jobs.get(job.id).run_of("decode").progress_total_ms)

        deliver(service, Actor({"decode": act}))
        assert seen == [60_000]

    def test_stops_a_cancelled_stage_at_its_next_report(self, service: Service) -> None:
        job = service.submit()

        def act(hook: Hook) -> None:
            service.jobs.cancel(job.id)
            report_until_stopped(hook)

        deliver(service, Actor({"decode": act}))
        cancelled = service.jobs.get(job.id)
        assert (cancelled.state, cancelled.run_of("decode").state) == (JobState.CANCELLED, StageState.PENDING)

    def test_stops_a_stage_that_is_over_its_time(self, service: Service) -> None:
        job = service.submit()
        claim = service.claim(job, "decode")
        assert claim.limit_seconds > 6 * 3600, "of a recording whose length is not known yet the longest is thought"
        with Heartbeat(service.runs, replace(claim, limit_seconds=0), QUICK) as heartbeat, pytest.raises(Overdue, match="stage decode was"):
            report_until_stopped(heartbeat.hook)

    def test_stops_a_stage_that_was_given_to_another(self, service: Service) -> None:
        job = service.submit()

        def act(hook: Hook) -> None:
            service.runs.hand_back("anna")
            service.post.take()
            service.claim(job, "decode", "berta")
            report_until_stopped(hook)

        deliver(service, Actor({"decode": act}))
        run = service.jobs.get(job.id).run_of("decode")
        assert (run.state, run.worker, run.attempt) == (StageState.RUNNING, "berta", 2)

    def test_stops_the_other_stage_of_a_job_that_failed(self, service: Service) -> None:
        job = service.submit()

        def act(hook: Hook) -> None:
            service.runs.fail(service.claim(job, "parse", "berta"), "transcript_empty", "no words")
            report_until_stopped(hook)

        deliver(service, Actor({"decode": act}))
        failed = service.jobs.get(job.id)
        assert (failed.state, failed.run_of("decode").state) == (JobState.FAILED, StageState.PENDING)

    def test_ends_the_process_of_a_stage_that_does_not_listen(self, service: Service) -> None:
        job = service.submit()
        ended = threading.Event()

        def act(_: Hook) -> None:
            service.jobs.cancel(job.id)
            assert ended.wait(timeout=10), "the last resort was never used"
            assert service.jobs.get(job.id).state is JobState.CANCELLED

        deliver(service, Actor({"decode": act}), Pace(0.02, 0.1, ended.set))
        assert service.jobs.get(job.id).state is JobState.CANCELLED

    def test_outlives_a_database_that_is_briefly_gone(self, service: Service, tmp_path: Path) -> None:
        job = service.submit()

        def act(_: Hook) -> None:
            for path in tmp_path.glob("earmark.db*"):
                path.rename(path.with_name(f"away-{path.name}"))
            service.database.engine.dispose()
            time.sleep(0.1)
            for path in tmp_path.glob("away-*"):
                path.replace(path.with_name(path.name.removeprefix("away-")))
            service.database.engine.dispose()

        deliver(service, Actor({"decode": act}))
        assert service.jobs.get(job.id).state is JobState.SUCCEEDED


def report_until_stopped(hook: Hook) -> None:
    for second in range(1000):
        hook("decode", None, completed=second, total=1000)
        time.sleep(0.01)
    pytest.fail("nobody stopped the stage")


def wait_until(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < until, "it never came true"
        time.sleep(0.02)


def test_a_lost_stage_is_no_error_of_the_task(service: Service) -> None:
    service.submit()

    def act(_: Hook) -> None:
        raise LeaseLost("taken over")

    deliver(service, Actor({"decode": act}))
