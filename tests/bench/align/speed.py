"""Processor time of the alignment alone against the length of the text."""

from __future__ import annotations

import random
from collections.abc import Iterator
from time import process_time

from service.domain.align import align
from service.domain.speech import Hypothesis
from tests.bench.align.episodes import Piece, heard, misheard
from tests.support.builders import reference

WORDS_PER_MINUTE = 170
MINUTES = (5, 15, 30, 60, 120)
ERRORS = 0.15


def table(parts: list[Piece]) -> Iterator[str]:
    """The lines of an episode in random order, as many as make the length, with 15 % more recognition errors."""
    chance = random.Random(3)
    for minutes in MINUTES:
        chosen: list[Piece] = []
        words = 0
        while words < minutes * WORDS_PER_MINUTE:
            chosen.append(chance.choice(parts))
            words += len((chosen[-1].written or "").split())
        said = misheard(heard(chosen), ERRORS, chance)
        lines = [part.written or "" for part in chosen]
        seconds = min(_timed(lines, said) for _ in range(3))
        yield f"| {minutes} min | {words} | {len(said.words)} | {seconds:.2f} s | {1e6 * seconds / words:.0f} µs |"


def _timed(lines: list[str], said: Hypothesis) -> float:
    written = reference(*lines)
    begun = process_time()
    align(written, said)
    return process_time() - begun
