"""An episode whose lines are known, held against the turns that a diarizer heard: whose voice, and whose name, each word gets."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from service.domain.attribute import attribute
from service.domain.correct import Corrections
from service.domain.document import Timing
from service.domain.printed import printed
from service.domain.span import Span, ms, shares
from service.domain.speech import Diarization, Turn
from service.domain.timing import Timed, Times
from tests.support.builders import reference


@dataclass(frozen=True, slots=True)
class Episode:
    """Lines that were said: their text, who said them and when. Words share their line's time by length."""

    texts: tuple[str, ...]
    speakers: tuple[str, ...]
    spans: tuple[Span, ...]

    @classmethod
    def of(cls, truth: Path) -> Episode:
        rows: list[dict[str, Any]] = json.loads(truth.read_text(encoding="utf-8"))["rows"]
        said = [row for row in rows if row.get("presence", "both") == "both" and row["original"].split()]
        spans = tuple(Span(ms(row["start"]), ms(row["end"])) for row in said)
        texts, speakers = zip(*((" ".join(row["original"].split()), row["speaker"]) for row in said), strict=True)
        return cls(texts, speakers, spans)

    @property
    def num_words(self) -> int:
        return sum(len(text.split()) for text in self.texts)

    def voices(self, turns: tuple[Turn, ...]) -> float:
        """Share of words given to the right voice without any label, voices and speakers matched one to one, the largest first."""
        pairs = Counter(self._told(turns, [None] * len(self.texts)))
        of_voice: dict[str | None, str] = {}
        for who, voice in sorted(pairs, key=lambda pair: -pairs[pair]):
            if voice not in of_voice and who not in of_voice.values():
                of_voice[voice] = who
        return sum(count for (who, voice), count in pairs.items() if of_voice.get(voice) == who) / pairs.total()

    def names(self, turns: tuple[Turn, ...], rate: float, seeds: Sequence[int]) -> float:
        """Share of words with the right name where so many of the labels are another speaker's, the mean of the seeds."""
        return fmean(fmean(who == told for who, told in self._told(turns, self.labels(rate, seed))) for seed in seeds)

    def labels(self, rate: float, seed: int) -> list[str]:
        """Who says each line, in a share `rate` of them somebody else, if there is anybody else."""
        chance, people = random.Random(seed), sorted(set(self.speakers))
        return [chance.choice([p for p in people if p != who] or [who]) if chance.random() < rate else who for who in self.speakers]

    def _told(self, turns: tuple[Turn, ...], labels: Sequence[str | None]) -> list[tuple[str, str | None]]:
        """Of every word, who says it and who is said to."""
        written = reference(*self.texts, labels=labels)
        spans = [span for text, whole in zip(self.texts, self.spans, strict=True) for span in shares(whole, text.split())]
        times = Times(tuple(Timed(span, Timing.FORCED, 0.9) for span in spans), ())
        found = attribute(written, printed(written, Corrections()), times, Diarization(turns, turns))
        names = {speaker.id: speaker.name for speaker in found.speakers}
        truth = [who for text, who in zip(self.texts, self.speakers, strict=True) for _ in text.split()]
        return [(who, names.get(told or "")) for who, told in zip(truth, found.printed, strict=True)]
