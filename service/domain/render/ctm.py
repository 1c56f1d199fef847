"""CTM, one heard word a line: file, channel, start and duration in seconds, word, confidence (NIST's time-marked conversation)."""

from __future__ import annotations

from service.domain.document import Document
from service.domain.formats.tokens import SAYS
from service.domain.render.options import RenderOptions
from service.domain.render.talk import spoken


def write(document: Document, options: RenderOptions) -> str:
    name = file_name(document)
    return "".join(
        f"{name} 1 {span.start / 1000:.3f} {span.duration / 1000:.3f} {_bare(word.text)} {_confidence(word.score)}\n"
        for word, span in spoken(document, options)
    )


def file_name(document: Document) -> str:
    """What stands in the file's column: the job, or the beginning of the recording's digest."""
    return document.job_id or document.recording.sha256[:12]


def _bare(text: str) -> str:
    """A word without white space and lone dashes: columns are told apart by spaces."""
    return "_".join(piece for piece in text.split() if SAYS.search(piece)) or "_".join(text.split())


def _confidence(score: float | None) -> str:
    return "NA" if score is None else f"{score:.3f}"
