"""The words around a place of the talk, to ask whether a spelling fits among them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from service.domain.blocks import Range
from service.domain.numbers import said

START, END = "<s>", "</s>"
"""Where a sentence begins and ends, as words."""

REACH = 2
"""Words on either side that a trigram sees."""

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_STOP = re.compile(r"[.!?]['\"”’)\]]*$")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """At most `REACH` words before and after a place, of its own sentence, as `plain`; the border of the sentence stands among them."""

    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


Fit = Callable[[tuple[str, ...], Surroundings], float]
"""How likely words are in their surroundings, as a natural logarithm."""


@lru_cache(maxsize=16_384)
def plain(text: str) -> tuple[str, ...]:
    """The words of a text in small letters, numbers in words, without punctuation.

    >>> plain("“It’s 21 Minitels,”")
    ("it's", 'twenty', 'one', 'minitels')
    """
    return tuple(_WORD.findall(said(text).casefold().replace("’", "'")))


def surroundings(tokens: Sequence[str], place: Range) -> Surroundings:
    """What stands around tokens [first, end), unless a sentence ends between.

    >>> surroundings("Well. She was sent a poster, and smiled.".split(), (3, 5))
    Surroundings(before=('she', 'was'), after=('poster', 'and'))
    >>> surroundings("Well. She was sent a poster, and smiled.".split(), (1, 2))
    Surroundings(before=('<s>',), after=('was', 'sent'))
    """
    first, end = place
    before: tuple[str, ...] = () if first else (START,)
    for k in range(first - 1, -1, -1):
        before = (START, *before) if _STOP.search(tokens[k]) else (*plain(tokens[k]), *before)
        if len(before) >= REACH or before[:1] == (START,):
            break
    after: tuple[str, ...] = ()
    for k in range(end - 1, len(tokens)):
        after += plain(tokens[k]) if k >= end else ()
        after += (END,) if _STOP.search(tokens[k]) else ()
        if len(after) >= REACH or after[-1:] == (END,):
            break
    return Surroundings(before[-REACH:], after[:REACH])
