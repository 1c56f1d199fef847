"""Where the lines of whole episodes begin and end, against the truth, and whether the error grows along the way."""

from __future__ import annotations

import json
import resource
import statistics
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from rapidfuzz.distance import LCSseq

from service.domain.timing import Timed
from tests.bench.align.boundaries import cells
from tests.bench.align.runs import Run

DECILES = 10


def table(name: str, run: Run, truth: Path) -> Iterator[str]:
    """One row per episode: onset and offset errors, share of onsets within 100 ms, and onset errors in each tenth of the recording."""
    rows = [r for r in json.loads(truth.read_text(encoding="utf-8"))["rows"] if r.get("presence", "both") != "audio_only"]
    onsets, offsets, places = [], [], []
    for row, (first, last) in zip(rows, _edges(rows, run), strict=True):
        if row.get("presence", "both") == "both" and first and last and first.span and last.span:
            onsets.append(first.span.start / 1000 - row["start"])
            offsets.append(last.span.end / 1000 - row["end"])
            places.append(row["start"])
    near = sum(abs(e) <= 0.1 for e in onsets) / len(onsets)
    head = [name, f"{len(onsets)} of {len(rows)}", f"{100 * near:.1f} %", *cells(onsets), *cells(offsets)]
    cost = f"{run.seconds / (run.hypothesis.duration_ms / 1000):.3f}"
    yield "| " + " | ".join([*head, _deciles(onsets, places), cost, f"{_peak_mb()} MB"]) + " |"


def _peak_mb() -> int:
    """Of this process so far: that of alignment and timing where the recognitions were kept from a run before."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _edges(rows: list[dict[str, Any]], run: Run) -> Iterator[tuple[Timed | None, Timed | None]]:
    """The times of the first and last word of each line of the truth."""
    wanted = [word for row in rows for word in row["original"].split()]
    times = _matched(wanted, [w.source for w in run.words], run.times.printed)
    at = 0
    for row in rows:
        size = len(row["original"].split())
        yield times[at], times[at + size - 1]
        at += size


def _matched(wanted: Sequence[str], ours: Sequence[str], times: Sequence[Timed]) -> list[Timed | None]:
    out: list[Timed | None] = [None] * len(wanted)
    for block in LCSseq.opcodes(wanted, ours):
        if block.tag == "equal":
            out[block.src_start : block.src_end] = times[block.dest_start : block.dest_end]
    return out


def _deciles(errors: list[float], places: list[float]) -> str:
    length = max(places) + 1
    parts: list[list[float]] = [[] for _ in range(DECILES)]
    for error, place in zip(errors, places, strict=True):
        parts[int(DECILES * place / length)].append(abs(error))
    return " ".join(f"{1000 * statistics.fmean(part):.0f}" if part else "–" for part in parts)
