"""Build the lexicon's tables from the hand lists and the packaged sources: `python -m models.lexicon.build`.

Writes one `FIELD.tsv` per field beside this file. Needs the packages of `sources.py`; README.md says how to install them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from rapidfuzz.distance import Levenshtein

from models.lexicon import FOLDER
from models.lexicon.sources import common_words, packaged, pronunciations
from service.domain.phonetics import Pronunciations, marks, sounds
from service.domain.reading import squeeze

COLUMNS = ("term", "aliases", "sounds_like", "prior", "common", "source", "sounds")
MAX_SOUNDS = 4
"""Pronunciations stored per entry."""
ALIKE = 0.93
"""A pronunciation this similar to one already kept adds nothing to retrieval."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry on its way into the table."""

    term: str
    field: str
    source: str
    prior: int = 1
    aliases: tuple[str, ...] = ()
    sounds_like: tuple[str, ...] = ()


def hand_written(folder: Path = FOLDER / "hand") -> Iterator[Draft]:
    """The entries of the hand lists: `Term = alias | alias ~ respelling | respelling *prior`, separated by `;`.

    A line `## heading *prior` gives the prior of the entries under it.
    """
    for path in sorted(folder.glob("*.txt")):
        prior = 3
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("## "):
                prior = int(line.rpartition("*")[2])
            else:
                yield from (parse(entry, path.stem, prior) for entry in line.split(";") if entry.strip())


def parse(entry: str, field: str, prior: int) -> Draft:
    """One entry of a hand list.

    >>> parse("Qwen = Tongyi ~ chwen | kwen *4", "ai", 3)
    Draft(term='Qwen', field='ai', source='hand', prior=4, aliases=('Tongyi',), sounds_like=('chwen', 'kwen'))
    """
    match = re.fullmatch(r"\s*(.+?)(?: = (.+?))?(?: ~ (.+?))?(?: \*([1-5]))?\s*", entry)
    if match is None:
        raise ValueError(f"{field}.txt: cannot read the entry {entry!r}; write Term = alias | alias ~ respelling *prior")
    term, aliases, respellings, own = match.groups()
    return Draft(term, field, "hand", int(own or prior), _listed(aliases), _listed(respellings))


def _listed(cell: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split("|")) if cell else ()


def merge(drafts: Iterable[Draft]) -> list[Draft]:
    """One draft per spelling: the first stands; later ones add their aliases and respellings, and the higher prior counts."""
    merged: dict[str, Draft] = {}
    for draft in drafts:
        name = squeeze(draft.term)
        first = merged.get(name)
        merged[name] = draft if first is None else _joined(first, draft)
    return [_tidied(draft) for draft in merged.values()]


def _joined(first: Draft, later: Draft) -> Draft:
    return replace(
        first,
        prior=max(first.prior, later.prior),
        aliases=(*first.aliases, *later.aliases),
        sounds_like=(*first.sounds_like, *later.sounds_like),
    )


def _tidied(draft: Draft) -> Draft:
    aliases = {squeeze(alias): alias for alias in draft.aliases if squeeze(alias) != squeeze(draft.term)}
    return replace(draft, aliases=tuple(aliases.values()), sounds_like=tuple(dict.fromkeys(draft.sounds_like)))


def pronounce(draft: Draft, dictionary: Pronunciations) -> tuple[str, ...]:
    """How the term, its respellings and its aliases sound: those that differ audibly, at most `MAX_SOUNDS` of each form."""
    kept: list[str] = []
    for form in (draft.term, *draft.sounds_like, *draft.aliases):
        room = len(kept) + MAX_SOUNDS
        for candidate in sounds(form, dictionary):
            if len(kept) < room and all(Levenshtein.normalized_similarity(marks(candidate), marks(k)) < ALIKE for k in kept):
                kept.append(candidate)
    return tuple(kept)


def table(drafts: Iterable[Draft], dictionary: Pronunciations, common: frozenset[str]) -> str:
    """The rows of one field, by term, as tab-separated text."""
    lines = ["\t".join(COLUMNS)]
    for draft in sorted(drafts, key=lambda d: (d.term.casefold(), d.term)):
        pronounced = pronounce(draft, dictionary)
        if pronounced:
            is_common = "1" if draft.term.casefold() in common else ""
            cells = (
                draft.term,
                "|".join(draft.aliases),
                "|".join(draft.sounds_like),
                str(draft.prior),
                is_common,
                draft.source,
                "|".join(pronounced),
            )
            lines.append("\t".join(cells))
    return "\n".join(lines) + "\n"


def build(folder: Path = FOLDER) -> dict[str, int]:
    """Write the tables; the number of entries by field."""
    dictionary, common = pronunciations(), common_words()
    by_field: defaultdict[str, list[Draft]] = defaultdict(list)
    for draft in merge([*hand_written(), *packaged()]):
        by_field[draft.field].append(draft)
    for field, drafts in by_field.items():
        (folder / f"{field}.tsv").write_text(table(drafts, dictionary, common), encoding="utf-8")
    return {field: len(drafts) for field, drafts in by_field.items()}


if __name__ == "__main__":
    for field, count in sorted(build().items()):
        print(f"{count:6} {field}")  # noqa: T201  the script's report
