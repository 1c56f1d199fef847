"""How a process that runs models holds its memory."""

from __future__ import annotations

import ctypes
import os

ARENA_MAX = -8
"""`M_ARENA_MAX` of glibc's <malloc.h>."""


def one_arena() -> None:
    """Have all threads of this process share one arena of glibc's malloc. By itself it makes one for each thread, up to eight for a core,
    and keeps what was freed in each: half a gigabyte in a process of ten threads (docs/decisions/0165).

    To be called before threads are begun. Does nothing where the environment says otherwise (`MALLOC_ARENA_MAX`) or malloc is not glibc's.
    """
    if "MALLOC_ARENA_MAX" not in os.environ:
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt:
            mallopt(ARENA_MAX, 1)
