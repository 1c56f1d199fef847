"""SubRip, with "Name: " where the speaker changes, as the podcast namespace has it."""

from __future__ import annotations

import re

from service.domain.document import Document
from service.domain.formats.views import TAG
from service.domain.render.clock import timestamp
from service.domain.render.cues import Cue, cues
from service.domain.render.options import RenderOptions

ARROW = re.compile(r"--(?=>)")


def write(document: Document, options: RenderOptions) -> str:
    return "\n".join(_cue(n, cue) for n, cue in enumerate(cues(document, options, prefixed=True), start=1))


def harmless(text: str) -> str:
    """Text that no player takes for times or tags. SubRip cannot escape, so a space keeps them apart.

    >>> harmless("a --> b <i>c</i>")
    'a -- > b < i>c< /i>'
    """
    return TAG.sub(lambda tag: "< " + tag[0][1:], ARROW.sub("-- ", text))


def _cue(number: int, cue: Cue) -> str:
    text = "\n".join(harmless(line) for line in cue.lines)
    return f"{number}\n{timestamp(cue.span.start, ',')} --> {timestamp(cue.span.end, ',')}\n{text}\n"
