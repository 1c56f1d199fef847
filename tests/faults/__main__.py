"""Faults on the real service, while callers use it: `python -m tests.faults [--count N] [--seed N] [--postgres]`; `--help` has the rest.

API, workers, broker and database are real processes on this machine; only the models follow a script. Prints what was
submitted, finished, duplicated and lost, and ends with 1 unless the last two are nothing.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from service.stages import STAGES
from tests.faults.crowd import Account, Crowd, settle
from tests.faults.faults import AT_WORK_SECONDS, Fault, possible
from tests.faults.postgres import FAKETIME
from tests.faults.world import LEASE_SECONDS, World, world
from workers.up import stopped_by_signals

PAUSE_SECONDS = 0.3
"""Between two faults, so that there is something to break again."""

SETTLE_SECONDS = 300
"""After the last fault a worker may have to start first, which takes more than a minute on a busy machine."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=30, help="faults to inflict")
    parser.add_argument("--seconds", type=int, default=3600, help="stop inflicting after this time")
    parser.add_argument("--clients", type=int, default=12, help="callers with a job under way")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--postgres", action="store_true", help="on PostgreSQL, which is killed too, and whose clock jumps")
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="earmark-faults-") as folder,
        stopped_by_signals(),
        world(Path(folder), on_postgres=asked.postgres) as service,
    ):
        begun = time.monotonic()
        with Crowd(service, asked.clients) as account:
            inflicted = inflict(service, asked.count, begun + asked.seconds, random.Random(asked.seed))
        settle(service, account, SETTLE_SECONDS)
        report(account, inflicted, service, time.monotonic() - begun)
    return int(bool(account.lost or account.twice or account.failed))


def inflict(service: World, count: int, until: float, dice: random.Random) -> Counter[str]:
    """So many faults, or as many as there is time for: each kind once, and then as the dice fall."""
    inflicted: Counter[str] = Counter()
    faults = possible(service)
    kinds: list[Fault] = list(faults)
    first = dice.sample(kinds, len(kinds))
    while inflicted.total() < count and time.monotonic() < until:
        service.until(lambda: bool(service.running()), AT_WORK_SECONDS)
        fault = first.pop() if first else dice.choices(kinds, list(faults.values()))[0]
        inflicted[fault.__name__] += fault(service, dice)
        time.sleep(PAUSE_SECONDS)
        service.replenish()
    return inflicted


def report(account: Account, inflicted: Counter[str], service: World, seconds: float) -> None:
    print(f"{inflicted.total()} faults in {seconds:.0f} s:")
    for name, count in inflicted.most_common():
        print(f"  {count:4d}  {name.replace('_', ' ')}")
    if service.postgres and not service.postgres.has_a_clock:
        print(f"  left out: the faults of the clock, for {FAKETIME} is not there (Debian's package libfaketime)")
    ended = sum(state == "succeeded" for state in account.states.values())
    print(f"submitted {len(account.acknowledged)}, finished {ended}, failed {len(account.failed)}, ", end="")
    print(f"duplicated {len(account.twice)}, lost {len(account.lost)} (submissions repeated after an error: {account.repeated})")
    for job_id in account.lost:
        print(f"  {job_id}: {account.states.get(job_id)}; workers alive: {len(service.workers())}")
    if all_seconds := [seconds for those in service.resumed.values() for seconds in those]:
        median, worst = statistics.median(all_seconds), max(all_seconds)
        print(f"stages of dead workers begun again: {len(all_seconds)}, median {median:.1f} s, worst {worst:.1f} s ", end="")
        print(f"after the death (lease {LEASE_SECONDS} s): ", end="")
        print(", ".join(f"{stage.name} {len(service.resumed[stage.name])}" for stage in STAGES))


if __name__ == "__main__":
    sys.exit(main())
