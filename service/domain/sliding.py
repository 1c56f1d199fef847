"""Which of several equal words stand alone: a passage of one side slides over words that are the same at both its ends.

    written   We moved. | So the shoes are light. | So the town was small.
    heard     We moved.                             So the town was small.

"So the" that was heard is that of either line; the passage is the line that begins with it, not "shoes are light. So the".
Of two equal slogans the one is taken that is said when the transcript's own times say so.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Sequence

from service.domain.anchors import Pair
from service.domain.span import Ms

FURTHEST = 40
"""Words that a passage slides at most, in either direction."""

ROUGHLY_MS = 5_000
"""Old times are cut to seconds, and within a paragraph estimated: less than this is no difference."""

Sides = tuple[Sequence[str], Sequence[str]]


def slid(links: Sequence[Pair], sides: Sides, lines: Container[int], off: Callable[[Pair], Ms]) -> list[Pair]:
    """The pairs (token, word), with every passage between two of them where it stands best: at the old times, before a line, where it was.

    `sides` are written and heard words, `lines` the tokens before which a line begins, `off` how far a pair is from the old times.

    >>> written = "we moved so the shoes are light so the town was small".split()
    >>> links = [(0, 0), (1, 1), (2, 2), (3, 3), (9, 4), (10, 5), (11, 6)]
    >>> slid(links, (written, "we moved so the town was small".split()), [0, 2, 7], lambda pair: 0)
    [(0, 0), (1, 1), (7, 2), (8, 3), (9, 4), (10, 5), (11, 6)]
    """
    out = list(links)
    for k in range(len(out) - 1):
        gap = [b - a - 1 for a, b in zip(out[k], out[k + 1], strict=True)]
        if min(gap) == 0 < max(gap):
            _slide(out, k, sides, lines, off)
    return out


def _slide(out: list[Pair], k: int, sides: Sides, lines: Container[int], off: Callable[[Pair], Ms]) -> None:
    options = dict(_options(out, k, sides))
    if len(options) == 1:
        return
    around = slice(k + 1 + min(options), k + 1 + max(options))

    def cost(by: int) -> tuple[int, bool, int]:
        late = sum(map(off, options[by][around])) // max(1, max(options) - min(options))
        return late // ROUGHLY_MS, out[k][0] + 1 + by not in lines, abs(by)

    out[:] = options[min(options, key=cost)]


def _options(out: list[Pair], k: int, sides: Sides) -> Iterator[tuple[int, list[Pair]]]:
    """The pairs with the passage after pair `k` slid by so many words, negative towards the beginning."""
    yield 0, out
    side = 0 if out[k + 1][0] - out[k][0] > 1 else 1
    words, first, size = sides[side], out[k][side] + 1, out[k + 1][side] - out[k][side] - 1
    for direction in (-1, 1):
        pairs = out
        for n in range(FURTHEST):
            at = k - n if direction < 0 else k + 1 + n
            here = first - 1 - n if direction < 0 else first + size + n
            if (
                not 0 <= at < len(out)
                or not _follows(out, at, k if direction < 0 else k + 1)
                or words[here] != words[here - direction * size]
            ):
                break
            pairs = [*pairs[:at], _moved(out[at], side, -direction * size), *pairs[at + 1 :]]
            yield direction * (n + 1), pairs


def _follows(out: list[Pair], at: int, start: int) -> bool:
    """Whether pair `at` stands as far from pair `start` on both sides as in the list."""
    return all(out[at][side] - out[start][side] == at - start for side in (0, 1))


def _moved(pair: Pair, side: int, by: int) -> Pair:
    return (pair[0] + by, pair[1]) if side == 0 else (pair[0], pair[1] + by)
