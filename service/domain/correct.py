"""Corrections: what they are, and how the weighed evidence decides between applied, suggested and dropped."""

from __future__ import annotations

from dataclasses import dataclass

from service.domain.align import Range
from service.domain.document import Evidence, Kind


@dataclass(frozen=True, slots=True)
class Edit:
    """Tokens [first, end) of the talk, written `before`, should read `after`. Punctuation around the words is kept in both."""

    tokens: Range
    before: str
    after: str
    kind: Kind
    applied: bool
    confidence: float
    witnesses: tuple[str, ...]
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Corrections:
    """All edits in order of their tokens, not overlapping."""

    edits: tuple[Edit, ...] = ()
