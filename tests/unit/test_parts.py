"""Which recordings are shared by workers, and that it makes no difference to the result."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from models.profiles import Profile
from models.protocols import Listening
from models.waveform import Waveform
from models.whisper import WINDOW_MS, Whisper
from service.domain.document import Document, ModelUse
from service.domain.span import Span
from service.results import Results
from service.stages import WHOLE, Part
from service.tables import Job, JobState
from tests.support.in_house import TEXT, InHouse
from tests.support.sound import by_suffix, tone, write


def result(house: InHouse, job: Job) -> Document:
    """Without what differs from job to job."""
    return replace(Results(house.service.jobs, house.store).document(house.service.jobs.get(job.id)), job_id="", seconds_by_stage={})


def runs_of_recognition(house: InHouse) -> int:
    """How many runs of `transcribe` a worker is sent, the joining left out."""
    sent = 0
    while messages := house.service.post.take():
        for message in messages:
            house.work_on(message)
            sent += message.stage.startswith("transcribe:")
    return sent


@pytest.mark.parametrize(("part_seconds", "parts"), [(1, 5), (2, 0), (3, 0), (0, 0)], ids=["long", "two parts", "short", "never"])
def test_a_recording_of_more_than_two_parts_is_shared(part_seconds: int, parts: int, tmp_path: Path) -> None:
    house = InHouse(tmp_path, part_seconds=part_seconds)
    job = house.submit()
    assert runs_of_recognition(house) == parts
    assert house.state(job) is JobState.SUCCEEDED


def test_the_result_is_the_same_and_nothing_of_the_parts_is_left(tmp_path: Path) -> None:
    whole, shared = InHouse(tmp_path / "whole", part_seconds=0), InHouse(tmp_path / "shared", part_seconds=1)
    jobs = [house.submit() for house in (whole, shared)]
    for house in (whole, shared):
        house.work()
    assert result(shared, jobs[1]) == result(whole, jobs[0])
    assert {word.text for segment in result(shared, jobs[1]).segments for word in segment.words} == set(TEXT.split())
    assert shared.keys == whole.keys


def test_what_was_heard_before_is_not_shared_out_again(tmp_path: Path) -> None:
    house = InHouse(tmp_path, part_seconds=1)
    house.submit()
    house.work()
    edited = house.submit(f"{TEXT} again", 2)
    assert runs_of_recognition(house) == 0
    assert house.state(edited) is JobState.SUCCEEDED


class Cutting(Whisper):
    """Hears nothing; which blocks of a recording it would hear `blocks` tells."""

    def __init__(self, batch: int) -> None:
        super().__init__(Path("unread"), ModelUse("transcribe", "cutting", "1"), Profile("cpu", "int8", batch, part_seconds=0, queues=()))
        self.blocks: list[Span] = []

    def _load(self) -> Any:
        return SimpleNamespace(supported_languages=["en"])

    def _segments(self, _listening: Listening, window: Span, _size: int) -> list[Any]:
        self.blocks.append(window)
        return []


def cut(recording: Waveform, batch: int, part: Part) -> list[Span]:
    whisper = Cutting(batch)
    whisper.transcribe(Listening(recording, "en", part=part))
    return whisper.blocks


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Waveform:
    return Waveform(write(tmp_path_factory.mktemp("sound") / "long.wav", tone(1100), by_suffix(".wav")))


@pytest.mark.parametrize("batch", [1, 4, 16])
@pytest.mark.parametrize("count", [2, 3, 20])
def test_parts_are_cut_as_the_whole_is_also_for_batches(recording: Waveform, batch: int, count: int) -> None:
    whole = cut(recording, batch, WHOLE)
    assert whole[-1].end == recording.duration_ms
    assert (max(block.duration for block in whole) > WINDOW_MS) is (batch > 4)
    assert [block for number in range(count) for block in cut(recording, batch, Part(number, count))] == whole
