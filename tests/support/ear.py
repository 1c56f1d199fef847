"""Models that know what is said, so that the real pipeline can be run in no time."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from models import profiles, protocols
from models.profiles import Profile
from models.protocols import Contest, Diarizer, Listening, Passage, Phrasing, Reader, Ruling, Sought
from models.windows import share, windows
from service.domain.document import ModelUse
from service.domain.secondlook import Trace
from service.domain.speech import Hypothesis, Word
from service.settings import Settings
from tests.support.builders import hypothesis, spoken

WINDOW_MS, SEARCH_MS = 3_000, 1_000


@dataclass(frozen=True)
class Ear:
    """A recogniser, judge, seeker and aligner for which `text` is said, at the pace of `spoken`.

    It hears a few seconds at a time, takes `seconds` over each, and notes in the journal, if there is one, where each begins and which
    process heard it.
    """

    text: str
    seconds: float = 0
    journal: Path | None = None
    uses: ModelUse = field(default=ModelUse("transcribe", "ear", "1"))

    def transcribe(self, listening: Listening) -> Hypothesis:
        waveform = listening.waveform
        said = spoken(self.text)
        words = []
        for window in share(list(windows(waveform, WINDOW_MS, SEARCH_MS)), listening.part):
            listening.report(window.start, waveform.duration_ms)
            time.sleep(self.seconds)
            words += [word for word in said if window.start <= word.span.start < window.end]
            self._note(window.start)
        return hypothesis(*words, duration=waveform.duration_ms)

    def judge(self, contests: tuple[Contest, ...]) -> tuple[Ruling, ...]:
        return tuple(Ruling(-1.0, -9.0, 4, 4) for _ in contests)

    def seek(self, sought: Sought) -> tuple[Trace, ...]:
        return tuple(Trace(Word(text, sought.span, 0.0), 0.0, 1) for text in sought.words)

    def time(self, _: Passage) -> tuple[Word | None, ...] | None:
        return None

    def _note(self, start: int) -> None:
        if self.journal:
            with self.journal.open("a") as journal:
                journal.write(f"{start} {os.getpid()}\n")


@dataclass(frozen=True)
class TimingEar(Ear):
    """Times what it is given evenly, and remembers what that was."""

    passages: list[str] = field(default_factory=list)

    def time(self, passage: Passage) -> tuple[Word | None, ...] | None:
        self.passages.append(" ".join(passage.words))
        each = passage.span.duration // len(passage.words)
        return spoken(" ".join(passage.words), passage.span.start, each - 10, gap=10)


@dataclass(frozen=True)
class Reads:
    """A language model to which all is alike."""

    uses: ModelUse = field(default=ModelUse("correct", "reader", "1"))
    phrasings: list[Phrasing] = field(default_factory=list)

    def prefer(self, phrasings: Sequence[Phrasing]) -> tuple[float, ...]:
        self.phrasings.extend(phrasings)
        return tuple(0.0 for _ in phrasings)


@dataclass(frozen=True)
class Hears:
    """Another ear, to which the sound always says as much for the other text."""

    nats: float = 0.0
    uses: ModelUse = field(default=ModelUse("correct", "other ear", "1"))
    contests: list[Contest] = field(default_factory=list)

    def hear(self, contests: tuple[Contest, ...]) -> tuple[float, ...]:
        self.contests.extend(contests)
        return tuple(self.nats for _ in contests)


@dataclass(frozen=True)
class EarKit:
    """A kit of one ear, and any diarizer."""

    aligner: Ear
    diarizer: Diarizer
    settings: Settings = field(default_factory=Settings)
    second: Ear | None = None
    reads: Reader | None = None
    hears: protocols.Ear | None = None

    @property
    def profile(self) -> Profile:
        return profiles.of(self.settings)

    def recogniser(self, _: str | None) -> Ear:
        return self.aligner

    def takes_hotwords(self, _: str | None) -> bool:
        return False

    def is_guided(self, _: str | None) -> bool:
        return self.settings.guided

    def wake(self, _: str) -> None:
        """It sleeps never."""

    def judge(self, _: str) -> Ear:
        return self.aligner

    def second_judge(self, _: str) -> Ear | None:
        return self.second

    def reader(self, _: str) -> Reader | None:
        return self.reads

    def other_ear(self, _: str) -> protocols.Ear | None:
        return self.hears

    def seeker(self, _: str) -> Ear:
        return self.aligner

    def timer(self, _: str) -> Ear:
        return self.aligner
