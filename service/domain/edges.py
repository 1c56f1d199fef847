"""Where a passage that only one side has begins and ends, when words of the talk beside it were misheard.

    written   has played | for it. [an advertisement of forty words] | Which is
    heard     has played | move for it                               | Which is

Between two places that surely belong together stand words that do not: most of them are the passage, a few at either end are the talk.
Those are told by their likeness to what was heard there, and by the lines of the transcript: passages seldom begin in the middle of one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, product

from service.domain.anchors import likeness

MOST_TOKENS = 7
MOST_WORDS = 12
"""More of the talk is seldom misheard so badly that no pair of words with enough others around it is left (`links.SUPPORT`)."""

MISHEARD, ALONE = -0.5, -0.6
"""For a token against a word unlike it, and for either by itself, where a pair counts as much as the two are alike. Recognisers mistake a
word more often than they drop or add one.
"""

AT_A_LINE = 2.0
"""For a border between two lines: outweighs three misheard words."""

Scores = list[list[float]]
"""By the number of tokens and of words that belong to the talk."""


@dataclass(frozen=True, slots=True)
class Edges:
    """How many tokens and words at the beginning and at the end belong to the talk around the passage."""

    head_tokens: int
    head_words: int
    tail_tokens: int
    tail_words: int


def edges(written: Sequence[str], heard: Sequence[str], lines: Sequence[int]) -> Edges:
    """The likeliest edges. `lines` are the numbers of tokens before which a line begins; 0 and `len(written)` are among them if one does.

    Measured in docs/decisions/0104.

    >>> edges("for it nobody likes to wait for a taxi".split(), "move for it".split(), [2])
    Edges(head_tokens=2, head_words=3, tail_tokens=0, tail_words=0)
    """
    n, m = len(written), len(heard)
    head, tail = _scores(written, heard), _scores(written[::-1], heard[::-1])
    best = [list(accumulate(row, max)) for row in tail]

    def score(choice: tuple[int, int, int]) -> float:
        p, r, q = choice
        return head[p][q] + best[r][min(m - q, len(best[r]) - 1)] + AT_A_LINE * ((p in lines) + (n - r in lines))

    few = range(min(n, MOST_TOKENS) + 1)
    p, r, q = max((c for c in product(few, few, range(len(head[0]))) if c[0] + c[1] <= n), key=score)
    at_most = tail[r][: m - q + 1]
    return Edges(p, q, r, at_most.index(max(at_most)))


def _scores(written: Sequence[str], heard: Sequence[str]) -> Scores:
    """How well the first tokens and the first words go together, for every number of either."""
    rows = [[ALONE * j for j in range(min(len(heard), MOST_WORDS) + 1)]]
    for i, token in enumerate(written[:MOST_TOKENS], 1):
        row = [ALONE * i]
        for j in range(1, len(rows[0])):
            pair = likeness(token, heard[j - 1]) or MISHEARD
            row.append(max(rows[-1][j - 1] + pair, rows[-1][j] + ALONE, row[-1] + ALONE))
        rows.append(row)
    return rows
