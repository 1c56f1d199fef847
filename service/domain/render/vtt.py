"""WebVTT, with a voice on every cue (https://www.w3.org/TR/webvtt1/; the podcast namespace recommends it)."""

from __future__ import annotations

from service.domain.document import Document
from service.domain.render.clock import timestamp
from service.domain.render.cues import Cue, cues
from service.domain.render.options import RenderOptions


def write(document: Document, options: RenderOptions) -> str:
    return "WEBVTT\n" + "".join(f"\n{_cue(cue)}" for cue in cues(document, options))


def escape(text: str) -> str:
    """Text in which nothing is markup; "-->" cannot occur in it.

    >>> escape("R&D --> <v Ada>")
    'R&amp;D --&gt; &lt;v Ada&gt;'
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _cue(cue: Cue) -> str:
    voice = f"<v {escape(cue.speaker)}>" if cue.speaker else ""
    text = "\n".join(escape(line) for line in cue.lines)
    return f"{timestamp(cue.span.start, '.')} --> {timestamp(cue.span.end, '.')}\n{voice}{text}\n"
