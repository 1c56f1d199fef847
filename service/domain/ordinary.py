"""Candidates that are ordinary words: nothing vouches for them but their sound, and the words around the place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Protocol

from service.domain.candidates import Candidate
from service.domain.reading import squeeze
from service.domain.suspicion import Suspect
from service.domain.variants import differ_in_ending, is_no_other_word

NEAR, LOOKED_AT, MOST = 0.75, 8, 2
"""Likeness in sound from which a word is a candidate; so many of the likest are looked at, and at most so many proposed.
Set by hand.
"""

FITTING = -1.0
"""Nats by which a word fits better than what is written, at least: it may fit a little worse. Of the right ones of the training
episodes that are applied the worst has -0.4; two thirds of the others that would be asked about have less (docs/decisions/0247).
"""

STEEP = 20.0
"""Nats of fit that a full step of likeness outweighs. Set by hand."""


_MEN = re.compile("men$")


class OrdinaryWords(Protocol):
    """A language's ordinary words; `models.ordinary` has those of English."""

    def near(self, text: str, limit: int) -> tuple[tuple[str, float], ...]:
        """The words that sound most like the text, with their likeness in [0, 1], best first."""
        ...

    def homophones(self, word: str) -> tuple[str, ...]:
        """Other words that are said just like this one, which is in small letters."""
        ...


def homophones(text: str, words: OrdinaryWords, fits: Callable[[str], float]) -> dict[str, float]:
    """Words that are said just like the text, one word, and fit in its place; by how many nats better."""
    return {
        word: fit for word in words.homophones(text.lower().replace("’", "'")) if _is_another(text, word) and (fit := fits(word)) >= FITTING
    }


def ordinary_words(suspect: Suspect, words: OrdinaryWords, fits: Callable[[str], float]) -> Iterator[Candidate]:
    """The likeliest; of what the recogniser confirms only words that are said just so, since it hears more than their sound, and of what
    may be a name that it confirms none. `fits` says by how many nats a word fits better than what is written.
    """
    text = suspect.text
    if suspect.confirmed and text[:1].isupper():
        return
    if suspect.confirmed:
        likely = {word: (fit, 1.0) for word, fit in homophones(text, words, fits).items()}
    else:
        near = ((word, likeness) for word, likeness in words.near(text, LOOKED_AT) if likeness >= NEAR and _is_another(text, word))
        likely = {word: (fit, likeness) for word, likeness in near if (fit := fits(word)) >= FITTING}
    for word in sorted(likely, key=lambda word: likely[word][0] + STEEP * likely[word][1], reverse=True)[:MOST]:
        yield Candidate(word, likely[word][1], word=True)


@lru_cache(maxsize=16_384)
def _is_another(text: str, word: str) -> bool:
    """Whether it is neither the same word, otherwise spelled or with another ending, nor easy speech; pieces of one word may be joined."""
    joined = " " in text and squeeze(text) == squeeze(word)
    same = text.lower() == word or differ_in_ending(text, word) or _MEN.sub("man", text.lower()) == _MEN.sub("man", word)
    return joined or not (same or is_no_other_word(text, word))
