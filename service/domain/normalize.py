"""Folding words for comparison: what two spellings of the same spoken word have in common. Never used for output."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

_ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_NUMBERS = {word: str(n) for n, word in enumerate(_ONES.split())} | {word: str(10 * n) for n, word in enumerate(_TENS.split(), 2)}
_ROUND = frozenset(str(10 * n) for n in range(2, 10))
_SYMBOLS = {"%": " percent ", "&": " and ", "@": " at ", "+": " plus "}
_PIECES = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*")


@lru_cache(maxsize=100_000)
def fold(text: str) -> tuple[str, ...]:
    """The comparable words of a token: case, accents and punctuation gone, small numbers as digits.

    >>> fold("$35,000")
    ('35000',)
    >>> fold("Thirty-five")
    ('35',)
    >>> fold("Clément’s")
    ('clements',)
    """
    text = unicodedata.normalize("NFKC", text)
    for symbol, word in _SYMBOLS.items():
        text = text.replace(symbol, word)
    pieces = (plain(piece) for piece in _PIECES.findall(text))
    return tuple(_summed(_NUMBERS.get(piece, piece) for piece in pieces if piece))


def _summed(pieces: Iterable[str]) -> Iterator[str]:
    """Tens and ones that were written as words, as one number."""
    tens = ""
    for piece in pieces:
        if tens and len(piece) == 1 and piece.isdigit() and piece != "0":
            yield tens[0] + piece
            tens = ""
            continue
        if tens:
            yield tens
        tens = piece if piece in _ROUND else ""
        if not tens:
            yield piece
    if tens:
        yield tens


def plain(text: str) -> str:
    """Lower case letters and digits only, accents removed: "Beta-Works" and "betaworks" are alike.

    >>> plain("Beta-Wörks!")
    'betaworks'
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if c.isalnum())
