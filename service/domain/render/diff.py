"""A list of every correction for people to read: its number, where, who, what was written and what it should read, and why."""

from __future__ import annotations

from service.domain.document import Correction, Document
from service.domain.render.clock import clock
from service.domain.render.options import RenderOptions
from service.domain.render.talk import Voices


def write(document: Document, options: RenderOptions) -> str:
    applied = sum(c.applied for c in document.corrections)
    head = f"{applied} applied, {len(document.corrections) - applied} suggested\n"
    voices = Voices(document, options)
    return head + "".join(f"\n{_entry(correction, document, voices)}" for correction in document.corrections)


def _entry(correction: Correction, document: Document, voices: Voices) -> str:
    segment = document.segments[correction.segment]
    word = segment.words[correction.words[0]] if segment.words else None
    at = clock(correction.span.start) if correction.span else "no time"
    name = voices.name(word.speaker) if word is not None and word.speaker else None
    place = ", ".join(part for part in (f"#{correction.id}", at, f"line {segment.line}", name) if part)
    verdict = "applied" if correction.applied else "suggested"
    return (
        f"{place}\n"
        f"    - {correction.before}\n"
        f"    + {correction.after}\n"
        f"    {verdict}, {correction.confidence:.0%}, {correction.kind.value}; {_why(correction)}\n"
    )


def _why(correction: Correction) -> str:
    witnesses = ", ".join(correction.witnesses) or "no witness"
    return f'{witnesses}; heard "{correction.evidence.heard}"' if correction.evidence.heard else witnesses
