"""A result read back from its JSON. The supplied file is not in it, and the form `source` needs it (service/domain/restore.py)."""

from __future__ import annotations

from typing import Any

from service.domain.document import (
    SCHEMA_VERSION,
    Correction,
    Document,
    DocumentWord,
    Evidence,
    Gap,
    Kind,
    ModelUse,
    NameEvidence,
    Recording,
    Segment,
    Source,
    Speaker,
    Status,
    Timing,
    Verdict,
)
from service.domain.script import Role
from service.domain.span import Span, ms
from service.domain.speech import Turn
from service.errors import InputError

Json = dict[str, Any]


def from_wire(wire: Json) -> Document:
    """The document that `to_wire` wrote. Raises `InputError` for what is not a result of this version of the schema."""
    if not isinstance(wire, dict) or wire.get("schema_version") != SCHEMA_VERSION:
        raise InputError(f"this is not an Earmark result of schema_version {SCHEMA_VERSION}")
    try:
        return _document(wire)
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"this is not a whole Earmark result: {type(error).__name__}: {error}") from error


def _document(wire: Json) -> Document:
    return Document(
        language=wire["language"],
        recording=_recording(wire["audio"]),
        source=Source(wire["source"]["format"], wire["source"]["sha256"], ""),
        models=tuple(ModelUse(**model) for model in wire["models"]),
        verdict=Verdict(**wire["verdict"]),
        speakers=tuple(_speaker(speaker) for speaker in wire["speakers"]),
        turns=tuple(Turn(Span.of_seconds(turn["start"], turn["end"]), turn["speaker"]) for turn in wire["turns"]),
        segments=tuple(_segment(segment) for segment in wire["segments"]),
        corrections=tuple(_correction(correction) for correction in wire["corrections"]),
        gaps=tuple(_gap(gap) for gap in wire["gaps"]),
        degraded=tuple(wire["degraded"]),
        warnings=tuple(wire["warnings"]),
        seconds_by_stage=wire["stats"]["seconds_by_stage"],
        job_id=wire["job_id"],
        title=wire["title"],
    )


def _speaker(speaker: Json) -> Speaker:
    """Older results lack what came later: suggested names, channels."""
    fields = {name: speaker[name] for name in ("id", "name", "named_by", "confidence")}
    evidence = tuple(NameEvidence(e["says"], e["text"], e["speaker"], _span(e)) for e in speaker.get("evidence", ()))
    fields |= {name: speaker[name] for name in ("suggested_name", "channel") if name in speaker}
    return Speaker(**fields, speech_ms=ms(speaker["seconds"]), evidence=evidence)


def _recording(audio: Json) -> Recording:
    return Recording(audio["sha256"], ms(audio["duration"]), audio["container"], audio["sample_rate"], audio["channels"])


def _segment(segment: Json) -> Segment:
    fields = {name: segment[name] for name in ("id", "line", "text", "source", "speaker")}
    words = tuple(_word(word) for word in segment["words"])
    return Segment(**fields, status=Status(segment["status"]), words=words, span=_span(segment), role=Role(segment["role"]))


def _word(word: Json) -> DocumentWord:
    fields = {name: word[name] for name in ("text", "source", "speaker", "score", "correction")}
    return DocumentWord(**fields, status=Status(word["status"]), span=_span(word), timing=Timing(word["timing"]))


def _correction(correction: Json) -> Correction:
    """Older results lack `decided` and `measured`."""
    fields = {name: correction[name] for name in ("id", "segment", "before", "after", "applied", "confidence")}
    first, end = correction["words"]
    return Correction(
        **fields,
        words=(first, end),
        span=_span(correction),
        kind=Kind(correction["kind"]),
        witnesses=tuple(correction["witnesses"]),
        evidence=Evidence(**correction["evidence"]),
        decided=correction.get("decided", False),
        measured=tuple(_word(word) for word in correction.get("measured", ())),
    )


def _gap(gap: Json) -> Gap:
    return Gap(Status(gap["kind"]), _span(gap), gap["text"], tuple(gap["segments"]), gap["guess"])


def _span(times: Json) -> Span | None:
    return None if times["start"] is None else Span.of_seconds(times["start"], times["end"])
