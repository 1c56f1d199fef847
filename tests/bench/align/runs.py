"""Recordings put through decoding, recognition, alignment and timing, with every artefact kept between runs of the benchmark."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from typing import Any

import psutil

from models.entries import TINY_EN
from models.kit import Kit
from models.waveform import Waveform
from service.domain.align import Alignment
from service.domain.correct import Corrections
from service.domain.options import Options
from service.domain.printed import Printed
from service.domain.span import Span
from service.domain.speech import Hypothesis, Word
from service.domain.timing import Times
from service.settings import Settings
from service.store import FolderStore
from workers import pipeline
from workers.desk import Desk, Episode
from workers.shelf import FolderShelf, MemoryShelf

KEPT = Path("out/bench/align")


@dataclass(frozen=True)
class Run:
    """What came of one recording."""

    desk: Desk
    hypothesis: Hypothesis
    alignment: Alignment
    words: tuple[Printed, ...]
    times: Times


@dataclass(frozen=True)
class Cost:
    """Of alignment, its second look included, and of timing: processor time, and resident memory at the end of either."""

    seconds: tuple[float, float]
    resident_mb: tuple[int, int]


class Runs:
    """Runs with the models of these settings. Recognition is given no hint of the transcript."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.kit = Kit(settings or Settings())
        store = FolderStore(KEPT)
        store.prepare()
        self._shelf = FolderShelf(store, "bench")
        self._other = _stable_ts(self.kit)

    def sound(self, recording: Path) -> Waveform:
        """The recording, decoded."""
        desk = Desk(Episode(recording, b"", Options()), self.kit, self._shelf)
        pipeline.run_stage("decode", desk)
        return desk.waveform

    def heard(self, recording: Path) -> Hypothesis:
        """What is recognised in it, as English."""
        desk = Desk(Episode(recording, b"", Options(language="en", diarize=False)), self.kit, self._shelf)
        for stage in ("decode", "transcribe"):
            pipeline.run_stage(stage, desk)
        return desk.hypothesis

    def corrected(self, sound: Path, text: Path) -> Desk:
        """A desk with all that comes before the times: the transcript as it is printed."""
        desk = self._listened(sound, text, "en")
        pipeline.run_stage("align", desk)
        desk.keep("correct", pipeline.correct(desk, lambda *_: None))
        return desk

    def aligned(self, sound: Path, text: Path, language: str = "en") -> Desk:
        """A desk with all that comes before the times; the transcript is taken as it is."""
        return _aligned(self._listened(sound, text, language))

    def of(self, sound: Path, text: Path) -> Run:
        """The transcript is taken as it is: no correction is applied."""
        desk = _aligned(self._listened(sound, text, "en"))
        times = pipeline.time(desk, lambda *_: None)
        return Run(desk, desk.hypothesis, desk.alignment, desk.words, times)

    def cost(self, sound: Path, text: Path) -> Cost:
        """Of alignment and timing when only what comes before is kept. Processes of their own are not counted: allow one thread."""
        listened = self._listened(sound, text, "en")
        with MemoryShelf() as shelf:
            desk = Desk(listened.episode, self.kit, shelf)
            for stage in ("decode", "parse", "transcribe"):
                desk.keep(stage, listened.load(stage))
            marks = [process_time()]
            resident = []
            for work in (_aligned, lambda desk: pipeline.time(desk, lambda *_: None)):
                work(desk)
                marks.append(process_time())
                resident.append(psutil.Process().memory_info().rss >> 20)
        return Cost((marks[1] - marks[0], marks[2] - marks[1]), (resident[0], resident[1]))

    def _listened(self, sound: Path, text: Path, language: str) -> Desk:
        desk = Desk(Episode(sound, text.read_bytes(), Options(language=language, diarize=False)), self.kit, self._shelf)
        for stage in ("decode", "parse", "transcribe"):
            pipeline.run_stage(stage, desk)
        return desk

    def others(self, run: Run) -> Iterator[tuple[str, list[Word]]]:
        """The times of other aligners on the same weights and the same text, of those that are installed."""
        if self._other is None:
            return
        sound = run.desk.waveform
        text = "\n".join(" ".join(token.text for token in line.tokens) for line in run.desk.reference.talk)
        found = self._other.align(sound.crop(sound.span), text, language="en", verbose=None)
        words = [] if found is None else found.all_words()
        yield "stable-ts align, same weights", [Word(w.word.strip(), Span.of_seconds(w.start, max(w.start, w.end)), 1.0) for w in words]


def _aligned(desk: Desk) -> Desk:
    """Laid anew against what was heard, and not corrected."""
    desk.keep("align", pipeline.align(desk, lambda *_: None))
    desk.keep("correct", Corrections(()))
    return desk


def _stable_ts(kit: Kit) -> Any:
    """stable-ts (pip install stable-ts-whisperless) on the recogniser's weights, or None where it is not installed."""
    try:
        import stable_whisper  # noqa: PLC0415  not among the dependencies
    except ImportError:
        return None
    return stable_whisper.load_faster_whisper(str(kit.catalog.find(TINY_EN.name)), device="cpu", local_files_only=True)
