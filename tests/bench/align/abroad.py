"""Times of languages that the forced aligner has no sounds of: as recognised, and by spelling the words to the recogniser."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time

from models.protocols import Passage
from models.spelling import Nobody
from models.windows import hushes
from service.domain.document import Timing
from service.domain.span import Span
from service.domain.timing import Times
from tests.bench.align.boundaries import GROUPS, Errors, labelled, ours, rows
from tests.bench.align.runs import Runs
from workers import timing
from workers.desk import Desk

SPANISH = Path("multilingual/es.mp3")
"""The only recording in another language with pauses that can be told from its noise."""

PAUSE_MS = 200

WARM_MS = 1_000


def table(audio: Path, runs: Runs) -> Iterator[str]:
    """English recordings with labels as if no forced aligner knew their language, then a Spanish one without any: before each of its pauses
    a word must end, and after it one must begin.
    """
    for group, folders in GROUPS.items():
        found: dict[str, Errors] = {}
        cost = Cost()
        for truth, sound, text in labelled(audio, folders):
            desk = runs.aligned(sound, text)
            for name, times in cost.both_of(desk):
                found.setdefault(name, Errors()).add(truth, ours(desk.words, times))
        yield from rows(group, found)
        yield cost.told(group)
    yield from _spanish(audio / SPANISH, runs)


def _spanish(sound: Path, runs: Runs) -> Iterator[str]:
    text = sound.with_suffix(".ref.txt")
    if not (sound.is_file() and text.is_file()):
        yield f"<!-- Spanish: not measured, there is no {SPANISH} -->"
        return
    desk, cost = runs.aligned(sound, text, language="es"), Cost()
    pauses = [hush for hush in hushes(desk.waveform) if hush.duration >= PAUSE_MS]
    yield from rows("Spanish, at its pauses", {name: _at_pauses(pauses, times) for name, times in cost.both_of(desk)})
    yield cost.told("Spanish")


@dataclass
class Cost:
    """Processor time of the letters, and the length of the recordings, in seconds."""

    seconds: float = 0
    length: float = 0

    def both_of(self, desk: Desk) -> Iterator[tuple[str, Times]]:
        """The times of a recording in both ways; the weights are loaded before the clock begins."""
        speller = desk.kit.speller(desk.hypothesis.language)
        yield "base, as recognised", timing.timed_by(Nobody(), Timing.RECOGNISED, desk, lambda *_: None)
        speller.time(Passage(desk.waveform, Span(0, WARM_MS), ("so",)))
        begun = process_time()
        spelled = timing.timed_by(speller, Timing.RECOGNISED, desk, lambda *_: None)
        self.seconds, self.length = self.seconds + process_time() - begun, self.length + desk.waveform.duration_ms / 1000
        yield "base, spelled", spelled

    def told(self, what: str) -> str:
        return f"<!-- {what}: letters {self.seconds / self.length:.3f} x real time of processor, unless answers were kept -->"


def _at_pauses(pauses: Sequence[Span], times: Times) -> Errors:
    """How far the nearest word begins from the end of each pause, and ends from its beginning."""
    words = [timed.span for timed in times.printed if timed.span]
    onset = [min((word.start - pause.end for word in words), key=abs) / 1000 for pause in pauses]
    offset = [min((word.end - pause.start for word in words), key=abs) / 1000 for pause in pauses]
    return Errors(onset, offset)
