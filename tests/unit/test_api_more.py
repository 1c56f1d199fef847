"""Submissions by address, as JSON, in pieces and twice; waiting, watching, trying again; decisions on a result; limits; retention."""

from __future__ import annotations

import hashlib
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from service import artifacts
from service.api.deps import Parts
from service.app import create_app
from service.callers import Scope
from service.domain.options import LeftAlone
from service.jobs import options_of
from service.limits import Allowance, Rates
from service.runs import Outcome, Rules, StageRuns
from service.sweeper import Sweeper
from tests.support.sample import sample
from tests.support.service import LetterBox
from tests.unit.test_api import AUDIO, HERE, LOCAL, TRANSCRIPT, finish, problem, settings_in, submit

PIECE = "application/offset+octet-stream"
BY_ADDRESS = {
    "audio": {"url": "https://example.com/e.mp3?token=secret", "headers": {"Authorization": "Bearer x"}},
    "transcript": {"text": "Anna: Hello."},
}


def fail(parts: Parts, job_id: str, stage: str) -> None:
    runs = StageRuns(parts.database, LetterBox(), Rules())
    claim = runs.claim(job_id, stage, "anna")
    assert claim is not None
    runs.fail(claim, "no_speech", "there is none")


class TestJson:
    def test_names_files_by_their_address(self, api: TestClient, parts: Parts) -> None:
        job = api.post("/v1/jobs", json=BY_ADDRESS | {"options": {"num_speakers": 2, "reference": "e1"}}).json()
        assert job["audio"] == {"name": "e.mp3", "sha256": None, "url": "https://example.com/e.mp3", "bytes": None, "seconds": None}
        assert "secret" not in json.dumps(job)
        kept = parts.jobs.get(job["id"])
        assert (kept.reference, options_of(kept).num_speakers) == ("e1", 2)
        assert kept.audio_link == {"url": "https://example.com/e.mp3?token=secret", "headers": {"Authorization": "Bearer x"}, "sha256": ""}
        assert parts.store.get(kept.transcript_key) == b"Anna: Hello."

    def test_keeps_no_secret_once_the_file_is_fetched(self, api: TestClient, parts: Parts) -> None:
        job_id = api.post("/v1/jobs", json=BY_ADDRESS).json()["id"]
        runs = StageRuns(parts.database, LetterBox(), Rules())
        claim = runs.claim(job_id, "decode", "anna")
        assert claim is not None
        runs.finish(claim, Outcome("key", 90_000, audio=parts.store.put("x", b"sound")))
        kept = parts.jobs.get(job_id)
        assert kept.audio_link == {"url": "https://example.com/e.mp3", "headers": {}, "sha256": ""}
        assert (kept.audio_bytes, len(kept.audio_sha256)) == (5, 64)

    @pytest.mark.parametrize(
        ("change", "pointer"),
        [
            ({"audio": {}}, "/audio"),
            ({"audio": {"url": "https://example.com/", "upload_id": "x"}}, "/audio"),
            ({"transcript": {"text": "Hello", "url": "https://example.com"}}, "/transcript"),
            ({"audio": {"url": "https://example.com/", "headers": {"X": "a\r\nY: b"}}}, "/audio"),
            ({"audio": {"url": "https://example.com/", "sha256": "abc"}}, "/audio/sha256"),
            ({"options": {"speakers": 2}}, "/options/speakers"),
            ({"more": 1}, "/more"),
        ],
    )
    def test_that_is_wrong_is_named(self, api: TestClient, change: dict[str, Any], pointer: str) -> None:
        response = api.post("/v1/jobs", json=BY_ADDRESS | change)
        problem(response, 422, "invalid_options")
        assert response.json()["errors"][0]["pointer"].startswith(pointer)

    @pytest.mark.parametrize("url", ["file:///etc/passwd", "http://user@example.com/", "http://example.com:6379/"])
    def test_is_refused_at_once_where_no_worker_would_go(self, api: TestClient, url: str) -> None:
        for body in (BY_ADDRESS | {"audio": {"url": url}}, BY_ADDRESS | {"transcript": {"url": url}}):
            problem(api.post("/v1/jobs", json=body), 422, "url_forbidden")

    def test_refuses_a_transcript_that_is_too_large_or_empty(self, api: TestClient) -> None:
        problem(api.post("/v1/jobs", json=BY_ADDRESS | {"transcript": {"text": "a" * 10_001}}), 413, "transcript_too_large")
        problem(api.post("/v1/jobs", json=BY_ADDRESS | {"transcript": {"text": ""}}), 422, "transcript_empty")


class TestPieces:
    def begin(self, api: TestClient, size: int, **headers: str) -> Any:
        return api.post("/v1/uploads", headers={"Upload-Length": str(size), **headers})

    def send(self, api: TestClient, where: str, at: int, content: bytes, kind: str = PIECE) -> Any:
        return api.patch(where, content=content, headers={"Upload-Offset": str(at), "Content-Type": kind})

    def test_make_a_file_that_a_job_can_use_once(self, api: TestClient, parts: Parts) -> None:
        begun = self.begin(api, len(AUDIO), **{"Upload-Metadata": "filename ZXBpc29kZS5tcDM="})
        where = begun.headers["location"]
        assert (begun.status_code, begun.headers["tus-resumable"]) == (201, "1.0.0")
        assert self.send(api, where, 0, AUDIO[:700]).headers["upload-offset"] == "700"
        asked = api.head(where)
        assert (asked.headers["upload-offset"], asked.headers["upload-length"]) == ("700", str(len(AUDIO)))
        upload_id = where.rpartition("/")[2]
        body = {"audio": {"upload_id": upload_id, "name": "episode.mp3"}, "transcript": {"text": TRANSCRIPT.decode()}}
        assert "700 of 2,000" in problem(api.post("/v1/jobs", json=body), 409, "conflict")
        assert self.send(api, where, 700, AUDIO[700:]).status_code == 204
        job = api.post("/v1/jobs", json=body, headers={"Idempotency-Key": "a"}).json()
        assert parts.store.path(parts.jobs.get(job["id"]).audio_key).read_bytes() == AUDIO
        assert api.head(where).status_code == 404, "the upload is used up"
        assert api.post("/v1/jobs", json=body, headers={"Idempotency-Key": "a"}).json()["id"] == job["id"]
        problem(api.post("/v1/jobs", json=body), 404, "not_found")
        assert list((parts.settings.store / "scratch").iterdir()) == []

    def test_may_come_whole_in_one_request(self, api: TestClient) -> None:
        sent = api.post("/v1/uploads", content=AUDIO, headers={"Upload-Length": str(len(AUDIO)), "Content-Type": PIECE})
        assert (sent.status_code, sent.headers["upload-offset"]) == (201, str(len(AUDIO)))
        body = {"audio": {"upload_id": sent.headers["location"].rpartition("/")[2]}, "transcript": {"text": "Anna: Hello."}}
        assert api.post("/v1/jobs", json=body).json()["audio"]["sha256"] == hashlib.sha256(AUDIO).hexdigest()

    def test_that_come_with_more_than_was_said_leave_nothing(self, api: TestClient, parts: Parts) -> None:
        headers = {"Upload-Length": "3", "Content-Type": PIECE}
        problem(api.post("/v1/uploads", content=b"four", headers=headers), 413, "audio_too_large")
        assert not list((parts.settings.store / "uploads").iterdir())

    def test_say_how_they_are_spoken_to(self, api: TestClient) -> None:
        said = api.options("/v1/uploads")
        assert (said.status_code, said.headers["tus-version"], said.headers["tus-max-size"]) == (204, "1.0.0", "100000")
        assert "creation-with-upload" in said.headers["tus-extension"]

    def test_that_do_not_fit_are_refused_and_cost_nothing(self, api: TestClient) -> None:
        where = self.begin(api, 10).headers["location"]
        assert self.send(api, where, 0, b"12345").status_code == 204
        assert "begins there" in problem(self.send(api, where, 0, b"12345"), 409, "conflict")
        problem(self.send(api, where, 5, b"678901"), 413, "audio_too_large")
        problem(self.send(api, where, 5, b"67890", "text/plain"), 415, "unsupported_media_type")
        problem(self.begin(api, 100_001), 413, "audio_too_large")
        assert api.head(where).headers["upload-offset"] == "5"
        assert self.send(api, where, 5, b"67890").status_code == 204

    @pytest.mark.parametrize("part", ["audio", "transcript"])
    def test_that_are_not_what_they_were_said_to_be_are_refused(self, api: TestClient, parts: Parts, part: str) -> None:
        where = self.begin(api, len(TRANSCRIPT)).headers["location"]
        self.send(api, where, 0, TRANSCRIPT)
        upload = {"upload_id": where.rpartition("/")[2]}
        body = {**BY_ADDRESS, part: upload | {"sha256": "0" * 64}}
        assert "another file" in problem(api.post("/v1/jobs", json=body), 422, "invalid_input")
        assert list((parts.settings.store / "scratch").iterdir()) == []
        body[part] = upload | {"sha256": hashlib.sha256(TRANSCRIPT).hexdigest()}
        assert api.post("/v1/jobs", json=body).status_code == 202

    def test_are_given_up(self, api: TestClient, parts: Parts) -> None:
        where = self.begin(api, 10).headers["location"]
        assert api.delete(where).status_code == 204
        assert api.head(where).status_code == 404
        assert not list((parts.settings.store / "uploads").iterdir())


class TestTheSameTwice:
    def test_is_the_same_job(self, api: TestClient) -> None:
        first, second = (submit(api, headers={"Idempotency-Key": "k"}) for _ in range(2))
        assert second.json()["id"] == first.json()["id"]
        assert (second.status_code, second.headers["idempotency-replayed"]) == (202, "true")
        assert "idempotency-replayed" not in first.headers
        assert submit(api).json()["id"] != first.json()["id"]

    def test_with_other_content_is_a_mistake(self, api: TestClient) -> None:
        submit(api, headers={"Idempotency-Key": "k"})
        problem(submit(api, {"title": "x"}, headers={"Idempotency-Key": "k"}), 422, "idempotency_conflict")
        problem(submit(api, audio=("a.mp3", b"other"), headers={"Idempotency-Key": "k"}), 422, "idempotency_conflict")

    def test_at_the_same_moment_is_one_job(self, api: TestClient, parts: Parts) -> None:
        start = threading.Barrier(8)

        def once(_: int) -> str:
            start.wait()
            return str(submit(api, headers={"Idempotency-Key": "k"}).json()["id"])

        with ThreadPoolExecutor(8) as pool:
            assert len(set(pool.map(once, range(8)))) == 1
        assert len(api.get("/v1/jobs").json()["items"]) == 1
        assert len(list((parts.settings.store / "jobs").iterdir())) == 1

    def test_may_be_corrected_after_it_was_refused(self, api: TestClient) -> None:
        problem(submit(api, transcript=("t.txt", b""), headers={"Idempotency-Key": "k"}), 422, "transcript_empty")
        assert submit(api, headers={"Idempotency-Key": "k"}).status_code == 202


class TestWaitingAndWatching:
    def test_by_preference(self, api: TestClient, parts: Parts) -> None:
        waited = submit(api, headers={"Prefer": "respond-async, wait=1"})
        assert (waited.json()["state"], waited.headers["preference-applied"]) == ("queued", "wait=1")
        finish(parts, waited.json()["id"])
        path = waited.headers["location"]
        assert api.get(path, headers={"Prefer": "wait=30"}).json()["state"] == "succeeded"

    def test_sends_each_change_and_ends_with_the_job(self, api: TestClient, parts: Parts) -> None:
        job_id = submit(api).json()["id"]
        threading.Timer(0.7, finish, (parts, job_id)).start()
        events = read(api, job_id)
        assert (events[0][1]["state"], events[-1][1]["state"]) == ("queued", "succeeded")
        assert len({event_id for event_id, _ in events}) == len(events)
        assert read(api, job_id, events[-1][0]) == [], "it was sent again what it had seen"
        assert len(read(api, job_id, events[0][0])) == 1

    def test_tells_who_has_it_that_nothing_changed(self, api: TestClient) -> None:
        path = f"/v1/jobs/{submit(api).json()['id']}"
        etag = api.get(path).headers["etag"]
        assert api.get(path, headers={"If-None-Match": etag}).status_code == 304
        assert api.get(path, headers={"If-None-Match": f'"another", {etag.removeprefix("W/")}'}).status_code == 304
        api.post(f"{path}/cancel")
        assert api.get(path, headers={"If-None-Match": etag}).status_code == 200


def read(api: TestClient, job_id: str, last: str | None = None) -> list[tuple[str, Any]]:
    """The events of a job, each with its id."""
    said = api.get(f"/v1/jobs/{job_id}/events", headers={"Last-Event-ID": last} if last else {}).text
    blocks = [dict(line.split(": ", 1) for line in block.splitlines()) for block in said.strip().split("\n\n") if block]
    return [(block["id"], json.loads(block["data"])) for block in blocks]


class TestAgain:
    def test_goes_on_where_it_ended(self, api: TestClient, parts: Parts) -> None:
        job_id = submit(api).json()["id"]
        problem(api.post(f"/v1/jobs/{job_id}/retry"), 409, "conflict")
        runs = StageRuns(parts.database, LetterBox(), Rules())
        parse = runs.claim(job_id, "parse", "anna")
        assert parse is not None
        runs.finish(parse, Outcome("key"))
        fail(parts, job_id, "decode")
        assert api.get(f"/v1/jobs/{job_id}").json()["state"] == "failed"
        again = api.post(f"/v1/jobs/{job_id}/retry")
        stages = {stage["name"]: stage["state"] for stage in again.json()["stages"]}
        assert (again.status_code, again.json()["state"], again.json()["error"]) == (202, "queued", None)
        assert (stages["parse"], stages["decode"]) == ("done", "queued")

    def test_for_a_cancelled_job_too(self, api: TestClient, parts: Parts) -> None:
        job_id = submit(api).json()["id"]
        api.post(f"/v1/jobs/{job_id}/cancel")
        assert api.post(f"/v1/jobs/{job_id}/retry").json()["state"] == "queued"
        finish(parts, job_id)
        problem(api.post(f"/v1/jobs/{job_id}/retry"), 409, "conflict")


class TestDecisions:
    @pytest.fixture
    def path(self, api: TestClient, parts: Parts) -> str:
        job_id = submit(api).json()["id"]
        finish(parts, job_id)
        artifacts.write(parts.store, artifacts.place_of("local", f"assemble-{job_id}"), sample())
        return f"/v1/jobs/{job_id}"

    def test_on_corrections_change_the_result_in_every_form(self, api: TestClient, path: str) -> None:
        assert [(c["before"], c["applied"]) for c in api.get(f"{path}/corrections").json()] == [("Minutel", True), ("Quen", False)]
        assert [c["id"] for c in api.get(f"{path}/corrections", params={"applied": False}).json()] == [1]
        etag = api.get(f"{path}/result").headers["etag"]
        assert api.patch(f"{path}/corrections/0", json={"applied": False}).json()["applied"] is False
        assert api.patch(f"{path}/corrections/1", json={"applied": True}).json()["applied"] is True
        again = api.get(f"{path}/result", headers={"If-None-Match": etag})
        assert (again.status_code, again.json()["stats"]["corrected"]) == (200, 1)
        text = api.get(f"{path}/result", params={"format": "txt"}).text
        assert ("Minutel" in text, "Minitel" in text, "Qwen" in text) == (True, False, True)
        assert api.get(path).json()["revision"] == 2
        api.patch(f"{path}/corrections/1", json={"applied": True})
        assert api.get(path).json()["revision"] == 2, "the same again is no revision"

    def test_are_told_from_what_earmark_decided(self, api: TestClient, path: str) -> None:
        assert [c["decided"] for c in api.get(f"{path}/corrections").json()] == [False, False]
        assert api.patch(f"{path}/corrections/1", json={"applied": False}).json()["decided"] is True
        assert [(c["applied"], c["decided"]) for c in api.get(f"{path}/corrections").json()] == [(True, False), (False, True)]
        assert [[c["id"] for c in api.get(f"{path}/corrections", params={"decided": yes}).json()] for yes in (False, True)] == [[0], [1]]
        assert api.get(f"{path}/corrections", params={"applied": False, "decided": False}).json() == []
        assert [e["decided"] for e in api.get(f"{path}/edits").json() if e["op"] == "replace"] == [False, True]
        assert api.get(f"{path}/result").json()["stats"]["suggested"] == 0

    def test_taken_back_give_the_first_result_and_are_decided(self, api: TestClient, path: str) -> None:
        first = api.get(f"{path}/result").json()
        first["corrections"][0]["decided"] = True
        for applied in (False, True):
            api.patch(f"{path}/corrections/0", json={"applied": applied})
        assert api.get(f"{path}/result").json() == first

    def test_hold_for_the_transcript_on_another_rendition(self, api: TestClient, parts: Parts, path: str) -> None:
        api.patch(f"{path}/corrections/0", json={"applied": False})
        api.patch(f"{path}/corrections/1", json={"applied": True})
        wanted: dict[str, Any] = {"json": {"audio": {"url": "https://example.com/other.mp3"}}, "headers": {"Idempotency-Key": "once"}}
        begun = [api.post(f"{path}/rebase", **wanted) for _ in range(2)]
        assert [response.status_code for response in begun] == [202, 202]
        assert len({response.json()["id"] for response in begun}) == 1
        job = parts.jobs.get(begun[0].json()["id"])
        assert (parts.store.path(job.transcript_key)).read_text() == api.get(f"{path}/result", params={"format": "source"}).text
        assert options_of(job).leave_alone == (LeftAlone("Minutel", "Minitel"),)
        assert begun[0].headers["location"] == f"/v1/jobs/{job.id}"
        problem(api.post(f"{path}/rebase", json={"audio": {"url": "https://127.0.0.1/e.mp3", "upload_id": "x"}}), 422, "invalid_request")

    def test_on_speakers_too(self, api: TestClient, path: str) -> None:
        named = api.patch(f"{path}/speakers", json={"names": {"S1": "Countess Lovelace"}}).json()
        assert (named[0]["id"], named[0]["name"], named[0]["named_by"]) == ("S1", "Countess Lovelace", "caller")
        assert "<v Countess Lovelace>" in api.get(f"{path}/result", params={"format": "vtt"}).text
        assert "S9" in problem(api.patch(f"{path}/speakers", json={"names": {"S9": "Nobody"}}), 422, "invalid_options")

    def test_need_a_result(self, api: TestClient, path: str) -> None:
        problem(api.patch(f"{path}/corrections/7", json={"applied": True}), 404, "not_found")
        job_id = submit(api).json()["id"]
        problem(api.get(f"/v1/jobs/{job_id}/corrections"), 409, "not_ready")
        problem(api.patch(f"/v1/jobs/{job_id}/speakers", json={"names": {"S1": "A"}}), 409, "not_ready")


class TestLimits:
    def key(self, parts: Parts, **limits: int) -> dict[str, str]:
        return {"X-API-Key": parts.keys.create("test", "acme", frozenset(Scope), Allowance(**limits))[1]}

    def test_a_key_may_have_so_many_jobs_under_way(self, api: TestClient, parts: Parts) -> None:
        headers = self.key(parts, max_active_jobs=2)
        ids = [submit(api, headers=headers).json()["id"] for _ in range(2)]
        refused = submit(api, headers=headers)
        assert "2 jobs under way" in problem(refused, 429, "quota_exceeded")
        assert refused.json()["retryable"] is True
        api.post(f"/v1/jobs/{ids[0]}/cancel", headers=headers)
        assert submit(api, headers=headers).status_code == 202

    def test_a_key_may_call_so_often(self, api: TestClient, parts: Parts) -> None:
        headers = self.key(parts, requests_per_minute=3)
        assert [api.get("/v1/formats", headers=headers).status_code for _ in range(4)] == [200, 200, 200, 429]
        refused = api.get("/v1/jobs", headers=headers)
        problem(refused, 429, "rate_limited")
        assert 1 <= int(refused.headers["retry-after"]) <= 20

    def test_a_bucket_fills_again(self) -> None:
        now = [0.0]
        rates = Rates(60, lambda: now[0])
        for _ in range(60):
            rates.take("a")
        with pytest.raises(Exception, match=r"try again in 1\.0 seconds"):
            rates.take("a")
        rates.take("b")
        now[0] = 1.0
        rates.take("a")

    def test_are_said_in_each_answer(self, api: TestClient, parts: Parts) -> None:
        _, key = parts.keys.create("slow", allowance=Allowance(requests_per_minute=60))
        said = [api.get("/v1/jobs", headers={"X-API-Key": key}).headers for _ in range(2)]
        assert [headers["ratelimit-policy"] for headers in said] == ['"key";q=60;w=60'] * 2
        assert said[0]["ratelimit"] == '"key";r=59;t=1'
        assert said[1]["ratelimit"] in {'"key";r=58;t=2', '"key";r=59;t=1', '"key";r=58;t=1'}
        assert "ratelimit" not in api.get("/livez").headers

    def test_so_many_jobs_may_wait(self, tmp_path: Path) -> None:
        with TestClient(create_app(settings_in(tmp_path, max_waiting_jobs=1)), base_url=LOCAL, client=HERE) as api:
            assert submit(api).status_code == 202
            full = submit(api)
            problem(full, 503, "queue_full")
            assert int(full.headers["retry-after"]) > 0


def test_what_was_only_to_be_kept_for_a_time_is_removed(api: TestClient, parts: Parts) -> None:
    kept, gone, running = (submit(api, options).json()["id"] for options in ({}, {"delete_after_seconds": 0}, {"delete_after_seconds": 0}))
    for job_id in (kept, gone):
        finish(parts, job_id)
    where = api.post("/v1/uploads", headers={"Upload-Length": "5"}).headers["location"]
    settings = parts.settings.model_copy(update={"upload_seconds": -1})
    Sweeper(parts.database, parts.jobs, parts.store, parts.uploads, settings).sweep()
    assert {job["id"] for job in api.get("/v1/jobs").json()["items"]} == {kept, running}
    for method, path in (("get", ""), ("get", "/result"), ("get", "/events"), ("get", "/corrections"), ("post", "/cancel"), ("delete", "")):
        assert "kept as long as" in problem(api.request(method, f"/v1/jobs/{gone}{path}"), 410, "expired")
    assert not parts.store.path(f"jobs/{gone}").exists()
    assert api.get(f"/v1/jobs/{kept}/result").status_code == 200
    assert api.head(where).status_code == 404


def test_capabilities_say_what_it_can_do(api: TestClient) -> None:
    can = api.get("/v1/capabilities").json()
    assert (can["schema_version"], can["limits"]["audio_bytes"], can["waiting"], can["workers"]) == (1, 100_000, None, None)
    assert {"json", "vtt"} <= set(can["formats"])


def test_metrics_say_how_much_sound_waits_in_each_queue(api: TestClient, parts: Parts) -> None:
    job_id = submit(api).json()["id"]
    runs = StageRuns(parts.database, parts.broker, Rules())
    for stage in ("decode", "parse"):
        claim = runs.claim(job_id, stage, "anna")
        assert claim is not None
        runs.finish(claim, Outcome(stage, audio_ms=90_000))
    assert runs.divide(job_id, "transcribe", 3)
    assert runs.claim(job_id, "transcribe:1/3", "anna") is not None
    said = api.get("/metrics").text
    for line in ('earmark_queue_depth{queue="gpu"} 3.0', 'earmark_queue_audio_seconds{queue="gpu"} 150.0', 'depth{queue="io"} 0.0'):
        assert line in said, "two parts of thirty seconds, and diarize of ninety"
    assert 'earmark_stages{stage="transcribe",state="running"} 1.0' in said


def test_metrics_are_counted_for_admins(api: TestClient, parts: Parts) -> None:
    job_id = submit(api).json()["id"]
    submit(api)
    finish(parts, job_id)
    said = api.get("/metrics").text
    for line in ('earmark_jobs{state="succeeded"} 1.0', 'earmark_jobs{state="queued"} 1.0', "earmark_broker_up 0.0"):
        assert line in said
    assert 'earmark_stages{stage="decode",state="done"} 1.0' in said
    assert 'earmark_queue_depth{queue="io"} 2.0' in said, "the other job's decode and parse"
    _, key = parts.keys.create("reader", "acme", frozenset({Scope.READ}))
    problem(api.get("/metrics", headers={"X-API-Key": key}), 403, "forbidden")
