"""Where the lines of whole episodes begin and end, against the truth, and whether the error grows along the way."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from rapidfuzz.distance import LCSseq

from service.domain.span import Span
from service.domain.speech import Word
from tests.bench.align.boundaries import bare, cells, stock
from tests.bench.align.runs import Run

DECILES = 10


Spans = Sequence[Span | None]


def table(name: str, run: Run, others: Iterable[tuple[str, list[Word]]], truth: Path) -> Iterator[str]:
    """A row per episode for Earmark, one for the words that faster-whisper heard as they were written, and one for each other: onset
    and offset errors, share of onsets within 100 ms, and onset errors in each tenth of the recording.
    """
    rows = [r for r in json.loads(truth.read_text(encoding="utf-8"))["rows"] if r.get("presence", "both") != "audio_only"]
    wanted = [word for row in rows for word in row["original"].split()]
    ours = _matched(wanted, [w.source for w in run.words], [timed.span for timed in run.times.printed])
    yield _row(name, "Earmark", rows, ours)
    for who, words in (("faster-whisper, same weights", list(stock(run.hypothesis.words))), *others):
        theirs = _matched([bare(word) for word in wanted], [bare(w.text) for w in words], [w.span for w in words])
        yield _row(name, who, rows, theirs)


def _row(name: str, who: str, rows: list[dict[str, Any]], times: Spans) -> str:
    return "| " + " | ".join([name, who, *_errors(rows, times)]) + " |"


def _errors(rows: list[dict[str, Any]], times: Spans) -> Iterator[str]:
    onsets, offsets, places = [], [], []
    for row, (first, last) in zip(rows, _edges(rows, times), strict=True):
        if row.get("presence", "both") == "both" and first and last:
            onsets.append(first.start / 1000 - row["start"])
            offsets.append(last.end / 1000 - row["end"])
            places.append(row["start"])
    near = sum(abs(e) <= 0.1 for e in onsets) / len(onsets)
    yield from (f"{len(onsets)} of {len(rows)}", f"{100 * near:.1f} %", *cells(onsets), *cells(offsets), _deciles(onsets, places))


def _edges(rows: list[dict[str, Any]], times: Spans) -> Iterator[tuple[Span | None, Span | None]]:
    """The times of the first and last word of each line of the truth."""
    at = 0
    for row in rows:
        size = len(row["original"].split())
        yield times[at], times[at + size - 1]
        at += size


def _matched(wanted: Sequence[str], ours: Sequence[str], times: Spans) -> Spans:
    out: list[Span | None] = [None] * len(wanted)
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
