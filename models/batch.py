"""How much a GPU is given at once, and what becomes of too much."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from service.errors import ModelError

logger = logging.getLogger(__name__)

T = TypeVar("T")

EXHAUSTED = ("out of memory", "alloc_failed")
"""What CTranslate2, torch and cuBLAS say in a RuntimeError when memory does not suffice."""

PYANNOTE_EXHAUSTED = "batch_size"
"""pyannote.audio says that it should be less, in a MemoryError."""


class Batch:
    """Work in batches of `size`. When memory does not suffice the size is halved, once and for good, and the work begun again."""

    def __init__(self, size: int, way_out: str) -> None:
        self.size = size
        self._way_out = way_out
        self._may_halve = size > 1

    def run(self, work: Callable[[int], T]) -> T:
        """`work` with the size. Raises `ModelError`, which says the way out, when the half is too much, too."""
        if self._may_halve:
            try:
                return work(self.size)
            except (RuntimeError, MemoryError) as error:
                if not _is_out_of_memory(error):
                    raise
            self._may_halve, self.size = False, self.size // 2
            logger.warning("out of memory; batches are of %s from now on", self.size)
        with memory_or(f"with a batch of {self.size}; {self._way_out}"):
            return work(self.size)


@contextmanager
def memory_or(what_to_do: str) -> Iterator[None]:
    """That memory does not suffice for the block is a `ModelError` that says so."""
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        if not _is_out_of_memory(error):
            raise
        raise ModelError(f"out of memory {what_to_do}") from error


def _is_out_of_memory(error: Exception) -> bool:
    said = str(error).lower()
    return PYANNOTE_EXHAUSTED in said if isinstance(error, MemoryError) else any(words in said for words in EXHAUSTED)
