"""Where models run. CTranslate2 and torch are each asked for themselves: one may see a GPU that the other was not built for."""

from __future__ import annotations

import os
import re

from service.errors import ModelError

DEVICE = re.compile(r"auto|cpu|cuda(?::(\d+))?")


def for_whisper(wanted: str) -> str:
    """The device for CTranslate2: `wanted` ("cpu", "cuda", "cuda:N"), or for "auto" a GPU when there is one.

    Raises `ModelError` for what is no device, and for a GPU that is not seen.
    """
    from ctranslate2 import get_cuda_device_count  # noqa: PLC0415  asking loads the library

    return settled(wanted, get_cuda_device_count(), "CTranslate2")


def for_torch(wanted: str) -> str:
    """The same for torch."""
    import torch  # noqa: PLC0415  seconds

    return settled(wanted, torch.cuda.device_count(), "torch")


def threads(wanted: int) -> int:
    """`wanted`, or for 0 as many as there are processors this process may use."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return wanted or usable or 1


def settled(wanted: str, gpus: int, library: str) -> str:
    """The same where a library sees so many GPUs."""
    gpu = gpu_of(wanted)
    if wanted == "auto":
        return "cuda" if gpus else "cpu"
    if gpu is not None and gpu >= gpus:
        seen = ", ".join(f"cuda:{number}" for number in range(gpus)) or "no CUDA device"
        raise ModelError(
            f"EARMARK_DEVICE is {wanted}, but {library} sees {seen}. Set it (or --device) to auto, cpu or a device that is seen."
        )
    return wanted


def gpu_of(device: str) -> int | None:
    """The number of the GPU that is meant; None for "auto" and "cpu". Raises `ModelError` for what is no device."""
    known = DEVICE.fullmatch(device)
    if not known:
        raise ModelError(f"There is no device {device!r}: EARMARK_DEVICE (--device) is auto, cpu, cuda or cuda:N, such as cuda:0.")
    return int(known[1] or 0) if device.startswith("cuda") else None
