"""A PostgreSQL server that can be killed, and whose clock can be put back and forward."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from tests.support.servers import address_of, postgres_server

FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1")
"""Of Debian's package libfaketime. Without it the clock stays as it is."""

PATIENT_STARTS = 4
"""A server that was just killed may need a moment, and a busy machine some."""


@dataclass
class Postgres:
    server: Any
    clock: Path
    """What libfaketime reads how far the clock is off from."""

    @property
    def url(self) -> str:
        return address_of(self.server)

    @property
    def has_a_clock(self) -> bool:
        return FAKETIME.exists()

    def kill(self) -> None:
        """SIGKILL for the server and all its processes; what was committed is in its log on disk."""
        server = psutil.Process(self.server.get_pid())
        doomed = [server, *server.children(recursive=True)]
        for process in doomed:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(doomed, timeout=10)

    def start(self) -> None:
        for _ in range(PATIENT_STARTS):
            with suppress(subprocess.SubprocessError, AssertionError):
                self._start()
                return
            time.sleep(2)
        self._start()

    def _start(self) -> None:
        with faketime(self.clock):
            self.server.ensure_postgres_running()

    def put_clock(self, seconds: int) -> None:
        """So many seconds ahead of the right time, or behind it."""
        self.clock.write_text(f"{seconds:+d}\n")


@contextmanager
def postgres(folder: Path) -> Iterator[Postgres]:
    """The folder is for the clock; others can read it there."""
    folder.chmod(0o755)
    clock = folder / "clock"
    clock.write_text("+0\n")
    with ExitStack() as stack:
        with faketime(clock):
            server = stack.enter_context(postgres_server())
        yield Postgres(server, clock)


@contextmanager
def faketime(clock: Path) -> Iterator[None]:
    """What is started in this block has the clock of this file."""
    names = {"FAKETIME_TIMESTAMP_FILE": str(clock), "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    said = names | {"LD_PRELOAD": str(FAKETIME)} if FAKETIME.exists() else {}
    os.environ.update(said)
    try:
        yield
    finally:
        for name in said:
            del os.environ[name]
