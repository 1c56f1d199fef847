"""Which words of two long texts are the same: anchors that occur once on each side, then exact alignment in the gaps.

Unlike an edit distance over the whole text, this keeps a genuine passage that stands between an advertisement that is only
written and one that is only spoken, and its cost is nearly linear (figures in docs/benchmarks.md).
The scheme is that of patience diff (longest increasing subsequence over unique n-grams), recursive and with n falling.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Indel, LCSseq

Pair = tuple[int, int]

Run = tuple[int, int, int]
"""Where consecutive pairs begin on either side, and how many they are."""

GRAMS = (4, 3, 2, 1)
"""Lengths of the n-grams tried as anchors, most telling first."""

SMALL_TABLE = 900
"""Cells up to which an alignment is exact; larger regions are cut at anchors first."""

LARGEST_TABLE = 60_000
"""Cells of an exact alignment table; larger gaps without any anchor are aligned by their longest common subsequence only."""

ALIKE = 0.55
"""Spelling similarity from which two different words may be paired (a misheard or misspelt word)."""


@dataclass(frozen=True, slots=True)
class Box:
    """A region still to be aligned: a[i1:i2] against b[j1:j2]."""

    i1: int
    i2: int
    j1: int
    j2: int

    @property
    def cells(self) -> int:
        return (self.i2 - self.i1) * (self.j2 - self.j1)


def pairs(a: Sequence[str], b: Sequence[str], small: int = SMALL_TABLE) -> list[Pair]:
    """Monotone pairs (i, j) of words of `a` and `b` that are the same or alike, in order. Larger regions than `small` are anchored."""
    found: list[Pair] = []
    boxes = [Box(0, len(a), 0, len(b))]
    while boxes:
        box, same = _strip(a, b, boxes.pop())
        found += same
        if not box.cells:
            continue
        marks = [] if box.cells <= small else _anchors(a, b, box)
        if marks:
            found += marks
            boxes += _between(box, marks)
        else:
            found += _exact(a, b, box)
    return sorted(found)


def _strip(a: Sequence[str], b: Sequence[str], box: Box) -> tuple[Box, list[Pair]]:
    """Take the words that begin and end both sides alike."""
    i1, i2, j1, j2 = box.i1, box.i2, box.j1, box.j2
    same: list[Pair] = []
    while i1 < i2 and j1 < j2 and a[i1] == b[j1]:
        same.append((i1, j1))
        i1, j1 = i1 + 1, j1 + 1
    while i1 < i2 and j1 < j2 and a[i2 - 1] == b[j2 - 1]:
        i2, j2 = i2 - 1, j2 - 1
        same.append((i2, j2))
    return Box(i1, i2, j1, j2), same


def _anchors(a: Sequence[str], b: Sequence[str], box: Box) -> list[Pair]:
    """Word pairs under n-grams that occur once on each side of the box, for the largest n that gives any."""
    for n in GRAMS:
        ours, theirs = _once(a, box.i1, box.i2, n), _once(b, box.j1, box.j2, n)
        runs = _runs(sorted((i, theirs[gram]) for gram, i in ours.items() if gram in theirs), n)
        if runs:
            return list(_unroll(heaviest(runs)))
    return []


def _runs(shared: list[Pair], n: int) -> list[Run]:
    """The word pairs under n-gram pairs, those that follow one another on both sides as one run."""
    lengths: dict[Pair, int] = {}
    first_of: dict[Pair, Pair] = {}
    for i, j in shared:
        first = first_of[i, j] = first_of.get((i - 1, j - 1), (i, j))
        lengths[first] = i - first[0] + n
    return [(i, j, length) for (i, j), length in lengths.items()]


def _unroll(chain: list[Run]) -> Iterator[Pair]:
    """The word pairs of a chain of runs, each word used once, still increasing."""
    last = (-1, -1)
    for i, j, length in chain:
        for pair in ((i + k, j + k) for k in range(length)):
            if pair[0] > last[0] and pair[1] > last[1]:
                last = pair
                yield pair


def _once(words: Sequence[str], start: int, end: int, n: int) -> dict[tuple[str, ...], int]:
    """Where each n-gram stands that occurs exactly once in words[start:end]."""
    where: dict[tuple[str, ...], int] = {}
    for i in range(start, end - n + 1):
        gram = tuple(words[i : i + n])
        where[gram] = -1 if gram in where else i
    return {gram: i for gram, i in where.items() if i >= 0}


def heaviest(runs: list[Run]) -> list[Run]:
    """The chain of runs, sorted by where they begin on one side, that also increases on the other and holds the most words: a phrase that
    was misheard where it belongs, and is said elsewhere too, does not outweigh a passage.

    >>> heaviest([(0, 5, 4), (7, 0, 3), (12, 4, 3), (20, 9, 1)])
    [(7, 0, 3), (12, 4, 3), (20, 9, 1)]
    """
    ends: list[int] = []
    best: list[tuple[int, int]] = []
    before: list[int] = []
    for k, (_, j, length) in enumerate(runs):
        place = bisect_left(ends, j)
        held, previous = best[place - 1] if place else (0, -1)
        before.append(previous)
        held += length
        past = place
        while past < len(ends) and best[past][0] <= held:
            past += 1
        ends[place:past], best[place:past] = [j], [(held, k)]
    chain: list[Run] = []
    k = best[-1][1] if best else -1
    while k >= 0:
        chain.append(runs[k])
        k = before[k]
    return chain[::-1]


def _between(box: Box, marks: list[Pair]) -> Iterator[Box]:
    """The boxes left over between consecutive anchors."""
    i, j = box.i1, box.j1
    for mi, mj in [*marks, (box.i2, box.j2)]:
        rest = Box(i, mi, j, mj)
        if rest.cells:
            yield rest
        i, j = mi + 1, mj + 1


def _exact(a: Sequence[str], b: Sequence[str], box: Box) -> list[Pair]:
    """Align a box without anchors: words that are alike may pair; large boxes pair equal words only."""
    if box.cells > LARGEST_TABLE:
        blocks = LCSseq.opcodes(a[box.i1 : box.i2], b[box.j1 : box.j2])
        return [
            (box.i1 + o.src_start + k, box.j1 + o.dest_start + k)
            for o in blocks
            if o.tag == "equal"
            for k in range(o.src_end - o.src_start)
        ]
    return _best_path(a, b, box)


def _best_path(a: Sequence[str], b: Sequence[str], box: Box) -> list[Pair]:
    """The monotone pairing with the greatest summed likeness (Needleman-Wunsch without gap costs)."""
    rows, columns = box.i2 - box.i1, box.j2 - box.j1
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for r in range(rows - 1, -1, -1):
        word, row, below = a[box.i1 + r], best[r], best[r + 1]
        for c in range(columns - 1, -1, -1):
            paired = below[c + 1] + likeness(word, b[box.j1 + c])
            row[c] = max(paired, below[c], row[c + 1])
    out: list[Pair] = []
    r = c = 0
    while r < rows and c < columns:
        like = likeness(a[box.i1 + r], b[box.j1 + c])
        if like > 0 and best[r][c] == best[r + 1][c + 1] + like:
            out.append((box.i1 + r, box.j1 + c))
            r, c = r + 1, c + 1
        elif best[r][c] == best[r + 1][c]:
            r += 1
        else:
            c += 1
    return out


def likeness(x: str, y: str) -> float:
    """1 for the same word, the spelling similarity where it reaches `ALIKE`, else 0."""
    if x == y:
        return 1.0
    like = Indel.normalized_similarity(x, y)
    return like if like >= ALIKE else 0.0
