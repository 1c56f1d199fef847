"""Processor time of the alignment alone against the length of the text, beside an edit distance over the same words."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from time import process_time

from rapidfuzz.distance import Levenshtein

from service.domain.align import align
from service.domain.normalize import folds
from service.domain.script import Reference
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
        written = reference(*lines)
        ours, plain = (min(_timed(way, written, said) for _ in range(3)) for way in (align, _edits))
        yield f"| {minutes} min | {words} | {len(said.words)} | {ours:.2f} s | {1e6 * ours / words:.0f} µs | {plain:.2f} s |"


def _timed(way: Callable[[Reference, Hypothesis], object], written: Reference, said: Hypothesis) -> float:
    begun = process_time()
    way(written, said)
    return process_time() - begun


def _edits(written: Reference, said: Hypothesis) -> object:
    return Levenshtein.opcodes(folds([token.text for token in written.tokens]), folds([word.text for word in said.words]))
