"""Praat's TextGrid, long form: a tier of words for each speaker (https://www.fon.hum.uva.nl/praat/manual/TextGrid_file_formats.html)."""

from __future__ import annotations

from collections.abc import Sequence

from service.domain.document import Document
from service.domain.render.options import RenderOptions
from service.domain.render.talk import Voices, spoken
from service.domain.span import Ms, Span

Interval = tuple[Ms, Ms, str]

WORDS = "words"
"""The tier's name where nobody is told apart."""


def write(document: Document, options: RenderOptions) -> str:
    voices = Voices(document, options)
    words: dict[str, list[tuple[str, Span]]] = {}
    for word, span in spoken(document, options):
        words.setdefault(voices.name(word.speaker) or WORDS, []).append((word.text, span))
    tiers = {name: intervals(found) for name, found in (words or {WORDS: []}).items()}
    end = max(document.recording.duration_ms, 1, *(found[-1][1] for found in tiers.values() if found))
    return _head(len(tiers), end) + "".join(_tier(n, name, padded(tiers[name], end)) for n, name in enumerate(tiers, start=1))


def intervals(words: Sequence[tuple[str, Span]]) -> list[Interval]:
    """Adjoining intervals from 0 to the last word, empty between words. None overlap and none is without length, as Praat demands."""
    found: list[Interval] = []
    at = 0
    for text, span in words:
        start = max(at, span.start)
        if start > at:
            found.append((at, start, ""))
        at = max(span.end, start + 1)
        found.append((start, at, text))
    return found


def padded(found: list[Interval], end: Ms) -> list[Interval]:
    """The intervals, with an empty one up to the end if they stop before it."""
    at = found[-1][1] if found else 0
    return [*found, (at, end, "")] if at < end else found


def _head(size: int, end: Ms) -> str:
    return f"""File type = "ooTextFile"
Object class = "TextGrid"

xmin = 0
xmax = {_s(end)}
tiers? <exists>
size = {size}
item []:
"""


def _tier(number: int, name: str, found: Sequence[Interval]) -> str:
    head = f"""    item [{number}]:
        class = "IntervalTier"
        name = "{_quoted(name)}"
        xmin = 0
        xmax = {_s(found[-1][1])}
        intervals: size = {len(found)}
"""
    return head + "".join(_interval(n, *interval) for n, interval in enumerate(found, start=1))


def _interval(number: int, start: Ms, end: Ms, text: str) -> str:
    return f"""        intervals [{number}]:
            xmin = {_s(start)}
            xmax = {_s(end)}
            text = "{_quoted(text)}"
"""


def _quoted(text: str) -> str:
    return text.replace('"', '""')


def _s(time: Ms) -> str:
    return f"{time / 1000:.3f}"
