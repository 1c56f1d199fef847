"""Words of a stretch of the file: what stands between white space, with the punctuation that touches it.

A piece without a letter or digit (a dash, a note of music) has nothing to say by itself: it joins the word before it, or at
the beginning of a line the word after it. Scripts that put no spaces between words (Chinese, Japanese, Thai, Lao, Khmer,
Burmese) give one token for each run of that script.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from service.domain.formats.views import HIDDEN, shown
from service.domain.script import Token

_CJK = "\u3005\u3006\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
_SOUTH_EAST = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"

PIECE = re.compile(r"\S+")
SAYS = re.compile(r"[^\W_]")
"""A letter or a digit of any script."""

UNSPACED = re.compile(f"[{_CJK}{_SOUTH_EAST}]")
RUN = re.compile(f"[{_CJK}{_SOUTH_EAST}]+|[^{_CJK}{_SOUTH_EAST}]+")
CLOSE = re.compile(f"[{_CJK}\u3000-\u303f\uff00-\uff65]")
"""Characters that take no space beside them: Chinese and Japanese letters, and their punctuation."""


def tokens(view: str, start: int, end: int) -> tuple[Token, ...]:
    """The words of view[start:end], in order. Their offsets are offsets into the file."""
    found: list[tuple[int, int]] = []
    waiting: int | None = None
    for left, right in _pieces(view, start, end):
        if SAYS.search(view, left, right):
            found.append((left if waiting is None else waiting, right))
            waiting = None
        elif found:
            found[-1] = (found[-1][0], right)
        elif waiting is None:
            waiting = left
    return tuple(Token(shown(view[left:right]), left, right) for left, right in found)


def joined(texts: Iterator[str] | tuple[str, ...] | list[str]) -> str:
    """Words as running text: a space between two, but none beside a Chinese or Japanese character.

    >>> joined(["Hello", "world."])
    'Hello world.'
    >>> joined(["今天", "Qwen", "模型。"])
    '今天Qwen模型。'
    """
    out: list[str] = []
    for text in texts:
        if not text:
            continue
        if out and not CLOSE.match(text) and not CLOSE.match(out[-1][-1]):
            out.append(" ")
        out.append(text)
    return "".join(out)


def _pieces(view: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for match in PIECE.finditer(view, start, end):
        if UNSPACED.search(match[0]):
            runs = [(match.start() + r.start(), match.start() + r.end()) for r in RUN.finditer(match[0])]
        else:
            runs = [match.span()]
        yield from (trimmed for run in runs if (trimmed := _trimmed(view, *run)) is not None)


def _trimmed(view: str, start: int, end: int) -> tuple[int, int] | None:
    """The piece without the markup at its ends; None when nothing else was there."""
    piece = view[start:end]
    left = len(piece) - len(piece.lstrip(HIDDEN))
    right = len(piece.rstrip(HIDDEN))
    return (start + left, start + right) if left < right else None
