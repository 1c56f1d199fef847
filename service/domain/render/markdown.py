"""Markdown: turns that begin with "**Name** (m:ss)"."""

from __future__ import annotations

import re

from service.domain.document import Document
from service.domain.render.clock import clock
from service.domain.render.options import RenderOptions
from service.domain.render.talk import Paragraph, paragraphs
from service.domain.script import Role

SPECIAL = re.compile(r"[\\`*_<]|\[(?=[^\[\]]*\]\()|!(?=\[)|&(?=#?\w{1,32};)")
AT_START = re.compile(r"^(?:[#>+=~|-]|\d{1,9}(?=[.)]))")


def write(document: Document, options: RenderOptions) -> str:
    """The document's title, or the heading it was supplied with, then its turns."""
    printed = list(paragraphs(document, options))
    titled = any(p.role is Role.HEADING for p in printed)
    head = [f"# {escape(document.title)}\n"] if document.title and not titled else []
    return "\n".join([*head, *map(_block, printed)])


def escape(text: str) -> str:
    r"""Text that Markdown shows as it is.

    >>> escape("# 2 * 3 < snake_case [laughs]")
    '\\# 2 \\* 3 \\< snake\\_case [laughs]'
    """
    escaped = SPECIAL.sub(lambda match: "\\" + match[0], " ".join(text.split()))
    return AT_START.sub(lambda match: match[0] + "\\" if match[0].isdecimal() else "\\" + match[0], escaped)


def _block(paragraph: Paragraph) -> str:
    text = escape(paragraph.text)
    if not paragraph.speaker:
        return f"{text}\n"
    at = f" ({clock(paragraph.start)})" if paragraph.start is not None else ""
    return f"**{escape(paragraph.speaker)}**{at}\n{text}\n"
