"""Episodes of any length, joined from those of `make episodes`: how cost grows with length."""

from __future__ import annotations

import json
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import numpy as np

from models.waveform import SAMPLE_RATE
from tests.bench.episodes import names
from workers import audio


@dataclass(frozen=True, slots=True)
class Line:
    """Cost as a straight line over length: so many seconds before the first one is heard, so many for each, and the share of its own cost
    by which the length furthest from the line is off.
    """

    start: float
    each: float
    furthest: float

    @classmethod
    def through(cls, lengths: Sequence[float], costs: Sequence[float]) -> Line:
        """By least squares of the shares, so that three hours do not outweigh five minutes. Both in seconds, of two lengths at least.

        >>> Line.through([60, 120, 240], [16, 22, 34])
        Line(start=10.0, each=0.1, furthest=0.0)
        """
        length, cost = np.asarray(lengths, float), np.asarray(costs, float)
        terms = np.column_stack([1 / cost, length / cost])
        (start, each), *_ = np.linalg.lstsq(terms, np.ones_like(cost))
        return cls(round(float(start), 3), round(float(each), 5), round(float(np.abs(terms @ (start, each) - 1).max()), 3))

    def __str__(self) -> str:
        return f"{self.start:.1f} s and {self.each:.3f} x real time, no length more than {100 * self.furthest:.1f} % off"


def joined(folder: Path, minutes: int, into: Path) -> tuple[Path, Path]:
    """A recording of almost so many minutes and its transcript: whole lines of the folder's episodes, all again when they are used up."""
    recording, transcript = into / f"{minutes}min.wav", into / f"{minutes}min.transcript.txt"
    left, lines = minutes * 60 * SAMPLE_RATE, list[str]()
    with wave.open(str(recording), "wb") as out:
        out.setparams((1, 2, SAMPLE_RATE, 0, "NONE", "not compressed"))
        for name in cycle(names(folder)):
            written, end, whole = _beginning(folder / f"{name}.truth.json", left)
            with wave.open(str(_decoded(folder / f"{name}.mp3", into)), "rb") as wav:
                out.writeframesraw(wav.readframes(end))
            lines += written
            left -= end
            if not whole:
                break
    transcript.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return recording, transcript


def _decoded(recording: Path, into: Path) -> Path:
    decoded = into / f"{recording.stem}.wav"
    if not decoded.exists():
        audio.decode(recording, decoded, audio.Limits(), lambda *_: None)
    return decoded


def _beginning(truth: Path, most: int) -> tuple[list[str], int, bool]:
    """What is written of the rows that end within so many samples, where the last of them ends, and whether those were all."""
    written, end = list[str](), 0
    for row in json.loads(truth.read_text(encoding="utf-8"))["rows"]:
        stop = round((row["end"] or 0) * SAMPLE_RATE)
        if stop > most:
            return written, end, False
        end = max(end, stop)
        written += [row["original"]] if row["original"] else []
    return written, end, True
