"""Two hundred jobs at once: `python -m tests.faults.rush [--jobs N] [--clients N]`.

Prints how fast submissions of a megabyte are taken, beside the least that could take them, and how long a look at a job takes
meanwhile, beside the same when nothing happens. Ends with 1 when a job is lost or done twice.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.faults.crowd import Account, listen, settle, submit
from tests.faults.world import KEY, World, world
from workers.up import free_port, stopped_by_signals

MEGABYTE = bytes(1_000_000)
IDLE_SECONDS = 15
SETTLE_SECONDS = 900


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=200)
    parser.add_argument("--clients", type=int, default=20)
    asked = parser.parse_args()
    with plain() as url, httpx.Client(trust_env=False, verify=False, timeout=60) as http:  # noqa: S501 - no TLS here
        least = rush(asked.clients, asked.jobs, lambda: http.post(url, content=MEGABYTE).raise_for_status())
    with tempfile.TemporaryDirectory(prefix="earmark-rush-") as folder, stopped_by_signals(), world(Path(folder)) as service:
        listen(service)
        account = Account()
        first = submit(service, MEGABYTE, account)
        settle(service, account, SETTLE_SECONDS)
        with looking(service, first) as idle:
            time.sleep(IDLE_SECONDS)
        with looking(service, first) as busy:
            taken = rush(asked.clients, asked.jobs, lambda: submit(service, MEGABYTE, account))
            time.sleep(20)
        print(f"submissions of 1 MB by {asked.clients} clients: {asked.jobs / taken:.1f}/s; ", end="")
        print(f"plainly written to disk: {asked.jobs / least:.1f}/s")
        print(f"GET of a job: idle median {statistics.median(idle) * 1000:.1f} ms; ", end="")
        p99 = statistics.quantiles(busy, n=100)[98]
        print(f"meanwhile median {statistics.median(busy) * 1000:.1f} ms, p99 {p99 * 1000:.1f} ms ({len(busy)} looks)", flush=True)
        settle(service, account, SETTLE_SECONDS)
    ended = sum(state == "succeeded" for state in account.states.values())
    print(f"submitted {len(account.acknowledged)}, finished {ended}, duplicated {len(account.twice)}, lost {len(account.lost)}")
    return int(bool(account.lost or account.twice))


def rush(clients: int, count: int, once: Callable[[], object]) -> float:
    """Seconds for so many calls by so many clients."""
    begun = time.monotonic()
    with ThreadPoolExecutor(clients) as pool:
        for done in [pool.submit(once) for _ in range(count)]:
            done.result()
    return time.monotonic() - begun


@contextmanager
def looking(service: World, job_id: str) -> Iterator[list[float]]:
    """Looks at a job ten times a second for the length of the block; the seconds are there when it has ended."""
    command = [sys.executable, "-m", "tests.faults.look", f"{service.deployment.url}/v1/jobs/{job_id}", KEY]
    seen: list[float] = []
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield seen
        finally:
            seen += json.loads(process.communicate()[0])


@contextmanager
def plain() -> Iterator[str]:
    port = free_port("127.0.0.1")
    command = [
        sys.executable,
        "-m",
        "uvicorn",
        "tests.faults.plain:app",
        "--lifespan",
        "off",
        "--log-level",
        "warning",
        "--port",
        str(port),
    ]
    with subprocess.Popen(command) as process:
        url = f"http://127.0.0.1:{port}/"
        while True:
            try:
                httpx.post(url, trust_env=False)
                break
            except httpx.ConnectError:
                time.sleep(0.1)
        try:
            yield url
        finally:
            process.terminate()


if __name__ == "__main__":
    sys.exit(main())
