"""`earmark up` and whoever else runs the service as its children may be killed with SIGKILL, and has no moment left to stop them.

The processes of a worker's pool need no such watch: the pool has the kernel end them with their parent.
"""

from __future__ import annotations

import os
import signal
import threading
import time

LOOK_SECONDS = 1.0

PARENT = "EARMARK_PARENT"
"""The process that this one is to stop with, if the environment names one."""


def end_with_parent() -> None:
    """Stop in good order (SIGTERM) within about a second of the death of the parent that the environment names."""
    parent = os.environ.get(PARENT)
    if parent:
        threading.Thread(target=_watch, args=(int(parent),), name="watch over the parent", daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
