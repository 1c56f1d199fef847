"""Cues, as SubRip and WebVTT have them: a row of times, then rows of text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from service.domain.formats.labels import Labels
from service.domain.formats.lines import Draft
from service.domain.formats.openings import Form, opening
from service.domain.formats.rows import Row
from service.domain.formats.stamps import cue as span_of
from service.domain.formats.views import clean, shown, without_entities
from service.domain.script import Role
from service.domain.span import Span

TIMING = re.compile(r"(?P<start>-?[0-9][0-9:.,]{3,15}) ?--> ?(?P<end>-?[0-9][0-9:.,]{3,15})(?: .*)?\Z")
VOICE = re.compile(r"<v(?:\.[^\s<>]*)?[ \t]+(?P<name>[^<>\n\r]*)>")
DASH = re.compile(r"[\s\0]*[-–—][\s\0]*(?=\w)")


@dataclass(frozen=True, slots=True)
class Cue:
    """The rows of text of one cue, without empty ones at its ends, and its old time."""

    rows: tuple[Row, ...]
    span: Span | None


@dataclass(frozen=True, slots=True)
class Change:
    """Someone else speaks from the offset `at`; the text goes on at `text`. `label` is None where the file does not say who."""

    at: int
    text: int
    label: str | None


@dataclass(frozen=True, slots=True)
class Captions:
    """A file cut into cues; `head` are the rows above the first."""

    head: tuple[Row, ...]
    cues: tuple[Cue, ...]


def captions(rows: Sequence[Row], *, numbered: bool) -> Captions:
    """Cuts a file into cues. `numbered` allows only numbers as a cue's identifier (SubRip), else it may be any row (WebVTT).

    Empty rows inside a cue's text, numbers or empty rows left out, times out of order: no text is lost by them.
    """
    timings = [i for i, row in enumerate(rows) if TIMING.match(row.text)]
    starts = [i - _has_identifier(rows, i, str(k) if numbered else None) for k, i in enumerate(timings, start=1)]
    ends = [*starts[1:], len(rows)][: len(starts)]
    cues = [Cue(_stripped(rows[i + 1 : end]), _span(rows[i])) for i, end in zip(timings, ends, strict=True)]
    return Captions(tuple(rows[: starts[0]] if starts else rows), tuple(cue for cue in cues if cue.rows))


def drafts(text: str, view: str, cues: Sequence[Cue]) -> tuple[list[Draft], list[str]]:
    """The lines of the cues, each with the voice in force (a cue that names none goes on in the last one's), and all names."""
    repeated = {again.start for _, again in echoes(cues)}
    found = _voices(text, cues) or _labels(view, cues)
    changes = iter(sorted(found, key=lambda change: change.at))
    lines = list(_lines(cues, repeated, changes))
    return lines, [change.label for change in found if change.label]


def _lines(cues: Sequence[Cue], repeated: set[int], changes: Iterator[Change]) -> Iterator[Draft]:
    label: str | None = None
    change = next(changes, None)
    for cue in cues:
        rows = cue.rows
        if rows[0].start in repeated:
            yield Draft(rows[0].start, rows[0].end, Role.FURNITURE)
            rows = rows[1:]
        if not rows:
            continue
        start, end = rows[0].start, rows[-1].end
        while change and change.at < end:
            if change.at > start:
                yield Draft(start, change.at, Role.TALK, label, cue.span)
            start, label = max(start, change.text), change.label
            change = next(changes, None)
        yield Draft(start, end, Role.TALK, label, cue.span)


def _voices(text: str, cues: Sequence[Cue]) -> list[Change]:
    """WebVTT's voice spans: "<v Ada Lovelace>"."""
    found = []
    for cue in cues:
        for match in VOICE.finditer(text, cue.rows[0].start, cue.rows[-1].end):
            name = shown(without_entities(clean(match["name"])))
            found.append(Change(match.start(), match.end(), name or None))
    return found


def _labels(view: str, cues: Sequence[Cue]) -> list[Change]:
    """Names before a colon at the beginning of a row, ">>", and dashes that begin two rows of a cue or more."""
    rows = [row for cue in cues for row in cue.rows]
    openings = [opening(row, view) for row in rows]
    openings = [o if o.label and o.label.form is Form.COLON else replace(o, label=None) for o in openings]
    believed = set(Labels(openings).believed())
    dashed = {start: text for cue in cues for start, text in _dashed(view, cue).items()}
    found = []
    for i, o in enumerate(openings):
        if o.label and i in believed:
            found.append(Change(o.row.start, o.label.end, o.label.text))
        elif o.row.start in dashed:
            found.append(Change(o.row.start, dashed[o.row.start], None))
        elif o.turn:
            found.append(Change(o.row.start, o.start, None))
    return found


def _dashed(view: str, cue: Cue) -> dict[int, int]:
    """The rows of a cue that begin with a dash, if there are two or more: where each starts, and where its text does."""
    found = [(row.start, match.end()) for row in cue.rows if (match := DASH.match(view, row.start, row.end))]
    return dict(found) if len(found) > 1 else {}


def echoes(cues: Sequence[Cue]) -> list[tuple[Row, Row]]:
    """Rolling captions show each row twice or more: rows that end a cue, each with its repetition at the beginning of the next, in order.

    None unless that is the habit of the file, with new rows below the old: people do say "no" twice.
    """
    pairs = [(before, after) for before, after in pairwise(cues) if before.rows[-1].text == after.rows[0].text]
    habit = sum(len(after.rows) > 1 for _, after in pairs)
    return [(before.rows[-1], after.rows[0]) for before, after in pairs] if habit >= max(3, len(cues) // 4) else []


def _has_identifier(rows: Sequence[Row], timing: int, number: str | None) -> bool:
    """Whether the row before a row of times is the cue's identifier rather than text of the cue before.

    After an empty row it is (in SubRip only a number is); right below text, only the cue's own `number` is believed.
    """
    if timing == 0 or not rows[timing - 1].text:
        return False
    text = rows[timing - 1].text
    after_gap = timing > 1 and not rows[timing - 2].text
    if number is None:
        return after_gap
    return text == number or (after_gap and text.isdecimal()) or (timing == 1 and text.isdecimal())


def _span(row: Row) -> Span | None:
    found = TIMING.match(row.text)
    return span_of(found["start"], found["end"]) if found else None


def _stripped(rows: Sequence[Row]) -> tuple[Row, ...]:
    filled = [i for i, row in enumerate(rows) if row.text]
    return tuple(rows[filled[0] : filled[-1] + 1]) if filled else ()
