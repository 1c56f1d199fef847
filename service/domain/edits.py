"""Every difference between what was supplied and what is said, in one list: for editors, and for programs that show them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from service.domain.document import Correction, Document, DocumentWord, Segment, Status
from service.domain.formats.tokens import joined
from service.domain.span import Span


class Op(StrEnum):
    """What would make the supplied text what is said."""

    REPLACE = "replace"
    DELETE = "delete"
    INSERT = "insert"


OF_STATUS = {Status.UNHEARD: Op.DELETE, Status.UNWRITTEN: Op.INSERT}


@dataclass(frozen=True, slots=True)
class Edit:
    """Words [first, end) of a segment. `before` is what was supplied ("" for an insertion), `after` what is said ("" for a deletion).

    Only replacements are ever `applied`, or `decided` by somebody; they have the number of their `correction` and its confidence.
    """

    op: Op
    segment: int
    words: tuple[int, int]
    span: Span | None
    before: str
    after: str
    applied: bool = False
    decided: bool = False
    correction: int | None = None
    confidence: float | None = None


def edits(document: Document) -> Iterator[Edit]:
    """In the order of the text. Words that were heard differently without a correction are none: the page is believed there."""
    corrections = {of: list(those) for of, those in groupby(document.corrections, key=lambda c: c.segment)}
    for segment in document.segments:
        found = [*map(_replacement, corrections.get(segment.id, [])), *_one_sided(segment)]
        yield from sorted(found, key=lambda edit: edit.words)


def _replacement(correction: Correction) -> Edit:
    return Edit(
        Op.REPLACE,
        correction.segment,
        correction.words,
        correction.span,
        correction.before,
        correction.after,
        correction.applied,
        correction.decided,
        correction.id,
        correction.confidence,
    )


def _one_sided(segment: Segment) -> Iterator[Edit]:
    """Runs of words that are in one of the two only."""
    at = 0
    for status, run in groupby(segment.words, key=lambda word: word.status):
        words = list(run)
        if status in OF_STATUS:
            yield _run(OF_STATUS[status], segment.id, at, words)
        at += len(words)


def _run(op: Op, segment: int, at: int, words: list[DocumentWord]) -> Edit:
    text = joined([word.text for word in words])
    spans = [word.span for word in words if word.span]
    span = spans[0].hull(spans[-1]) if spans else None
    before, after = (text, "") if op is Op.DELETE else ("", text)
    return Edit(op, segment, (at, at + len(words)), span, before, after)
