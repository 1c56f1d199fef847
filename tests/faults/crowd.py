"""Callers: they submit job after job, repeat what was not acknowledged, and keep count of what was."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
from sqlalchemy import func, select

from service.belongings import Delivery
from service.stages import STAGES
from tests.faults.world import World
from tests.support.scripted import script

TRANSCRIPT = b"Anna: In 1982 the Minutel was new.\n"

FINISHED = {"succeeded", "failed", "cancelled"}


@dataclass
class Account:
    """What was acknowledged, and what became of it."""

    acknowledged: set[str] = field(default_factory=set)
    repeated: int = 0
    states: dict[str, str] = field(default_factory=dict)
    ends: dict[str, int] = field(default_factory=dict)

    @property
    def lost(self) -> list[str]:
        return sorted(job for job in self.acknowledged if self.states.get(job) not in FINISHED)

    @property
    def failed(self) -> list[str]:
        return sorted(job for job in self.acknowledged if self.states.get(job) in {"failed", "cancelled"})

    @property
    def twice(self) -> list[str]:
        return sorted(job for job, ends in self.ends.items() if ends > 1)


class Crowd:
    """Some clients in threads of their own, for the length of the block; each has one job under way at a time."""

    def __init__(self, world: World, clients: int, audio: bytes = b"not really sound" * 100) -> None:
        self.account = Account()
        self._world = world
        self._audio = audio
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._client, daemon=True) for _ in range(clients)]

    def __enter__(self) -> Account:
        listen(self._world)
        for thread in self._threads:
            thread.start()
        return self.account

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(timeout=60)

    def _client(self) -> None:
        while not self._over.is_set():
            job_id = submit(self._world, self._audio, self.account)
            self._wait(job_id)

    def _wait(self, job_id: str) -> None:
        while not self._over.wait(0.5):
            try:
                with self._world.http() as http:
                    if http.get(f"/v1/jobs/{job_id}").json()["state"] in FINISHED:
                        return
            except (httpx.TransportError, KeyError, ValueError):
                continue


def submit(world: World, audio: bytes, account: Account) -> str:
    """Submit once, however often that takes: under one Idempotency-Key."""
    key = uuid4().hex
    while True:
        try:
            with world.http() as http:
                response = http.post("/v1/jobs", files=_files(audio), data={"options": _options()}, headers={"Idempotency-Key": key})
                if response.status_code == httpx.codes.ACCEPTED:
                    job_id = str(response.json()["id"])
                    account.acknowledged.add(job_id)
                    return job_id
        except httpx.TransportError:
            account.repeated += 1
        time.sleep(0.2)


def _files(audio: bytes) -> dict[str, Any]:
    return {"audio": ("episode.mp3", audio), "transcript": ("episode.txt", TRANSCRIPT)}


def _options() -> str:
    """Every stage takes a moment, so that faults find it at work."""
    return json.dumps({"description": script(**{stage.name: "work:0.1" for stage in STAGES})})


def listen(world: World) -> None:
    """Have each end of a job written down: the transaction that ends it writes a message for this webhook, which nobody receives."""
    with world.http() as http:
        http.post("/v1/webhooks", json={"url": "https://nobody.invalid/"}).raise_for_status()


def settle(world: World, account: Account, seconds: float) -> None:
    """Wait until every acknowledged job has ended, and count how often each did.

    Meanwhile workers are started again as whoever runs the service would: one that starts while the database is being killed ends.
    """

    def ended() -> bool:
        world.replenish()
        return not _unfinished(http, account)

    with world.http() as http:
        world.until(ended, seconds)
    with world.database.reading() as session:
        counted = select(Delivery.job_id, func.count()).where(Delivery.event == "job.succeeded").group_by(Delivery.job_id)
        account.ends = {str(job): ends for job, ends in session.execute(counted).tuples()}


def _unfinished(http: httpx.Client, account: Account) -> list[str]:
    for job_id in list(account.acknowledged):
        if account.states.get(job_id) not in FINISHED:
            response = http.get(f"/v1/jobs/{job_id}")
            account.states[job_id] = response.json()["state"] if response.is_success else f"status {response.status_code}"
    return account.lost
