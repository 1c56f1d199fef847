"""Folding words for comparison: what two spellings of the same spoken word have in common. Never used for output."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_NUMBERS = {word: str(n) for n, word in enumerate(_ONES.split())} | {word: str(10 * n) for n, word in enumerate(_TENS.split(), 2)}
_SYMBOLS = {"%": " percent ", "&": " and ", "@": " at ", "+": " plus "}
_PIECES = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*")


@lru_cache(maxsize=100_000)
def fold(text: str) -> tuple[str, ...]:
    """The comparable words of a token: case, accents and punctuation gone, small numbers as digits.

    >>> fold("$35,000")
    ('35000',)
    >>> fold("Thirty-five")
    ('30', '5')
    >>> fold("Clément’s")
    ('clements',)
    """
    for symbol, word in _SYMBOLS.items():
        text = text.replace(symbol, word)
    pieces = (plain(piece) for piece in _PIECES.findall(text))
    return tuple(_NUMBERS.get(piece, piece) for piece in pieces if piece)


def plain(text: str) -> str:
    """Lower case letters and digits only, accents removed: "Beta-Works" and "betaworks" are alike.

    >>> plain("Beta-Wörks!")
    'betaworks'
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if c.isalnum())
