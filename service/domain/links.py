"""Which written word is which heard word, so far as words that are the same or alike can tell."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import takewhile

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

LONGEST_SPELLED = 6
"""Letters of what is spelled out."""

ALIKE_WEIGHT = 0.5
"""What a pair that is only alike counts as support: in another advertisement one word in nine finds one like it, one in twelve itself."""


def links(
    talk: Sequence[Line], lines: Sequence[int], words: Sequence[Word], written: Sequence[Sequence[str]], heard: Sequence[Sequence[str]]
) -> list[Pair]:
    """Pairs (token, word) in order. `lines` are the tokens before which each line of the talk begins, and their number; `written` and
    `heard` are the folded words of each token of the talk and each heard word.
    """
    found = alike(written, heard)
    sides = ["".join(units) for units in written], ["".join(units) for units in heard]
    return slid(found, sides, lines, _off(talk, found, lines, words))


def alike(written: Sequence[Sequence[str]], heard: Sequence[Sequence[str]]) -> list[Pair]:
    """Pairs (token, word) that share a folded word or are alike, islands removed."""
    a, b = list(_units(written, heard)), list(_units(heard, written))
    found = pairs([unit for unit, _ in a], [unit for unit, _ in b])
    weights = [1.0 if a[i][0] == b[j][0] else ALIKE_WEIGHT for i, j in found]
    kept = _supported(found, weights, (len(a), len(b)))
    return [pair for i, j in kept for pair in _each(a[i][1], b[j][1])]


def _units(folded: Sequence[Sequence[str]], across: Sequence[Sequence[str]]) -> Iterator[tuple[str, range]]:
    """Every folded word with the places it comes from; letters that spell a word of the other side ("G P T", "a k a") are one."""
    words = {unit for units in across for unit in units}
    flat = [(unit, place) for place, units in enumerate(folded) for unit in units]
    k = 0
    while k < len(flat):
        letters = "".join(unit for unit, _ in takewhile(lambda both: len(both[0]) == 1, flat[k : k + LONGEST_SPELLED]))
        size = next((n for n in range(len(letters), 1, -1) if letters[:n] in words), 1)
        yield letters[:size] or flat[k][0], range(flat[k][1], flat[k + size - 1][1] + 1)
        k += size


def _each(tokens: range, words: range) -> Iterator[Pair]:
    """Pairs that hold both ranges together; where both have as many, one with one."""
    if len(tokens) == len(words):
        yield from zip(tokens, words, strict=True)
    else:
        yield from ((token, words[0]) for token in tokens[:-1])
        yield from ((tokens[-1], word) for word in words)


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
