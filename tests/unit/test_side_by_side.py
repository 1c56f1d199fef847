"""Work done side by side: stretches of a recording by one model, and the stages of an episode in one process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from threading import Barrier, Event
from typing import cast

import pytest

from models.kit import Kit
from models.protocols import Listening, Voices
from models.streams import Tell, dealt, side_by_side
from service.domain.document import ModelUse
from service.domain.options import Options
from service.domain.speech import Diarization, Hypothesis
from service.errors import ModelDied, Stopped, TranscriptMismatch
from tests.support.ear import Ear, EarKit
from tests.support.sound import by_suffix, tone, write
from workers import pipeline
from workers.desk import Desk, Episode
from workers.shelf import MemoryShelf

ENDLESS = ModelUse("diarize", "endless", "1")

PATIENCE = 30
"""Seconds after which what should have happened side by side did not."""


class TestStreams:
    def test_give_results_in_the_order_of_their_tasks(self) -> None:
        first_waits = Event()

        def work(task: int, tell: Tell) -> int:
            if task == 1:
                assert first_waits.wait(PATIENCE)
            first_waits.set()
            tell(10)
            return task

        told: list[int] = []
        assert side_by_side(work, [1, 2, 3], 2, told.append) == [1, 2, 3]
        assert told[-1] == 30

    def test_are_no_more_than_wanted(self) -> None:
        at_once: list[int] = []
        running: set[int] = set()

        def work(task: int, _: Tell) -> None:
            running.add(task)
            at_once.append(len(running))
            running.discard(task)

        side_by_side(work, range(50), 1)
        assert set(at_once) == {1}

    def test_begin_nothing_more_once_one_failed(self) -> None:
        begun: list[int] = []
        failed = Event()

        def work(task: int, tell: Tell) -> None:
            begun.append(task)
            if task == 2:
                failed.set()
                raise ModelDied("the second")
            assert failed.wait(PATIENCE)
            while True:
                tell(0)

        with pytest.raises(ModelDied, match="the second"):
            side_by_side(work, range(1, 9), 2)
        assert begun == [1, 2]

    def test_end_when_the_report_does_not_want_them(self) -> None:
        def work(_: int, tell: Tell) -> None:
            while True:
                tell(1)

        def enough(done: int) -> None:
            if done:
                raise Stopped

        with pytest.raises(Stopped):
            side_by_side(work, range(4), 2, enough)


@dataclass(frozen=True)
class Meeting(Ear):
    """An ear that hears nothing before the diarizer is at work, too."""

    at: Callable[[], object] = lambda: None

    def transcribe(self, listening: Listening) -> Hypothesis:
        self.at()
        return super().transcribe(listening)


@dataclass(frozen=True)
class Endless:
    """A diarizer that goes on until it is stopped."""

    at: Callable[[], object]
    stopped: list[str]
    uses: ModelUse = ENDLESS

    def diarize(self, voices: Voices) -> Diarization:
        self.at()
        try:
            while True:
                voices.report(1, 2)
        except Stopped:
            self.stopped.append("stopped")
            raise


def test_a_stage_that_fails_stops_the_one_beside_it(tmp_path: Path) -> None:
    """Both wait for each other to begin: were they not side by side, neither would."""
    both, stopped = Barrier(2, timeout=PATIENCE), list[str]()
    ear = Meeting("It was raining all day and nobody came to the harbour", at=both.wait)
    sound = write(tmp_path / "episode.wav", tone(5), by_suffix(".wav"))
    episode = Episode(sound, b"Everything that stands here was said somewhere else by other people\n" * 9, Options(language="en"))
    kit = cast("Kit", EarKit(ear, Endless(both.wait, stopped)))
    with MemoryShelf() as shelf, pytest.raises(TranscriptMismatch):
        pipeline.run(Desk(episode, kit, shelf))
    assert stopped == ["stopped"]


@pytest.mark.parametrize(("sizes", "streams", "pieces"), [([5], 2, 2), ([1], 2, 1), ([7, 1], 4, 5), ([3, 3], 2, 2), ([], 3, 0)])
def test_few_groups_are_dealt_out_so_that_no_stream_is_idle(sizes: list[int], streams: int, pieces: int) -> None:
    groups = [tuple((group, n) for n in range(size)) for group, size in enumerate(sizes)]
    found = dealt(groups, streams)
    assert len(found) == pieces
    assert all(len({group for group, _ in piece}) == 1 for piece in found), "none is of two groups"
    assert sorted(chain.from_iterable(found)) == sorted(chain.from_iterable(groups))
