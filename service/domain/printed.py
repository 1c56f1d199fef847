"""The words as they will be printed: the supplied tokens with the applied corrections in place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from service.domain.correct import Corrections, Edit
from service.domain.script import Reference, Token


@dataclass(frozen=True, slots=True)
class Printed:
    """One printed word. `source` holds the supplied tokens it stands for ("" when a correction added it);
    `token` is the index of the first of them; `edit` is the index of the applied correction that made it.
    """

    text: str
    source: str
    token: int
    edit: int | None = None


def printed(reference: Reference, corrections: Corrections) -> tuple[Printed, ...]:
    """Every token once, in order, in some word's `source`.

    A correction of n tokens into m words pairs them one to one; surplus tokens join the last word's source,
    surplus words have an empty source.
    """
    return tuple(_words(reference.tokens, corrections))


def _words(tokens: tuple[Token, ...], corrections: Corrections) -> Iterator[Printed]:
    at = 0
    for k, edit in enumerate(corrections.edits):
        if not edit.applied:
            continue
        yield from (Printed(tokens[i].text, tokens[i].text, i) for i in range(at, edit.tokens[0]))
        yield from _edited(tokens, k, edit)
        at = edit.tokens[1]
    yield from (Printed(tokens[i].text, tokens[i].text, i) for i in range(at, len(tokens)))


def _edited(tokens: tuple[Token, ...], k: int, edit: Edit) -> Iterator[Printed]:
    first, end = edit.tokens
    for n, (word, source) in enumerate(paired([t.text for t in tokens[first:end]], edit.after.split())):
        yield Printed(word, source, min(first + n, end - 1), k)


def paired(supplied: Sequence[str], words: Sequence[str]) -> list[tuple[str, str]]:
    """Each word with the supplied tokens it stands for: one to one, surplus tokens with the last, surplus words with none.

    >>> paired(["in", "tensive", "flow"], ["TensorFlow"]), paired(["pietorch"], ["PyTorch", "2"])
    ([('TensorFlow', 'in tensive flow')], [('PyTorch', 'pietorch'), ('2', '')])
    """
    last = len(words) - 1
    return [(word, " ".join(supplied[n:] if n == last else supplied[n : n + 1])) for n, word in enumerate(words)]
