"""Find, among many things with known pronunciations, those that sound like a given one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from service.domain.phonetics import distinct, keys, marks, skeleton_of


@dataclass(frozen=True, slots=True)
class SoundIndex:
    """Things, known by their positions, to be found by their pronunciations.

    `said` are the pronunciations of each skeleton, `owners` the position of the thing that each of them belongs to,
    `skeletons` the skeletons of each key (`phonetics.keys`).
    """

    said: Mapping[str, list[str]]
    owners: Mapping[str, list[int]]
    skeletons: Mapping[str, list[str]]
    _asked: dict[str, tuple[list[str], list[int]]] = field(default_factory=dict, compare=False, repr=False)
    """What is under each key that was asked for: pronunciations, in marks, and their owners."""

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
        return cls(dict(said), dict(owners), dict(skeletons))

    def same(self, pronunciations: tuple[str, ...]) -> tuple[int, ...]:
        """The things with one of exactly these pronunciations.

        >>> SoundIndex.of([("mInItEl",), ("kwEn",)]).same(("kwEn", "kwin"))
        (1,)
        """
        return tuple(
            owner
            for skeleton in dict.fromkeys(map(skeleton_of, pronunciations))
            for said, owner in zip(self.said.get(skeleton, ()), self.owners.get(skeleton, ()), strict=True)
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

    def _under(self, key: str) -> tuple[list[str], list[int]]:
        if key not in self._asked:
            skeletons = self.skeletons.get(key, ())
            forms = [marks(said) for skeleton in skeletons for said in self.said[skeleton]]
            self._asked[key] = forms, [owner for skeleton in skeletons for owner in self.owners[skeleton]]
        return self._asked[key]
