"""Running text, with or without labels: what the plain, the labelled and the Markdown format have in common."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from service.domain.formats.furniture import furniture_from
from service.domain.formats.headings import before_labels, heading_rows, listed_people, rows_to_marker
from service.domain.formats.labels import Labels
from service.domain.formats.lines import Draft, File, reference
from service.domain.formats.names import is_person
from service.domain.formats.openings import Mark, Opening, opening
from service.domain.formats.rows import TURN, Row, rows
from service.domain.formats.stamps import INSIDE, Stamp
from service.domain.formats.views import hide
from service.domain.script import Reference, Role
from service.domain.span import Span

Opener = Callable[[Row, str], Opening]
"""Reads how a row of a view begins."""

TURNS = re.compile(rf"(?<!\S){TURN}")


@dataclass(frozen=True, slots=True)
class Prose:
    """A text, read far enough to know its parts: rows [0, `head`) are heading, rows [`tail`, end) are page furniture.

    `labelled` are the indices of the rows that begin with a speaker's label.
    """

    file: File
    openings: tuple[Opening, ...]
    labelled: frozenset[int]
    head: int
    tail: int

    def role(self, row: int) -> Role:
        if row < self.head or (self.openings[row].mark is Mark.TITLE and row not in self.labelled):
            return Role.HEADING
        return Role.FURNITURE if row >= self.tail else Role.TALK


def survey(file: File, opener: Opener = opening, *, labels: bool = True) -> Prose:
    """The parts of a text. Without `labels`, no row is taken to begin with one."""
    found = rows(file.view)
    openings = [Opening(row, row.end) if row.blank else opener(row, file.view) for row in found]
    marker = rows_to_marker(found)
    head = marker or heading_rows(found)
    labelled = [head + i for i in Labels(openings[head:], listed_people(found[:head])).believed()] if labels else []
    if labelled and not marker:
        head = max(head, before_labels(found, labelled[0]))
    tail = furniture_from(found, _after_first_text(openings, labelled, head), labelled=bool(labelled))
    return Prose(file, tuple(openings), frozenset(labelled), head, tail)


def spoken(view: str) -> str:
    """The view without what still stands between the words: stamps in square brackets, and ">>"."""
    return TURNS.sub(hide, INSIDE.sub(hide, view))


def read(prose: Prose) -> Reference:
    """The transcript of a surveyed text."""
    listed = listed_people([o.row for o in prose.openings[: prose.head]])
    labels = [label.text for i in sorted(prose.labelled) if (label := prose.openings[i].label)]
    names = [*listed, *(label for label in labels if is_person(label))]
    return reference(replace(prose.file, view=spoken(prose.file.view)), _drafts(prose), names)


def _drafts(prose: Prose) -> Iterator[Draft]:
    """A draft for each row, with the label in force; a stamp is the time of the first text after it only."""
    times = _believes_bare_times(prose)
    label: str | None = None
    cue: Span | None = None
    for i, o in enumerate(prose.openings):
        if o.row.blank:
            continue
        role = prose.role(i)
        if role is not Role.TALK:
            yield Draft(o.row.start, o.row.end, role)
            continue
        start, stamp = _beginning(o, labelled=i in prose.labelled, times=times)
        if o.label and i in prose.labelled:
            label = o.label.text
        elif o.turn:
            label = None
        cue = stamp.cue if stamp else cue
        if start < o.row.end:
            yield Draft(start, o.row.end, Role.TALK, label, cue)
            cue = None


def _beginning(o: Opening, *, labelled: bool, times: bool) -> tuple[int, Stamp | None]:
    """Where the talk of a row begins, and the stamp before it. `times` tells that times without brackets are stamps."""
    if o.label and labelled:
        return o.label.end, o.label.stamp or o.stamp
    if o.stamp is None or o.stamp.bracketed or times:
        return o.start, o.stamp
    return o.row.start, None


def _believes_bare_times(prose: Prose) -> bool:
    """Whether times without brackets that begin rows are stamps: there are many of them, and they rise.

    "10:30 in the morning" may begin a spoken line, so a few among many rows are not believed unless they stand alone.
    """
    found = [o for o in prose.openings[prose.head : prose.tail] if o.stamp and not o.stamp.bracketed]
    times = [o.stamp.cue.start for o in found if o.stamp and o.stamp.cue]
    falls = sum(a > b for a, b in pairwise(times))
    rows = sum(not o.row.blank for o in prose.openings)
    alone = sum(o.start >= o.row.end for o in found)
    return len(times) >= 2 and falls <= len(times) // 10 and (10 * len(times) >= rows or alone >= 3)


def _after_first_text(openings: Sequence[Opening], labelled: Sequence[int], head: int) -> int:
    """The row after the first text of the last turn, or of the talk if there are no turns: page furniture cannot begin before it."""
    at = head
    if labelled:
        at = labelled[-1] + 1
        if not openings[at - 1].bare:
            return at
    while at < len(openings) and openings[at].row.blank:
        at += 1
    return at + 1
