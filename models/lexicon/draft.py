"""Entries of the lexicon on their way into the tables."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass, replace

from service.domain.reading import squeeze


@dataclass(frozen=True, slots=True)
class Draft:
    """A term of a source, not yet merged with what other sources say of it. The fields are those of `LexiconEntry`.

    `person` is True for the full name of a person, whose surname may stand alone. `source` names the list, too: `hand:medicine`.
    """

    term: str
    field: str
    source: str
    prior: int = 1
    aliases: tuple[str, ...] = ()
    sounds_like: tuple[str, ...] = ()
    person: bool = False

    @property
    def origin(self) -> str:
        """The source without the list."""
        return self.source.partition(":")[0]


def merge(drafts: Iterable[Draft]) -> list[Draft]:
    """One draft per spelling: the first stands; later ones add their aliases and respellings, and the higher prior counts.

    Where one source has it twice, the field is that of the better known: of two people of one surname, his.
    """
    merged: dict[str, Draft] = {}
    for draft in drafts:
        name = squeeze(draft.term)
        first = merged.get(name)
        merged[name] = draft if first is None else _joined(first, draft)
    return [_tidied(draft, merged) for draft in merged.values()]


def _joined(first: Draft, later: Draft) -> Draft:
    better = first.origin == later.origin and later.prior > first.prior
    return replace(
        first,
        field=later.field if better else first.field,
        prior=max(first.prior, later.prior),
        aliases=(*first.aliases, *later.aliases),
        sounds_like=(*first.sounds_like, *later.sounds_like),
    )


def _tidied(draft: Draft, taken: Container[str]) -> Draft:
    """The draft without repeated respellings, and without aliases that are entries themselves."""
    aliases = {squeeze(alias): alias for alias in draft.aliases if squeeze(alias) not in taken}
    return replace(draft, aliases=tuple(aliases.values()), sounds_like=tuple(dict.fromkeys(draft.sounds_like)))
