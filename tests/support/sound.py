"""Recordings made on the spot: tones that can be recognised again, in any container PyAV can write."""

from __future__ import annotations

import io
import struct
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


def silent_flac(seconds: int, *, announced: bool = True) -> bytes:
    """Silence at 8 kHz, some fifteen bytes for every eight seconds: 156 kB a day. `announced` puts its length into the header.

    As RFC 9639 has it: a STREAMINFO block, then frames with one constant subframe each.
    """
    total = seconds * 8000 if announced else 0
    info = struct.pack(">HH", FLAC_BLOCK, FLAC_BLOCK) + bytes(6) + (8000 << 44 | 15 << 36 | total).to_bytes(8, "big") + bytes(16)
    frames = (_silent_frame(number) for number in range(seconds * 8000 // FLAC_BLOCK))
    return b"fLaC" + b"\x80" + len(info).to_bytes(3, "big") + info + b"".join(frames)


FLAC_BLOCK = 65535
"""Samples of a frame: the most there can be."""


def _silent_frame(number: int) -> bytes:
    """Fixed block size, said in 16 bits; 8 kHz, one channel, 16 bits; a constant subframe of zero."""
    numbered = chr(number).encode("utf-8", "surrogatepass")
    header = b"\xff\xf8\x74\x08" + numbered + (FLAC_BLOCK - 1).to_bytes(2, "big")
    frame = header + bytes([_crc(header, 0x107, 8)]) + b"\x00\x00\x00"
    return frame + _crc(frame, 0x18005, 16).to_bytes(2, "big")


def _crc(content: bytes, polynomial: int, bits: int) -> int:
    """The remainder of the content by the polynomial, which is written with its highest bit."""
    remainder = 0
    for byte in content:
        remainder ^= byte << (bits - 8)
        for _ in range(8):
            remainder <<= 1
            if remainder >> bits:
                remainder ^= polynomial
    return remainder
