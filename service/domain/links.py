"""Which written word is which heard word, so far as words that are the same or alike can tell."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from service.domain.anchors import Pair, pairs
from service.domain.clock import clock, due
from service.domain.script import Line
from service.domain.sliding import slid
from service.domain.span import Ms
from service.domain.speech import Word

NEIGHBOURS = 5
SUPPORT = 0.4
"""A pair stands only if 40 % of the five words on either side are paired near it: chance pairs inside advertisements are not
(the isolated-word filter of torchaudio_aligner, ASRU 2025)."""

ALIKE_WEIGHT = 0.5
"""What a pair that is only alike counts as support: in another advertisement one word in nine finds one like it, one in twelve itself."""


def links(
    talk: Sequence[Line], lines: Sequence[int], words: Sequence[Word], written: Sequence[Sequence[str]], heard: Sequence[Sequence[str]]
) -> list[Pair]:
    """Pairs (token, word) in order. `lines` are the tokens before which each line of the talk begins, and their number; `written` and
    `heard` are the folded words of each token of the talk and each heard word.
    """
    found = _alike(written, heard)
    sides = ["".join(units) for units in written], ["".join(units) for units in heard]
    return slid(found, sides, lines, _off(talk, found, lines, words))


def _alike(written: Sequence[Sequence[str]], heard: Sequence[Sequence[str]]) -> list[Pair]:
    """Pairs (token, word) that share a folded word or are alike, islands removed."""
    a = [(unit, i) for i, units in enumerate(written) for unit in units]
    b = [(unit, j) for j, units in enumerate(heard) for unit in units]
    found = pairs([unit for unit, _ in a], [unit for unit, _ in b])
    weights = [1.0 if a[i][0] == b[j][0] else ALIKE_WEIGHT for i, j in found]
    return [(a[i][1], b[j][1]) for i, j in _supported(found, weights, (len(a), len(b)))]


def _off(talk: Sequence[Line], links: Sequence[Pair], lines: Sequence[int], words: Sequence[Word]) -> Callable[[Pair], Ms]:
    """How far a pair is from the transcript's own times; 0 where they say nothing."""
    first = {token: words[word].span.start for token, word in reversed(links)}
    ticking = clock(talk, [first.get(at) for at in lines[:-1]])
    expected = due(talk, ticking) if ticking else [None] * lines[-1]

    def off(pair: Pair) -> Ms:
        time = expected[pair[0]]
        return 0 if time is None else abs(words[pair[1]].span.start - time)

    return off


def _supported(found: list[Pair], weights: Sequence[float], size: tuple[int, int]) -> Iterator[Pair]:
    """The pairs with enough pairs around them, on both sides."""
    for k, (i, j) in enumerate(found):
        around = range(max(0, k - NEIGHBOURS), min(len(found), k + NEIGHBOURS + 1))
        near = sum(weights[n] for n in around if abs(found[n][0] - i) <= NEIGHBOURS and abs(found[n][1] - j) <= 2 * NEIGHBOURS)
        possible = min(_room(i, size[0]), _room(j, size[1]))
        if near - weights[k] >= SUPPORT * possible:
            yield i, j


def _room(at: int, size: int) -> int:
    """How many neighbours a position can have."""
    return min(at, NEIGHBOURS) + min(size - 1 - at, NEIGHBOURS)
