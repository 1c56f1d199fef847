"""A worker's process ends with the worker: killed with SIGKILL, it has no moment left to tell its processes so."""

from __future__ import annotations

import os
import signal
import threading
import time

LOOK_SECONDS = 1.0


def end_with_parent() -> None:
    """From now on this process kills itself within about a second of its parent's death.

    It asks who its parent is, rather than for Linux's `PR_SET_PDEATHSIG`: that fires when the *thread* that made the process ends.
    """
    threading.Thread(target=_watch, args=(os.getppid(),), name="watch over the parent", daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK_SECONDS)
    os.kill(os.getpid(), signal.SIGKILL)
