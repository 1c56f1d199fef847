"""How a written token is said, in ARPAbet: for words that the aligner's dictionary does not have.

Unknown words are predicted by the sequence-to-sequence network of g2p_en (Park and Kim, Apache-2.0), trained on the
CMU dictionary: a letter-by-letter GRU encoder and a phone-by-phone GRU decoder. Its weights come through `models.catalog`.
"""

from __future__ import annotations

import string
from collections.abc import Callable
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import cast

import numpy as np
import numpy.typing as npt

from service.domain.reading import read

Vector = npt.NDArray[np.float32]
Phones = tuple[str, ...]

LONGEST = 24
"""Phones a single predicted word may have."""

MOST_VARIANTS = 4

_VOWELS = "AA AE AH AO AW AY EH ER EY IH IY OW OY UH UW"
_CONSONANTS = "B CH D DH F G HH JH K L M N NG P R S SH T TH V W Y Z ZH"
PHONES = (
    "<pad>",
    "<unk>",
    "<s>",
    "</s>",
    *sorted([v + stress for v in _VOWELS.split() for stress in "012"] + [*_CONSONANTS.split(), "UW"]),
)
GRAPHEMES = ("<pad>", "<unk>", "</s>", *string.ascii_lowercase)
UNKNOWN, START, STOP = 1, PHONES.index("<s>"), PHONES.index("</s>")

_NAMES = (
    "EY|B IY|S IY|D IY|IY|EH F|JH IY|EY CH|AY|JH EY|K EY|EH L|EH M|EH N|OW|P IY|K Y UW|AA R|EH S|T IY|Y UW|V IY|"
    "D AH B AH L Y UW|EH K S|W AY|Z IY"
)
LETTERS: dict[str, Phones] = {letter: tuple(name.split()) for letter, name in zip(string.ascii_lowercase, _NAMES.split("|"), strict=True)}
"""The names of the letters."""


class Network:
    """The grapheme-to-phoneme network. `weights` is the `.npz` file of g2p_en 2.1.0."""

    def __init__(self, weights: Path) -> None:
        self._weights = weights

    @cached_property
    def _w(self) -> dict[str, Vector]:
        with np.load(self._weights, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}

    def phones(self, word: str) -> Phones:
        """The likeliest ARPAbet phones of a lower-case word, without stress marks; letters outside a-z are unknown to it."""
        state = np.zeros(self._w["enc_w_hh"].shape[1], np.float32)
        for letter in (*word, "</s>"):
            known = GRAPHEMES.index(letter) if letter in GRAPHEMES else UNKNOWN
            state = self._step("enc", self._w["enc_emb"][known], state)
        return tuple(PHONES[p].rstrip("012") for p in self._decoded(state))

    def _decoded(self, state: Vector) -> list[int]:
        out: list[int] = []
        last = START
        while len(out) < LONGEST:
            state = self._step("dec", self._w["dec_emb"][last], state)
            last = int((self._w["fc_w"] @ state + self._w["fc_b"]).argmax())
            if last == STOP:
                break
            out.append(last)
        return out

    def _step(self, side: str, x: Vector, h: Vector) -> Vector:
        """One step of a gated recurrent unit (Cho et al. 2014, in the form PyTorch documents): gates reset, update, new."""
        w = self._w
        xr, xz, xn = np.split(w[f"{side}_w_ih"] @ x + w[f"{side}_b_ih"], 3)
        hr, hz, hn = np.split(w[f"{side}_w_hh"] @ h + w[f"{side}_b_hh"], 3)
        reset, update = 1 / (1 + np.exp(-(xr + hr))), 1 / (1 + np.exp(-(xz + hz)))
        new = np.tanh(xn + reset * hn)
        return cast("Vector", (1 - update) * new + update * h)


def pronunciations(token: str, of_word: Callable[[str], tuple[Phones, ...]]) -> tuple[Phones, ...]:
    """The ways to say a written token, likeliest first: its words (numbers read, capitals spelled) said one after the other.

    `of_word` gives the pronunciations of one lower-case word. Empty for a token that says nothing.
    """
    ways = [_ways(word, of_word) for word in read(token)]
    said = (tuple(phone for word in choice for phone in word) for choice in product(*ways))
    unique = dict.fromkeys(phones for phones, _ in zip(said, range(MOST_VARIANTS), strict=False) if phones)
    return tuple(unique)


def _ways(word: str, of_word: Callable[[str], tuple[Phones, ...]]) -> tuple[Phones, ...]:
    """Capitals are spelled, and, where they have the length of a word, also said."""
    if not word.isupper():
        return of_word(word)
    spelled = tuple(phone for letter in word.lower() for phone in LETTERS.get(letter, ()))
    return (spelled, *of_word(word.lower())) if len(word) > 3 else (spelled,)
