"""A model in a process of its own: what it finds, tells and raises arrives here, and nothing of it stays behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from models.apart import Apart, Crew
from models.protocols import Passage, Voices
from models.streams import side_by_side
from models.waveform import Waveform
from service.domain.document import ModelUse
from service.domain.span import Span
from service.domain.speech import Diarization, Turn, Voiceprint, Word
from service.errors import Cancelled, ClipUnusable, ModelDied, ModelMissing
from tests.support.oracle import USES, OracleDiarizer
from tests.support.sound import by_suffix, tone, write

TURNS = (Turn(Span(0, 1200), "S1"), Turn(Span(1200, 2000), "S2"))


@dataclass(frozen=True)
class Telling:
    """Finds one turn, whose speaker is the process that it works in."""

    uses: ModelUse = USES

    def diarize(self, voices: Voices) -> Diarization:
        voices.report(1000, 2000)
        return Diarization((Turn(voices.waveform.span, str(os.getpid())),), ())

    def enrol(self, waveform: Waveform) -> Voiceprint:
        if waveform.duration_ms < 2000:
            raise ClipUnusable("too short")
        return Voiceprint("ears", (float(os.getpid()),))


@dataclass(frozen=True)
class Failing:
    uses: ModelUse = USES

    def diarize(self, _: Voices) -> Diarization:
        raise ModelMissing("the weights are not there")


@dataclass(frozen=True)
class Exhausted:
    """Raises what torch raises."""

    uses: ModelUse = USES

    def diarize(self, _: Voices) -> Diarization:
        from torch import OutOfMemoryError  # noqa: PLC0415  only this process is to have it

        raise OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")


@dataclass(frozen=True)
class Dying:
    uses: ModelUse = USES

    def diarize(self, _: Voices) -> Diarization:
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError


@dataclass(frozen=True)
class Slow:
    """A forced aligner for which each word is the number of its process; it works until two are at work, as the files of `folder` tell."""

    folder: Path
    uses: ModelUse = USES

    def time(self, passage: Passage) -> tuple[Word | None, ...] | None:
        (self.folder / str(os.getpid())).touch()
        until(lambda: len(list(self.folder.iterdir())) == 2)
        return (Word(str(os.getpid()), passage.span, 1.0), None)


@dataclass(frozen=True)
class Waking:
    """A forced aligner for which each word is the number of its process; which ones were woken the files of `folder` tell."""

    folder: Path
    uses: ModelUse = USES

    def wake(self) -> None:
        (self.folder / str(os.getpid())).touch()

    def time(self, passage: Passage) -> tuple[Word | None, ...] | None:
        return (Word(str(os.getpid()), passage.span, 1.0),)


@pytest.fixture
def sound(tmp_path: Path) -> Waveform:
    return Waveform(write(tmp_path / "x", tone(2), by_suffix(".wav")))


@pytest.fixture
def apart(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Apart]]:
    """Its process finds the diarizers of this file, too."""
    monkeypatch.syspath_prepend(Path(__file__).parents[2])
    made: list[Apart] = []

    def make(diarizer: OracleDiarizer | Telling | Failing | Dying, idle_seconds: float = 60, niceness: int = 0) -> Apart:
        made.append(Apart(diarizer, idle_seconds, niceness))
        return made[-1]

    yield make
    for one in made:
        one.end()


def process_of(found: Diarization) -> int:
    return int(found.turns[0].speaker)


def test_what_it_finds_and_tells_arrives(apart: Callable[..., Apart], sound: Waveform) -> None:
    told: list[tuple[int, int]] = []
    found = apart(OracleDiarizer(TURNS)).diarize(Voices(sound, report=lambda done, total: told.append((done, total))))
    assert found == Diarization(TURNS, TURNS)
    assert told == [(1000, 2000), (2000, 2000)]


def test_the_process_waits_for_the_next_recording(apart: Callable[..., Apart], sound: Waveform) -> None:
    diarizer = apart(Telling())
    first, second = (process_of(diarizer.diarize(Voices(sound))) for _ in range(2))
    assert first == second != os.getpid()


def test_the_process_gives_way_if_it_is_to(apart: Callable[..., Apart], sound: Waveform) -> None:
    process = process_of(apart(Telling(), niceness=7).diarize(Voices(sound)))
    assert psutil.Process(process).nice() == min(19, psutil.Process().nice() + 7)


def test_and_ends_when_none_comes_and_another_takes_its_place(apart: Callable[..., Apart], sound: Waveform) -> None:
    diarizer = apart(Telling(), idle_seconds=0)
    first = process_of(diarizer.diarize(Voices(sound)))
    until(lambda: not psutil.pid_exists(first) or psutil.Process(first).status() == psutil.STATUS_ZOMBIE)
    assert process_of(diarizer.diarize(Voices(sound))) != first


def test_what_it_raises_is_raised_here(apart: Callable[..., Apart], sound: Waveform) -> None:
    with pytest.raises(ModelMissing, match="the weights are not there") as caught:
        apart(Failing()).diarize(Voices(sound))
    assert "in diarize" in caught.value.__notes__[0]


FOREIGN = """
import sys, wave
from models.apart import Apart
from models.protocols import Voices
from models.waveform import Waveform
from tests.unit.test_apart import Exhausted
from pathlib import Path
apart = Apart(Exhausted(), 0)
try:
    apart.diarize(Voices(Waveform(Path(sys.argv[1]))))
except RuntimeError as error:
    print(type(error).__name__, error, "in diarize" in error.__notes__[0])
print("torch" in sys.modules)
"""


def test_an_error_of_a_library_arrives_without_the_library(sound: Waveform) -> None:
    """To unpickle torch's own would import torch here: half a gigabyte, for good."""
    here = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), *filter(None, sys.path)])}
    command = [sys.executable, "-c", FOREIGN, str(sound.path)]
    said = subprocess.run(command, env=here, check=True, capture_output=True, text=True, timeout=120).stdout.splitlines()
    assert said == ["RuntimeError OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB. True", "False"]


def test_its_sudden_end_is_said_and_can_be_tried_again(apart: Callable[..., Apart], sound: Waveform) -> None:
    with pytest.raises(ModelDied, match="SIGKILL") as caught:
        apart(Dying()).diarize(Voices(sound))
    assert caught.value.retryable


def test_a_voice_is_enrolled_there_too(apart: Callable[..., Apart], sound: Waveform, tmp_path: Path) -> None:
    diarizer = apart(Telling())
    assert diarizer.enrol(sound).vector == (process_of(diarizer.diarize(Voices(sound))),)
    with pytest.raises(ClipUnusable, match="too short"):
        diarizer.enrol(Waveform(write(tmp_path / "short", tone(1), by_suffix(".wav"))))


def test_who_stops_the_work_ends_the_process(apart: Callable[..., Apart], sound: Waveform) -> None:
    def stop(_done: int, _total: int) -> None:
        raise Cancelled("enough")

    diarizer = apart(Telling())
    first = process_of(diarizer.diarize(Voices(sound)))
    with pytest.raises(Cancelled):
        diarizer.diarize(Voices(sound, report=stop))
    assert not psutil.pid_exists(first)
    assert process_of(diarizer.diarize(Voices(sound))) != first


def test_a_crew_works_for_as_many_threads_as_it_has_members(monkeypatch: pytest.MonkeyPatch, sound: Waveform, tmp_path: Path) -> None:
    monkeypatch.syspath_prepend(Path(__file__).parents[2])
    (tmp_path / "at work").mkdir()
    crew = Crew(Slow(tmp_path / "at work"), 2, idle_seconds=1)
    passages = [Passage(sound, Span(start, start + 100), ("word", "...")) for start in range(0, 600, 100)]
    found = side_by_side(lambda passage, _: crew.time(passage), passages, 2)
    first = [words[0] for words in found if words and words[0] and words[1] is None]
    assert [word.span for word in first] == [passage.span for passage in passages]
    assert len({word.text for word in first}) == 2


def test_who_asks_a_crew_first_finds_the_one_that_was_woken(monkeypatch: pytest.MonkeyPatch, sound: Waveform, tmp_path: Path) -> None:
    monkeypatch.syspath_prepend(Path(__file__).parents[2])
    (folder := tmp_path / "awake").mkdir()
    crew = Crew(Waking(folder), 2, idle_seconds=1)
    crew.wake()
    (awake,) = folder.iterdir()
    found = crew.time(Passage(sound, sound.span, ("word",)))
    assert found
    assert found[0]
    assert found[0].text == awake.name


def until(true: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.02)
