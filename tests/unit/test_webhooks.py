"""Who is told that a job has ended: signed, until it has arrived, and never by a way that leads inside."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update
from standardwebhooks import Webhook as Receiver
from standardwebhooks import WebhookVerificationError

from service.api.deps import Parts
from service.app import create_app
from service.belongings import Delivery
from service.courier import BACKOFF_SECONDS, Courier
from service.fetch import Fetcher, Policy
from tests.unit.test_api import HERE, LOCAL, finish, problem, settings_in, submit

Message = tuple[dict[str, str], str]


class Ear:
    """A receiver on this machine; its answers in turn, the last for all that follow."""

    def __init__(self) -> None:
        self.heard: list[Message] = []
        self.answers: list[tuple[int, dict[str, str]]] = [(204, {})]
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                outer.heard.append(({name.lower(): value for name, value in self.headers.items()}, body))
                status, headers = outer.answers.pop(0) if len(outer.answers) > 1 else outer.answers[0]
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *_: object) -> None: ...

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self.http.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.http.server_port}/ear"


@pytest.fixture
def ear() -> Iterator[Ear]:
    ear = Ear()
    yield ear
    ear.http.shutdown()
    ear.http.server_close()


@pytest.fixture
def api(ear: Ear, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """May reach this machine, at the ear's port. Its courier goes only when the test sends it."""
    monkeypatch.setattr("service.app.DELIVER_SECONDS", 3600)
    settings = settings_in(tmp_path, fetch_allow="127.0.0.1/32", fetch_ports=str(ear.http.server_port))
    with TestClient(create_app(settings), base_url=LOCAL, client=HERE, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def parts(api: TestClient) -> Parts:
    return api.app.state.parts  # type: ignore[attr-defined, no-any-return]


@pytest.fixture
def deliver(parts: Parts) -> Callable[[], None]:
    """Sends the courier, as if the pauses were over."""

    def go() -> None:
        with parts.database.writing() as session:
            session.execute(update(Delivery).where(Delivery.due_ms.is_not(None)).values(due_ms=0))
        Courier(parts.database, Fetcher(parts.webhooks.policy)).deliver()

    return go


def add(api: TestClient, ear: Ear, **more: Any) -> Any:
    response = api.post("/v1/webhooks", json={"url": ear.url, **more})
    assert response.status_code == 201, response.text
    return response.json()


def log(api: TestClient, **wanted: Any) -> list[Any]:
    return list(api.get("/v1/webhook-deliveries", params=wanted).json()["items"])


def test_a_job_that_ends_is_told_signed_by_the_standard(api: TestClient, parts: Parts, ear: Ear, deliver: Callable[[], None]) -> None:
    secret = add(api, ear)["secret"]
    job_id = submit(api, {"reference": "e1"}).json()["id"]
    finish(parts, job_id)
    deliver()
    ((headers, body),) = ear.heard
    told = Receiver(secret).verify(body, headers)
    assert told["type"] == "job.succeeded"
    assert told["data"] == {"job_id": job_id, "state": "succeeded", "reference": "e1", "error_code": None}
    with pytest.raises(WebhookVerificationError):
        Receiver(secret).verify(body.replace("e1", "e2"), headers)
    (delivery,) = log(api, job_id=job_id)
    assert (delivery["id"], delivery["state"], delivery["attempts"], delivery["last_status"]) == (
        headers["webhook-id"],
        "delivered",
        1,
        204,
    )
    deliver()
    assert len(ear.heard) == 1


def test_it_is_written_with_the_jobs_end_before_anything_is_sent(api: TestClient, ear: Ear) -> None:
    add(api, ear)
    job_id = submit(api).json()["id"]
    api.post(f"/v1/jobs/{job_id}/cancel")
    assert ear.heard == []
    assert [(d["event"], d["state"], d["attempts"]) for d in log(api)] == [("job.cancelled", "waiting", 0)]


def test_only_what_was_asked_for_and_only_ones_own(api: TestClient, parts: Parts, ear: Ear) -> None:
    add(api, ear, events=["job.failed"])
    parts.webhooks.create("somebody-else", ear.url, ["job.cancelled"])
    api.post(f"/v1/jobs/{submit(api).json()['id']}/cancel")
    assert log(api) == []


def test_what_does_not_arrive_is_sent_again_with_growing_pauses(
    api: TestClient, parts: Parts, ear: Ear, deliver: Callable[[], None]
) -> None:
    ear.answers = [(500, {}), (302, {"Location": "http://169.254.169.254/"}), (404, {}), (200, {})]
    webhook = add(api, ear)
    api.post(f"/v1/webhooks/{webhook['id']}/test")
    pauses = []
    for _ in range(3):
        deliver()
        with parts.database.reading() as session:
            delivery = session.query(Delivery).one()
        assert delivery.due_ms is not None
        pauses.append(delivery.due_ms)
    deliver()
    assert [d["state"] for d in log(api)] == ["delivered"]
    assert len({headers["webhook-id"] for headers, _ in ear.heard}) == 1
    assert pauses == sorted(pauses)
    assert len(ear.heard) == 4, "a redirect was followed"


def test_what_never_arrives_is_given_up_and_can_be_sent_again(api: TestClient, ear: Ear, deliver: Callable[[], None]) -> None:
    ear.answers = [(500, {})]
    api.post(f"/v1/webhooks/{add(api, ear)['id']}/test")
    for _ in range(len(BACKOFF_SECONDS) + 3):
        deliver()
    (delivery,) = log(api)
    assert (delivery["state"], delivery["attempts"], delivery["next_attempt_at"]) == ("given_up", len(BACKOFF_SECONDS) + 1, None)
    ear.answers = [(200, {})]
    assert api.post(f"/v1/webhook-deliveries/{delivery['id']}/redeliver").json()["state"] == "waiting"
    deliver()
    assert [d["state"] for d in log(api)] == ["delivered"]
    assert {headers["webhook-id"] for headers, _ in ear.heard} == {delivery["id"]}


def test_one_that_is_gone_is_told_no_more(api: TestClient, ear: Ear, deliver: Callable[[], None]) -> None:
    ear.answers = [(410, {})]
    webhook = add(api, ear)
    api.post(f"/v1/webhooks/{webhook['id']}/test")
    deliver()
    assert [w["enabled"] for w in api.get("/v1/webhooks").json()] == [False]
    api.post(f"/v1/jobs/{submit(api).json()['id']}/cancel")
    deliver()
    assert len(ear.heard) == 1
    assert api.patch(f"/v1/webhooks/{webhook['id']}", json={"enabled": True}).json()["enabled"] is True


def test_one_that_is_busy_is_left_alone_for_as_long_as_it_asks(
    api: TestClient, parts: Parts, ear: Ear, deliver: Callable[[], None]
) -> None:
    ear.answers = [(429, {"Retry-After": "7200"})]
    api.post(f"/v1/webhooks/{add(api, ear)['id']}/test")
    deliver()
    with parts.database.reading() as session:
        delivery = session.query(Delivery).one()
    assert (delivery.due_ms or 0) - delivery.created_ms > 5_000_000


def test_a_new_secret_signs_beside_the_old_one_for_a_day(api: TestClient, ear: Ear, deliver: Callable[[], None]) -> None:
    webhook = add(api, ear)
    rotated = api.post(f"/v1/webhooks/{webhook['id']}/rotate").json()
    assert rotated["secret"] != webhook["secret"]
    assert "secret" not in api.get("/v1/webhooks").json()[0]
    api.post(f"/v1/webhooks/{webhook['id']}/test")
    deliver()
    headers, body = ear.heard[0]
    for secret in (webhook["secret"], rotated["secret"]):
        assert Receiver(secret).verify(body, headers) == json.loads(body)


@pytest.mark.parametrize("url", ["http://example.com/", "file:///etc/passwd", "https://user@example.com/", "https://example.com:22/", "x"])
def test_what_may_not_be_asked_cannot_be_a_webhook(tmp_path: Path, url: str) -> None:
    with TestClient(create_app(settings_in(tmp_path)), base_url=LOCAL, client=HERE) as api:
        problem(api.post("/v1/webhooks", json={"url": url}), 422, "url_forbidden")


def test_one_that_leads_inside_hears_nothing(api: TestClient, parts: Parts, ear: Ear) -> None:
    api.post(f"/v1/webhooks/{add(api, ear)['id']}/test")
    strict = Policy((ip_network("10.0.0.0/8"),), frozenset({ear.http.server_port}))
    Courier(parts.database, Fetcher(strict)).deliver()
    assert ear.heard == []
    assert [d["last_error"] for d in log(api)] == ["the host of the address has no public address"]


def test_deliveries_are_listed_by_the_page_and_removed_with_their_webhook(api: TestClient, ear: Ear) -> None:
    webhook = add(api, ear)
    ids = [api.post(f"/v1/webhooks/{webhook['id']}/test").json()["id"] for _ in range(3)]
    page = api.get("/v1/webhook-deliveries", params={"limit": 2}).json()
    assert [d["id"] for d in page["items"]] == [ids[2], ids[1]]
    assert [d["id"] for d in log(api, cursor=page["next_cursor"])] == [ids[0]]
    assert api.delete(f"/v1/webhooks/{webhook['id']}").status_code == 204
    assert log(api) == []
