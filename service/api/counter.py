"""The counter at which submissions are taken in. However many come at once, the rest of the service hardly notices."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import ParamSpec, TypeVar

from anyio import CapacityLimiter, to_thread

AT_ONCE = 2
"""Threads that take submissions in. Each wants the interpreter for itself, and whoever only looks at a job waits for all of them at every
step (docs/decisions/0078)."""

P = ParamSpec("P")
T = TypeVar("T")


class Counter:
    """One for each application."""

    def __init__(self) -> None:
        self._places = CapacityLimiter(AT_ONCE)

    async def run(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Do a part of a submission's work in a thread, when its turn has come."""
        return await to_thread.run_sync(partial(work, *args, **kwargs), limiter=self._places)
