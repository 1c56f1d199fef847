"""Weights that stay loaded from one job to the next, and are let go when nobody uses them for a while."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

T = TypeVar("T")

SHORTEST_IDLE_SECONDS = 10
"""Within one stage a model is asked again and again: it is never unloaded sooner."""


class Warm(Generic[T]):
    """Made by `make` at the first use; let go `idle_seconds` after the last."""

    def __init__(self, make: Callable[[], T], idle_seconds: float) -> None:
        self._make = make
        self._idle_seconds = idle_seconds
        self._lock = threading.RLock()
        self._thing: T | None = None
        self._users = 0
        self._timer: threading.Timer | None = None

    @property
    def is_loaded(self) -> bool:
        return self._thing is not None

    @contextmanager
    def in_use(self) -> Iterator[T]:
        """It stays for the length of the block at least."""
        with self._lock:
            self._users += 1
            if self._timer:
                self._timer.cancel()
            try:
                thing = self._thing = self._thing or self._make()
            except BaseException:
                self._users -= 1
                raise
        try:
            yield thing
        finally:
            self._leave()

    def _leave(self) -> None:
        with self._lock:
            self._users -= 1
            if not self._users:
                self._timer = threading.Timer(self._idle_seconds, self._let_go)
                self._timer.daemon = True
                self._timer.start()

    def _let_go(self) -> None:
        with self._lock:
            if not self._users:
                self._thing = None
