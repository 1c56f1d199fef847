"""How models run on each kind of device: one setting, `EARMARK_PROFILE`, found from the device unless it is given."""

from __future__ import annotations

from dataclasses import dataclass, replace

from models import devices
from service.errors import ModelError
from service.settings import Settings
from service.stages import QUEUES


@dataclass(frozen=True, slots=True)
class Profile:
    """`device` is that of the recogniser: "cpu", "cuda" or "cuda:N". `compute_type` is CTranslate2's number format, `threads` how many a
    model takes (0: all cores), shared among `streams` stretches that it works on side by side; `batch` is how many stretches of 30 s are
    recognised at once. Recordings are shared in parts of `part_seconds`; `queues` are what a worker serves that is told nothing else.
    Models that are not used for `idle_seconds` are unloaded.
    """

    device: str
    compute_type: str
    batch: int
    part_seconds: int
    queues: tuple[str, ...]
    threads: int = 0
    streams: int = 1
    idle_seconds: float = 60


CPU = Profile("cpu", "int8", batch=1, part_seconds=120, queues=QUEUES)

CUDA = Profile("cuda", "float16", batch=16, part_seconds=1200, queues=("gpu",))
"""A batch takes eight minutes of sound, so parts are longer. Only the queue `gpu` gains by a GPU: its worker does nothing else."""

MOST_STREAMS = 4
"""Each takes memory of its own. Two streams of one thread take two thirds of the time of one with two: docs/decisions/0109."""


def of(settings: Settings) -> Profile:
    """What the settings ask for, with what they say otherwise. Raises `ModelError` when they contradict themselves or the machine."""
    profile, threads = _on(devices.for_whisper(wanted_device(settings))), devices.threads(settings.threads)
    streams = 1 if profile.batch > 1 else min(threads, MOST_STREAMS)
    return replace(
        profile,
        compute_type=profile.compute_type if settings.compute_type == "default" else settings.compute_type,
        batch=settings.batch or profile.batch,
        part_seconds=profile.part_seconds * streams if settings.part_seconds is None else settings.part_seconds,
        threads=threads,
        streams=streams,
        idle_seconds=settings.idle_seconds,
    )


def wanted_device(settings: Settings) -> str:
    """The device that is asked for by its name or by the profile's; "auto" when it is to be found.

    >>> wanted_device(Settings(profile="cuda", device="auto")), wanted_device(Settings(profile="cuda", device="cuda:1"))
    ('cuda', 'cuda:1')

    Raises `ModelError` for what is no device, and for one that is not of the profile.
    """
    devices.gpu_of(settings.device)
    if settings.profile == "auto":
        return settings.device
    if settings.device != "auto" and not settings.device.startswith(settings.profile):
        raise ModelError(f"EARMARK_PROFILE is {settings.profile}, but EARMARK_DEVICE is {settings.device}; leave one of them out")
    return settings.profile if settings.device == "auto" else settings.device


def _on(device: str) -> Profile:
    return replace(CUDA if device.startswith("cuda") else CPU, device=device)
