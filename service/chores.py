"""What is to be done again and again: each in a thread of its own, and no stumble ends it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Self

from service.errors import EarmarkError

logger = logging.getLogger(__name__)


class Chore:
    """Does `work` every `pause_seconds` for the length of its context."""

    def __init__(self, name: str, work: Callable[[], object], pause_seconds: float) -> None:
        self._name = name
        self._work = work
        self._pause_seconds = pause_seconds
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join(timeout=10)

    def _run(self) -> None:
        while not self._over.wait(self._pause_seconds):
            try:
                self._work()
            except EarmarkError as error:
                logger.warning("the %s could not look: %s", self._name, error)
            except Exception:
                logger.exception("the %s stumbled and goes on", self._name)
