"""Two channels with a voice each: which of them is heard when, told from their levels.

Many conversations are recorded with one microphone on the left and one on the right. Then nobody has to be told apart by his sound. A
mix for stereo loudspeakers has the same voices on both sides, more or less alike, and must not be taken for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from models.stretches import runs
from models.waveform import SAMPLE_RATE
from service.domain.span import Span
from service.domain.speech import Turn

FRAME = SAMPLE_RATE // 50
"""Samples. Levels are taken every 20 ms."""

FRAME_MS = 1000 * FRAME // SAMPLE_RATE

SMOOTHED = 5
"""Frames: a tenth of a second."""

FULL = 99
"""The level that a channel's voice reaches, as a percentile: who speaks but a fiftieth of the time is still seen."""

QUIET_DB = 30.0
"""So far below that level a channel holds no speech worth hearing."""

ALONE_DB = 8.0
"""A channel louder than the other by so much, each measured by its own voice, is heard alone: what the other one holds is crosstalk."""

APART_DB = -12.0
"""Crosstalk is mostly no louder than this, or the channels are no voices' own: a mix pans voices less far apart."""

OVER_DB = 6.0
"""A channel is heard when it is louder by so much than the crosstalk that it would hold."""

SAME = 0.5
"""Coherence from which two channels that are heard hold the same sound, not two voices at once."""

HELD_SECONDS = 0.6
"""A side is held through its pauses for so long, until either is heard again: a word ends more softly than it is heard here."""

BRIEF_SECONDS = 0.3
"""Both at once for less than this is no second voice, but a breath or a knock."""

SHARE = 0.5
"""Of all that is loud, so much must be on one side alone. Jingles and advertisements are mostly in the middle."""

LEAST_SHARE = 0.02
LEAST_SECONDS = 2.0
"""What each side must hold alone to be a voice's channel."""

Levels = npt.NDArray[np.float32]
"""Mean energies of frames and their mean product: shape (num_frames, 3) for left, right, left times right."""

Mask = npt.NDArray[np.bool_]
"""Where either side is heard: shape (num_frames, 2)."""


@dataclass(slots=True)
class Balance:
    """The levels of two channels, gathered piece by piece: 12 bytes for every 20 ms."""

    _pieces: list[Levels] = field(default_factory=list)

    def hear(self, pcm: bytes) -> None:
        """Take 16-bit sound, both channels interleaved, into account; an incomplete frame at its end is dropped."""
        samples = np.frombuffer(pcm, "<i2").astype(np.float32).reshape(-1, 2)
        frames = samples[: len(samples) // FRAME * FRAME].reshape(-1, FRAME, 2)
        left, right = frames[:, :, 0], frames[:, :, 1]
        self._pieces.append(np.stack([(left**2).mean(1), (right**2).mean(1), (left * right).mean(1)], axis=1))

    @property
    def sides(self) -> tuple[Turn, ...]:
        """When channel "1" and channel "2" are heard, in order of time; nothing unless each holds a voice of its own."""
        levels = np.concatenate([np.zeros((0, 3), np.float32), *self._pieces])
        if not len(levels):
            return ()
        heard, loud = _heard(_smoothed(levels))
        alone = heard & ~heard[:, ::-1]
        if alone.sum() < SHARE * loud.sum() or (alone.sum(0) < _least(loud)).any():
            return ()
        return tuple(sorted(_turns(_held(heard)), key=lambda turn: (turn.span, turn.speaker)))


def _least(loud: npt.NDArray[np.bool_]) -> float:
    """Frames that each side must hold alone."""
    return float(max(LEAST_SHARE * loud.sum(), LEAST_SECONDS * 1000 / FRAME_MS))


def _smoothed(levels: Levels) -> Levels:
    """A moving mean over `SMOOTHED` frames."""
    kernel = np.full(SMOOTHED, 1 / SMOOTHED, np.float32)
    return np.stack([np.convolve(column, kernel, "same") for column in levels.T], axis=1)


def _heard(levels: Levels) -> tuple[Mask, npt.NDArray[np.bool_]]:
    """Where each side is heard (neither where both hold the same), and where anything is loud: shapes (num_frames, 2) and (num_frames,)."""
    decibels = 10 * np.log10(levels[:, :2] + 1e-3)
    relative = decibels - np.percentile(decibels, FULL, axis=0)
    over = relative > -QUIET_DB
    ahead = relative - relative[:, ::-1]
    same = np.abs(levels[:, 2]) > SAME * np.sqrt(levels[:, 0] * levels[:, 1]) + 1e-6
    crosstalk = _crosstalk(ahead, over)
    if crosstalk.max() > APART_DB:
        return np.zeros_like(over), np.asarray(over.any(axis=1))
    heard = over & (ahead > crosstalk + OVER_DB)
    heard[heard.all(axis=1) & same] = False
    return _without_brief(heard, relative), np.asarray(over.any(axis=1))


def _crosstalk(ahead: Levels, over: Mask) -> npt.NDArray[np.float32]:
    """How far each channel mostly stays below the other while only that is heard, in decibels: shape (2,); 0 where that is never so."""
    alone = over & (ahead > ALONE_DB)
    return np.array([np.median(ahead[alone[:, 1 - side], side]) if alone[:, 1 - side].any() else 0 for side in (0, 1)], np.float32)


def _without_brief(heard: Mask, relative: Levels) -> Mask:
    """Both at once, but briefly: the louder alone."""
    out = heard.copy()
    for start, end in runs(np.asarray(heard.all(axis=1))):
        if (end - start) * FRAME_MS < BRIEF_SECONDS * 1000:
            out[start:end, int(relative[start:end].sum(axis=0).argmin())] = False
    return out


def _held(heard: Mask) -> Mask:
    """Each side held on where neither is heard after it, and brought forward where neither is heard before it."""
    out = heard.copy()
    longest = round(HELD_SECONDS * 1000 / FRAME_MS)
    for start, end in runs(np.asarray(~heard.any(axis=1))):
        middle = (start + end) // 2
        if start:
            out[start : min(middle, start + longest)] |= heard[start - 1]
        if end < len(heard):
            out[max(middle, end - longest) : end] |= heard[end]
    return out


def _turns(heard: Mask) -> Iterator[Turn]:
    for side in range(heard.shape[1]):
        yield from (Turn(Span(start * FRAME_MS, end * FRAME_MS), str(side + 1)) for start, end in runs(heard[:, side]))
