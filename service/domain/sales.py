"""Which words sell something."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate, pairwise

PHRASES = re.compile(
    r"\b(?:dot (?:com|org|net|io|co)|[\w-]+\.(?:com|org|net|io|co)\b|(?:promo|discount|offer) code|use (?:the )?code|percent off|% off"
    r"|half price|free (?:trial|shipping|quote|month|delivery)|sponsor\w*|brought to you by|support(?:ed)? (?:for|by|comes)"
    r"|terms and conditions|terms apply|sign up|your first (?:order|month|box|purchase)|plans? starts?|per month|a month|try it|download"
    r"|order now|limited time|money.back|guarantee|this episode is|app store)\b",
    re.IGNORECASE,
)
"""What advertisements say."""

ENOUGH = 2
"""Different such phrases; people mention a web address without selling anything."""

NEAR = 40
"""Words between two phrases of one advertisement at most."""

AROUND = 15
"""Words of an advertisement before its first and after its last phrase."""


def sells(text: str) -> bool:
    """Whether a passage is an advertisement."""
    return len({found.group().casefold() for found in PHRASES.finditer(text)}) >= ENOUGH


def sold(words: Sequence[str]) -> set[int]:
    """Which words stand around two different phrases of advertisements.

    >>> sorted(sold(("we talked " + "and so on " * 10 + "sign up at fernwick.com today").split()))[0]
    17
    """
    ends = list(accumulate(len(word) + 1 for word in words))
    said = [(bisect_right(ends, found.start()), found.group().casefold()) for found in PHRASES.finditer(" ".join(words))]
    near = ((k, n) for (k, phrase), (n, other) in pairwise(said) if phrase != other and n - k <= NEAR)
    return {at for k, n in near for at in range(max(0, k - AROUND), min(len(words), n + AROUND))}
