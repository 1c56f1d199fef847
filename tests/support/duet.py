"""Two people of the demo recording talking to each other, each on a channel of his own, now and then at once."""

from __future__ import annotations

import itertools
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from models.waveform import SAMPLE_RATE, SAMPLES_PER_MS, Samples, Waveform
from service.domain.span import Ms, Span, ms
from service.domain.speech import Turn
from tests.support.sound import Sound
from workers import audio

DEMO = Path(__file__).parents[2] / "docs" / "demo"

PAUSES_MS = (300, -700, 500, 250, -1200)
"""Between one line and the next, over and over; where it is negative the next one interrupts."""

HIGHER = 1.03
"""How much faster, and higher, a voice is played that only resembles the other."""

THROWN_IN_MS = 700
"""How long each says something while the other goes on."""

HISS = 0.0005
"""Standard deviation of each microphone's noise, of full scale."""

Channels = npt.NDArray[np.float32]
"""Shape (2, num_samples), in [-1, 1]."""


@dataclass(frozen=True, slots=True)
class Duet:
    """What the two say, each on a clean channel, and when, by line."""

    channels: Channels
    turns: tuple[Turn, ...]

    def recorded(self, crosstalk: float = 0.0) -> Sound:
        """As two microphones in one room have it: either hears the other voice `crosstalk` times as loud, 3 ms later."""
        across = np.roll(self.channels[::-1], 3 * SAMPLE_RATE // 1000, axis=1) * crosstalk
        return _pcm(self.channels + across)

    def mixed(self, pan: float = 0.5) -> Sound:
        """As a mix for loudspeakers has it: `pan` of the first voice on the left, of the second on the right."""
        return _pcm(np.array([[pan, 1 - pan], [1 - pan, pan]], np.float32) @ self.channels)


def _pcm(sound: Channels) -> Sound:
    noise = np.random.default_rng(0).normal(0, HISS, sound.shape)
    return (np.clip(sound + noise, -1, 1) * 32767).astype(np.int16)


def duet() -> Duet:
    """Ada and Bruno, in turn; into every longer line the other throws a word or two."""
    lines = _lines()
    return _recorded(lines["Ada"], lines["Bruno"])


def sisters() -> Duet:
    """Ada and one who sounds like her, only a little higher."""
    lines = _lines()["Ada"]
    return _recorded(lines[::2], [_higher(line) for line in lines[1::2]])


def _higher(line: Samples) -> Samples:
    """Played a little faster."""
    at = np.arange(0, len(line) - 1, HIGHER)
    return np.asarray(np.interp(at, np.arange(len(line)), line), np.float32)


def _recorded(*people: list[Samples]) -> Duet:
    in_turn = [(who, line) for pair in zip(*people, strict=False) for who, line in enumerate(pair)]
    placed = list(_placed([len(line) for _, line in in_turn]))
    said = [(who, span, line) for (who, line), span in zip(in_turn, placed, strict=True)]
    said += [(1 - who, *_thrown_in(span, people[1 - who][n % 3])) for n, (who, span, _) in enumerate(said) if span.duration > 3_000]
    channels = np.zeros((2, placed[-1].end * SAMPLES_PER_MS + SAMPLE_RATE), np.float32)
    for who, span, line in said:
        channels[who, span.start * SAMPLES_PER_MS :][: len(line)] += line
    return Duet(channels, tuple(sorted((Turn(span, f"microphone_{who + 1}") for who, span, _ in said), key=lambda turn: turn.span)))


def _thrown_in(span: Span, line: Samples) -> tuple[Span, Samples]:
    """The beginning of a line, said in the middle of what the other says."""
    return Span(span.middle, span.middle + THROWN_IN_MS), line[: THROWN_IN_MS * SAMPLES_PER_MS]


def _lines() -> dict[str, list[Samples]]:
    """What each person of the demo recording says, in order."""
    said: dict[str, list[Samples]] = {}
    with tempfile.TemporaryDirectory() as folder:
        decoded = Waveform(Path(folder) / "demo.wav")
        audio.decode(DEMO / "episode.mp3", decoded.path, audio.Limits(), lambda *_: None)
        for row in json.loads((DEMO / "truth.json").read_text(encoding="utf-8"))["rows"]:
            if row.get("presence") != "transcript_only":
                said.setdefault(row["speaker"], []).append(decoded.crop(Span(ms(row["start"]), ms(row["end"]))))
    return said


def _placed(samples: list[int]) -> Iterator[Span]:
    at: Ms = 500
    for count, pause in zip(samples, itertools.cycle(PAUSES_MS), strict=False):
        span = Span(at, at + count * 1000 // SAMPLE_RATE)
        yield span
        at = max(span.start, span.end + pause)
