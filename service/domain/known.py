"""Voices that are known by name: which of them is heard, and the names that their speakers get."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from service.domain.attribute import Attribution
from service.domain.document import NameEvidence, Speaker
from service.domain.formats.names import is_placeholder
from service.domain.speech import KnownVoice, Recognised, Voiceprint

ALIKE = 0.62
"""Cosine of two prints from which they are taken for one voice: different people are at most 0.55 alike, one person on another day at
least 0.67; over a telephone he mostly stays unknown (decision 102).
"""

AHEAD = 0.1
"""By so much a voice must be more alike than every other that is known: who sounds like two of them is unknown."""


def recognise(prints: Mapping[str, Voiceprint], known: Sequence[KnownVoice]) -> tuple[Recognised, ...]:
    """The speakers that sound like one of the known voices, one to one, the most alike first. Prints of other models are passed over."""
    found: list[Recognised] = []
    for match in sorted(_matches(prints, known), key=lambda match: -match.similarity):
        if match.speaker not in {m.speaker for m in found} and match.name not in {m.name for m in found}:
            found.append(match)
    return tuple(found)


def _matches(prints: Mapping[str, Voiceprint], known: Sequence[KnownVoice]) -> Iterator[Recognised]:
    """Of every speaker the one known voice that he sounds like."""
    for speaker, heard in prints.items():
        alike: dict[str, float] = {}
        for voice in known:
            if voice.print.model == heard.model:
                alike[voice.name] = max(alike.get(voice.name, -1.0), similarity(voice.print.vector, heard.vector))
        best, *others = sorted(alike.items(), key=lambda item: -item[1]) or [("", -1.0)]
        if best[1] >= ALIKE and all(best[1] - other >= AHEAD for _, other in others):
            yield Recognised(speaker, best[0], round(best[1], 3))


def similarity(one: Sequence[float], other: Sequence[float]) -> float:
    """The cosine of the angle between two directions.

    >>> similarity((1.0, 0.0), (2.0, 0.0)), similarity((1.0, 0.0), (0.0, 3.0))
    (1.0, 0.0)
    """
    lengths = math.hypot(*one) * math.hypot(*other)
    return sum(a * b for a, b in zip(one, other, strict=True)) / lengths if lengths else 0.0


def name_known(attribution: Attribution, recognised: Iterable[Recognised]) -> Attribution:
    """The attribution, voices without a name of the transcript's called as they are known, with the evidence."""
    of_speaker = {speaker: match for voice, speaker in attribution.voices for match in recognised if match.speaker == voice}
    taken = {speaker.name for speaker in attribution.speakers}
    return replace(attribution, speakers=tuple(_named(speaker, of_speaker.get(speaker.id), taken) for speaker in attribution.speakers))


def _named(speaker: Speaker, match: Recognised | None, taken: set[str]) -> Speaker:
    if match is None:
        return speaker
    evidence = NameEvidence(f"sounds like the enrolled voice of {match.name} (similarity {match.similarity:.2f})", "", speaker.id)
    nameless = speaker.named_by == "diarization" or is_placeholder(speaker.name)
    if not nameless or match.name in taken:
        return replace(speaker, evidence=(evidence, *speaker.evidence))
    return replace(speaker, name=match.name, named_by="voice", confidence=match.similarity, evidence=(evidence, *speaker.evidence))
