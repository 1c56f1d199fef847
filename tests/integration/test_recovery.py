"""What must never happen to a job: to be lost, to be done twice, to go on after it was cancelled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest

from service.queue import Broker, Message, task_name
from service.stages import STAGES
from tests.integration.conftest import KEY, LEASE_SECONDS, Running

ALL = sorted(stage.name for stage in STAGES)


def begun(stage: str) -> Callable[[Any], bool]:
    """True of a job of which this stage is running."""
    return lambda job: any(run["name"] == stage and run["state"] == "running" for run in job["stages"])


def attempts(job: Any) -> dict[str, int]:
    return {run["name"]: run["attempt"] for run in job["stages"]}


def test_a_job_goes_through_every_stage_once(service: Running) -> None:
    job_id = service.submit(transcribe="work:1")
    done = service.wait_for_end(job_id)
    assert done["state"] == "succeeded"
    assert sorted(service.journal("begin", job_id)) == sorted(service.journal("end", job_id)) == ALL
    assert service.client.result(job_id, "txt").strip() == "Hello world"


def test_progress_is_in_seconds_of_audio(service: Running) -> None:
    job_id = service.submit(transcribe="work:4")
    job = service.wait(job_id, lambda job: job["stage"] == "transcribe" and (job["progress"]["audio_seconds_done"] or 0) > 10)
    assert job["progress"]["audio_seconds_total"] == 60.0
    assert service.wait_for_end(job_id)["progress"]["audio_seconds_done"] == 60.0


def test_the_whole_worker_killed_in_the_middle_and_another_started_the_job_finishes_once(service: Running) -> None:
    job_id = service.submit(transcribe=["work:60", "work:0.2"])
    service.wait(job_id, begun("transcribe"))
    service.worker.kill()
    at_work = [stage for stage in ALL if begun(stage)(service.client.job(job_id))]
    service.deployment.start_worker()
    done = service.wait_for_end(job_id)
    assert done["state"] == "succeeded"
    assert attempts(done) == dict.fromkeys(ALL, 1) | dict.fromkeys(at_work, 2)
    assert sorted(service.journal("end", job_id)) == ALL, "a stage was finished twice, or not at all"
    assert service.journal("begin", job_id).count("transcribe") == 2


def test_a_worker_process_killed_alone_is_replaced_and_the_job_finishes_once(service: Running) -> None:
    job_id = service.submit(transcribe=["die", "work:0.2"])
    done = service.wait_for_end(job_id)
    assert done["state"] == "succeeded"
    assert sorted(service.journal("end", job_id)) == ALL
    assert service.worker.alive


def test_a_job_that_kills_every_worker_is_given_up(service: Running) -> None:
    job_id = service.submit(align="die")
    failed = service.wait_for_end(job_id)
    assert (failed["state"], failed["error"]["code"]) == ("failed", "poison")
    assert "begun 3 times" in failed["error"]["message"]
    assert service.journal("begin", job_id).count("align") == 3


def test_a_worker_told_to_stop_hands_its_stage_to_the_next_at_once(service: Running) -> None:
    job_id = service.submit(transcribe="work:12")
    service.wait(job_id, begun("transcribe"))
    service.worker.stop()
    stages = {run["name"]: run["state"] for run in service.client.job(job_id)["stages"]}
    assert stages["transcribe"] == "queued"
    service.deployment.start_worker()
    done = service.wait_for_end(job_id)
    assert (done["state"], attempts(done)["transcribe"]) == ("succeeded", 2)
    assert sorted(service.journal("end", job_id)) == ALL


def test_a_message_delivered_many_times_runs_its_stage_once(service: Running) -> None:
    job_id = service.submit(transcribe="work:2")
    service.wait(job_id, begun("transcribe"))
    broker = Broker(service.settings)
    for _ in range(3):
        for stage in ("decode", "transcribe", "assemble"):
            broker.send(Message(job_id, stage))
    assert service.wait_for_end(job_id)["state"] == "succeeded"
    assert sorted(service.journal("begin", job_id)) == ALL


def test_a_broker_that_lost_everything_loses_no_job(service: Running) -> None:
    service.worker.stop()
    job_ids = [service.submit() for _ in range(3)]
    service.redis().flushall()
    service.deployment.start_worker()
    for job_id in job_ids:
        assert service.wait_for_end(job_id, LEASE_SECONDS * 10)["state"] == "succeeded"
        assert sorted(service.journal("end", job_id)) == ALL


class TestCancelling:
    @pytest.mark.parametrize("stage", ALL)
    def test_stops_any_stage_at_work_within_seconds(self, service: Running, stage: str) -> None:
        job_id = service.submit(**{stage: "work:60"})
        service.wait(job_id, begun(stage))
        assert service.client.cancel(job_id)["state"] == "cancelling"
        service.wait(job_id, lambda job: job["state"] == "cancelled", seconds=10)
        assert stage not in service.journal("end", job_id)

    def test_stops_a_stage_that_listens_to_no_one(self, service: Running) -> None:
        job_id = service.submit(transcribe="deaf:60")
        service.wait(job_id, begun("transcribe"))
        service.client.cancel(job_id)
        service.wait(job_id, lambda job: job["state"] == "cancelled", seconds=15)
        assert service.wait_for_end(service.submit())["state"] == "succeeded", "the worker is not worth anything any more"

    def test_by_force_forgets_a_job_at_work(self, service: Running) -> None:
        job_id = service.submit(transcribe="work:60")
        service.wait(job_id, begun("transcribe"))
        with service.http() as http:
            assert http.delete(f"/v1/jobs/{job_id}").status_code == 423
            assert http.delete(f"/v1/jobs/{job_id}", params={"force": True}).status_code == 204
            assert http.get(f"/v1/jobs/{job_id}").status_code == 404
        assert service.wait_for_end(service.submit())["state"] == "succeeded", "the worker still works for nobody"


class TestGoingWrong:
    def test_unusable_audio_fails_the_job_with_its_reason(self, service: Running) -> None:
        failed = service.wait_for_end(service.submit(decode="refuse"))
        assert (failed["state"], failed["error"]) == (
            "failed",
            {"code": "audio_undecodable", "message": "the script finds no sound in it", "coverage": None},
        )

    def test_a_passing_breakdown_costs_the_job_nothing(self, service: Running) -> None:
        done = service.wait_for_end(service.submit(align=["break", "work:0"]))
        assert (done["state"], attempts(done)["align"]) == ("succeeded", 2)

    def test_a_job_goes_on_without_its_speakers(self, service: Running) -> None:
        done = service.wait_for_end(service.submit(diarize="break"))
        assert (done["state"], done["degraded"]) == ("succeeded", ["diarize"])


def test_what_the_broker_holds_is_json_with_an_id_and_nothing_else(service: Running) -> None:
    service.worker.stop()
    job_id = service.submit()
    messages = b"".join(cast("list[bytes]", service.redis().lrange("io", 0, -1)))
    assert all(f'"{task_name(stage)}"'.encode() in messages for stage in ("decode", "parse"))
    assert not any(secret in messages for secret in (b"Minutel", b"episode", KEY.encode()))
    service.client.cancel(job_id)
