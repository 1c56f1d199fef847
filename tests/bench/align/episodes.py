"""Episodes to be cut up: what is written, what was heard, and which heard words belong to which written line."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from models.waveform import Waveform
from service.domain.align import align
from service.domain.speech import Hypothesis, Word
from tests.support.builders import reference, word

ADVERTS = (Path(__file__).with_name("adverts.txt")).read_text(encoding="utf-8").split("\n")[:-1]
"""Advertisements of nobody's products, one a line."""

ERROR_KINDS = ("replace", "replace", "replace", "drop", "add")
"""Recognisers replace about three times as often as they drop or invent words."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A line as written and as heard; None where it is not there. Times of `heard` begin at 0, which is at `begins` in its recording."""

    written: str | None
    heard: tuple[Word, ...] | None
    lasts: int = 0
    recording: Waveform | None = None
    begins: int = 0


def pieces(lines: list[str], hypothesis: Hypothesis, recording: Waveform | None = None) -> list[Piece]:
    """The lines of a faithful transcript with the words heard for each."""
    starts = _starts(lines, hypothesis)
    words = hypothesis.words
    out = []
    for text, (first, end) in zip(lines, pairwise(starts), strict=True):
        part = words[first:end]
        begin = part[0].span.start if part else 0
        stop = words[end].span.start if end < len(words) else hypothesis.duration_ms
        lasts = max(0, stop - begin) if part else 0
        out.append(Piece(text, tuple(_moved(w, -begin) for w in part), lasts, recording, begin))
    return out


def _starts(lines: list[str], hypothesis: Hypothesis) -> list[int]:
    """The first heard word of each line, and the end."""
    written = reference(*lines)
    line_of = [n for n, line in enumerate(written.talk) for _ in line.tokens]
    first: dict[int, int] = {0: 0}
    for block in align(written, hypothesis).blocks:
        if block.num_tokens and block.num_words:
            first.setdefault(line_of[block.tokens[0]], block.words[0])
    starts = [len(hypothesis.words)]
    for n in reversed(range(len(lines))):
        starts.append(first.get(n, starts[-1]))
    return starts[::-1]


def spoken_advert(text: str) -> Piece:
    """An advertisement that is in the sound only, read at 160 words a minute."""
    said = tuple(word(t, 375 * n, 375 * n + 320) for n, t in enumerate(text.split()))
    return Piece(None, said, 375 * len(said) + 500)


def heard(parts: list[Piece]) -> Hypothesis:
    """What is heard when the pieces are said one after the other."""
    words: list[Word] = []
    now = 0
    for part in parts:
        words += [_moved(w, now) for w in part.heard or ()]
        now += part.lasts if part.heard is not None else 0
    return Hypothesis(tuple(words), "en", now + 500)


def _moved(w: Word, by: int) -> Word:
    return replace(w, span=w.span.shifted(by))


def misheard(found: Hypothesis, rate: float, chance: random.Random) -> Hypothesis:
    """The words with errors put in at `rate`: other words of the episode, words dropped, words said twice."""
    out: list[Word] = []
    for w in found.words:
        kind = chance.choice(ERROR_KINDS) if chance.random() < rate else "keep"
        if kind == "replace":
            out.append(replace(w, text=chance.choice(found.words).text, score=0.4))
        elif kind != "drop":
            out.append(w)
        if kind == "add":
            out.append(replace(w, text=chance.choice(found.words).text, score=0.3))
    return replace(found, words=tuple(out))


def lines_of(truth: Path) -> list[str]:
    """The supplied lines of an episode whose truth is a table of rows."""
    rows = json.loads(truth.read_text(encoding="utf-8"))["rows"]
    return [row["original"] for row in rows if row.get("presence", "both") != "audio_only"]
