"""Turns as they lie beside recordings: a row of RTTM for each."""

from __future__ import annotations

from pathlib import Path

from service.domain.span import Span, ms
from service.domain.speech import Turn


def read_rttm(path: Path) -> tuple[Turn, ...]:
    rows = (line.split() for line in path.read_text(encoding="utf-8").splitlines())
    spoken = [row for row in rows if row and row[0] == "SPEAKER"]
    return tuple(Turn(Span(ms(float(row[3])), ms(float(row[3]) + float(row[4]))), row[7]) for row in spoken)
