"""Who may come in, as whom, and that owners never see each other's."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text
from typer.testing import CliRunner

import service.api
from service.api.deps import Parts
from service.app import create_app
from service.callers import Caller, Scope
from service.domain.glossary import Entry, Glossary
from service.domain.options import LeftAlone
from service.domain.speech import Voiceprint
from service.errors import InvalidOptions, NotFound, Unauthorized
from tests.unit.test_api import finish, problem, settings_in, submit
from workers.cli import app as command

PIECE = "application/offset+octet-stream"
SUBMIT, READ, ADMIN = Scope.SUBMIT, Scope.READ, Scope.ADMIN


def let_in(parts: Parts, owner: str, *scopes: Scope) -> dict[str, str]:
    """The headers of a caller with a new key."""
    _, key = parts.keys.create("test", owner, frozenset(scopes or {SUBMIT, READ}))
    return {"X-API-Key": key}


class TestAKey:
    def test_is_kept_as_a_digest_alone(self, parts: Parts) -> None:
        record, key = parts.keys.create("Anna's laptop", "acme")
        assert re.fullmatch(r"em_[0-9a-f]{12}_[\w-]{43}", key)
        with parts.database.reading() as session:
            stored = str(session.execute(text("SELECT * FROM keys")).mappings().all())
        assert record.id in stored
        assert key not in stored
        assert key.rpartition("_")[2] not in stored

    def test_lets_in_as_its_owner_until_it_is_revoked(self, parts: Parts) -> None:
        record, key = parts.keys.create("laptop", "acme", frozenset({READ}))
        caller = parts.keys.caller(key)
        assert caller == Caller("acme", frozenset({READ}), record.id)
        first = parts.keys.revoke(record.id).revoked_ms
        assert parts.keys.revoke(record.id).revoked_ms == first
        with pytest.raises(Unauthorized, match="not an API key of this service"):
            parts.keys.caller(key)

    @pytest.mark.parametrize(
        "change", [lambda key: key[:-1] + ("A" if key[-1] != "A" else "B"), lambda _: "", lambda key: "em_" + "0" * 12 + key[15:]]
    )
    def test_that_is_almost_right_is_wrong(self, parts: Parts, change: Any) -> None:
        _, key = parts.keys.create("laptop")
        with pytest.raises(Unauthorized):
            parts.keys.caller(change(key))

    @pytest.mark.parametrize("owner", ["", "../other", "a/b", "a b", "x" * 65, ".hidden"])
    def test_has_an_owner_that_can_name_a_folder(self, parts: Parts, owner: str) -> None:
        with pytest.raises(InvalidOptions, match="cannot be an owner"):
            parts.keys.create("laptop", owner)

    def test_that_never_was_cannot_be_revoked(self, parts: Parts) -> None:
        with pytest.raises(NotFound, match="earmark keys list"):
            parts.keys.revoke("0" * 12)


class TestTheDoor:
    def test_shuts_with_the_first_key_and_stays_shut_when_it_is_revoked(self, api: TestClient, parts: Parts) -> None:
        assert api.get("/v1/jobs").status_code == 200
        record, key = parts.keys.create("laptop")
        assert "send the API key" in problem(api.get("/v1/jobs"), 401, "unauthorized")
        assert api.get("/v1/jobs", headers={"Authorization": f"Bearer {key}"}).status_code == 200
        parts.keys.revoke(record.id)
        problem(api.get("/v1/jobs", headers={"X-API-Key": key}), 401, "unauthorized")
        problem(api.get("/v1/jobs"), 401, "unauthorized")

    def test_opens_no_further_than_the_scopes_go(self, api: TestClient, parts: Parts) -> None:
        reader, writer = let_in(parts, "acme", READ), let_in(parts, "acme", SUBMIT)
        boss = let_in(parts, "acme", ADMIN)
        job_id = submit(api, headers=writer).json()["id"]
        assert "scope submit" in problem(submit(api, headers=reader), 403, "forbidden")
        assert "scope submit" in problem(api.delete(f"/v1/jobs/{job_id}", headers=reader), 403, "forbidden")
        assert "scope read" in problem(api.get(f"/v1/jobs/{job_id}", headers=writer), 403, "forbidden")
        assert api.get(f"/v1/jobs/{job_id}", headers=reader).json()["id"] == job_id
        assert api.post(f"/v1/jobs/{job_id}/cancel", headers=boss).status_code == 202

    def test_opens_to_strangers_with_stored_keys_alone(self, tmp_path: Path) -> None:
        elsewhere = settings_in(tmp_path, host="0.0.0.0")  # noqa: S104 - that is the point
        with pytest.raises(InvalidOptions, match="earmark keys create"):
            create_app(elsewhere)
        with TestClient(create_app(settings_in(tmp_path))) as here:
            _, key = here.app.state.parts.keys.create("laptop")  # type: ignore[attr-defined]
        with TestClient(create_app(elsewhere), client=("203.0.113.9", 50000)) as stranger:
            assert stranger.get("/v1/jobs", headers={"X-API-Key": key}).status_code == 200
            problem(stranger.get("/v1/jobs"), 401, "unauthorized")


OWN = {("PUT", "/v1/glossaries/{show}"), ("PATCH", "/v1/glossaries/{show}")}
"""What makes a thing of the caller's own under a name that another's has, too: names of shows are no ids."""

OF_NOBODY = {"/livez", "/readyz", "/v1/formats", "/v1/capabilities", "/metrics"}
"""What is about the service."""

REQUESTS: dict[tuple[str, str], dict[str, Any]] = {
    ("PATCH", "/v1/jobs/{job_id}/corrections/{number}"): {"json": {"applied": False}},
    ("POST", "/v1/jobs/{job_id}/rebase"): {"json": {"audio": {"url": "https://example.com/e.mp3"}}},
    ("PATCH", "/v1/jobs/{job_id}/speakers"): {"json": {"names": {"S1": "Theo"}}},
    ("PATCH", "/v1/webhooks/{webhook_id}"): {"json": {"enabled": True}},
    ("PATCH", "/v1/uploads/{upload_id}"): {"headers": {"Upload-Offset": "0", "Content-Type": PIECE}},
    ("DELETE", "/v1/glossaries/{show}/leave-alone"): {"params": {"before": "Quen", "after": "Qwen"}},
}
"""What a request must carry to come as far as asking whose the thing is, by method and path."""


def every_route() -> list[tuple[str, str]]:
    """Method and path of all that is served, in the description or not: each module of the API has one router."""
    modules = [import_module(f"service.api.{found.name}") for found in iter_modules(service.api.__path__)]
    routers = [module.router for module in modules if hasattr(module, "router")]
    return [(method, route.path) for router in routers for route in router.routes for method in sorted(route.methods)]


@dataclass(frozen=True)
class Belongings:
    """What Anna has: one of everything."""

    ids: dict[str, str]
    glossary: Glossary

    @classmethod
    def of(cls, api: TestClient, parts: Parts, anna: dict[str, str]) -> Belongings:
        job_id = submit(api, headers=anna).json()["id"]
        finish(parts, job_id, "anna")
        upload = api.post("/v1/uploads", headers=anna | {"Upload-Length": "5"}).headers["location"]
        webhook = parts.webhooks.create("anna", "https://example.com/", ["job.succeeded"])
        delivery = parts.webhooks.test(webhook.id, "anna")
        glossary = Glossary((Entry("Minitel"),), (LeftAlone("Quen", "Qwen"),))
        parts.glossaries.put("annas-show", "anna", glossary)
        ids = {"job_id": job_id, "number": "0", "upload_id": upload.rpartition("/")[2], "show": "annas-show", "text": "Minitel"}
        voice = parts.voices.add("anna", "Ada", "annas-show", Voiceprint("ears", (0.5, -0.5)))
        return cls(ids | {"webhook_id": webhook.id, "delivery_id": delivery.id, "voice_id": voice.id}, glossary)


class TestAnothersThings:
    @pytest.fixture
    def anna(self, parts: Parts) -> dict[str, str]:
        return let_in(parts, "anna", ADMIN)

    @pytest.fixture
    def ben(self, parts: Parts) -> dict[str, str]:
        return let_in(parts, "ben", ADMIN)

    @pytest.fixture
    def annas(self, api: TestClient, parts: Parts, anna: dict[str, str]) -> Belongings:
        return Belongings.of(api, parts, anna)

    def test_do_not_exist_on_any_route(self, api: TestClient, anna: dict[str, str], ben: dict[str, str], annas: Belongings) -> None:
        named = [(method, path) for method, path in every_route() if "{" in path and (method, path) not in OWN]
        assert len(named) >= 21
        for method, path in named:
            more = REQUESTS.get((method, path), {})
            where = path.replace(":path}", "}").format(**annas.ids)
            response = api.request(method, where, **more | {"headers": ben | more.get("headers", {})})
            assert (path, method, response.status_code) == (path, method, 404)
        job, upload = f"/v1/jobs/{annas.ids['job_id']}", f"/v1/uploads/{annas.ids['upload_id']}"
        assert api.get(f"{job}/result", headers=anna).status_code == 200, "and they are still there for their owner"
        assert api.head(upload, headers=anna).headers["upload-offset"] == "0"

    def test_are_in_no_list(self, api: TestClient, ben: dict[str, str], annas: Belongings) -> None:
        lists = [path for method, path in every_route() if method == "GET" and "{" not in path and path not in OF_NOBODY]
        assert len(lists) >= 4
        for path in lists:
            for query in ({}, {"job_id": annas.ids["job_id"]}):
                said = api.get(path, headers=ben, params=query).text
                assert not [name for name, value in annas.ids.items() if len(value) > 3 and value in said], path

    def test_stay_when_another_makes_one_of_the_same_name(
        self, api: TestClient, parts: Parts, ben: dict[str, str], annas: Belongings
    ) -> None:
        for method, path in OWN:
            assert api.request(method, path.format(**annas.ids), json={"terms": []}, headers=ben).json()["terms"] == []
        assert parts.glossaries.get("annas-show", "anna") == annas.glossary

    def test_cannot_be_submitted(self, api: TestClient, anna: dict[str, str], ben: dict[str, str]) -> None:
        upload = api.post("/v1/uploads", headers=anna | {"Upload-Length": "5"}).headers["location"]
        api.patch(upload, content=b"12345", headers=anna | {"Upload-Offset": "0", "Content-Type": PIECE})
        sent = {"audio": {"upload_id": upload.rpartition("/")[2]}, "transcript": {"text": "Anna: Hello."}}
        problem(api.post("/v1/jobs", json=sent, headers=ben), 404, "not_found")
        assert api.post("/v1/jobs", json=sent, headers=anna).status_code == 202


def test_the_command_makes_lists_and_revokes_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EARMARK_DATA_DIR", str(tmp_path))
    run = CliRunner().invoke
    made = json.loads(run(command, ["keys", "create", "laptop", "--owner", "acme", "--scope", "read", "--json"]).stdout)
    assert (made["owner"], made["scopes"], made["revoked_at"]) == ("acme", ["read"], None)
    plain = run(command, ["keys", "create", "phone"]).stdout.strip()
    assert plain.startswith("em_")
    listing = run(command, ["keys", "list"]).stdout
    assert made["id"] in listing
    assert plain not in listing
    assert "is revoked" in run(command, ["keys", "revoke", made["id"]]).stdout
    assert [key["revoked_at"] is None for key in json.loads(run(command, ["keys", "list", "--json"]).stdout)] == [False, True]
