"""A list of every correction for people to read: its number, where, who, what was written and what it should read, and why."""

from __future__ import annotations

from collections import Counter

from service.domain.document import Correction, Document, State
from service.domain.render.clock import clock
from service.domain.render.options import RenderOptions
from service.domain.render.talk import Voices

UNDECIDED = (State.APPLIED, State.SUGGESTED)
"""Counted even where there are none."""


def write(document: Document, options: RenderOptions) -> str:
    found = Counter(correction.state for correction in document.corrections)
    head = ", ".join(f"{found[state]} {state}" for state in State if state in found or state in UNDECIDED)
    voices = Voices(document, options)
    return f"{head}\n" + "".join(f"\n{_entry(correction, document, voices)}" for correction in document.corrections)


def _entry(correction: Correction, document: Document, voices: Voices) -> str:
    segment = document.segments[correction.segment]
    word = segment.words[correction.words[0]] if segment.words else None
    at = clock(correction.span.start) if correction.span else "no time"
    name = voices.name(word.speaker) if word is not None and word.speaker else None
    place = ", ".join(part for part in (f"#{correction.id}", at, f"line {segment.line}", name) if part)
    return (
        f"{place}\n"
        f"    - {correction.before}\n"
        f"    + {correction.after}\n"
        f"    {correction.state}, {correction.confidence:.0%}, {correction.kind.value}; {_why(correction)}\n"
    )


def _why(correction: Correction) -> str:
    witnesses = ", ".join(correction.witnesses) or "no witness"
    return f'{witnesses}; heard "{correction.evidence.heard}"' if correction.evidence.heard else witnesses
