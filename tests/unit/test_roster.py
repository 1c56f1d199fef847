"""Enrolled voices in the database, and their REST face."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from service.api.deps import Parts
from service.app import create_app
from service.callers import Scope
from service.database import Database
from service.domain.speech import KnownVoice, Voiceprint
from service.errors import NotFound
from service.store import FolderStore
from service.voices import MAX_TRIES, Roster, clip_key
from tests.support.service import LetterBox
from tests.unit.test_api import HERE, LOCAL, problem, settings_in

PRINT = Voiceprint("ears@1", (0.25, -0.5))


@pytest.fixture
def roster(tmp_path: Path) -> Roster:
    database, store = Database(f"sqlite:///{tmp_path}/earmark.db"), FolderStore(tmp_path / "store")
    database.migrate()
    store.prepare()
    return Roster(database, store)


def clip(roster: Roster) -> Path:
    scratch = roster.store.scratch()
    scratch.write_bytes(b"sound")
    return scratch


def test_a_show_knows_its_own_voices_and_those_of_all_shows(roster: Roster) -> None:
    for name, show in (("Ada", "engines"), ("Bruno", ""), ("Clem", "other")):
        roster.add("ann", name, show, PRINT)
    roster.add("bob", "Dora", "engines", PRINT)
    assert roster.known("ann", "engines") == (KnownVoice("Ada", PRINT), KnownVoice("Bruno", PRINT))
    assert roster.known("ann", "") == (KnownVoice("Bruno", PRINT),)


def test_a_deleted_voice_is_gone_and_another_owner_cannot_delete_it(roster: Roster) -> None:
    voice = roster.add("ann", "Ada", "", PRINT)
    with pytest.raises(NotFound):
        roster.delete(voice.id, "bob")
    roster.delete(voice.id, "ann")
    assert roster.known("ann", "") == ()
    with pytest.raises(NotFound):
        roster.get(voice.id, "ann")


def test_a_clip_is_listened_to_once_and_removed(roster: Roster) -> None:
    voice = roster.begin("ann", "Ada", "", clip(roster))
    assert roster.known("ann", "") == ()
    heard: list[bytes] = []

    def listen(path: Path) -> Voiceprint:
        heard.append(path.read_bytes())
        return PRINT

    roster.finish(voice.id, listen)
    roster.finish(voice.id, listen)
    assert heard == [b"sound"]
    assert not roster.store.exists(clip_key(voice.id))
    assert roster.known("ann", "") == (KnownVoice("Ada", PRINT),)


def test_a_clip_that_cannot_be_used_is_removed_too_and_says_why(roster: Roster) -> None:
    voice = roster.begin("ann", "Ada", "", clip(roster))
    roster.finish(voice.id, lambda _: "2 voices were heard")
    assert roster.get(voice.id, "ann").error == "2 voices were heard"
    assert not roster.store.exists(clip_key(voice.id))
    assert roster.known("ann", "") == ()


def test_a_voice_that_was_deleted_meanwhile_does_not_come_back(roster: Roster) -> None:
    voice = roster.begin("ann", "Ada", "", clip(roster))

    def deleted_meanwhile(_: Path) -> Voiceprint:
        roster.delete(voice.id, "ann")
        return PRINT

    roster.finish(voice.id, deleted_meanwhile)
    assert roster.all("ann") == []


def test_who_waits_too_long_is_remembered(roster: Roster) -> None:
    voice, post = roster.begin("ann", "Ada", "", clip(roster)), LetterBox()
    roster.remind(post)
    assert post.voices == []
    roster.remind(post, after_seconds=-1)
    assert post.voices == [voice.id]


class WorkerDied(BaseException):
    """Stands for the death of a process: nothing of ours sees it."""


def dies(_: Path) -> Voiceprint:
    raise WorkerDied


def test_a_clip_that_kills_its_worker_each_time_is_given_up_with_its_story(roster: Roster) -> None:
    voice = roster.begin("ann", "Ada", "", clip(roster))
    for _ in range(MAX_TRIES):
        with pytest.raises(WorkerDied):
            roster.finish(voice.id, dies)
    roster.finish(voice.id, dies)
    assert roster.get(voice.id, "ann").waits, "the last worker may still be listening"
    roster.finish(voice.id, dies, after_seconds=-1)
    assert roster.get(voice.id, "ann").error == "a worker began to listen to its clip 3 times and never came to an end; enrol another clip"
    assert not roster.store.exists(clip_key(voice.id))
    post = LetterBox()
    roster.remind(post, after_seconds=-1)
    assert post.voices == []


def test_a_clip_that_killed_its_worker_once_is_listened_to_again(roster: Roster) -> None:
    voice = roster.begin("ann", "Ada", "", clip(roster))
    with pytest.raises(WorkerDied):
        roster.finish(voice.id, dies)
    roster.finish(voice.id, lambda _: PRINT)
    assert roster.known("ann", "") == (KnownVoice("Ada", PRINT),)


@pytest.fixture
def api(tmp_path: Path) -> Iterator[TestClient]:
    with TestClient(create_app(settings_in(tmp_path)), base_url=LOCAL, client=HERE) as client:
        yield client


def test_a_clip_by_rest_waits_for_a_worker_and_is_then_ready(api: TestClient) -> None:
    sent = api.post("/v1/voices", params={"name": "Ada Lovelace", "show": "engines"}, content=b"sound")
    assert sent.status_code == 202, sent.text
    assert (sent.json()["state"], sent.json()["name"], sent.json()["show"]) == ("waiting", "Ada Lovelace", "engines")
    parts: Parts = api.app.state.parts  # type: ignore[attr-defined]
    parts.voices.finish(sent.json()["id"], lambda _: PRINT)
    seen = api.get(f"/v1/voices/{sent.json()['id']}").json()
    assert (seen["state"], seen["model"]) == ("ready", "ears@1")
    assert "print" not in seen
    assert api.get("/v1/voices").json() == [seen]
    assert api.delete(f"/v1/voices/{seen['id']}").status_code == 204
    assert api.get("/v1/voices").json() == []


def test_another_tenants_voice_is_not_there(api: TestClient) -> None:
    parts: Parts = api.app.state.parts  # type: ignore[attr-defined]
    _, ann = parts.keys.create("ann", "ann", frozenset({Scope.SUBMIT, Scope.READ}))
    _, bob = parts.keys.create("bob", "bob", frozenset({Scope.SUBMIT, Scope.READ}))
    voice = api.post("/v1/voices", params={"name": "Ada"}, content=b"sound", headers={"X-API-Key": ann}).json()
    for verb in ("get", "delete"):
        problem(getattr(api, verb)(f"/v1/voices/{voice['id']}", headers={"X-API-Key": bob}), 404, "not_found")
    assert api.get("/v1/voices", headers={"X-API-Key": bob}).json() == []
    assert api.get(f"/v1/voices/{voice['id']}", headers={"X-API-Key": ann}).status_code == 200


def test_a_clip_that_is_too_large_leaves_nothing_behind(api: TestClient) -> None:
    problem(api.post("/v1/voices", params={"name": "Ada"}, content=bytes(200_000)), 413, "audio_too_large")
    parts: Parts = api.app.state.parts  # type: ignore[attr-defined]
    assert list((parts.store.root / "scratch").iterdir()) == []
    assert api.get("/v1/voices").json() == []


def test_a_clip_that_was_given_up_is_failed_by_rest_and_says_why(api: TestClient) -> None:
    voice_id = api.post("/v1/voices", params={"name": "Ada"}, content=b"sound").json()["id"]
    parts: Parts = api.app.state.parts  # type: ignore[attr-defined]
    for _ in range(MAX_TRIES):
        with pytest.raises(WorkerDied):
            parts.voices.finish(voice_id, dies)
    parts.voices.finish(voice_id, dies, after_seconds=-1)
    seen = api.get(f"/v1/voices/{voice_id}").json()
    assert (seen["state"], seen["model"]) == ("failed", None)
    assert "3 times" in seen["error"]


@pytest.mark.parametrize("name", ["", " ", "x" * 201])
def test_a_voice_needs_a_name(api: TestClient, name: str) -> None:
    assert api.post("/v1/voices", params={"name": name}, content=b"sound").status_code == 422
