"""RTTM, one speaker's turn a line, as diarization is exchanged and scored (NIST's rich transcription time marked)."""

from __future__ import annotations

from service.domain.document import Document
from service.domain.render.ctm import file_name
from service.domain.render.options import RenderOptions


def write(document: Document, _: RenderOptions) -> str:
    names = {speaker.id: "_".join(speaker.name.split()) for speaker in document.speakers}
    return "".join(
        f"SPEAKER {file_name(document)} 1 {turn.span.start / 1000:.3f} {turn.span.duration / 1000:.3f} <NA> <NA> "
        f"{names.get(turn.speaker) or turn.speaker} <NA> <NA>\n"
        for turn in document.turns
    )
