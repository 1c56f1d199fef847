"""The costs that benchmarks report are those of the processes that did the work."""

from __future__ import annotations

import subprocess
import sys
import time

from tests.bench.costs import SAMPLE_SECONDS, Costs, Sample

WORK = "import time; block = bytearray(b'x' * 150_000_000); end = time.process_time() + 1\nwhile time.process_time() < end: pass"

UNWAITED = f"""
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", {WORK!r}])
os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
time.sleep(1)
os._exit(0)
"""


def test_a_process_is_measured_while_it_works_and_after() -> None:
    with Costs() as costs:
        subprocess.run([sys.executable, "-c", WORK], check=True)
    assert costs.cpu >= 1
    assert costs.wall >= 1
    assert 150e6 < costs.highest < 400e6


def test_what_nobody_waited_for_is_counted() -> None:
    with Costs() as costs:
        subprocess.run([sys.executable, "-c", UNWAITED], check=True)
    assert costs.cpu >= 1


def test_what_a_process_did_before_the_block_is_not_counted() -> None:
    with subprocess.Popen([sys.executable, "-c", f"{WORK}\nprint(); input()"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as worker:
        assert worker.stdin is not None
        assert worker.stdout is not None
        worker.stdout.readline()
        with Costs() as costs:
            time.sleep(2 * SAMPLE_SECONDS)
        worker.stdin.close()
    assert costs.cpu < 0.5
    assert costs.highest > 150e6


def test_stages_end_with_the_block() -> None:
    samples = [Sample(0.5, 0.25, 900), Sample(2.0, 1.0, 50), Sample(3.0, 2.0, 300), Sample(5.0, 4.0, 100), Sample(9.0, 7.0, 200)]
    stages = Costs(10.0, 8.0, [*samples, Sample(10.0, 8.0, 0)]).stages({"decode": 1.5, "transcribe": 2.5, "diarize": 5.0})
    assert stages == [("decode", 1.5, 0.75, 50), ("transcribe", 2.5, 3.0, 300), ("diarize", 5.0, 4.0, 200)]
