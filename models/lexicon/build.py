"""Build the lexicon's tables from the hand lists and the packaged sources: `python -m models.lexicon.build NODE_MODULES`.

Writes one `FIELD.tsv` per field beside this file, and the table of `models.ordinary`. README.md says how to install the packages it reads.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from models.lexicon import FOLDER
from models.lexicon.draft import Draft, merge
from models.lexicon.hand import hand_written
from models.lexicon.sources import packaged
from models.lexicon.words import frequency, in_english, is_common, ordinary, pronunciations
from models.ordinary import TABLE
from service.domain.phonetics import distinct, similarity, sounds

COLUMNS = ("term", "aliases", "sounds_like", "prior", "common", "source", "sounds")
MAX_SOUNDS = {"hand": 3}
MAX_SOUNDS_ELSE = 2
"""Pronunciations stored of one form, by source."""
MAX_SOUNDS_OF_WORD = 3
ALIKE = 0.88
"""A pronunciation this similar to one already kept adds nothing to retrieval."""
SAME_SOUND = 0.85
"""An alias that sounds less like its term than this is an entry of its own."""
COMMONEST_SURNAME = 3.6
"""On the Zipf scale: a surname met more often, be it without its accents, is many people's, or a word."""


def unfold(draft: Draft) -> Iterator[Draft]:
    """The draft with the aliases that sound like it; those that sound otherwise, and a distinctive surname, as drafts of their own."""
    same = tuple(alias for alias in draft.aliases if similarity(alias, draft.term) >= SAME_SOUND)
    yield replace(draft, aliases=same)
    yield from (Draft(alias, draft.field, draft.source, draft.prior) for alias in draft.aliases if alias not in same)
    surname = draft.term.split()[-1]
    rare = not is_common(surname) and frequency(in_english(surname)) < COMMONEST_SURNAME
    if draft.person and " " in draft.term and len(surname) > 4 and rare:
        yield Draft(surname, draft.field, draft.source, max(1, draft.prior - 1))


def pronounce(draft: Draft) -> tuple[str, ...]:
    """How the term and its respellings sound: those pronunciations that differ audibly, at most `MAX_SOUNDS` of each form."""
    forms = (draft.term, *draft.sounds_like)
    most = MAX_SOUNDS.get(draft.origin, MAX_SOUNDS_ELSE)
    return distinct((said for form in forms for said in distinct(sounds(form, pronunciations()), ALIKE)[:most]), ALIKE)


def row(draft: Draft) -> tuple[str, ...]:
    """The cells of `COLUMNS`."""
    common = "1" if is_common(draft.term) else ""
    listed = ("|".join(draft.aliases), "|".join(draft.sounds_like))
    return (draft.term, *listed, str(draft.prior), common, draft.source, "|".join(pronounce(draft)))


def build(node_modules: Path, folder: Path = FOLDER) -> Counter[str]:
    """Write the tables; the number of entries by field."""
    by_field: defaultdict[str, list[tuple[str, ...]]] = defaultdict(list)
    drafts = (*hand_written(FOLDER / "hand"), *packaged(node_modules))
    for draft in merge(unfolded for folded in drafts for unfolded in unfold(folded)):
        by_field[draft.field].append(row(draft))
    for field, rows in by_field.items():
        said = sorted((cells for cells in rows if cells[-1]), key=lambda cells: (cells[0].casefold(), cells[0]))
        lines = ["\t".join(cells) for cells in (COLUMNS, *said)]
        (folder / f"{field}.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return Counter({field: len(rows) for field, rows in by_field.items()})


def build_words(table: Path = TABLE) -> None:
    """Write the ordinary words, each with its pronunciations."""
    rows = ((word, "|".join(said)) for word in ordinary() if (said := ways(word)))
    table.write_text("".join(f"{word}\t{said}\n" for word, said in rows), encoding="utf-8")


def ways(word: str) -> tuple[str, ...]:
    """How an ordinary word is said: by the dictionary, or else by its letters."""
    return tuple(dict.fromkeys(pronunciations().say(word) or sounds(word, abroad=False)))[:MAX_SOUNDS_OF_WORD]


if __name__ == "__main__":
    build_words()
    for field, count in build(Path(sys.argv[1])).most_common():
        print(f"{count:6} {field}")  # noqa: T201  the script's report
