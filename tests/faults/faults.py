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
from service.stages import STAGES
from service.tables import StageRun, StageState
from tests.faults.world import World, end, ended

Fault = Callable[[World, random.Random], int]

PIECE = 50_000

AT_WORK_SECONDS = 20
"""How long to wait for some stage to be at work: a fault that finds nobody at work proves little."""


def kill_a_worker_with_all_its_processes(world: World, dice: random.Random) -> int:
    killed, since = world.running(), time.monotonic()
    dice.choice(world.workers()).kill()
    world.replenish()
    world.watch_resumption(killed, since)
    return 1


def _kill_the_worker_at(stage: str) -> Fault:
    def kill(world: World, dice: random.Random) -> int:
        world.until(lambda: bool(world.running(stage)), AT_WORK_SECONDS)
        run = next(iter(dice.sample(at_work := world.running(stage), min(1, len(at_work)))), None)
        holder = world.holder(run) if run else None
        if run is None or holder is None:
            return 0
        since = time.monotonic()
        holder.kill()
        world.replenish()
        world.watch_resumption([run], since)
        return 1

    kill.__name__ = f"kill_the_worker_at_{stage}"
    return kill


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


def kill_the_database(world: World, _: random.Random) -> int:
    assert world.postgres is not None
    world.postgres.kill()
    time.sleep(0.5)
    world.postgres.start()
    return 1


def put_the_clock_forward_or_back(world: World, dice: random.Random) -> int:
    """By an hour; a moment later it is right again, which is another jump."""
    assert world.postgres is not None
    world.postgres.put_clock(dice.choice([-3600, 3600]))
    time.sleep(2)
    world.postgres.put_clock(0)
    return 2


FAULTS: dict[Fault, int] = {
    kill_a_process_of_a_worker: 8,
    deliver_messages_again: 4,
    empty_the_broker: 4,
    kill_a_worker_with_all_its_processes: 3,
    kill_a_worker_alone: 2,
    kill_the_broker: 2,
    kill_the_api_during_an_upload: 1,
    **{_kill_the_worker_at(stage.name): 1 for stage in STAGES},
}
"""With how often each is drawn."""

ON_POSTGRES: dict[Fault, int] = {kill_the_database: 4}
WITH_A_CLOCK: dict[Fault, int] = {put_the_clock_forward_or_back: 4}


def possible(world: World) -> dict[Fault, int]:
    """What can go wrong here, with how often each is drawn. SQLite has no process to kill, and its clock is this machine's."""
    more = ON_POSTGRES if world.postgres else {}
    return FAULTS | more | (WITH_A_CLOCK if world.postgres and world.postgres.has_a_clock else {})
