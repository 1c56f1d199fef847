"""How much memory a process comes to hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def growth_of(pid: int | str = "self") -> Iterator[Callable[[], int]]:
    """By how many bytes the process's highest resident memory since the beginning of the block is above what it held then."""
    process = Path(f"/proc/{pid}")
    if not (process / "clear_refs").exists():
        pytest.skip("only Linux tells the highest memory of a process since a moment")
    (process / "clear_refs").write_text("5")  # the highest so far is forgotten
    before = _highest(process)
    yield lambda: _highest(process) - before


def _highest(process: Path) -> int:
    (line,) = (line for line in (process / "status").read_text().splitlines() if line.startswith("VmHWM:"))
    return 1024 * int(line.split()[1])
