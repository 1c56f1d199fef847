"""One arena of malloc for all threads of a process that runs models."""

from __future__ import annotations

import os
import platform
import subprocess
import sys

import pytest

from models.memory import OFTEN_ENOUGH

COUNT = """
import ctypes, sys, threading
from models.memory import one_arena
one_arena()
libc, together = ctypes.CDLL(None), threading.Barrier(7)
held = []
def work():
    held.append([bytearray(5000) for _ in range(100)])
    together.wait()
    together.wait()
for _ in range(6):
    threading.Thread(target=work).start()
together.wait()
libc.fdopen.restype = ctypes.c_void_p
libc.malloc_info(0, ctypes.c_void_p(libc.fdopen(1, b"w")))
libc.fflush(None)
together.wait()
"""


def arenas(**environment: str) -> int:
    """How many a process has whose six threads hold memory at a time."""
    known = {name: value for name, value in os.environ.items() if name != "MALLOC_ARENA_MAX"}
    said = subprocess.run([sys.executable, "-c", COUNT], check=True, capture_output=True, text=True, env=known | environment).stdout
    return said.count("<heap nr=")


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="counts the arenas of glibc's malloc")
def test_threads_share_one_arena_unless_the_environment_says_otherwise() -> None:
    assert arenas() == 1
    assert arenas(MALLOC_ARENA_MAX="4") == 4


def test_garbage_is_collected_seldom_and_never_in_the_program_itself() -> None:
    told = "import gc; from models.memory import collect_seldom; collect_seldom(); print(gc.get_threshold()[0], gc.get_freeze_count())"
    threshold, frozen = map(int, subprocess.run([sys.executable, "-c", told], check=True, capture_output=True, text=True).stdout.split())
    assert threshold == OFTEN_ENOUGH
    assert frozen > 1000
