"""The `time` stage: force-align every passage, and keep the recogniser's time where that fails."""

from __future__ import annotations

from models.protocols import Passage, Report
from models.windows import HUSH_MS, PAUSE_MS, pauses
from service.domain.span import Span
from service.domain.timing import NOT_HEARD, Said, Timed, Times, passages, said, settle
from workers.desk import Desk

FORCED_LANGUAGES = frozenset({"en"})
"""Languages the forced aligner has an acoustic model for; others keep the recogniser's times."""


def time(desk: Desk, report: Report) -> Times:
    words = desk.words
    spoken = said(desk.alignment, desk.hypothesis, words)
    quiet = pauses(desk.waveform, HUSH_MS)
    forced = _forced(desk, spoken, quiet, report) if desk.hypothesis.language in FORCED_LANGUAGES else [None] * len(spoken)
    settled = [Timed(span, timing, item.score) for item, (span, timing) in zip(spoken, settle(spoken, forced, quiet), strict=True)]
    by_printed = {item.printed: timed for item, timed in zip(spoken, settled, strict=True) if item.printed is not None}
    unwritten = tuple((item.word, timed) for item, timed in zip(spoken, settled, strict=True) if item.word is not None)
    return Times(tuple(by_printed.get(k, NOT_HEARD) for k in range(len(words))), unwritten)


def _forced(desk: Desk, spoken: tuple[Said, ...], quiet: tuple[Span, ...], report: Report) -> list[Span | None]:
    found: list[Span | None] = [None] * len(spoken)
    long_enough = [pause for pause in quiet if pause.duration >= PAUSE_MS]
    for stretch in passages(spoken, long_enough, desk.waveform.duration_ms):
        words = spoken[slice(*stretch.given)]
        timed = desk.kit.aligner.time(Passage(desk.waveform, stretch.span, tuple(item.text for item in words)))
        for k, word in enumerate(timed or (), stretch.given[0]):
            if stretch.kept[0] <= k < stretch.kept[1]:
                found[k] = word.span if word else None
        report(stretch.span.end, desk.waveform.duration_ms)
    return found
