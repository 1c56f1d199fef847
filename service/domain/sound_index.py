"""Find, among many things with known pronunciations, those that sound like a given one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from service.domain.phonetics import distinct, in_marks, keys, marks, skeleton_of

MOST_ASKED = 1024
"""Keys whose things are kept at hand, those asked for last: 16 MB of the lexicon (docs/decisions/0183)."""


@dataclass(frozen=True, slots=True)
class SoundIndex:
    """Things, known by their positions, to be found by their pronunciations.

    `said` are the pronunciations of each skeleton, `marked` the same in marks, `owners` the position of the thing that each of them belongs
    to, `skeletons` the skeletons of each key (`phonetics.keys`). What stands in a row has spaces between: most of it is never asked for,
    and one text is quicker to load than many.
    """

    said: Mapping[str, str]
    marked: Mapping[str, str]
    owners: Mapping[str, list[int]]
    skeletons: Mapping[str, str]
    _asked: dict[str, tuple[list[str], list[int]]] = field(default_factory=dict, compare=False, repr=False)
    """What is under keys that were asked for lately: pronunciations, in marks, and their owners."""

    @classmethod
    def of(cls, pronunciations: Iterable[tuple[str, ...]]) -> SoundIndex:
        """An index of the things whose pronunciations are given, in order.

        >>> SoundIndex.of([("mInItEl",), ("kwEn",)]).near(("mInutEl",), limit=1)
        ((0, 0.9259259259259259),)
        """
        said: defaultdict[str, list[str]] = defaultdict(list)
        owners: defaultdict[str, list[int]] = defaultdict(list)
        for owner, variants in enumerate(pronunciations):
            for variant in variants:
                skeleton = skeleton_of(variant)
                said[skeleton].append(variant)
                owners[skeleton].append(owner)
        skeletons: defaultdict[str, list[str]] = defaultdict(list)
        for skeleton in said:
            for key in keys(skeleton):
                skeletons[key].append(skeleton)
        rows = _in_rows(said)
        return cls(rows, {skeleton: in_marks(row) for skeleton, row in rows.items()}, dict(owners), _in_rows(skeletons))

    def same(self, pronunciations: tuple[str, ...]) -> tuple[int, ...]:
        """The things with one of exactly these pronunciations.

        >>> SoundIndex.of([("mInItEl",), ("kwEn",)]).same(("kwEn", "kwin"))
        (1,)
        """
        skeletons = dict.fromkeys(skeleton_of(" ".join(pronunciations)).split(" "))
        likely = (one for one in skeletons if one in self.said and any(sound in self.said[one] for sound in pronunciations))
        return tuple(
            owner
            for skeleton in likely
            for said, owner in zip(self.said[skeleton].split(), self.owners[skeleton], strict=True)
            if said in pronunciations
        )

    def near(self, pronunciations: tuple[str, ...], limit: int, floor: float = 0.6) -> tuple[tuple[int, float], ...]:
        """The `limit` things that sound most like any of the pronunciations, as (position, similarity of at least `floor`), best first.

        Pronunciations that hardly differ are asked for once.
        """
        best: dict[int, float] = {}
        for pronunciation in distinct(pronunciations):
            sought = marks(pronunciation)
            for key in keys(skeleton_of(pronunciation)):
                forms, owners = self._under(key)
                for _, similarity, at in process.extract(
                    sought, forms, scorer=Levenshtein.normalized_similarity, processor=None, score_cutoff=floor, limit=4 * limit
                ):
                    best[owners[at]] = max(similarity, best.get(owners[at], 0.0))
        return tuple(sorted(best.items(), key=lambda pair: (-pair[1], pair[0]))[:limit])

    def keyed(self, owners: Container[int]) -> Iterator[tuple[str, int]]:
        """Each key under which `near` and `same` find one of these things, with the thing.

        >>> sorted(SoundIndex.of([("mInItEl",), ("kwEn",)]).keyed({1}))
        [('kn~', 1)]
        """
        for skeleton, found in self.owners.items():
            for owner in found:
                if owner in owners:
                    yield from ((key, owner) for key in keys(skeleton))

    def _under(self, key: str) -> tuple[list[str], list[int]]:
        found = self._asked.pop(key, None) or self._gathered(key)
        self._asked[key] = found
        if len(self._asked) > MOST_ASKED:
            for oldest in list(self._asked)[:-MOST_ASKED]:
                self._asked.pop(oldest, None)
        return found

    def _gathered(self, key: str) -> tuple[list[str], list[int]]:
        skeletons = self.skeletons[key].split(" ") if key in self.skeletons else []
        forms = " ".join(self.marked[skeleton] for skeleton in skeletons).split()
        return forms, [owner for skeleton in skeletons for owner in self.owners[skeleton]]


def _in_rows(lists: Mapping[str, list[str]]) -> dict[str, str]:
    return {name: " ".join(texts) for name, texts in lists.items()}
