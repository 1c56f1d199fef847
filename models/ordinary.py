"""Ordinary words of English by their sound: what a word of the page that only sounds so may have been meant for."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from service.domain.phonetics import NO_DICTIONARY, sounds
from service.domain.sound_index import SoundIndex

TABLE = Path(__file__).with_suffix(".tsv")
"""A word and its pronunciations in each line, as `models.lexicon.build` writes it."""


@dataclass(frozen=True)
class OrdinaryWords:
    """Words in small letters, each with its pronunciations (`service.domain.letters`), to be looked up by sound."""

    said: dict[str, tuple[str, ...]]

    @cached_property
    def words(self) -> tuple[str, ...]:
        return tuple(self.said)

    @cached_property
    def places(self) -> dict[str, int]:
        return {word: place for place, word in enumerate(self.words)}

    @cached_property
    def _by_sound(self) -> SoundIndex:
        return SoundIndex.of(self.said.values())

    @cached_property
    def _said_so(self) -> dict[str, list[str]]:
        """The words of each pronunciation."""
        words: defaultdict[str, list[str]] = defaultdict(list)
        for word, ways in self.said.items():
            for way in ways:
                words[way].append(word)
        return dict(words)

    def near(self, text: str, limit: int) -> tuple[tuple[str, float], ...]:
        """The `limit` words that sound most like the text, with their likeness in [0, 1], best first.

        >>> load("en").near("in tensive", 1)
        (('intensive', 1.0),)
        """
        found = self._by_sound.near(sounds(text, NO_DICTIONARY, abroad=False), limit)
        return tuple((self.words[place], likeness) for place, likeness in found)

    def homophones(self, word: str) -> tuple[str, ...]:
        """Other words that are said just like this one.

        >>> load("en").homophones("vane")
        ('vain', 'vein')
        """
        ways = self.said.get(word, ())
        return tuple(dict.fromkeys(other for way in ways for other in self._said_so[way] if other != word))


@cache
def load(language: str) -> OrdinaryWords:
    """Those that come with this version of Earmark: of English. Of other languages none are known."""
    if language != "en":
        return OrdinaryWords({})
    rows = (line.split("\t") for line in TABLE.read_text(encoding="utf-8").splitlines())
    return OrdinaryWords({word: tuple(said.split("|")) for word, said in rows})
