"""Plain text: paragraphs, with "Name: " where the speaker changes."""

from __future__ import annotations

from service.domain.document import Document
from service.domain.render.options import RenderOptions
from service.domain.render.talk import paragraphs


def write(document: Document, options: RenderOptions) -> str:
    printed = (f"{p.speaker}: {p.text}" if p.speaker else p.text for p in paragraphs(document, options))
    return "".join(f"{text}\n\n" for text in printed).removesuffix("\n")
