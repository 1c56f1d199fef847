"""The lexicon: names and terms that podcasts talk of and transcripts misspell, by field. `README.md` says where they come from."""

from __future__ import annotations

import gc
import hashlib
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TypeAlias

import msgspec
from platformdirs import user_cache_path

from models.ordinary import TABLE as ORDINARY
from service.domain import accents, english, letters, lexicon, numbers, phonetics, reading, sound_index
from service.domain.lexicon import LexiconEntry
from service.domain.phonetics import NO_DICTIONARY, Pronunciations, skeletons, sounds
from service.domain.reading import squeeze
from service.domain.sound_index import SoundIndex

FOLDER = Path(__file__).parent

HOW_SAID = (accents, english, letters, numbers, phonetics, reading)

MADE_BY = tuple(Path(str(module.__file__)) for module in (*HOW_SAID, lexicon, sound_index, sys.modules[__name__]))
"""The code that decides what is made of the tables: how a spelling is said, and how it is found."""

Tables: TypeAlias = tuple[tuple[LexiconEntry, ...], dict[str, int], SoundIndex]
"""The entries, the position of each by its spellings, and by its sound."""


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

    def keyed(self, spellings: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Each key under which an entry with one of these spellings (squeezed) is found, with the entry's text."""
        there = {at for spelling in spellings if (at := self.by_spelling.get(spelling)) is not None}
        return ((key, self.entries[at].text) for key, at in self.by_sound.keyed(there))

    def homophone(self, text: str) -> LexiconEntry | None:
        """The best known entry that sounds exactly so.

        >>> load().homophone("pie torch").text
        'PyTorch'
        """
        if self.by_sound.said.keys().isdisjoint(skeletons(text, self.dictionary)):
            return None
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
        return Lexicon(*_indexed(user_cache_path("earmark") / "lexicon"), dictionary)
    finally:
        gc.freeze()
        if collecting:
            gc.enable()


@lru_cache(maxsize=1)
def version() -> str:
    """Of the tables: the beginning of the SHA-256 of all of them, in order of their names, and of the ordinary words."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in (*_tables(), ORDINARY))).hexdigest()[:12]


def size() -> int:
    """How many entries the tables hold."""
    return sum(len(path.read_text(encoding="utf-8").splitlines()) - 1 for path in _tables())


def _indexed(cache: Path) -> Tables:
    """As kept in the folder `cache`, which takes a tenth of the time of reading the tables. What it was made of is in its name."""
    made_of = hashlib.sha256(version().encode())
    for path in MADE_BY:
        made_of.update(path.read_bytes())
    kept = cache / f"{made_of.hexdigest()[:32]}.msgpack"
    with suppress(OSError, msgspec.MsgspecError):
        known: Tables = msgspec.msgpack.decode(kept.read_bytes(), type=Tables)
        return known
    tables = _read_all()
    with suppress(OSError):
        _keep(kept, msgspec.msgpack.encode(tables))
    return tables


def _keep(path: Path, content: bytes) -> None:
    """Beside the last two that others made. It appears whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for old in sorted(path.parent.iterdir(), key=lambda other: other.stat().st_mtime)[:-2]:
        old.unlink(missing_ok=True)
    with NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(content)
    Path(file.name).replace(path)


def _read_all() -> Tables:
    rows = [row for path in _tables() for row in read(path)]
    entries = tuple(entry for entry, _ in rows)
    spelling: dict[str, int] = {}
    for at, entry in enumerate(entries):
        for form in (entry.text, *entry.aliases):
            spelling.setdefault(squeeze(form), at)
    return entries, spelling, SoundIndex.of(pronunciations for _, pronunciations in rows)


def _tables() -> list[Path]:
    return sorted(FOLDER.glob("*.tsv"))


def read(path: Path) -> Iterator[tuple[LexiconEntry, tuple[str, ...]]]:
    """The entries of one file, whose name is their field, each with its pronunciations as sounds of `service.domain.letters`."""
    _, *rows = path.read_text(encoding="utf-8").splitlines()
    field = path.stem
    for row in rows:
        term, aliases, respellings, prior, common, _, pronunciations = row.split("\t")
        yield LexiconEntry(term, int(prior), common == "1", _split(aliases), _split(respellings), field), _split(pronunciations)


def _split(cell: str) -> tuple[str, ...]:
    return tuple(cell.split("|")) if cell else ()
