"""How much a GPU is given at once, and what becomes of too much."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from service.errors import ModelError

logger = logging.getLogger(__name__)

T = TypeVar("T")


class Batch:
    """Work in batches of `size`. When the GPU's memory does not suffice the size is halved, once and for good, and the work begun again."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._halved = False

    def run(self, work: Callable[[int], T]) -> T:
        """`work` with the size. Raises `ModelError` when the half is too much, too."""
        try:
            return work(self.size)
        except RuntimeError as error:
            if not _is_out_of_memory(error):
                raise
            if self._halved or self.size == 1:
                raise ModelError(
                    f"the GPU's memory does not suffice for a batch of {self.size}; set EARMARK_BATCH to less, EARMARK_COMPUTE_TYPE to"
                    " int8_float16, or EARMARK_WHISPER_MODEL to a smaller model"
                ) from error
            self._halved, self.size = True, self.size // 2
            logger.warning("the GPU's memory does not suffice; batches are of %s from now on (EARMARK_BATCH)", self.size)
        return work(self.size)


def _is_out_of_memory(error: RuntimeError) -> bool:
    """CTranslate2 says so in a RuntimeError of no kind of its own, torch in one that is named for it."""
    return "out of memory" in str(error).lower()
