"""The packaged sources of the lexicon. Only the build needs them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pocketsphinx
import wordfreq

from service.domain.phonetics import Pronunciations

if TYPE_CHECKING:
    from models.lexicon.build import Draft


@cache
def pronunciations() -> Pronunciations:
    """The CMU pronouncing dictionary that comes with PocketSphinx (BSD)."""
    phones: dict[str, tuple[str, ...]] = {}
    path = Path(pocketsphinx.get_model_path("en-us/cmudict-en-us.dict"))
    for line in path.read_text(encoding="utf-8").splitlines():
        word, said = line.split(" ", 1)
        word = re.sub(r"\(\d+\)$", "", word)
        phones[word] = (*phones.get(word, ()), said)
    return Pronunciations(phones)


def common_words() -> frozenset[str]:
    """Ordinary English words: in small letters in the SCOWL word list (Debian's wamerican), and met once in three million words."""
    listed = Path("/usr/share/dict/american-english").read_text(encoding="utf-8").split()
    return frozenset(word for word in listed if word.islower() and wordfreq.zipf_frequency(word, "en") >= 2.5)


def packaged() -> Iterator[Draft]:
    yield from ()
