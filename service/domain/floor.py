"""Who holds the floor at each word: the voice of diarization, smoothed by sentence and pause."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from service.domain.span import Ms, Span
from service.domain.speech import Turn

REACH_MS = 1_000
"""A word outside every turn belongs to the nearest turn within this distance."""

FLICKER = 3
"""Runs of at most so many words, by another voice than most of those around them, are taken for errors of diarization."""

TELLING_MS = 1_500
"""A turn shorter than this says little about its voice (`models.voices.CLEAR_SECONDS`)."""

PAUSE_MS = 400
"""Silence at which another may begin to speak in the middle of a sentence."""

ENDS = (".", "?", "!", "…", "。", "？", "！")
CLOSING = "\"'”’»)]*_"


@dataclass(frozen=True, slots=True)
class Heard:
    """One word and what diarization says of it: `voice` is None where it says nothing.

    `turn_ms` is the length of the turn it lies in: the longer the turn, the more its voice is to be believed.
    """

    text: str
    span: Span | None
    voice: str | None = None
    turn_ms: Ms = 0

    @property
    def speech_ms(self) -> Ms:
        return self.span.duration if self.span else 0


def heard(words: Sequence[tuple[str, Span | None]], turns: Sequence[Turn]) -> list[Heard]:
    """Every word with its voice. `turns` do not overlap (`Diarization.exclusive`)."""
    ordered = sorted(turns, key=lambda turn: turn.span)
    starts, ends = [turn.span.start for turn in ordered], [turn.span.end for turn in ordered]
    out = []
    for text, span in words:
        if span is None:
            out.append(Heard(text, None))
            continue
        near = ordered[bisect_right(ends, span.start - REACH_MS) : bisect_left(starts, span.end + REACH_MS)]
        out.append(_in_turn(text, span, near))
    return out


def _in_turn(text: str, span: Span, near: Sequence[Turn]) -> Heard:
    """The word in the voice with the largest overlap, else in that of the nearest turn."""
    overlap: Counter[str] = Counter()
    for turn in near:
        overlap[turn.speaker] += turn.span.overlap(span)
    voice, most = next(iter(overlap.most_common(1)), (None, 0))
    if voice is None:
        return Heard(text, span)
    if most:
        return Heard(text, span, voice, max(t.span.duration for t in near if t.speaker == voice and t.span.overlap(span)))
    nearest = min(near, key=lambda turn: max(turn.span.start - span.end, span.start - turn.span.end))
    return Heard(text, span, nearest.speaker)


def pieces(line: Sequence[Heard]) -> Iterator[list[Heard]]:
    """A line in its sentences, cut at pauses too.

    >>> words = [Heard("So?", Span(0, 300)), Heard("Well,", Span(320, 600)), Heard("no", Span(1400, 1600))]
    >>> [" ".join(word.text for word in piece) for piece in pieces(words)]
    ['So?', 'Well,', 'no']
    """
    piece: list[Heard] = []
    for word in line:
        if piece and _parted(piece[-1], word):
            yield piece
            piece = []
        piece.append(word)
    if piece:
        yield piece


def _parted(one: Heard, other: Heard) -> bool:
    if one.text.rstrip(CLOSING).endswith(ENDS):
        return True
    return one.span is not None and other.span is not None and other.span.start - one.span.end >= PAUSE_MS


def smoothed(line: Sequence[Heard]) -> list[list[Heard]]:
    """A line in its pieces, without flickers: inside a piece nobody else says so little, and between pieces only who has a telling turn."""
    return [_steady(piece) for piece in pieces(_steady(line, TELLING_MS))]


def _steady(words: Sequence[Heard], telling_ms: float = math.inf) -> list[Heard]:
    """The words with short flickers in turns below `telling_ms` given to the voice of most of them."""
    counted = Counter(word.voice for word in words if word.voice)
    main = counted.most_common(1)[0][0] if counted else None
    out: list[Heard] = []
    for voice, group in groupby(words, key=lambda word: word.voice):
        run = list(group)
        flickers = len(run) <= FLICKER and len(run) < len(words) / 2 and max(word.turn_ms for word in run) < telling_ms
        out += [replace(word, voice=main) for word in run] if flickers and voice != main else run
    return out
