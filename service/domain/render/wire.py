"""The document on the wire, schema_version 1: what docs/formats.md describes, field by field."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import chain
from typing import Any

from service.domain.document import SCHEMA_VERSION, Correction, Document, DocumentWord, Evidence, Gap, Segment, Speaker, State, Status
from service.domain.render.clock import seconds
from service.domain.render.options import RenderOptions
from service.domain.span import Span

Json = dict[str, Any]

LONGEST_INLINE = 240
"""Characters. What fits is printed on one line, so that a word is a line."""


def write(document: Document, _: RenderOptions) -> str:
    """JSON in UTF-8. Unwritten words are in it whatever the options: each says its status."""
    return "".join(_pretty(to_wire(document), "")) + "\n"


def to_wire(document: Document) -> Json:
    """The document as plain dictionaries and lists, times in seconds."""
    return {
        "schema_version": SCHEMA_VERSION,
        "job_id": document.job_id,
        "title": document.title,
        "language": document.language,
        "audio": _audio(document),
        "source": {"format": document.source.format, "sha256": document.source.sha256},
        "models": [{"stage": m.stage, "name": m.name, "revision": m.revision} for m in document.models],
        "verdict": {
            "accepted": document.verdict.accepted,
            "coverage": _rounded(document.verdict.coverage),
            "reason": document.verdict.reason,
        },
        "speakers": [_speaker(speaker) for speaker in document.speakers],
        "turns": [{**_times(turn.span), "speaker": turn.speaker} for turn in document.turns],
        "segments": [_segment(segment) for segment in document.segments],
        "corrections": [_correction(correction) for correction in document.corrections],
        "gaps": [_gap(gap) for gap in document.gaps],
        "degraded": list(document.degraded),
        "warnings": list(dict.fromkeys([*document.warnings, *document.recording.warnings])),
        "stats": _stats(document),
    }


def _speaker(speaker: Speaker) -> Json:
    return {
        "id": speaker.id,
        "name": speaker.name,
        "named_by": speaker.named_by,
        "confidence": _rounded(speaker.confidence),
        "seconds": seconds(speaker.speech_ms),
        "channel": speaker.channel,
        "suggested_name": speaker.suggested_name,
        "evidence": [{"says": e.says, "text": e.text, "speaker": e.speaker, **_times(e.span)} for e in speaker.evidence],
    }


def _audio(document: Document) -> Json:
    recording = document.recording
    return {
        "sha256": recording.sha256,
        "duration": seconds(recording.duration_ms),
        "container": recording.container,
        "sample_rate": recording.sample_rate,
        "channels": recording.channels,
    }


def _segment(segment: Segment) -> Json:
    return {
        "id": segment.id,
        "line": segment.line,
        **_times(segment.span),
        "speaker": segment.speaker,
        "status": segment.status.value,
        "role": segment.role.value,
        "text": segment.text,
        "source": segment.source,
        "words": [_word(word) for word in segment.words],
    }


def _word(word: DocumentWord) -> Json:
    return {
        "text": word.text,
        "source": word.source,
        **_times(word.span),
        "speaker": word.speaker,
        "status": word.status.value,
        "timing": word.timing.value,
        "score": _rounded(word.score),
        "correction": word.correction,
    }


def _correction(correction: Correction) -> Json:
    return {
        "id": correction.id,
        "segment": correction.segment,
        "words": list(correction.words),
        **_times(correction.span),
        "before": correction.before,
        "after": correction.after,
        "kind": correction.kind.value,
        "applied": correction.applied,
        "decided": correction.decided,
        "confidence": _rounded(correction.confidence),
        "witnesses": list(correction.witnesses),
        "evidence": _evidence(correction.evidence),
        "measured": [_word(word) for word in correction.measured],
    }


def _evidence(evidence: Evidence) -> Json:
    return {
        "heard": evidence.heard,
        "in_document": evidence.in_document,
        "in_metadata": evidence.in_metadata,
        "in_glossary": evidence.in_glossary,
        "prior": evidence.prior,
        "phonetic": _rounded(evidence.phonetic),
        "acoustic_before": _rounded(evidence.acoustic_before),
        "acoustic_after": _rounded(evidence.acoustic_after),
        "fit": _rounded(evidence.fit),
        "sense": _rounded(evidence.sense),
        "ear": _rounded(evidence.ear),
        "known_word": evidence.known_word,
    }


def _gap(gap: Gap) -> Json:
    return {"kind": gap.status.value, **_times(gap.span), "text": gap.text, "segments": list(gap.segments), "guess": gap.guess}


def _stats(document: Document) -> Json:
    words = [word for segment in document.segments for word in segment.words]
    unwritten = (gap.span.duration for gap in document.gaps if gap.status is Status.UNWRITTEN and gap.span is not None)
    return {
        "words": sum(word.status is not Status.UNWRITTEN for word in words),
        "corrected": sum(correction.applied for correction in document.corrections),
        "suggested": sum(correction.state is State.SUGGESTED for correction in document.corrections),
        "unheard": sum(word.status is Status.UNHEARD for word in words),
        "unwritten_seconds": seconds(sum(unwritten)),
        "seconds_by_stage": {stage: round(spent, 3) for stage, spent in document.seconds_by_stage.items()},
    }


def _times(span: Span | None) -> Json:
    return {"start": seconds(span.start), "end": seconds(span.end)} if span else {"start": None, "end": None}


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 4)


def _pretty(value: Any, indent: str) -> Iterator[str]:
    """JSON in which whatever is short stands on one line."""
    if not isinstance(value, dict | list) or _least(value) <= LONGEST_INLINE:
        line = json.dumps(value, ensure_ascii=False, allow_nan=False)
        if len(line) <= LONGEST_INLINE or not value or not isinstance(value, dict | list):
            yield line
            return
    inner = indent + " "
    if isinstance(value, dict):
        opening, closing, items = "{", "}", [(f"{json.dumps(key)}: ", item) for key, item in value.items()]
    else:
        opening, closing, items = "[", "]", [("", item) for item in value]
    for n, (key, item) in enumerate(items):
        yield f"{',' if n else opening}\n{inner}{key}"
        yield from _pretty(item, inner)
    yield f"\n{indent}{closing}"


def _least(value: Any) -> int:
    """Characters that it takes at least, counted until they are too many for one line: what is long is not written twice."""
    if isinstance(value, str):
        return len(value) + 2
    if not isinstance(value, dict | list):
        return 1
    count = 2
    for part in chain(value, value.values()) if isinstance(value, dict) else value:
        count += _least(part) + 2
        if count > LONGEST_INLINE + 2:
            break
    return count - 2
