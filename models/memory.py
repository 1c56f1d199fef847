"""How a process that runs models holds its memory."""

from __future__ import annotations

import ctypes
import gc
import os

ARENA_MAX = -8
"""`M_ARENA_MAX` of glibc's <malloc.h>."""


PLANS = 16
"""Of its work on arrays of one shape each, that oneDNN remembers in a process of Whisper; by itself 1024."""


def hold_little() -> None:
    """What a process that runs Whisper does first."""
    one_arena()
    few_plans()


def few_plans() -> None:
    """Have oneDNN, which CTranslate2 computes with, remember few plans, unless the environment says how many (docs/decisions/0183). Those
    of one length of speech take 600 kB, and the judge hears stretches of as many lengths as there are.

    To be called before any sound is encoded. Processes begun with `os.environ` do not have it: torch's shapes are more, and come again.
    """
    if "ONEDNN_PRIMITIVE_CACHE_CAPACITY" not in os.environ:
        os.putenv("ONEDNN_PRIMITIVE_CACHE_CAPACITY", str(PLANS))


def one_arena() -> None:
    """Have all threads of this process share one arena of glibc's malloc. By itself it makes one for each thread, up to eight for a core,
    and keeps what was freed in each: half a gigabyte in a process of ten threads (docs/decisions/0165).

    To be called before threads are begun. Does nothing where the environment says otherwise (`MALLOC_ARENA_MAX`) or malloc is not glibc's.
    """
    if "MALLOC_ARENA_MAX" not in os.environ:
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt:
            mallopt(ARENA_MAX, 1)


OFTEN_ENOUGH = 50_000
"""New objects after which Python looks for garbage; by itself after 700, which takes a twentieth of a short run's time."""


def collect_seldom() -> None:
    """Have Python look for cyclic garbage less often than it does by itself, and never among the objects there are by now: they stay."""
    gc.freeze()
    gc.set_threshold(OFTEN_ENOUGH)
