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
    """A mono 16 kHz 16-bit WAV file on disk."""

    path: Path

    @cached_property
    def _samples(self) -> tuple[int, int]:
        """Where in the file the samples begin, in bytes, and how many there are."""
        with wave.open(str(self.path), "rb") as wav:
            if (wav.getnchannels(), wav.getsampwidth(), wav.getframerate()) != (1, 2, SAMPLE_RATE):
                msg = f"{self.path} is not mono 16-bit {SAMPLE_RATE} Hz"
                raise ValueError(msg)
            count = wav.getnframes()
        return self.path.stat().st_size - 2 * count, count

    @property
    def pcm(self) -> npt.NDArray[np.int16]:
        """All samples as they are on disk, int16, shape (num_samples,), memory-mapped and read-only."""
        offset, count = self._samples
        return np.memmap(self.path, dtype="<i2", mode="r", offset=offset, shape=(count,)) if count else np.zeros(0, np.int16)

    @property
    def num_samples(self) -> int:
        return self._samples[1]

    @property
    def duration_ms(self) -> Ms:
        return self.num_samples // SAMPLES_PER_MS

    @property
    def span(self) -> Span:
        return Span(0, self.duration_ms)

    def read(self, start: int, end: int) -> npt.NDArray[np.int16]:
        """Samples [start, end) from the disk, int16; fewer where the recording ends first."""
        offset, count = self._samples
        return np.fromfile(self.path, "<i2", max(0, min(end, count) - start), offset=offset + 2 * start)

    def crop(self, span: Span) -> Samples:
        """The samples of `span` as float32 in [-1, 1]; fewer where the recording ends first."""
        return np.multiply(self.read(span.start * SAMPLES_PER_MS, span.end * SAMPLES_PER_MS), np.float32(1 / 32768), dtype=np.float32)

    def crop_pcm(self, span: Span) -> bytes:
        """The samples of `span` as little-endian 16-bit PCM, for PocketSphinx and pydub."""
        return self.read(span.start * SAMPLES_PER_MS, span.end * SAMPLES_PER_MS).tobytes()
