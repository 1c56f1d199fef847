"""The stretches of sound that the forced aligner is given, with the words that are said in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from service.domain.blocks import Range
from service.domain.span import Ms, Span
from service.domain.timing import Said

SHORTEST_PASSAGE_MS = 4_000
LONGEST_PASSAGE_MS = 15_000
"""A passage ends at the first pause after 4 s; forced alignment drifts and slows in longer ones."""

HOLE_MS = 3_000
"""More time than this between two words is music or another's talk: it is left out, but for half of it on either side."""

SENTINELS = 3
"""Words given beyond a border that is not at a pause: a misplaced border is off by one or two words."""

NEAR_MS = 300
"""A pause is taken for the border between two words only if their recognised border lies within 300 ms of it."""

TAIL_MS = 400
"""Sound that a passage is given after its last word, as far as the next word: the recogniser ends words too early rather than too late."""

FEWEST = 8
"""Words a stretch must have to be worth aligning when a longer one failed."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Words [`given`) for the forced aligner to find in `span`; only those of `kept` are believed."""

    given: Range
    kept: Range
    span: Span


@dataclass(frozen=True, slots=True)
class _Cut:
    """A new stretch begins before this word. Where the border is known, the sound of the one ends and of the other starts there."""

    before: int
    end: Ms | None = None
    start: Ms | None = None


def passages(words: Sequence[Said], pauses: Sequence[Span], duration: Ms) -> tuple[Stretch, ...]:
    """Cut the words said into stretches for forced alignment, at pauses of the recording where there are any in time.

    Every word is kept by exactly one stretch. A stretch that does not end at a pause is given a few words more, as far as they
    go: they take in what the recogniser's uncertain border puts on the wrong side, and are thrown away.
    """
    if not words:
        return ()
    edges = [_Cut(0), *_cuts(words, dict(_borders(words, pauses))), _Cut(len(words))]
    return tuple(_stretch(words, left, right, duration) for left, right in pairwise(edges))


def _stretch(words: Sequence[Said], left: _Cut, right: _Cut, duration: Ms) -> Stretch:
    first, end = left.before, right.before
    start, stop = left.start, right.end
    if start is None:
        first = max(0, first - SENTINELS)
        start = max(words[first].rough.start - NEAR_MS, words[first - 1].rough.middle if first else 0, 0)
    if stop is None:
        end = min(len(words), end + SENTINELS)
        stop = min(words[end - 1].rough.end + TAIL_MS, words[end].rough.middle if end < len(words) else duration, duration)
    return Stretch((first, end), (left.before, right.before), Span(start, max(start, stop)))


def _borders(words: Sequence[Said], pauses: Sequence[Span]) -> Iterator[tuple[int, Span]]:
    """(k, pause) where the pause stands between word k - 1 and word k by the recogniser's account, too."""
    k = 1
    for pause in pauses:
        while k < len(words) and words[k].rough.middle < pause.middle:
            k += 1
        if k >= len(words):
            return
        left, right = words[k - 1].rough, words[k].rough
        if left.middle < pause.middle and left.end - NEAR_MS <= pause.end and right.start + NEAR_MS >= pause.start:
            yield k, pause


def _cuts(words: Sequence[Said], borders: dict[int, Span]) -> Iterator[_Cut]:
    """Where one stretch ends and the next begins: at the first pause after the shortest length, else at the widest rough gap."""
    first = 0
    while True:
        cut = _next_cut(words, borders, first)
        if cut is None:
            return
        yield cut
        first = cut.before


def _next_cut(words: Sequence[Said], borders: dict[int, Span], first: int) -> _Cut | None:
    start, widest, room = words[first].rough.start, None, -1
    for k in range(first + 1, len(words)):
        length, gap = words[k].rough.start - start, words[k].rough.start - words[k - 1].rough.end
        if gap > HOLE_MS:
            return _Cut(k, words[k - 1].rough.end + HOLE_MS // 2, words[k].rough.start - HOLE_MS // 2)
        if length > LONGEST_PASSAGE_MS:
            return _Cut(widest or k)
        if length >= SHORTEST_PASSAGE_MS and k in borders:
            return _Cut(k, borders[k].middle, borders[k].middle)
        if length >= SHORTEST_PASSAGE_MS and gap > room:
            widest, room = k, gap
    return None


def halves(words: Sequence[Said], stretch: Stretch, duration: Ms) -> tuple[Stretch, ...]:
    """Two stretches in the place of one in which no path was found, cut at the widest rough gap of its middle; none for a few words."""
    first, end = stretch.kept
    if end - first < 2 * FEWEST:
        return ()
    quarter = (end - first) // 4
    middle = max(range(first + quarter, end - quarter), key=lambda k: words[k].rough.start - words[k - 1].rough.end)
    left = _Cut(first, start=stretch.span.start if stretch.given[0] == first else None)
    right = _Cut(end, end=stretch.span.end if stretch.given[1] == end else None)
    return _stretch(words, left, _Cut(middle), duration), _stretch(words, _Cut(middle), right, duration)
