"""Words that are written where others are spoken: what tells another episode of the same show from a part of this one.

A part of an episode has none, for beside it one side is simply empty; two episodes that share a slogan have nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

ISLAND = 0.2
"""Words in common between two such stretches, of the words opposed there, up to which they are there by chance."""


@dataclass(frozen=True, slots=True)
class Apart:
    """So many words that were not heard beside words that are not written, after so many in common."""

    between: int
    unheard: int
    unwritten: int


def opposed(stretches: Iterable[Apart], least: int) -> int:
    """Words of passages that are written where another is spoken, with the few that both have by chance. Fewer than `least` on one side
    were misheard.
    """
    between, ours, theirs = [0], [0], [0]
    most, islands = [0], 0

    def opposed_since(first: int) -> int:
        """The stretches from this one on, as one passage."""
        less, shared = min(ours[-1] - ours[first], theirs[-1] - theirs[first]), between[-1] - between[first + 1]
        return less + shared if less >= least and shared <= ISLAND * less else 0

    for stretch in stretches:
        islands += stretch.between
        if max(stretch.unheard, stretch.unwritten) < least:
            continue
        between.append(islands)
        ours.append(ours[-1] + stretch.unheard)
        theirs.append(theirs[-1] + stretch.unwritten)
        most.append(max(most[first] + opposed_since(first) for first in range(len(most))))
    return most[-1]
