"""What can go wrong, one function each: inflicted on a service that works meanwhile. Each returns how many faults it was."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from contextlib import suppress

import httpx
from sqlalchemy import select

from service.errors import BrokerUnavailable
from service.queue import Broker, Message
from service.tables import StageRun, StageState
from tests.faults.world import World, end, ended

Fault = Callable[[World, random.Random], int]

PIECE = 50_000


def kill_a_worker_with_all_its_processes(world: World, dice: random.Random) -> int:
    killed, since = world.running(), time.time()
    dice.choice(world.workers()).kill()
    world.replenish()
    world.watch_resumption(killed, since)
    return 1


def kill_a_worker_alone(world: World, dice: random.Random) -> int:
    """Its processes must follow it."""
    end(dice.choice(world.workers()))
    world.replenish()
    return 1


def kill_a_process_of_a_worker(world: World, dice: random.Random) -> int:
    processes = world.processes()
    return int(bool(processes) and ended(dice.choice(processes)))


def empty_the_broker(world: World, _: random.Random) -> int:
    world.redis().flushall()
    return 1


def kill_the_broker(world: World, _: random.Random) -> int:
    world.kill_broker()
    time.sleep(0.5)
    world.start_broker()
    return 1


def deliver_messages_again(world: World, dice: random.Random) -> int:
    """Of stages in any state: waiting, at work, done."""
    with world.database.reading() as session:
        runs = session.execute(select(StageRun.job_id, StageRun.stage).where(StageRun.state != StageState.PENDING)).tuples().all()
    chosen = dice.sample(list(runs), min(5, len(runs)))
    broker = Broker(world.settings)
    with suppress(BrokerUnavailable):
        for job_id, stage in chosen:
            broker.send(Message(job_id, stage))
    return 1


def kill_the_api_during_an_upload(world: World, dice: random.Random) -> int:
    """What was acknowledged of an upload in pieces must still be there; what was not may be."""
    content = dice.randbytes(4 * PIECE)
    acknowledged, where = 0, ""
    with world.http() as http:
        where = http.post("/v1/uploads", headers={"Upload-Length": str(len(content))}).headers["location"]
        for at in range(0, 3 * PIECE, PIECE):
            acknowledged = _send(http, where, at, content[at : at + PIECE])
    world.restart_api()
    with world.http() as http:
        there = int(http.head(where).headers["upload-offset"])
        assert there >= acknowledged, f"{acknowledged} bytes were acknowledged and {there} are there"
        assert _send(http, where, there, content[there:]) == len(content)
        assert http.delete(where).status_code == 204
    return 1


def _send(http: httpx.Client, where: str, at: int, piece: bytes) -> int:
    """The offset that was acknowledged."""
    headers = {"Upload-Offset": str(at), "Content-Type": "application/offset+octet-stream"}
    return int(http.patch(where, content=piece, headers=headers).headers["upload-offset"])


FAULTS: dict[Fault, int] = {
    kill_a_process_of_a_worker: 8,
    deliver_messages_again: 4,
    empty_the_broker: 4,
    kill_a_worker_with_all_its_processes: 3,
    kill_a_worker_alone: 2,
    kill_the_broker: 2,
    kill_the_api_during_an_upload: 1,
}
"""With how often each is drawn."""
