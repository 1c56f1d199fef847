"""What models were asked about a recording, and what they answered: with an edited transcript only what is new is asked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Answer = TypeVar("Answer")

MOST_KEPT = 50_000
"""Answers that are kept of one recording, the latest used: some ten edited transcripts of a long episode. About 100 bytes each."""


@dataclass
class Recall(Generic[Answer]):
    """Answers known before and those got since, by the digest of their question. `by` is what else they depend on: model and code."""

    by: object
    known: dict[str, Answer] = field(default_factory=dict)
    used: dict[str, Answer] = field(default_factory=dict)
    """Those that were asked for."""
    _learned: bool = False

    def answers(self, questions: Sequence[object], ask: Callable[[list[int]], Iterable[Answer]]) -> list[Answer]:
        """One answer per question (anything JSON can hold); `ask` is given the positions of those not answered yet."""
        digests = [self._digest(question) for question in questions]
        new = list({digest: k for k, digest in enumerate(digests) if digest not in self.known}.values())
        if new:
            self._learned = True
            self.known |= {digests[k]: answer for k, answer in zip(new, ask(new), strict=True)}
        self.used |= {digest: self.known[digest] for digest in digests}
        return [self.known[digest] for digest in digests]

    def learn(self, answers: dict[str, Answer]) -> None:
        """Take in what others were answered who share the work."""
        self._learned = True
        self.known |= answers

    def learned(self, meanwhile: dict[str, Answer]) -> dict[str, Answer] | None:
        """What to keep, with what others have kept `meanwhile`; None when there is nothing new."""
        if not self._learned:
            return None
        rest = {digest: answer for digest, answer in (meanwhile | self.known).items() if digest not in self.used}
        return dict(list((rest | self.used).items())[-MOST_KEPT:])

    def _digest(self, question: object) -> str:
        return hashlib.sha256(json.dumps([self.by, question]).encode()).hexdigest()[:32]
