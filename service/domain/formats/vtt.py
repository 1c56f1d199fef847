"""WebVTT (https://www.w3.org/TR/webvtt1/): voices, notes, styles, regions, identifiers, settings, inline tags and entities.

As the podcast namespace has it, a cue without a voice goes on in the voice of the one before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from service.domain.formats import prose
from service.domain.formats.cues import Captions, Cue, captions, drafts
from service.domain.formats.lines import Draft, File, reference
from service.domain.formats.names import is_person
from service.domain.formats.rows import Row, rows
from service.domain.formats.views import clean, hide, without_entities
from service.domain.script import Reference, Role

NAME = "vtt"

SIGNATURE = re.compile(r"[\0\s]*WEBVTT(?![^\s])")
TAG = re.compile(r"<[^<>\n\r]*>")
"""In a cue everything between angle brackets is markup."""

TITLE = re.compile(r"WEBVTT[ \t:–-]*")
NOTE = re.compile(r"NOTE(?!\S)")
MACHINE = re.compile(r"(?:STYLE|REGION)(?!\S)")


def matches(text: str) -> bool:
    return SIGNATURE.match(clean(text)) is not None


def view(text: str) -> str:
    return prose.spoken(without_entities(TAG.sub(hide, clean(text))))


def cut(view: str) -> Captions:
    found = captions(rows(view), numbered=False)
    return replace(found, cues=tuple(cue for cue in map(_without_notes, found.cues) if cue.rows))


def read(text: str) -> Reference:
    """Raises `TranscriptEmpty`, `TranscriptTooLarge`."""
    file = File(NAME, text, view(text))
    found = cut(file.view)
    talk, names = drafts(text, file.view, found.cues)
    return reference(file, [*_heading(file.view, found.head), *talk], [name for name in names if is_person(name)])


def _heading(view: str, head: Sequence[Row]) -> Iterator[Draft]:
    """The title beside the signature, and what notes above the first cue say; the header's fields, styles and regions are for machines."""
    for i, block in enumerate(_blocks(head)):
        first = block[0]
        mark = TITLE.search(view, first.start, first.end) if i == 0 else NOTE.match(view, first.start, first.end)
        if mark:
            yield Draft(mark.end(), first.end, Role.HEADING)
        if i > 0 and not MACHINE.match(first.text):
            yield from (Draft(row.start, row.end, Role.HEADING) for row in (block[1:] if mark else block))


def _without_notes(cue: Cue) -> Cue:
    """The cue without the notes that follow it, each from "NOTE" after an empty row to the next empty row."""
    kept = [row for i, block in enumerate(_blocks(cue.rows)) if i == 0 or not NOTE.match(block[0].text) for row in block]
    return Cue(tuple(kept), cue.span)


def _blocks(rows: Sequence[Row]) -> list[list[Row]]:
    return [list(block) for filled, block in groupby(rows, key=lambda row: bool(row.text)) if filled]
