"""Stretches of episodes with something louder over their middle: music, noise, another voice; or with music instead of it."""

from __future__ import annotations

import json
import random
import wave
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from models.waveform import SAMPLE_RATE, SAMPLES_PER_MS, Waveform
from service.domain.span import Ms, Span, ms
from tests.bench.align.episodes import ADVERTS

Samples = npt.NDArray[np.float32]
"""Mono float32, 16 kHz, shape (num_samples,)."""

LASTS_MS = 50_000
COVERED = (0.35, 0.7)
"""Of a stretch, by time, something lies over this part."""

MARGIN_MS = 250


@dataclass(frozen=True, slots=True)
class Scene:
    """Lines of an episode that follow one another, and where in its recording they are.

    `adverts` are written only, and stand before line `at`; the lines [`at`, `end`) are covered, or, if `replaced`, not written at all.
    """

    name: str
    lines: tuple[str, ...]
    spans: tuple[Span, ...]
    at: int
    end: int
    adverts: tuple[str, ...] = ()
    replaced: bool = False

    @property
    def span(self) -> Span:
        start = max(0, self.spans[0].start - MARGIN_MS)
        return Span(start, self.spans[-1].end + MARGIN_MS)

    @property
    def covered(self) -> Span:
        """In milliseconds of the stretch."""
        inside = self.spans[self.at].hull(self.spans[self.end - 1])
        return Span(max(0, inside.start - MARGIN_MS - self.span.start), inside.end + MARGIN_MS - self.span.start)

    @property
    def written(self) -> Iterator[tuple[str, bool]]:
        """Each line of the transcript, and whether it is said."""
        yield from ((line, True) for line in self.lines[: self.at])
        yield from ((advert, False) for advert in self.adverts)
        yield from ((line, True) for line in self.lines[self.at : self.end] if not self.replaced)
        yield from ((line, True) for line in self.lines[self.end :])


def scenes(truth: Path, count: int, chance: random.Random) -> Iterator[Scene]:
    """Stretches of about `LASTS_MS` from anywhere in an episode."""
    rows = [row for row in json.loads(truth.read_text(encoding="utf-8"))["rows"] if row.get("presence", "both") == "both"]
    starts = [k for k, row in enumerate(rows) if ms(rows[-1]["end"]) - ms(row["start"]) > LASTS_MS]
    for first in sorted(chance.sample(starts, count)):
        end = next(k for k in range(first, len(rows)) if ms(rows[k]["end"]) - ms(rows[first]["start"]) > LASTS_MS)
        yield _scene(f"{truth.name.removesuffix('.truth.json')} {first}", rows[first : end + 1])


def _scene(name: str, rows: Sequence[dict[str, Any]]) -> Scene:
    spans = tuple(Span.of_seconds(row["start"], row["end"]) for row in rows)
    share = [(span.start - spans[0].start) / (spans[-1].end - spans[0].start) for span in spans]
    at = max(1, next(k for k, s in enumerate(share) if s >= COVERED[0] or k == len(share) - 2))
    end = next((k for k in range(at + 1, len(share)) if share[k] >= COVERED[1]), len(share) - 1)
    return Scene(name, tuple(row["gold"] for row in rows), spans, at, max(end, at + 1))


def with_advert(scene: Scene, chance: random.Random, *, replaced: bool = False) -> Scene:
    return replace(scene, adverts=(chance.choice(ADVERTS),), replaced=replaced)


def sound(recording: Waveform, scene: Scene, over: Samples | None, louder_db: float) -> Samples:
    """The stretch, with `over` laid on the covered part, so much louder than the voice there; alone, where that part is replaced."""
    out = recording.crop(scene.span)
    if over is None:
        return out
    part = slice(scene.covered.start * SAMPLES_PER_MS, scene.covered.end * SAMPLES_PER_MS)
    voice = out[part]
    loud = float(np.sqrt(np.mean(voice**2))) * 10 ** (louder_db / 20)
    out[part] = loud * np.resize(over, len(voice)) + (0 if scene.replaced else voice)
    return np.asarray(out * min(1.0, 0.95 / float(np.abs(out).max())), np.float32)


def music(lasts: Ms, seed: int) -> Samples:
    """Chords that change every two seconds, a melody and a beat, at a root mean square of 1."""
    chance = np.random.default_rng(seed)
    out = np.zeros(lasts * SAMPLES_PER_MS, np.float64)
    beat, root = SAMPLE_RATE // 2, 110.0
    for n, start in enumerate(range(0, len(out), beat)):
        root = root if n % 4 else 110 * 2 ** (chance.integers(12) / 12)
        chord = root * 2.0 ** (np.array([0, 4, 7, 12, 12 + chance.choice([0, 2, 4, 7, 9])]) / 12)
        times = np.arange(min(beat, len(out) - start)) / SAMPLE_RATE
        for pitch in chord:
            for harmonic in range(1, 7):
                out[start : start + beat] += np.sin(2 * np.pi * harmonic * pitch * times) * np.exp(-2 * times) / harmonic
        out[start : start + beat] += chance.normal(0, 2, len(times)) * np.exp(-30 * times)
    return _normal(out)


def noise(lasts: Ms, seed: int) -> Samples:
    """Pink noise at a root mean square of 1."""
    white = np.fft.rfft(np.random.default_rng(seed).normal(0, 1, lasts * SAMPLES_PER_MS))
    return _normal(np.fft.irfft(white / np.sqrt(np.maximum(1, np.arange(len(white)))), lasts * SAMPLES_PER_MS))


def voice(recording: Waveform, scene: Scene) -> Samples:
    """Another part of the episode, half of it away from the scene, at a root mean square of 1."""
    start = (scene.span.start + recording.duration_ms // 2) % (recording.duration_ms - LASTS_MS)
    return _normal(recording.crop(Span(start, start + LASTS_MS // 2)))


def _normal(samples: npt.NDArray[np.floating[Any]]) -> Samples:
    return np.asarray(samples / np.sqrt(np.mean(samples**2)), np.float32)


def write(path: Path, samples: Samples) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as wav:
        wav.setparams((1, 2, SAMPLE_RATE, len(samples), "NONE", ""))
        wav.writeframes((samples * 32767).astype("<i2").tobytes())
