"""Recordings made on the spot: tones that can be recognised again, in any container PyAV can write."""

from __future__ import annotations

import io
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

Sound = npt.NDArray[np.int16]
"""16-bit samples, shape (num_channels, num_samples)."""


@dataclass(frozen=True, slots=True)
class Container:
    """A file format as PyAV writes it: muxer, encoder, the encoder's sample format and a suffix for people."""

    muxer: str
    codec: str
    sample_format: str
    suffix: str
    rates: tuple[int, ...] = (8000, 44100, 48000)


CONTAINERS: tuple[Container, ...] = (
    Container("mp3", "libmp3lame", "s16p", ".mp3"),
    Container("ipod", "aac", "fltp", ".m4a"),
    Container("adts", "aac", "fltp", ".aac"),
    Container("ogg", "libopus", "s16", ".opus", (8000, 48000)),
    Container("flac", "flac", "s16", ".flac"),
    Container("wav", "pcm_s16le", "s16", ".wav"),
    Container("wav", "pcm_f32le", "flt", ".float.wav"),
    Container("aiff", "pcm_s16be", "s16", ".aiff"),
    Container("webm", "libopus", "s16", ".webm", (8000, 48000)),
    Container("matroska", "pcm_s16le", "s16", ".mkv"),
)


def tone(seconds: float, rate: int = 16000, hertz: float = 440.0, level: float = 0.3) -> Sound:
    """One channel of a sine wave; `level` is its peak as a share of full scale."""
    times = np.arange(round(seconds * rate)) / rate
    return (np.sin(2 * np.pi * hertz * times) * level * 32767).astype(np.int16)[None]


def encode(sound: Sound, container: Container, rate: int) -> bytes:
    """The sound as a file of this format. Raises `av.FFmpegError` where the encoder cannot do this rate or layout."""
    layout = {1: "mono", 2: "stereo", 6: "5.1"}.get(len(sound), f"{len(sound)} channels")
    out = io.BytesIO()
    with av.open(out, "w", format=container.muxer) as media:
        stream = media.add_stream(container.codec, rate=rate, layout=layout)
        stream.format = container.sample_format
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound.T).reshape(1, -1), format="s16", layout=layout)
        frame.sample_rate, frame.pts, frame.time_base = rate, 0, Fraction(1, rate)
        media.mux([packet for part in (frame, None) for packet in stream.encode(part)])
    return out.getvalue()


def write(path: Path, sound: Sound, container: Container, rate: int = 16000) -> Path:
    """The sound as a file at `path`."""
    path.write_bytes(encode(sound, container, rate))
    return path


def by_suffix(suffix: str) -> Container:
    return next(container for container in CONTAINERS if container.suffix == suffix)
