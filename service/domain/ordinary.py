"""Candidates that are ordinary words: nothing vouches for them but their sound, and the words around the place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

from service.domain.candidates import Candidate
from service.domain.context import plain
from service.domain.reading import squeeze
from service.domain.suspicion import Suspect
from service.domain.variants import differ_in_ending, is_no_other_word

NEAR, LOOKED_AT, MOST = 0.75, 8, 2
"""Likeness in sound from which a word is a candidate; so many of the likest are looked at, and at most so many proposed."""

STEEP = 20.0
"""Nats of fit that a full step of likeness outweighs."""

FITTING = -1.0
"""Nats by which a word that is said just like one the recogniser confirms must fit better among the words around it."""


class OrdinaryWords(Protocol):
    """A language's ordinary words; `models.ordinary` has those of English."""

    def near(self, text: str, limit: int) -> tuple[tuple[str, float], ...]:
        """The words that sound most like the text, with their likeness in [0, 1], best first."""
        ...

    def homophones(self, word: str) -> tuple[str, ...]:
        """Other words that are said just like this one, which is in small letters."""
        ...


def homophones(text: str, words: OrdinaryWords, fits: Callable[[str], float]) -> dict[str, float]:
    """Words said just like the text, one word, that fit in its place; by how many nats better than it."""
    others = (word for word in words.homophones(text.lower()) if not is_no_other_word(text, word) and not differ_in_ending(text, word))
    return {word: fit for word in others if (fit := fits(word)) >= FITTING}


def ordinary_words(suspect: Suspect, words: OrdinaryWords, fits: Callable[[str], float]) -> Iterator[Candidate]:
    """The likeliest; of what the recogniser confirms only words that are said just so, since it hears more than their sound."""
    text = suspect.text
    if suspect.confirmed:
        if suspect.capital:
            return
        likely = {word: (fit, 1.0) for word, fit in homophones(text, words, fits).items()}
    else:
        near = ((word, likeness) for word, likeness in words.near(text, LOOKED_AT) if likeness >= NEAR)
        likely = {word: (fits(word), likeness) for word, likeness in near if _is_another(text, word)}
    for word in sorted(likely, key=lambda word: likely[word][0] + STEEP * likely[word][1], reverse=True)[:MOST]:
        yield Candidate(word, likely[word][1], word=True)


def _is_another(text: str, word: str) -> bool:
    other = plain(text) != (word,) and not differ_in_ending(text, word)
    return other and (squeeze(text) == squeeze(word) or not is_no_other_word(text, word))
