"""A judge that remembers asks each question once, also in the next run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from models.protocols import Contest, Ruling
from models.waveform import Waveform
from service.domain.document import ModelUse
from service.domain.span import Span
from tests.bench.episodes import KeptJudge

QUESTION = Contest(Waveform(Path("never-read.wav")), Span(0, 1000), "the Minutel", "the Minitel", "Minutel", "Minitel")
OTHER = replace(QUESTION, text_after="the minute", after="minute")


class Counting:
    """Rules by the length of the candidate, and counts what it is asked."""

    def __init__(self) -> None:
        self.uses = ModelUse("transcribe", "counting", "1")
        self.asked: list[Contest] = []

    def judge(self, contests: tuple[Contest, ...]) -> tuple[Ruling, ...]:
        self.asked += contests
        return tuple(Ruling(-9.5, -float(len(contest.after)), 3, 4) for contest in contests)


def test_only_what_is_new_is_asked(tmp_path: Path) -> None:
    counting = Counting()
    first = KeptJudge(counting, "sound", tmp_path / "r.json").judge((QUESTION,))
    again = KeptJudge(counting, "sound", tmp_path / "r.json").judge((OTHER, QUESTION))
    assert first == (Ruling(-9.5, -7.0, 3, 4),)
    assert again == (Ruling(-9.5, -6.0, 3, 4), *first)
    assert counting.asked == [QUESTION, OTHER]


def test_another_recording_is_another_question(tmp_path: Path) -> None:
    counting = Counting()
    for sound in ("one", "two"):
        KeptJudge(counting, sound, tmp_path / "r.json").judge((QUESTION,))
    assert len(counting.asked) == 2
