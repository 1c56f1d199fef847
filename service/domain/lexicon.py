"""The lexicon as corrections see it: names and terms, spelled as they should be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Protocol


class LexiconEntry(NamedTuple):
    """A name or term and what is known of it.

    `prior` says how well known it is, from 1 (to specialists) to 5 (to everybody). `common` is True when the same letters are an
    ordinary English word ("Apple", "Slack"). `aliases` are other right spellings; `sounds_like` are respellings that show its sound
    or how it is usually misheard. `field` is what it belongs to: technology, medicine, people ...
    """

    text: str
    prior: int = 1
    common: bool = False
    aliases: tuple[str, ...] = ()
    sounds_like: tuple[str, ...] = ()
    field: str = ""


class Lexicon(Protocol):
    """A large list of names and terms; `models.lexicon` is one."""

    @property
    def shares(self) -> Mapping[str, float]:
        """The share of each field in all entries."""
        ...

    def homophone(self, text: str) -> LexiconEntry | None:
        """The best known entry that sounds exactly like the text."""
        ...

    def near(self, text: str, limit: int) -> tuple[tuple[LexiconEntry, float], ...]:
        """The entries that sound most like the text, with their likeness in [0, 1], best first."""
        ...

    def get(self, text: str) -> LexiconEntry | None:
        """The entry spelled like the text, but for case, spaces, hyphens and accents."""
        ...
