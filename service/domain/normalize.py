"""Folding words for comparison: what two spellings of the same spoken word have in common. Never used for output."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from service.domain.numbers import CURRENCIES, said

_SYMBOLS = {"&": " and ", "@": " at ", "+": " plus "}
_PIECES = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*")
_PROTOCOL = re.compile(r"https?://(?:www\.)?")
_IN_FULL = {
    "dr": ("doctor",), "mr": ("mister",), "mrs": ("missus",), "vs": ("versus",), "ok": ("okay",),
    "etc": ("et", "cetera"), "etcetera": ("et", "cetera"),
}  # fmt: skip
_SCALES = {"hundred", "thousand", "million", "billion", "trillion"}
_UNITS = {"dollar": "dollars", "dollars": "dollars", "euros": "euros", "pounds": "pounds", "yen": "yen"}
_UNSAID = {"dot", "slash", "and"}
"""Said or left out where an address or a number is read, as one likes."""

_STS = {"saint": "st", "street": "st"}


def folds(texts: Sequence[str]) -> list[tuple[str, ...]]:
    """Of each token of a text what `fold` says, with what its neighbour tells: the dollars of "$1.5 million" come last, "a hundred" is one.

    >>> folds(["$1.5", "million"]), folds(["a", "hundred"])
    ([('one', 'point', 'five'), ('million', 'dollars')], [('one',), ('hundred',)])
    """
    out = [fold(text) for text in texts]
    for k, (this, following) in enumerate(pairwise(out)):
        if this == ("a",) and following and following[0] in {*_SCALES, "half"}:
            out[k] = ("one",)
        elif texts[k][:1] in CURRENCIES and len(following) == 1 and following[0] in _SCALES and this[-1:] and this[-1] in _UNITS:
            out[k], out[k + 1] = this[:-1], (*following, _UNITS[this[-1]])
    return out


def same(ours: Sequence[str], theirs: Sequence[str]) -> bool:
    """Whether two runs of folded words are said alike, however they are parted: "data sets" and "datasets", "aka.ms" and "aka dot ms",
    "St." and "Saint" or "Street" (but not these two).

    >>> same(("data", "sets"), ("datasets",)), same(("st", "louis"), ("saint", "louis")), same(("saint",), ("street",))
    (True, True, False)
    """
    if "".join(ours) == "".join(theirs):
        return True
    short = _STS if "st" in {*ours, *theirs} else {}
    bare, other = ("".join(short.get(w, w) for w in side if w not in _UNSAID) for side in (ours, theirs))
    return bare == other != ""


@lru_cache(maxsize=16_384)
def fold(text: str) -> tuple[str, ...]:
    """The comparable words of a token as they are said: case, accents and punctuation gone, numbers in words.

    >>> fold("$35,000")
    ('thirty', 'five', 'thousand', 'dollars')
    >>> fold("Thirty-five") == fold("35")
    True
    >>> fold("Clément’s"), fold("Dr.")
    (('clements',), ('doctor',))
    """
    text = said(unicodedata.normalize("NFKC", _PROTOCOL.sub("", text)))
    for symbol, word in _SYMBOLS.items():
        text = text.replace(symbol, word)
    pieces = (plain(piece) for piece in _PIECES.findall(text))
    return tuple(word for piece in pieces if piece for word in _IN_FULL.get(piece, (piece,)))


def plain(text: str) -> str:
    """Lower case letters and digits only, accents removed: "Beta-Works" and "betaworks" are alike.

    >>> plain("Beta-Wörks!")
    'betaworks'
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if c.isalnum())
