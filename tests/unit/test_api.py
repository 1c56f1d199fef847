"""The REST face: what it takes, what it refuses, and how it says so. The broker is out of reach throughout."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from service import artifacts
from service.api.deps import Parts
from service.app import check, create_app
from service.errors import InvalidOptions
from service.jobs import options_of
from service.runs import Outcome, Rules, StageRuns
from service.settings import Settings
from service.stages import STAGES
from tests.support.builders import document, segment, timed
from tests.support.service import LetterBox, Service

AUDIO = b"ID3 not really sound" * 100
TRANSCRIPT = b"Anna: In 1982 the Minutel was new.\nBen: And now Quen is.\n"
Response = Any
"""Of whichever HTTP client the test client is built on."""

HERE = ("127.0.0.1", 50000)
LOCAL = "http://127.0.0.1:8300"


def settings_in(folder: Path, **changes: Any) -> Settings:
    """Nothing listens on port 1: the broker is down."""
    small: dict[str, Any] = {"max_upload_bytes": 100_000, "max_transcript_bytes": 10_000, "min_free_bytes": 0}
    return Settings(data_dir=folder, broker_url="redis://127.0.0.1:1/0", **(small | changes))


def form(**parts: Any) -> dict[str, Any]:
    """A good submission, with parts changed, or left out where None."""
    whole: dict[str, Any] = {"audio": ("episode.mp3", AUDIO), "transcript": ("episode.txt", TRANSCRIPT)}
    return {name: part for name, part in (whole | parts).items() if part is not None}


def submit(api: TestClient, options: object = None, headers: dict[str, str] | None = None, **parts: Any) -> Response:
    fields = {} if options is None else {"options": options if isinstance(options, str) else json.dumps(options)}
    return api.post("/v1/jobs", files=form(**parts), data=fields, headers=headers)


def finish(parts: Parts, job_id: str, owner: str = "local") -> None:
    """Do the job's stages as a worker would."""
    service = Service(parts.database, LetterBox())
    store = parts.store
    artifacts.write(store, artifacts.place_of(owner, f"assemble-{job_id}"), document(segment(0, timed("Hello Minitel", 0))))
    for stage in STAGES:
        claim = service.runs.claim(job_id, stage.name, "anna")
        assert claim is not None
        service.runs.finish(claim, Outcome(f"{stage.name}-{job_id}", audio_ms=90_000))


def problem(response: Response, status: int, code: str) -> str:
    """The detail of a problem+json response of this status and code."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert (body["code"], body["status"], body["request_id"]) == (code, status, response.headers["x-request-id"])
    assert body["type"] == f"urn:earmark:problem:{code}"
    assert set(body) >= {"title", "detail", "retryable"}
    return str(body["detail"])


class TestSubmitting:
    def test_answers_with_the_job_and_where_it_is(self, api: TestClient, parts: Parts) -> None:
        glossary = ["Qwen", {"text": "Minitel", "sounds_like": ["Minutel"]}]
        response = submit(api, {"title": "Paris", "details": "minitel.fr", "glossary": glossary, "reference": "e1"})
        assert response.status_code == 202
        job = response.json()
        assert response.headers["location"] == f"/v1/jobs/{job['id']}"
        assert (job["state"], job["stage"], job["reference"]) == ("queued", "decode", "e1")
        assert job["audio"] | {"sha256": ""} == {"name": "episode.mp3", "sha256": "", "url": None, "bytes": len(AUDIO), "seconds": None}
        assert api.get(response.headers["location"]).json() == job
        kept = parts.jobs.get(job["id"])
        assert parts.store.path(kept.audio_key).read_bytes() == AUDIO
        assert parts.store.get(kept.transcript_key) == TRANSCRIPT
        assert [term.text for term in options_of(kept).glossary] == ["Qwen", "Minitel"]
        assert options_of(kept).glossary[1].sounds_like == ("Minutel",)
        assert options_of(kept).details == "minitel.fr"

    def test_takes_the_transcript_as_a_text_field(self, api: TestClient, parts: Parts) -> None:
        response = api.post("/v1/jobs", files={"audio": ("a.mp3", AUDIO)}, data={"transcript": "Hello there, general.\nHello."})
        kept = parts.jobs.get(response.json()["id"])
        assert parts.store.get(kept.transcript_key) == b"Hello there, general.\nHello."

    def test_uses_no_name_of_the_callers_as_a_path(self, api: TestClient, tmp_path: Path) -> None:
        names = submit(api, audio=("../../etc/pass\u202ewd", AUDIO), transcript=("..\\..\\evil.txt", TRANSCRIPT)).json()
        assert (names["audio"]["name"], names["transcript"]["name"]) == ("passwd", "evil.txt")
        assert not [path for path in tmp_path.rglob("*") if "passwd" in path.name or "evil" in path.name]
        assert len(submit(api, audio=("x" * 300, AUDIO)).json()["audio"]["name"]) == 200

    @pytest.mark.parametrize(
        ("change", "refusal"),
        [
            ({"audio": None}, (422, "invalid_input", "part 'audio' is missing")),
            ({"transcript": None}, (422, "invalid_input", "part 'transcript' is missing")),
            ({"extra": ("x", b"x")}, (422, "invalid_input", "a part 'extra'; known are audio, transcript, options")),
            ({"audio": ("a.mp3", b"")}, (422, "audio_undecodable", "empty")),
            ({"transcript": ("t.txt", b"")}, (422, "transcript_empty", "")),
            ({"transcript": ("t.txt", b" \n\n ")}, (422, "transcript_empty", "")),
            ({"transcript": ("t.txt", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" * 20)}, (422, "transcript_unparseable", "")),
            ({"transcript": ("t.txt", b"word " * 2_001)}, (413, "transcript_too_large", "10,000 bytes")),
            ({"audio": ("a.mp3", b"x" * 100_001)}, (413, "audio_too_large", "100,000 bytes")),
            ({"audio": ("a.mp3", b"x" * 3_000_000)}, (413, "audio_too_large", "larger than the")),
        ],
    )
    def test_refuses_what_no_worker_could_use(self, api: TestClient, parts: Parts, change: Any, refusal: tuple[int, str, str]) -> None:
        status, code, says = refusal
        assert says in problem(submit(api, **change), status, code)
        assert api.get("/v1/jobs").json()["items"] == []
        assert list((parts.settings.store / "scratch").iterdir()) == [], "the refused upload still lies on the disk"

    @pytest.mark.parametrize(
        ("options", "pointer", "says"),
        [
            ("{", "/", "json"),
            ([], "/", "object"),
            ({"speakers": 2}, "/speakers", "extra inputs are not permitted"),
            ({"num_speakers": 0}, "/num_speakers", "greater than or equal to 1"),
            ({"language": "English"}, "/language", "match"),
            ({"glossary": [{"word": "Minitel"}]}, "/glossary/0", ""),
            ({"min_speakers": 3, "max_speakers": 2}, "/", "min_speakers is more than max_speakers"),
            ({"glossary": ["x"] * 501}, "/glossary", "at most 500"),
        ],
    )
    def test_names_each_wrong_option(self, api: TestClient, options: object, pointer: str, says: str) -> None:
        response = submit(api, options)
        assert says in problem(response, 422, "invalid_options").lower()
        assert response.json()["errors"][0]["pointer"].startswith(pointer)

    def test_refuses_what_is_neither_a_form_nor_json(self, api: TestClient) -> None:
        assert "multipart/form-data" in problem(api.post("/v1/jobs", content=b"<x/>"), 415, "unsupported_media_type")
        assert "multipart/form-data" in problem(api.post("/v1/jobs"), 415, "unsupported_media_type")

    @pytest.mark.parametrize("body", [b"", b"--b\r\n", b"rubbish", b'--b\r\nContent-Disposition: form-data; name="audio"\r\n\r\nhalf'])
    def test_refuses_a_form_that_breaks_off(self, api: TestClient, body: bytes) -> None:
        problem(api.post("/v1/jobs", content=body, headers={"Content-Type": "multipart/form-data; boundary=b"}), 422, "invalid_input")

    def test_refuses_a_part_that_comes_twice(self, api: TestClient) -> None:
        files = [("audio", ("a.mp3", AUDIO)), ("audio", ("b.mp3", AUDIO)), ("transcript", ("t.txt", TRANSCRIPT))]
        assert "came twice" in problem(api.post("/v1/jobs", files=files), 422, "invalid_input")

    def test_refuses_when_the_disk_is_full(self, tmp_path: Path) -> None:
        with TestClient(create_app(settings_in(tmp_path)), base_url=LOCAL, client=HERE) as api:
            api.app.state.parts.store.min_free_bytes = 10**18  # type: ignore[attr-defined]
            assert "EARMARK_MIN_FREE_BYTES" in problem(submit(api), 507, "store_full")


class TestLooking:
    def test_lists_newest_first_by_the_page(self, api: TestClient) -> None:
        ids = [submit(api, {"reference": "odd" if n % 2 else "even"}).json()["id"] for n in range(5)]
        first = api.get("/v1/jobs", params={"limit": 2}).json()
        assert [job["id"] for job in first["items"]] == [ids[4], ids[3]]
        second = api.get("/v1/jobs", params={"limit": 3, "cursor": first["next_cursor"]}).json()
        assert [job["id"] for job in second["items"]] == [ids[2], ids[1], ids[0]]
        assert second["next_cursor"] is None
        assert len(api.get("/v1/jobs", params={"reference": "odd"}).json()["items"]) == 2
        assert api.get("/v1/jobs", params={"state": "failed"}).json()["items"] == []

    def test_lists_what_was_submitted_within_a_time(self, api: TestClient) -> None:
        instants: list[str] = []
        while len(instants) < 3:
            instants.append(submit(api).json()["created_at"])
            time.sleep(0.01)
        found = api.get("/v1/jobs", params={"created_after": instants[1], "created_before": instants[2]}).json()["items"]
        assert [job["created_at"] for job in found] == [instants[1]]
        problem(api.get("/v1/jobs", params={"created_after": "2026-01-01T00:00:00"}), 422, "invalid_request")

    @pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 101}, {"state": "lost"}, {"cursor": "../../x"}])
    def test_names_a_wrong_parameter(self, api: TestClient, query: dict[str, Any]) -> None:
        assert next(iter(query)) in problem(api.get("/v1/jobs", params=query), 422, "invalid_request")

    def test_waits_until_a_job_is_finished(self, api: TestClient, parts: Parts) -> None:
        job_id = submit(api).json()["id"]
        assert api.get(f"/v1/jobs/{job_id}", params={"wait": 0.1}).json()["state"] == "queued"
        finish(parts, job_id)
        done = api.get(f"/v1/jobs/{job_id}", params={"wait": 30}).json()
        assert (done["state"], done["stage"], done["progress"]["stages_done"]) == ("succeeded", None, len(STAGES))
        assert done["progress"]["audio_seconds_done"] == done["progress"]["audio_seconds_total"] == 90.0
        assert done["progress"]["fraction"] == 1.0
        problem(api.get(f"/v1/jobs/{job_id}", params={"wait": 61}), 422, "invalid_request")

    def test_shows_the_stage_at_work_and_how_far_it_is(self, api: TestClient, parts: Parts) -> None:
        job_id = submit(api).json()["id"]
        runs = StageRuns(parts.database, LetterBox(), Rules())
        claim = runs.claim(job_id, "parse", "anna")
        assert claim is not None
        runs.renew(claim, 30_500, 90_000)
        job = api.get(f"/v1/jobs/{job_id}").json()
        assert (job["state"], job["stage"], job["attempt"]) == ("running", "parse", 1)
        assert (job["progress"]["audio_seconds_done"], job["progress"]["audio_seconds_total"]) == (30.5, 90.0)
        assert job["progress"]["fraction"] == round(30.5 / 90 / len(STAGES), 3)

    def test_says_how_many_wait_before_a_job_until_it_runs(self, api: TestClient, parts: Parts) -> None:
        ids = [submit(api).json()["id"] for _ in range(3)]

        def positions() -> list[int | None]:
            return [api.get(f"/v1/jobs/{job_id}").json()["progress"]["queue_position"] for job_id in ids]

        assert positions() == [0, 1, 2]
        assert StageRuns(parts.database, LetterBox(), Rules()).claim(ids[0], "parse", "anna")
        assert positions() == [None, 0, 1]
        api.post(f"/v1/jobs/{ids[1]}/cancel")
        assert positions() == [None, None, 0]
        listed = api.get("/v1/jobs").json()["items"]
        assert [job["progress"]["queue_position"] for job in listed] == [None] * 3

    def test_guesses_what_is_left_once_it_knows_the_pace(self, api: TestClient, parts: Parts) -> None:
        path = f"/v1/jobs/{submit(api).json()['id']}"
        runs = StageRuns(parts.database, LetterBox(), Rules())
        for stage in ("decode", "parse"):
            claim = runs.claim(path[9:], stage, "anna")
            assert claim is not None
            runs.finish(claim, Outcome(stage, audio_ms=90_000))
        transcribe = runs.claim(path[9:], "transcribe", "anna")
        assert transcribe is not None
        assert api.get(path).json()["progress"]["eta_seconds"] is None, "nothing of it is done"
        time.sleep(0.3)
        runs.renew(transcribe, 45_000, 90_000)
        looked = api.get(path)
        assert 0.3 * 78 / 20 <= looked.json()["progress"]["eta_seconds"] + 0.05 < 60
        time.sleep(0.2)
        again = api.get(path, headers={"If-None-Match": looked.headers["etag"]})
        assert again.status_code == 304, "an estimate that moves by itself is no change"

    @pytest.mark.parametrize(
        ("method", "path"), [("GET", ""), ("GET", "/result"), ("POST", "/cancel"), ("DELETE", ""), ("DELETE", "?force=true")]
    )
    def test_knows_no_job_by_a_wrong_id(self, api: TestClient, method: str, path: str) -> None:
        assert "no job 0190" in problem(api.request(method, f"/v1/jobs/0190{path}"), 404, "not_found")


class TestEnding:
    def test_cancels_a_waiting_job_and_again(self, api: TestClient) -> None:
        job_id = submit(api).json()["id"]
        for _ in range(2):
            response = api.post(f"/v1/jobs/{job_id}/cancel")
            assert (response.status_code, response.json()["state"]) == (202, "cancelled")
        assert "no result" in problem(api.get(f"/v1/jobs/{job_id}/result"), 409, "conflict")

    def test_deletes_everything_of_a_finished_job(self, api: TestClient, parts: Parts) -> None:
        job_id = submit(api).json()["id"]
        finish(parts, job_id)
        assert api.delete(f"/v1/jobs/{job_id}").status_code == 204
        problem(api.get(f"/v1/jobs/{job_id}"), 404, "not_found")
        assert [path for path in parts.settings.store.rglob("*") if path.is_file()] == []

    def test_deletes_a_job_at_work_only_by_force(self, api: TestClient) -> None:
        job_id = submit(api).json()["id"]
        assert "force=true" in problem(api.delete(f"/v1/jobs/{job_id}"), 423, "locked")
        assert api.delete(f"/v1/jobs/{job_id}", params={"force": True}).status_code == 204
        problem(api.delete(f"/v1/jobs/{job_id}"), 404, "not_found")


class TestResults:
    def test_come_as_asked_for(self, api: TestClient, parts: Parts) -> None:
        job_id = submit(api).json()["id"]
        finish(parts, job_id)
        path = f"/v1/jobs/{job_id}/result"
        result = api.get(path)
        assert result.headers["content-type"] == "application/json"
        assert (result.json()["job_id"], result.json()["schema_version"]) == (job_id, 1)
        for how in ({"params": {"format": "vtt"}}, {"headers": {"Accept": "text/html;q=0.2, text/vtt;q=0.9"}}):
            vtt = api.get(path, **how)  # type: ignore[arg-type]
            assert vtt.headers["content-type"].startswith("text/vtt")
            assert vtt.text.startswith("WEBVTT")

    def test_say_how_long_each_stage_took(self, api: TestClient, parts: Parts) -> None:
        job_id = submit(api).json()["id"]
        finish(parts, job_id)
        assert set(api.get(f"/v1/jobs/{job_id}/result").json()["stats"]["seconds_by_stage"]) == {stage.name for stage in STAGES}

    def test_are_shaped_by_the_caller(self, api: TestClient, parts: Parts) -> None:
        job_id = submit(api).json()["id"]
        finish(parts, job_id)
        path = f"/v1/jobs/{job_id}/result?format=srt"
        assert len(api.get(path, params={"max_chars": 10}).text.splitlines()) > len(api.get(path).text.splitlines())
        assert "max_chars" in problem(api.get(path, params={"max_chars": 3}), 422, "invalid_options")

    def test_are_not_sent_twice_to_who_has_them(self, api: TestClient, parts: Parts) -> None:
        job_id = submit(api).json()["id"]
        finish(parts, job_id)
        path = f"/v1/jobs/{job_id}/result"
        etag = api.get(path).headers["etag"]
        again = api.get(path, headers={"If-None-Match": etag})
        assert (again.status_code, again.content) == (304, b"")
        assert api.get(path, params={"format": "txt"}, headers={"If-None-Match": etag}).status_code == 200

    def test_are_refused_while_there_are_none(self, api: TestClient, parts: Parts) -> None:
        job_id = submit(api).json()["id"]
        response = api.get(f"/v1/jobs/{job_id}/result")
        assert "is queued" in problem(response, 409, "not_ready")
        assert response.json()["retryable"] is True
        runs = StageRuns(parts.database, LetterBox(), Rules())
        claim = runs.claim(job_id, "decode", "anna")
        assert claim is not None
        runs.fail(claim, "audio_undecodable", "there is no audio stream in it")
        assert "there is no audio stream in it" in problem(api.get(f"/v1/jobs/{job_id}/result"), 409, "conflict")
        assert api.get(f"/v1/jobs/{job_id}").json()["error"] == {
            "code": "audio_undecodable",
            "message": "there is no audio stream in it",
            "coverage": None,
        }

    def test_a_refused_transcript_is_told_with_its_coverage_until_the_job_is_tried_again(self, api: TestClient, parts: Parts) -> None:
        job_id = submit(api).json()["id"]
        runs = StageRuns(parts.database, LetterBox(), Rules())
        claim = runs.claim(job_id, "decode", "anna")
        assert claim is not None
        runs.fail(claim, "transcript_mismatch", "it is of something else", 0.04)
        assert api.get(f"/v1/jobs/{job_id}").json()["error"]["coverage"] == 0.04
        assert api.post(f"/v1/jobs/{job_id}/retry").json()["error"] is None

    @pytest.mark.parametrize("how", [{"params": {"format": "docx"}}, {"headers": {"Accept": "image/png"}}])
    def test_are_refused_in_an_unknown_form_with_those_that_are_known(self, api: TestClient, how: Any) -> None:
        job_id = submit(api).json()["id"]
        assert "vtt" in problem(api.get(f"/v1/jobs/{job_id}/result", **how), 406, "unknown_format")

    def test_forms_are_listed(self, api: TestClient) -> None:
        forms = {form["name"]: form for form in api.get("/v1/formats").json()}
        assert (forms["vtt"]["media_type"], forms["vtt"]["extension"]) == ("text/vtt", "vtt")
        assert {"json", "txt", "md", "srt", "vtt", "source"} <= set(forms)


class TestTheDoor:
    ROUTES = ("/v1/jobs", "/v1/jobs/x", "/v1/jobs/x/result", "/v1/formats")

    @pytest.fixture
    def locked(self, tmp_path: Path) -> Iterator[TestClient]:
        settings = settings_in(tmp_path, api_key="open sesame", host="0.0.0.0")  # noqa: S104 - with a key
        with TestClient(create_app(settings), client=("203.0.113.9", 50000)) as client:
            yield client

    @pytest.mark.parametrize("headers", [{}, {"X-API-Key": "open"}, {"Authorization": "Bearer sesame"}, {"X-API-Key": "öpen"}])
    def test_stays_shut_without_the_key(self, locked: TestClient, headers: dict[str, str]) -> None:
        raw: Any = {name: value.encode() for name, value in headers.items()}
        for route in self.ROUTES:
            response = locked.get(route, headers=raw)
            problem(response, 401, "unauthorized")
            assert response.headers["www-authenticate"] == "Bearer"
        problem(locked.post("/v1/jobs", files=form(), headers=raw), 401, "unauthorized")

    @pytest.mark.parametrize("headers", [{"X-API-Key": "open sesame"}, {"Authorization": "Bearer open sesame"}])
    def test_opens_to_the_key(self, locked: TestClient, headers: dict[str, str]) -> None:
        assert locked.get("/v1/jobs", headers=headers).status_code == 200

    def test_without_a_key_opens_to_this_machine_alone(self, tmp_path: Path) -> None:
        app = create_app(settings_in(tmp_path))
        with TestClient(app, client=("203.0.113.9", 50000)) as stranger:
            assert "EARMARK_API_KEY" in problem(stranger.get("/v1/jobs"), 401, "unauthorized")
            assert stranger.get("/livez").status_code == 200

    @pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "https://evil.example"}, {"Origin": "null"}])
    def test_without_a_key_opens_to_no_page_of_strangers(self, api: TestClient, headers: dict[str, str]) -> None:
        problem(api.get("/v1/jobs", headers=headers), 401, "unauthorized")
        assert api.get("/v1/jobs", headers={"Host": "localhost:8300", "Origin": "http://localhost:8300"}).status_code == 200

    def test_is_not_hung_without_a_lock_where_others_pass(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidOptions, match=r"will not listen on 0\.0\.0\.0 without a key"):
            create_app(settings_in(tmp_path, host="0.0.0.0"))  # noqa: S104 - that is the point
        with pytest.raises(InvalidOptions, match="set but empty"):
            check(settings_in(tmp_path, api_key=" "))


class TestEveryError:
    def test_of_routing_is_a_problem(self, api: TestClient) -> None:
        problem(api.get("/nothing/here"), 404, "not_found")
        response = api.put("/v1/jobs")
        problem(response, 405, "method_not_allowed")
        assert "allow" in response.headers

    def test_of_ours_is_a_problem_that_tells_nothing(self, api: TestClient) -> None:
        @api.app.get("/bug")  # type: ignore[attr-defined, untyped-decorator]
        def bug() -> None:
            raise RuntimeError("secret of the house")

        assert "secret" not in problem(api.get("/bug"), 500, "internal")

    def test_carries_the_callers_request_id_if_it_is_harmless(self, api: TestClient) -> None:
        assert api.get("/nothing", headers={"X-Request-Id": "abc-1"}).json()["request_id"] == "abc-1"
        assert api.get("/livez", headers={"X-Request-Id": "abc-1"}).headers["x-request-id"] == "abc-1"
        assert api.get("/livez", headers={"X-Request-Id": "a b" * 100}).headers["x-request-id"] != "a b" * 100


def test_a_broker_out_of_reach_is_seen_in_readyz_and_costs_no_job(api: TestClient) -> None:
    assert submit(api).status_code == 202
    ready = api.get("/readyz")
    assert ready.status_code == 503
    assert "cannot be reached" in ready.json()["checks"]["broker"]
    assert ready.json()["checks"] | {"broker": "ok"} == {"database": "ok", "broker": "ok", "store": "ok"}
    assert api.get("/livez").json() == {"status": "alive"}


def test_the_api_describes_itself(api: TestClient) -> None:
    described = api.get("/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    assert {path for path in described["paths"] if path.startswith("/v1/jobs/")} == {
        "/v1/jobs/{job_id}",
        "/v1/jobs/{job_id}/cancel",
        "/v1/jobs/{job_id}/retry",
        "/v1/jobs/{job_id}/events",
        "/v1/jobs/{job_id}/result",
        "/v1/jobs/{job_id}/rebase",
        "/v1/jobs/{job_id}/edits",
        "/v1/jobs/{job_id}/corrections",
        "/v1/jobs/{job_id}/corrections/{number}",
        "/v1/jobs/{job_id}/speakers",
    }
    submission = described["paths"]["/v1/jobs"]["post"]
    assert submission["requestBody"]["content"]["multipart/form-data"]["schema"]["required"] == ["audio", "transcript"]
    assert submission["responses"]["413"]["content"] == {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    assert {"Problem", "JobOptions", "JobView"} <= set(described["components"]["schemas"])
    assert set(described["components"]["securitySchemes"]) == {"APIKeyHeader", "HTTPBearer"}
