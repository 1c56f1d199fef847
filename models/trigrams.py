"""How likely words are beside each other: the trigrams of US English that come with PocketSphinx, and wordfreq where they lack a word."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

import pocketsphinx

from models.frequency import frequency
from service.domain.context import REACH, Fit, Surroundings

UNIT = math.log(1.0001)
"""PocketSphinx counts logarithms to the base 1.0001."""

NEVER = -1e4
"""Nats below anything that a word of the vocabulary has: what an unknown word is given."""

RAREST = 0.5
"""The Zipf frequency that a word unknown everywhere is given: below wordfreq's rarest, which is 1."""


def fit(language: str) -> Fit:
    """How well words fit in; of a language other than English nothing is known, and all words fit equally."""
    return _english().fit if language == "en" else lambda _words, _around: 0.0


@cache
def _english() -> Trigrams:
    return Trigrams(pocketsphinx.get_model_path("en-us/en-us.lm.bin"))


class Trigrams:
    """A trigram model in a file that PocketSphinx can read."""

    def __init__(self, path: str) -> None:
        self._logarithm = pocketsphinx.LogMath()
        self._model: Any = pocketsphinx.NGramModel(pocketsphinx.Config(loglevel="FATAL"), self._logarithm, path)
        self._frequency = frequency("en")
        self._known = lru_cache(maxsize=16_384)(self._is_known)

    def fit(self, words: tuple[str, ...], around: Surroundings) -> float:
        """The natural logarithm of the probability of the words and of those after them, given those before."""
        line = (*around.before, *words, *around.after)
        return sum(self._next(line[max(0, k - REACH) : k], line[k]) for k in range(len(around.before), len(line)))

    def _next(self, history: Sequence[str], word: str) -> float:
        """Of a word after others; what stands before a word that the model does not know says nothing."""
        if not self._known(word):
            return self._alone(word)
        told: list[str] = []
        for previous in reversed(history):
            if not self._known(previous):
                break
            told.append(previous)
        return float(self._model.prob([word, *told])) * UNIT

    def _is_known(self, word: str) -> bool:
        return float(self._model.prob([word])) * UNIT > NEVER

    def _alone(self, word: str) -> float:
        return (max(RAREST, self._frequency(word)) - 9) * math.log(10)
