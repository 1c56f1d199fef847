"""What the sound says for a transcript that would be refused by what was recognised: under loud music, or in an accent it does not know, a
recogniser hears other words than are said (docs/decisions/0105).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from service.domain.align import Alignment
from service.domain.blocks import UNRELATED
from service.domain.secondlook import Hole, holes
from service.domain.span import Span
from service.domain.speech import Hypothesis, Word

MOST = 5
"""Passages that are looked for: at most two or three looks each, ten seconds of one core in all."""

LONGEST_MS = 56_000
"""Sound in which each is looked for: an opening of music or advertisements may come first."""

WORDS_A_SECOND = 2.0
"""Of slow speech."""

SAID = 0.25
"""Share of the words there would be time for that must be found: of another text hardly one is, of the right one under loud music half."""


def samples(alignment: Alignment, hypothesis: Hypothesis) -> list[Hole]:
    """The longest passages that are written where others were heard, each with the first words and the first of the sound."""
    opposed = [
        hole for hole in holes(alignment, hypothesis, doubted=True) if min(_length(hole.tokens), _length(hole.unwritten)) >= UNRELATED
    ]
    longest = sorted(opposed, key=lambda hole: min(_length(hole.tokens), _length(hole.unwritten)), reverse=True)[:MOST]
    return [_beginning(hole) for hole in longest]


def _length(of: tuple[int, int]) -> int:
    return of[1] - of[0]


def _beginning(hole: Hole) -> Hole:
    return replace(hole, span=Span(hole.span.start, min(hole.span.end, hole.span.start + LONGEST_MS)))


def upheld(found: Mapping[Hole, Mapping[int, Word]]) -> bool:
    """Whether enough of the samples' words are said in their sound for the transcript to be of this audio."""
    due = sum(_due(hole) for hole in found)
    return bool(found) and sum(map(len, found.values())) >= SAID * due


def _due(hole: Hole) -> float:
    return min(_length(hole.tokens), WORDS_A_SECOND * hole.span.duration / 1000)
