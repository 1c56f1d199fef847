"""What a page puts below the talk: links, offers, commands, notices of copyright.

Spoken advertisements and farewells hold prices and "subscribe" too. So only what stands at the very end, apart from the talk and
without a label counts, something there must be what is never said, and most of the rest must look like a page.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from service.domain.formats.headings import is_title
from service.domain.formats.rows import Row

NEVER_SAID = re.compile(
    r"https?://"
    r"|^(?:\$ |curl |wget |pip3? |npm |git |sudo |brew |docker )"
    r"|©|\(c\) ?(?:19|20)\d\d|\ball rights reserved\b|^copyright\b"
    r"|\bprivacy policy\b|\bterms of (?:service|use)\b|\bcookie (?:policy|settings)\b"
    r"|\btranscri(?:bed|ption) by\b|\b(?:auto\w*|machine|ai|computer)[- ](?:generated )?transcript"
    r"|\btranscripts? (?:(?:was|were|is|are|has been|have been) )?"
    r"(?:auto|machine|ai\b|created|generated|produced|provided|edited|may contain)"
    r"|^\W*end of (?:the )?(?:transcript|episode|recording|audio|interview)\W*$",
    re.IGNORECASE,
)
"""What stands on pages and in no talk."""

SELDOM_SAID = re.compile(
    r"\btranscripts?\b|\bsubscri(?:be|ption)\b|\bshare this\b|\bread more\b|\blog ?in\b|\bsign (?:up|in)\b|:\Z", re.IGNORECASE
)
"""What stands on pages, and in talk too."""

LONGEST_BLOCK = 60
"""Words. Longer paragraphs are taken for talk."""

MOST_BLOCKS = 100
"""Paragraphs that furniture may have."""

LARGEST_SHARE = 0.25
ALWAYS_ALLOWED = 100
"""Of the words of the file, the share that may be furniture; in short files, so many words."""


def furniture_from(rows: Sequence[Row], first: int, *, labelled: bool) -> int:
    """The index of the first row of page furniture; len(rows) if there is none.

    Rows before `first` are not looked at. Where the text is `labelled`, a paragraph that is merely short and no sentence passes for
    furniture between others; without labels every paragraph must look like a page by itself.
    """
    blocks = _last_blocks(rows, first)
    said = [_is_never_said(rows, block) for block in blocks]
    for k, block in enumerate(blocks):
        if any(said[k:]) and (said[k] or SELDOM_SAID.search(rows[block[0]].text)) and _mostly_page(rows, blocks[k:], labelled=labelled):
            return block[0]
    return len(rows)


def _last_blocks(rows: Sequence[Row], first: int) -> list[range]:
    """The short paragraphs at the end, as ranges of rows, as many as may be furniture."""
    left = max(ALWAYS_ALLOWED, LARGEST_SHARE * sum(len(row.text.split()) for row in rows))
    found: list[range] = []
    for block in reversed(_blocks(rows, first)):
        words = sum(len(rows[i].text.split()) for i in block)
        left -= words
        if words > LONGEST_BLOCK or left < 0 or len(found) == MOST_BLOCKS:
            break
        found.append(block)
    return found[::-1]


def _blocks(rows: Sequence[Row], first: int) -> list[range]:
    """Paragraphs between blank rows; single rows where there are no blank ones."""
    blanks = [i for i in range(first, len(rows)) if rows[i].blank]
    if all(i == len(rows) - 1 for i in blanks):
        return [range(i, i + 1) for i in range(first, len(rows) - len(blanks))]
    edges = [first - 1, *blanks, len(rows)]
    return [range(a + 1, b) for a, b in pairwise(edges) if b > a + 1]


def _mostly_page(rows: Sequence[Row], blocks: Sequence[range], *, labelled: bool) -> bool:
    likely = [_is_never_said(rows, b) or SELDOM_SAID.search(rows[b[-1]].text) is not None for b in blocks]
    if not labelled:
        return all(likely)
    terse = [len(b) == 1 and is_title(rows[b[0]].text) for b in blocks]
    return 2 * sum(a or b for a, b in zip(likely, terse, strict=True)) >= len(blocks)


def _is_never_said(rows: Sequence[Row], block: range) -> bool:
    return any(NEVER_SAID.search(rows[i].text) for i in block)
