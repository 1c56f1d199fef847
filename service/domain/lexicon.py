"""An entry of the lexicon: one name or term, spelled as it should be."""

from __future__ import annotations

from typing import NamedTuple


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
