"""Where models run. CTranslate2 and torch are each asked for themselves: one may see a GPU that the other was not built for."""

from __future__ import annotations

import os

from service.errors import ModelError


def for_whisper(wanted: str) -> str:
    """The device for CTranslate2: `wanted` ("cpu", "cuda", "cuda:N"), or for "auto" a GPU when there is one.

    Raises `ModelError` when a GPU is wanted and none is seen.
    """
    from ctranslate2 import get_cuda_device_count  # noqa: PLC0415  asking loads the library

    return _settled(wanted, get_cuda_device_count() > 0, "CTranslate2")


def for_torch(wanted: str) -> str:
    """The same for torch."""
    import torch  # noqa: PLC0415  seconds

    return _settled(wanted, torch.cuda.is_available(), "torch")


def threads(wanted: int) -> int:
    """`wanted`, or for 0 as many as there are processors this process may use."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return wanted or usable or 1


def _settled(wanted: str, has_gpu: bool, library: str) -> str:
    if wanted == "auto":
        return "cuda" if has_gpu else "cpu"
    if wanted.startswith("cuda") and not has_gpu:
        raise ModelError(f"EARMARK_DEVICE is {wanted}, but {library} sees no CUDA device. Set it to auto or cpu.")
    return wanted
