"""Plain text: spoken lines or paragraphs without labels, perhaps with stamps, under a heading."""

from __future__ import annotations

from service.domain.formats import prose
from service.domain.formats.lines import File
from service.domain.formats.views import clean, without_html
from service.domain.script import Reference

NAME = "plain"


def view(text: str) -> str:
    return prose.spoken(outline(text))


def read(text: str) -> Reference:
    """Raises `TranscriptEmpty`, `TranscriptTooLarge`."""
    return prose.read(prose.survey(File(NAME, text, outline(text)), labels=False))


def outline(text: str) -> str:
    """The view of running text before the marks between its words are hidden."""
    return without_html(clean(text))
