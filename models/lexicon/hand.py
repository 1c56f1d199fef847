"""The hand-written lists of the lexicon."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from models.lexicon.draft import Draft


def hand_written(folder: Path) -> Iterator[Draft]:
    """The entries of the hand lists: `Term = alias | alias ~ respelling | respelling *prior`, separated by `;`.

    A line `## heading *prior` gives the prior of the entries under it; a heading that begins with "people" says that they are people.
    """
    for path in sorted(folder.glob("*.txt")):
        prior, person = 3, False
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("## "):
                prior, person = int(line.rpartition("*")[2]), line.startswith("## people")
            else:
                yield from (replace(parse(entry, path.stem, prior), person=person) for entry in line.split(";") if entry.strip())


def parse(entry: str, field: str, prior: int) -> Draft:
    """One entry of a hand list. Raises ValueError when it has another form.

    >>> parse("Qwen = Tongyi ~ chwen | kwen *4", "ai", 3).sounds_like
    ('chwen', 'kwen')
    """
    match = re.fullmatch(r"\s*(.+?)(?: = (.+?))?(?: ~ (.+?))?(?: \*([1-5]))?\s*", entry)
    if match is None:
        raise ValueError(f"{field}.txt: cannot read the entry {entry!r}; write Term = alias | alias ~ respelling *prior")
    term, aliases, respellings, own = match.groups()
    return Draft(term, field, f"hand:{field}", int(own or prior), _listed(aliases), _listed(respellings))


def _listed(cell: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split("|")) if cell else ()
