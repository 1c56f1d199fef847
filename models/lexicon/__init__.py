"""The lexicon: names and terms that podcasts talk of and transcripts misspell, by field. `README.md` says where they come from."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from service.domain.lexicon import LexiconEntry
from service.domain.phonetics import NO_DICTIONARY, Pronunciations, sounds
from service.domain.reading import squeeze
from service.domain.sound_index import SoundIndex

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Lexicon:
    """Entries, to be looked up by spelling and by sound. `dictionary` says how the words of a query may be pronounced."""

    entries: tuple[LexiconEntry, ...]
    by_spelling: dict[str, int]
    by_sound: SoundIndex
    dictionary: Pronunciations = NO_DICTIONARY

    @cached_property
    def shares(self) -> dict[str, float]:
        """The share of each field in all entries."""
        counts = Counter(entry.field for entry in self.entries)
        return {field: count / len(self.entries) for field, count in counts.items()}

    def get(self, text: str) -> LexiconEntry | None:
        """The entry spelled so, or with this alias; case, accents, spaces, hyphens and punctuation do not count.

        >>> load().get("pytorch").text
        'PyTorch'
        """
        at = self.by_spelling.get(squeeze(text))
        return None if at is None else self.entries[at]

    def homophone(self, text: str) -> LexiconEntry | None:
        """The best known entry that sounds exactly so.

        >>> load().homophone("pie torch").text
        'PyTorch'
        """
        found = (self.entries[at] for at in self.by_sound.same(sounds(text, self.dictionary, abroad=False)))
        return max(found, key=lambda entry: entry.prior, default=None)

    def near(self, text: str, limit: int = 5) -> tuple[tuple[LexiconEntry, float], ...]:
        """The `limit` entries that sound most like the text, with their similarity in [0, 1], best first.

        >>> load().near("cuber netties", 1)[0][0].text
        'Kubernetes'
        """
        found = self.by_sound.near(sounds(text, self.dictionary, abroad=False), limit)
        return tuple((self.entries[at], similarity) for at, similarity in found)


@lru_cache(maxsize=2)
def load(dictionary: Pronunciations = NO_DICTIONARY) -> Lexicon:
    """The lexicon that comes with this version of Earmark."""
    collecting = gc.isenabled()
    gc.disable()  # half a million things that stay: the collector would look at them again and again
    try:
        return _read_all(dictionary)
    finally:
        gc.freeze()
        if collecting:
            gc.enable()


def _read_all(dictionary: Pronunciations) -> Lexicon:
    rows = [row for path in sorted(FOLDER.glob("*.tsv")) for row in read(path)]
    entries = tuple(entry for entry, _ in rows)
    spelling: dict[str, int] = {}
    for at, entry in enumerate(entries):
        for form in (entry.text, *entry.aliases):
            spelling.setdefault(squeeze(form), at)
    return Lexicon(entries, spelling, SoundIndex.of(pronunciations for _, pronunciations in rows), dictionary)


def read(path: Path) -> Iterator[tuple[LexiconEntry, tuple[str, ...]]]:
    """The entries of one file, whose name is their field, each with its pronunciations as sounds of `service.domain.letters`."""
    _, *rows = path.read_text(encoding="utf-8").splitlines()
    field = path.stem
    for row in rows:
        term, aliases, respellings, prior, common, _, pronunciations = row.split("\t")
        yield LexiconEntry(term, int(prior), common == "1", _split(aliases), _split(respellings), field), _split(pronunciations)


def _split(cell: str) -> tuple[str, ...]:
    return tuple(cell.split("|")) if cell else ()
