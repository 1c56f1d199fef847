"""From the channels of a recording to the one that is listened to, a few seconds at a time, with pydub."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass, field
from typing import TypeAlias

from models.waveform import SAMPLE_RATE
from service.domain.speech import Turn
from workers.balance import Balance

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", message="Couldn't find ffmpeg", category=RuntimeWarning)  # nothing here needs it
    from pydub import AudioSegment

Piece: TypeAlias = AudioSegment
"""A stretch of 16-bit sound with all its channels, in memory."""

FULL_SCALE = 32768
SILENT_BESIDE = 1e-4
"""A channel with less than this share of the loudest one's energy (-40 dB) carries no voice."""

CANCELLED = 0.1
"""Unrelated channels mix to the sum of their energies; a mix with less than this share of it is two copies, one inverted."""


def sound(pcm: bytes, channels: int) -> Piece:
    """16-bit PCM at 16 kHz, channels interleaved, as pydub takes it; an incomplete last frame is dropped."""
    whole = len(pcm) - len(pcm) % (2 * channels)
    return Piece(data=pcm[:whole], sample_width=2, frame_rate=SAMPLE_RATE, channels=channels)


def mix(piece: Piece, chosen: tuple[int, ...]) -> Piece:
    """The mean of the chosen channels, as one channel."""
    if piece.channels == 1:
        return piece
    every = piece.split_to_mono()
    share_db = -20 * math.log10(len(chosen))
    mono = every[chosen[0]].apply_gain(share_db)
    for channel in chosen[1:]:
        mono = mono.overlay(every[channel].apply_gain(share_db))
    return mono


@dataclass(slots=True)
class Meter:
    """The levels of a recording, summed up piece by piece. Energies are squared amplitudes times samples."""

    channels: int
    mixed: float = 0.0
    peak: int = 0
    energies: list[float] = field(default_factory=list)
    _balance: Balance = field(default_factory=Balance)

    def hear(self, piece: Piece, mono: Piece) -> None:
        """Take a piece and its mix into account."""
        self.energies = self.energies or [0.0] * self.channels
        for index, channel in enumerate(piece.split_to_mono()):
            self.energies[index] += channel.rms**2 * channel.frame_count()
        self.mixed += mono.rms**2 * mono.frame_count()
        self.peak = max(self.peak, mono.max)
        if self.channels == 2:
            self._balance.hear(piece.raw_data)

    @property
    def peak_dbfs(self) -> float:
        """The loudest sample of the mix, in decibels below full scale; minus infinity for digital silence."""
        return 20 * math.log10(self.peak / FULL_SCALE) if self.peak else -math.inf

    @property
    def sounding(self) -> tuple[int, ...]:
        """The channels that carry anything beside the loudest."""
        floor = SILENT_BESIDE * max(self.energies, default=0.0)
        return tuple(index for index, energy in enumerate(self.energies) if energy > floor)

    @property
    def cancelled(self) -> bool:
        """Whether the mix of all channels lost the sound: one channel is another's inverse."""
        return self.mixed < CANCELLED * sum(self.energies) / self.channels**2

    @property
    def choice(self) -> tuple[int, ...]:
        """The channels worth mixing: those that sound, or the loudest alone when they cancel each other out."""
        if self.cancelled:
            return (self.energies.index(max(self.energies)),)
        return self.sounding

    @property
    def sides(self) -> tuple[Turn, ...]:
        """When channel "1" and channel "2" are heard, where each holds a voice of its own."""
        return self._balance.sides if len(self.choice) == 2 else ()

    @property
    def remark(self) -> str:
        """Why not all channels were mixed, for the caller."""
        listened = ", ".join(str(channel + 1) for channel in self.choice)
        if self.cancelled:
            return f"The channels cancel each other out (one is inverted); only channel {listened} of {self.channels} was listened to."
        return f"Only channel {listened} of {self.channels} carries sound; the others are silent and were left out."
