"""Listening to a clip, to know its voice again."""

from __future__ import annotations

import tempfile
from pathlib import Path

from models.kit import Kit
from models.waveform import Waveform
from service.domain.speech import Voiceprint
from service.errors import EarmarkError
from workers import audio

LONGEST_SECONDS = 600
"""Of a clip. It is the voice that is wanted, not the episode."""


def voice_of(clip: Path, kit: Kit) -> Voiceprint:
    """What the one voice of a clip sounds like.

    Raises `ClipUnusable`, `AudioUndecodable`, `AudioTooLong`, `NoSpeech`; `ModelMissing` or `ModelCorrupt`.
    """
    with tempfile.TemporaryDirectory(prefix="earmark-") as folder:
        decoded = Path(folder) / "clip.wav"
        audio.decode(clip, decoded, audio.Limits(LONGEST_SECONDS), lambda *_: None)
        return kit.enroller.enrol(Waveform(decoded))


def heard_in(clip: Path, kit: Kit) -> Voiceprint | str:
    """The same, or why there is none."""
    try:
        return voice_of(clip, kit)
    except EarmarkError as error:
        return str(error)
