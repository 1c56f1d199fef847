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
from service.domain.script import Reference
from service.domain.speech import Diarization, Hypothesis, Turn
from service.domain.timing import NOT_HEARD, Timed, Times, said, settle
from tests.support.builders import SHA


def timed(written: Reference, heard: Hypothesis, fixes: Corrections, alignment: Alignment | None = None) -> Times:
    words = printed(written, fixes)
    items = said(alignment or align(written, heard), heard, words, fixes.edits)
    final = settle(items, [None] * len(items), [])
    known = {i.printed: Timed(span, timing, i.score) for i, (span, timing) in zip(items, final, strict=True)}
    extra = tuple((i.word, Timed(span, timing, i.score)) for i, (span, timing) in zip(items, final, strict=True) if i.word is not None)
    return Times(tuple(known.get(k, NOT_HEARD) for k in range(len(words))), extra)


def put_together(
    written: Reference, heard: Hypothesis, fixes: Corrections, turns: tuple[Turn, ...], alignment: Alignment | None = None
) -> Document:
    """`alignment` is one that a second look amended, where there was one."""
    alignment = alignment or align(written, heard)
    times = timed(written, heard, fixes, alignment)
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
            times=times,
            attribution=propose(attribute(written, words, times, voices), words, times.printed, written.heading),
            options=Options(),
            models=(),
        )
    )
