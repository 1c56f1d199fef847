"""Respellings of the lexicon that are, letter for letter, an error planted in an episode for the same name.

    python -m tests.bench.coincidences [CORRECTIONS.tsv ...]

Of the scripts of this repository, and of further episodes by their lists of errors. Decision 216 says what to make of them.
"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from models.lexicon import load
from service.domain.lexicon import LexiconEntry
from service.domain.reading import squeeze
from tests.episodes.plan import Plan, names

Errors = Mapping[tuple[str, str], set[str]]
"""Where each pair of what is written, in small letters, and what is right, squeezed, was planted."""


def planted(lists: Iterable[Path]) -> Errors:
    errors: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for name in names():
        for error in (error for row in Plan.of(name).rows for error in row.planted):
            errors[error.wrong.casefold(), squeeze(error.right)].add(name)
    for path in lists:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                errors[row["original_span"].casefold(), squeeze(row["gold_span"])].add(path.name.partition(".")[0])
    return errors


def coincidences(entries: Iterable[LexiconEntry], errors: Errors) -> Iterator[tuple[LexiconEntry, str, set[str]]]:
    """Each entry, its form that was planted, and where."""
    for entry in entries:
        for form in (*entry.sounds_like, *entry.aliases):
            written = form.casefold(), squeeze(entry.text)
            if written in errors:
                yield entry, form, errors[written]


def main() -> None:
    entries, errors = load().entries, planted(map(Path, sys.argv[1:]))
    found = list(coincidences(entries, errors))
    for entry, form, where in found:
        print(f"{entry.text}\t{form}\t{entry.field}\t{', '.join(sorted(where))}")
    forms = sum(len(entry.sounds_like) + len(entry.aliases) for entry in entries)
    print(f"{len(found)} of {forms} respellings and aliases, among {len(errors)} errors planted")


if __name__ == "__main__":
    main()
