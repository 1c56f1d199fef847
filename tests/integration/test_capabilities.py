"""What workers say of themselves comes through the broker to whoever asks what the service can do."""

from __future__ import annotations

from typing import Any

from tests.integration.conftest import Running
from workers.doctor import examine


def workers(service: Running) -> list[Any]:
    with service.http() as http:
        said: list[Any] = http.get("/v1/capabilities").json()["workers"]
    return said


def test_a_worker_says_what_it_can_do_and_how_much_of_it_is_busy(service: Running) -> None:
    job_id = service.submit(transcribe="work:60")
    service.wait(job_id, lambda job: job["stage"] == "transcribe" and job["progress"]["audio_seconds_done"])
    (worker,) = [worker for worker in workers(service) if worker["busy"]]
    service.client.cancel(job_id)
    service.wait_for_end(job_id)
    assert worker["name"].startswith("earmark-")
    assert (worker["slots"], worker["device"].partition(":")[0]) == (2, worker["profile"])
    assert {"stage": "time", "name": "pocketsphinx-en-us", "revision": "5.1"} in worker["models"]
    assert set(worker["queues"]) >= {"io", "gpu"}
    assert not any(later["busy"] for later in workers(service) if later["name"] == worker["name"])


def test_the_doctor_sees_the_service_and_who_works_for_it(service: Running) -> None:
    found = {finding.what: finding for finding in examine(service.settings)}
    assert {found[what].verdict for what in ("store", "database", "broker", "workers", "api")} == {"ok"}
    assert f"{service.url} is ready" in found["api"].said
    assert "of 2 slots busy" in found["api"].said
    stranger = {finding.what: finding for finding in examine(service.settings.model_copy(update={"api_key": "wrong"}))}["api"]
    assert (stranger.verdict, "EARMARK_API_KEY" in stranger.said) == ("note", True)
