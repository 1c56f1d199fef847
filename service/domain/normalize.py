"""Folding words for comparison: what two spellings of the same spoken word have in common. Never used for output."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from service.domain.numbers import said

_SYMBOLS = {"&": " and ", "@": " at ", "+": " plus "}
_PIECES = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*")


@lru_cache(maxsize=16_384)
def fold(text: str) -> tuple[str, ...]:
    """The comparable words of a token as they are said: case, accents and punctuation gone, numbers in words.

    >>> fold("$35,000")
    ('thirty', 'five', 'thousand', 'dollars')
    >>> fold("Thirty-five") == fold("35")
    True
    >>> fold("Clément’s")
    ('clements',)
    """
    text = said(unicodedata.normalize("NFKC", text))
    for symbol, word in _SYMBOLS.items():
        text = text.replace(symbol, word)
    pieces = (plain(piece) for piece in _PIECES.findall(text))
    return tuple(piece for piece in pieces if piece)


def plain(text: str) -> str:
    """Lower case letters and digits only, accents removed: "Beta-Works" and "betaworks" are alike.

    >>> plain("Beta-Wörks!")
    'betaworks'
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if c.isalnum())
