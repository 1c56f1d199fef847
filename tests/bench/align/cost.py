"""What alignment and timing cost on one core, and what memory they hold, for recordings of any length."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.bench.align.runs import KEPT, Runs
from tests.bench.lengths import joined

MINUTES = (5, 60, 120)


def table(runs: Runs, named: dict[str, tuple[Path, Path]], folder: Path) -> Iterator[str]:
    """A row for each of these recordings and transcripts, and for others joined from the episodes of the folder."""
    for name, (sound, text) in named.items():
        yield _row(runs, name, sound, text)
    for minutes in MINUTES:
        yield _row(runs, f"joined, {minutes} min", *joined(folder, minutes, KEPT))


def _row(runs: Runs, name: str, sound: Path, text: Path) -> str:
    cost, length = runs.cost(sound, text), runs.sound(sound).duration_ms / 1000
    shares = [f"{seconds / length:.3f}" for seconds in (*cost.seconds, sum(cost.seconds))]
    return "| " + " | ".join([name, f"{length / 60:.1f} min", *shares, *(f"{mb} MB" for mb in cost.resident_mb)]) + " |"
