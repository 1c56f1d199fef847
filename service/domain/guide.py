"""Where words that were heard stand in the supplied transcript: what guided recognition goes by (`models.guided`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from service.domain.normalize import folds

GUIDED_LANGUAGES = frozenset({"en"})
"""In which guiding the recogniser is known to spare work: docs/decisions/0235."""

FEW = 3
"""So many words in a row are looked up at once."""

NEAR = 30
"""Words within which another such row must be found, at about the same distance on both sides."""

SHIFT = 6
"""By how many words the two distances may differ: what one side lacks."""

MOST = 8
"""A row that the transcript has in more places tells nothing: a refrain."""

SUPPORT = 2
"""Such rows that must bear a row out. One alone is "you know what"."""

BACK = 5
"""Words of the transcript after a doubtful stretch, of which two in a row show that what is heard has come back to them."""

Hit = tuple[int, int]
"""A place among the heard words, and the same in the transcript."""


class Guide:
    """The words of a transcript, as they are said.

    >>> guide = Guide("it was the best of times it was the worst of times".split())
    >>> guide.begins("the best of times it was a".split()), guide.reached("the best of times it was a".split())
    (2, 9)
    """

    def __init__(self, words: Sequence[str]) -> None:
        self.words, self._folds = tuple(words), folds(words)
        self._places: dict[tuple[tuple[str, ...], ...], list[int]] = defaultdict(list)
        for place, row in _rows(self._folds):
            self._places[row].append(place)

    def begins(self, heard: Sequence[str]) -> int | None:
        """The place of the first of the heard words, the first such place; None where the transcript does not have them."""
        hits = self._hits(heard)
        return max(0, hits[0][1] - hits[0][0]) if hits else None

    def reached(self, heard: Sequence[str]) -> int | None:
        """The place after the last of the heard words, the last such place; None where the transcript does not have them."""
        hits = self._hits(heard)
        left = len(heard) - hits[-1][0] if hits else NEAR
        return min(len(self.words), hits[-1][1] + left) if left < NEAR else None

    def back(self, heard: Sequence[str], place: int) -> Hit | None:
        """Where the heard words come to the transcript again, from `place` on."""
        said = folds(heard)
        for at in range(len(said) - 1):
            for there in range(place, min(place + BACK, len(self.words) - 1)):
                if said[at] and said[at + 1] and (said[at], said[at + 1]) == (self._folds[there], self._folds[there + 1]):
                    return at, there
        return None

    def _hits(self, heard: Sequence[str]) -> list[Hit]:
        known = ((at, self._places.get(row, [])) for at, row in _rows(folds(heard)))
        hits = [(at, place) for at, places in known if len(places) <= MOST for place in places]
        return [hit for hit in hits if sum(_bears_out(hit, other) for other in hits) >= SUPPORT]


def _rows(said: Sequence[tuple[str, ...]]) -> Iterator[tuple[int, tuple[tuple[str, ...], ...]]]:
    return ((at, tuple(said[at : at + FEW])) for at in range(len(said) - FEW + 1))


def _bears_out(hit: Hit, other: Hit) -> bool:
    return 0 < abs(hit[0] - other[0]) < NEAR and abs((hit[0] - hit[1]) - (other[0] - other[1])) <= SHIFT
