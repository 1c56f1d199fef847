"""Decoded sound, read a window at a time: an hour costs no memory until it is looked at."""

from __future__ import annotations

import wave
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from service.domain.span import Ms, Span

SAMPLE_RATE = 16_000
"""Hz. What Whisper, pyannote's segmentation, CAM++ and PocketSphinx's en-us model all expect."""

SAMPLES_PER_MS = SAMPLE_RATE // 1000

Samples = npt.NDArray[np.float32]
"""Mono float32 in [-1, 1], 16 kHz, shape (num_samples,)."""


@dataclass(frozen=True)
class Waveform:
    """A mono 16 kHz 16-bit WAV file on disk, memory-mapped."""

    path: Path

    @cached_property
    def pcm(self) -> npt.NDArray[np.int16]:
        """The samples as they are on disk, int16, shape (num_samples,), memory-mapped and read-only."""
        with wave.open(str(self.path), "rb") as wav:
            if (wav.getnchannels(), wav.getsampwidth(), wav.getframerate()) != (1, 2, SAMPLE_RATE):
                msg = f"{self.path} is not mono 16-bit {SAMPLE_RATE} Hz"
                raise ValueError(msg)
            count = wav.getnframes()
        offset = self.path.stat().st_size - 2 * count
        return np.memmap(self.path, dtype="<i2", mode="r", offset=offset, shape=(count,)) if count else np.zeros(0, np.int16)

    @property
    def num_samples(self) -> int:
        return len(self.pcm)

    @property
    def duration_ms(self) -> Ms:
        return self.num_samples // SAMPLES_PER_MS

    @property
    def span(self) -> Span:
        return Span(0, self.duration_ms)

    def crop(self, span: Span) -> Samples:
        """The samples of `span` as float32 in [-1, 1]; shorter where the recording ends first."""
        part = self.pcm[span.start * SAMPLES_PER_MS : span.end * SAMPLES_PER_MS]
        return np.multiply(part, np.float32(1 / 32768), dtype=np.float32)

    def crop_pcm(self, span: Span) -> bytes:
        """The samples of `span` as little-endian 16-bit PCM, for PocketSphinx and pydub."""
        return self.pcm[span.start * SAMPLES_PER_MS : span.end * SAMPLES_PER_MS].tobytes()
