"""Passages that are spoken in another order than they are written: whether they are reported, and words timed at another utterance."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator

from service.domain.align import align
from service.domain.correct import Corrections
from tests.bench.align.episodes import Piece, heard, misheard, pieces
from tests.bench.align.mismatch import Episode
from tests.support.assembled import put_together
from tests.support.builders import reference

RATES = (0.0, 0.2, 0.35)
PARTS = (2, 3, 5, 10)

NEAR_MS = 3_000
"""Errors that were added shift pairs by a word or two; another utterance is further away."""


def table(episodes: dict[str, Episode]) -> Iterator[str]:
    """One row per number of parts, in reverse order, and rate of added recognition errors."""
    bases = [pieces(*episode) for episode in episodes.values()]
    for parts in PARTS:
        for rate in RATES:
            results = [_counted(base, parts, rate) for base in bases]
            taken, remarks, timed, wrong = map(sum, zip(*results, strict=True))
            cells = (parts, f"{100 * rate:.0f} %", f"{taken} of {len(bases)}", remarks, timed, wrong)
            yield "| " + " | ".join(map(str, cells)) + " |"


def _counted(base: list[Piece], parts: int, rate: float) -> tuple[bool, int, int, int]:
    """Whether it is accepted, passages reported, words timed by what was heard, and those of them at another utterance."""
    length = -(-len(base) // parts)
    order = [k for part in reversed(range(parts)) for k in range(len(base))[part * length : (part + 1) * length]]
    starts, now = {}, 0
    for k in order:
        starts[k], now = now, now + base[k].lasts
    written = reference(*(piece.written or "" for piece in base))
    said = misheard(heard([base[k] for k in order]), rate, random.Random(parts))
    alignment = align(written, said)
    remarks = put_together(written, said, Corrections(()), (), alignment).warnings
    line_of = [k for k, line in enumerate(written.talk) for _ in line.tokens]
    timed = [(line_of[b.tokens[0]], said.words[b.words[0]].span.start) for b in alignment.blocks if b.num_tokens and b.num_words]
    once = _said_once(base)
    far = (k in once and not -NEAR_MS <= start - starts[k] <= base[k].lasts + NEAR_MS for k, start in timed)
    return alignment.verdict.accepted, sum("not where it is written" in remark for remark in remarks), len(timed), sum(far)


def _said_once(base: list[Piece]) -> set[int]:
    """The lines that share no four words with another: what is said twice may be timed at either."""
    grams = [set(zip(*((p.written or "").lower().split()[n:] for n in range(4)), strict=False)) for p in base]
    lines_with = Counter(gram for of_line in grams for gram in of_line)
    return {k for k, of_line in enumerate(grams) if all(lines_with[gram] == 1 for gram in of_line)}
