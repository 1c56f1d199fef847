"""A diarizer that knows the truth: for tests of what comes after diarization, held to the same contract as the real one."""

from __future__ import annotations

from dataclasses import dataclass

from models.protocols import Voices
from models.pyannote import SHORTEST_MS, named
from service.domain.document import ModelUse
from service.domain.speech import Diarization, Turn

USES = ModelUse("diarize", "oracle", "1")


@dataclass(frozen=True)
class OracleDiarizer:
    """Gives back the turns it was made with, as far as the waveform goes. The true turns must not overlap."""

    truth: tuple[Turn, ...]
    uses: ModelUse = USES

    def diarize(self, voices: Voices) -> Diarization:
        bounds = voices.waveform.span
        for done in (bounds.duration // 2, bounds.duration):
            voices.report(done, bounds.duration)
        if bounds.duration < SHORTEST_MS:
            return Diarization((), ())
        heard = (Turn(turn.span.within(bounds), turn.speaker) for turn in self.truth)
        turns = tuple(sorted((turn for turn in heard if turn.span.duration), key=lambda turn: turn.span))
        return named(turns, turns)[0]
