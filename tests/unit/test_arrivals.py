"""Files named by their address, brought into the store before the stage that reads them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.errors import AudioTooLarge, Cancelled, TranscriptTooLarge, UrlRefused
from service.fetch import Fetcher, Policy
from service.settings import Settings
from service.store import FolderStore
from service.tables import Job
from tests.unit.test_fetch import HERE, Server, says
from workers.arrivals import Arrivals
from workers.desk import nobody_watches

SOUND = b"sound" * 10


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    server.answers = {"/e.mp3": says(SOUND), "/t.txt": says(b"Anna: Hello.")}
    yield server
    server.http.shutdown()
    server.http.server_close()


@pytest.fixture
def arrivals(server: Server, tmp_path: Path) -> Arrivals:
    store = FolderStore(tmp_path / "store")
    store.prepare()
    return Arrivals(store, Fetcher(Policy((HERE,), frozenset({server.port}))), Settings(max_upload_bytes=60, max_transcript_bytes=20))


def job(server: Server, audio: str = "/e.mp3", sha256: str = "", transcript: str = "/t.txt") -> Job:
    return Job(
        id="1",
        audio_key="jobs/1/audio",
        transcript_key="jobs/1/transcript",
        audio_link={"url": server.url(audio), "headers": {"Authorization": "Bearer x"}, "sha256": sha256},
        transcript_link={"url": server.url(transcript), "headers": {}, "sha256": ""},
    )


def test_are_fetched_once(server: Server, arrivals: Arrivals) -> None:
    for _ in range(2):
        arrivals.audio(job(server, sha256=hashlib.sha256(SOUND).hexdigest()), nobody_watches)
        arrivals.transcript(job(server), nobody_watches)
    assert arrivals.store.path("jobs/1/audio").read_bytes() == SOUND
    assert arrivals.store.get("jobs/1/transcript") == b"Anna: Hello."
    assert [path for path, _ in server.asked] == ["/e.mp3", "/t.txt"]
    assert server.asked[0][1]["authorization"] == "Bearer x"


def test_that_are_not_what_was_announced_or_too_large_leave_nothing(server: Server, arrivals: Arrivals) -> None:
    server.answers |= {"/large.mp3": says(b"x" * 61), "/large.txt": says(b"x" * 21)}
    with pytest.raises(UrlRefused, match="another file"):
        arrivals.audio(job(server, sha256="0" * 64), nobody_watches)
    with pytest.raises(AudioTooLarge):
        arrivals.audio(job(server, "/large.mp3"), nobody_watches)
    with pytest.raises(TranscriptTooLarge):
        arrivals.transcript(job(server, transcript="/large.txt"), nobody_watches)
    assert [path for path in arrivals.store.root.rglob("*") if path.is_file()] == []


def test_stop_when_the_job_is_cancelled(server: Server, arrivals: Arrivals) -> None:
    def cancelled(*_: object, **__: object) -> None:
        raise Cancelled("the caller has gone")

    with pytest.raises(Cancelled):
        arrivals.audio(job(server), cancelled)
    assert not arrivals.store.exists("jobs/1/audio")
