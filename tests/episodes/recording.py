"""From spoken lines to a recording: their order in time, the sound of the room, the file."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

from tests.episodes.script import Row

RATE = 24_000
"""Hz, of everything that is spoken here."""

LOUDNESS = 0.06
"""Root mean square of every line, of full scale."""

EDGE_SECONDS = 0.6
PAUSE_WITHIN_TURN = (0.15, 0.4)
PAUSE_BETWEEN_TURNS = (0.3, 0.75)

SAME_TURN_SECONDS = 0.5
"""A pause up to which a speaker has not given up the floor."""

Samples = npt.NDArray[np.float32]
"""Mono float32 in [-1, 1], 24 kHz, shape (num_samples,)."""


@dataclass(frozen=True, slots=True)
class Sound:
    """How a recording sounds: the standard deviation of its noise, of full scale; the reverberation of its room in seconds (RT60;
    0 for none); the bits per second of its file.
    """

    hiss: float = 0.0008
    room_seconds: float = 0.0
    bit_rate: int = 48_000


STUDIO = Sound()


@dataclass(frozen=True, slots=True)
class Placed:
    """A row and its place: seconds in the recording (None when not spoken), line of the transcript (None when not written)."""

    row: Row
    start: float | None
    end: float | None
    line: int | None = None


def level(samples: Samples) -> Samples:
    """`samples` without the silence around them, at the common loudness."""
    envelope = np.sqrt(np.convolve(samples**2, np.ones(240) / 240, "same"))
    loud = np.flatnonzero(envelope > envelope.max() * 0.03)
    cut = samples[max(0, loud[0] - 120) : loud[-1] + 120]
    return np.asarray(cut * (LOUDNESS / np.sqrt(np.mean(cut**2))), np.float32)


def record(rows: Sequence[Row], speak: Callable[[Row], Samples], sound: Sound = STUDIO) -> tuple[Samples, list[Placed]]:
    """The recording, and where in it each row lies. The pauses are drawn anew, but alike, each time."""
    pauses = random.Random(0)
    parts, placed = [np.zeros(round(EDGE_SECONDS * RATE), np.float32)], []
    at, before = len(parts[0]), None
    for row in rows:
        if row.presence == "transcript_only":
            placed.append(Placed(row, None, None))
            continue
        if before is not None:
            pause = pauses.uniform(*(PAUSE_WITHIN_TURN if row.speaker == before else PAUSE_BETWEEN_TURNS))
            parts.append(np.zeros(round(pause * RATE), np.float32))
            at += len(parts[-1])
        parts.append(level(speak(row)))
        placed.append(Placed(row, round(at / RATE, 3), round((at + len(parts[-1])) / RATE, 3)))
        at, before = at + len(parts[-1]), row.speaker
    return _in_the_room(np.concatenate([*parts, parts[0]]), sound), placed


def _in_the_room(dry: Samples, sound: Sound) -> Samples:
    """The sound with its reverberation (decaying noise after the direct sound) and its hiss."""
    noise = np.random.default_rng(0)
    if sound.room_seconds:
        decay = 10 ** (-3 * np.arange(round(sound.room_seconds * RATE)) / (sound.room_seconds * RATE))
        echo = noise.normal(0, 0.02, len(decay)) * decay
        echo[0] = 1.0
        size = len(dry) + len(echo) - 1
        dry = np.fft.irfft(np.fft.rfft(dry, size) * np.fft.rfft(echo, size), size)[: len(dry)].astype(np.float32)
    return np.clip(dry + noise.normal(0, sound.hiss, len(dry)), -1, 1).astype(np.float32)


def encode(samples: Samples, path: Path, sound: Sound = STUDIO) -> None:
    """Write the sound as an MP3 file."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mp3", rate=RATE, layout="mono")
        stream.bit_rate = sound.bit_rate
        frame = av.AudioFrame.from_ndarray((samples * 32767).astype(np.int16).reshape(1, -1), format="s16", layout="mono")
        frame.rate = RATE
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def truth(placed: Sequence[Placed]) -> Iterator[dict[str, object]]:
    """One entry per row: `original` is what the transcript says, `gold` what it should say."""
    for place in placed:
        yield {
            "line": str(place.line or ""),
            "speaker": place.row.speaker,
            "original": place.row.written,
            "gold": place.row.spoken or place.row.written,
            "presence": place.row.presence,
            "start": place.start,
            "end": place.end,
        }


def turns(placed: Sequence[Placed]) -> list[tuple[float, float, str]]:
    """Start and end in seconds and the speaker of every turn."""
    found: list[tuple[float, float, str]] = []
    for place in placed:
        if place.start is None or place.end is None:
            continue
        start, speaker = place.start, place.row.speaker
        if found and found[-1][2] == speaker and start - found[-1][1] < SAME_TURN_SECONDS:
            start = found.pop()[0]
        found.append((start, place.end, speaker))
    return found
