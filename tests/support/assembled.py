"""A document from what was written and heard, without models: every stage between the recogniser and the result."""

from __future__ import annotations

from service.domain.align import Alignment, align
from service.domain.assemble import Parts, assemble
from service.domain.attribute import attribute
from service.domain.correct import Corrections
from service.domain.document import Document, Recording
from service.domain.introductions import propose
from service.domain.options import Options
from service.domain.printed import printed
from service.domain.scores import scores
from service.domain.script import Reference
from service.domain.speech import Diarization, Hypothesis, Turn
from service.domain.timing import Times, said, settle, times
from tests.support.builders import SHA


def timed(written: Reference, heard: Hypothesis, fixes: Corrections, alignment: Alignment | None = None) -> Times:
    words = printed(written, fixes)
    alignment = alignment or align(written, heard)
    items = said(alignment, heard, words)
    return times(items, settle(items, [None] * len(items), []), scores(alignment, heard, words, fixes.edits), heard)


def put_together(
    written: Reference, heard: Hypothesis, fixes: Corrections, turns: tuple[Turn, ...], alignment: Alignment | None = None
) -> Document:
    """`alignment` is one that a second look amended, where there was one."""
    alignment = alignment or align(written, heard)
    lying = timed(written, heard, fixes, alignment)
    voices = Diarization(turns, turns)
    words = printed(written, fixes)
    return assemble(
        Parts(
            recording=Recording(SHA, heard.duration_ms, "wav", 16_000, 1),
            transcript_sha256=SHA,
            reference=written,
            hypothesis=heard,
            diarization=voices,
            alignment=alignment,
            corrections=fixes,
            times=lying,
            attribution=propose(attribute(written, words, lying, voices), words, lying.printed, written.heading),
            options=Options(),
            models=(),
        )
    )
