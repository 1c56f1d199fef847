"""SubRip: a number, a row of times, rows of text, an empty row.

Read leniently: numbers and empty rows may be missing, fractions may follow a point, and tags of subtitle editors are markup.
"""

from __future__ import annotations

import re

from service.domain.formats import prose
from service.domain.formats.cues import TIMING, Captions, captions, drafts
from service.domain.formats.lines import Draft, File, reference
from service.domain.formats.names import is_person
from service.domain.formats.rows import rows
from service.domain.formats.views import clean, hide, without_html
from service.domain.script import Reference, Role

NAME = "srt"

STYLE = re.compile(r"\{(?:\\[^{}\n]*|/?[biuBIU]|[yYcCfFsSpP]:[^{}\n]*)\}")
"""What SubStation and MicroDVD left behind: "{\\an8}", "{b}", "{y:i}"."""

LEAST_SHARE = 0.05
"""Of the rows that are not empty, that must be rows of times."""


def matches(text: str) -> bool:
    """Whether rows of times stand all through the text."""
    found = [row.text for row in rows(clean(text)) if row.text]
    return sum(TIMING.match(row) is not None for row in found) > LEAST_SHARE * len(found)


def view(text: str) -> str:
    return prose.spoken(without_html(STYLE.sub(hide, clean(text))))


def cut(view: str) -> Captions:
    return captions(rows(view), numbered=True)


def read(text: str) -> Reference:
    """Raises `TranscriptEmpty`, `TranscriptTooLarge`."""
    file = File(NAME, text, view(text))
    found = cut(file.view)
    talk, names = drafts(text, file.view, found.cues)
    head = [Draft(row.start, row.end, Role.HEADING) for row in found.head]
    return reference(file, [*head, *talk], [name for name in names if is_person(name)])
