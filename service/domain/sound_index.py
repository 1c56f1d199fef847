"""Find, among many things with known pronunciations, those that sound like a given one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from service.domain.phonetics import keys, marks, skeleton_of


@dataclass(frozen=True, slots=True)
class SoundIndex:
    """Things, known by their positions, to be found by their pronunciations.

    `forms` are the marks of every pronunciation, `owners` the position of the thing each belongs to; `places` are the
    forms of each skeleton, and `skeletons` the skeletons of each key of `phonetics`.
    """

    forms: tuple[str, ...]
    owners: tuple[int, ...]
    places: Mapping[str, list[int]]
    skeletons: Mapping[str, list[str]]

    @classmethod
    def of(cls, pronunciations: Iterable[tuple[str, ...]]) -> SoundIndex:
        """An index of the things whose pronunciations are given, in order.

        >>> SoundIndex.of([("mInItEl",), ("kwEn",)]).near(("mInutEl",), limit=1)
        ((0, 0.9259259259259259),)
        """
        said = [(owner, variant) for owner, variants in enumerate(pronunciations) for variant in variants]
        places: defaultdict[str, list[int]] = defaultdict(list)
        for place, (_, variant) in enumerate(said):
            places[skeleton_of(variant)].append(place)
        skeletons: defaultdict[str, list[str]] = defaultdict(list)
        for skeleton in places:
            for key in keys(skeleton):
                skeletons[key].append(skeleton)
        return cls(tuple(marks(variant) for _, variant in said), tuple(owner for owner, _ in said), dict(places), dict(skeletons))

    def near(self, pronunciations: tuple[str, ...], limit: int, floor: float = 0.6) -> tuple[tuple[int, float], ...]:
        """The `limit` things that sound most like any of the pronunciations, as (position, similarity of at least `floor`), best first."""
        best: dict[int, float] = {}
        for pronunciation in pronunciations:
            places = self._places(pronunciation)
            forms = [self.forms[place] for place in places]
            found = process.extract(
                marks(pronunciation), forms, scorer=Levenshtein.normalized_similarity, processor=None, score_cutoff=floor, limit=4 * limit
            )
            for _, similarity, at in found:
                owner = self.owners[places[at]]
                best[owner] = max(similarity, best.get(owner, 0.0))
        return tuple(sorted(best.items(), key=lambda pair: (-pair[1], pair[0]))[:limit])

    def _places(self, pronunciation: str) -> list[int]:
        """The forms that share a key with the pronunciation."""
        shared = {skeleton for key in keys(skeleton_of(pronunciation)) for skeleton in self.skeletons.get(key, ())}
        return [place for skeleton in sorted(shared) for place in self.places[skeleton]]
