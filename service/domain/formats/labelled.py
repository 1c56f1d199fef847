"""Text with speakers' labels: "NAME: text", "[00:12:03] Name: text", "Speaker 2 (03:15):" on a row of its own, "Name  0:52"."""

from __future__ import annotations

from service.domain.formats import prose
from service.domain.formats.lines import File
from service.domain.formats.plain import outline, view
from service.domain.script import Reference

__all__ = ["NAME", "read", "view"]

NAME = "labelled"


def read(text: str) -> Reference | None:
    """The transcript, or None if no row begins with what can only be a speaker's label.

    Raises `TranscriptEmpty`, `TranscriptTooLarge`.
    """
    found = prose.survey(File(NAME, text, outline(text)))
    return prose.read(found) if found.labelled else None
