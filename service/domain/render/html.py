"""HTML as the podcast namespace has transcripts: who and when before each turn, then its paragraphs.

https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/examples/transcripts/transcripts.md
"""

from __future__ import annotations

from html import escape

from service.domain.document import Document
from service.domain.render.clock import clock
from service.domain.render.options import RenderOptions
from service.domain.render.talk import Paragraph, paragraphs
from service.domain.script import Role


def write(document: Document, options: RenderOptions) -> str:
    """A piece of a page, to be put into one of the caller's own. Nothing of the transcript is markup in it."""
    return "".join(map(_block, paragraphs(document, options)))


def _block(paragraph: Paragraph) -> str:
    text = escape(paragraph.text, quote=False)
    if paragraph.role is Role.HEADING:
        return f"<h2>{text}</h2>\n"
    who = f"<cite>{escape(paragraph.speaker, quote=False)}:</cite>\n" if paragraph.speaker else ""
    when = f"<time>{clock(paragraph.start)}</time>\n" if paragraph.speaker and paragraph.start is not None else ""
    return f"{who}{when}<p>{text}</p>\n"
