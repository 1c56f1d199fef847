"""What the decoder's attention says of when its tokens are said."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

STEP_MS = 20
"""Step of the encoder's output, and so of the decoder's attention to it."""


def beginnings(aligned: Any, num_tokens: int) -> npt.NDArray[np.int64]:
    """Where each token begins, and the end of the last, in steps of `STEP_MS`; shape (num_tokens + 1,)."""
    text, time = np.array(aligned.alignments).T
    first = np.searchsorted(text, np.arange(num_tokens + 1))
    return np.asarray(time[np.minimum(first, len(time) - 1)])
