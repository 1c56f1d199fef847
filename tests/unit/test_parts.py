"""Which recordings are shared by workers, and that it makes no difference to the result."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from models.profiles import Profile
from models.protocols import Listening
from models.waveform import Waveform
from models.whisper import WINDOW_MS, Whisper
from service import artifacts
from service.domain.document import Document, ModelUse
from service.domain.span import Span
from service.results import Results
from service.stages import STAGES, WHOLE, Part, part_of, stage_of
from service.tables import Job, JobState
from tests.support.ear import TimingEar
from tests.support.in_house import TEXT, InHouse
from tests.support.sound import by_suffix, tone, write
from workers.desk import KINDS_OF_PARTS
from workers.pipeline import PARTS


def result(house: InHouse, job: Job) -> Document:
    """Without what differs from job to job."""
    return replace(Results(house.service.jobs, house.store).document(house.service.jobs.get(job.id)), job_id="", seconds_by_stage={})


def parts_sent(house: InHouse) -> Counter[str]:
    """Of which stages a worker is sent how many parts, the joining left out."""
    sent: Counter[str] = Counter()
    while messages := house.service.post.take():
        for message in messages:
            house.work_on(message)
            sent[stage_of(message.stage).name] += part_of(message.stage) != WHOLE
    return sent


@pytest.mark.parametrize(("part_seconds", "parts"), [(1, 5), (2, 0), (3, 0), (0, 0)], ids=["long", "two parts", "short", "never"])
def test_a_recording_of_more_than_two_parts_is_shared(part_seconds: int, parts: int, tmp_path: Path) -> None:
    house = InHouse(tmp_path, part_seconds=part_seconds)
    job = house.submit()
    assert parts_sent(house)["transcribe"] == parts
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
    assert parts_sent(house)["transcribe"] == 0
    assert house.state(edited) is JobState.SUCCEEDED


def test_of_each_stage_that_is_cut_it_is_known_what_a_part_does_and_leaves() -> None:
    assert set(PARTS) == set(KINDS_OF_PARTS) == {stage.name for stage in STAGES if stage.part_length}


class TestTheTimesOfWords:
    TALK = " ".join(f"{TEXT} and the rain went on and on until the lamp went out that night" for _ in range(8))

    def house(self, folder: Path, part_seconds: int) -> InHouse:
        return InHouse(folder, TimingEar(self.TALK), seconds=72, part_seconds=part_seconds)

    def ear(self, house: InHouse) -> TimingEar:
        return cast("TimingEar", house.kit.aligner)

    def answers(self, house: InHouse) -> object:
        """What is kept of them beside the recording."""
        (kept,) = house.store.root.rglob("*.times.json")
        return json.loads(kept.read_bytes())

    def test_are_found_in_fewer_parts_than_words_and_nothing_is_found_twice(self, tmp_path: Path) -> None:
        whole, shared = self.house(tmp_path / "whole", part_seconds=0), self.house(tmp_path / "shared", part_seconds=4)
        jobs = [house.submit(self.TALK) for house in (whole, shared)]
        assert [parts_sent(house) for house in (whole, shared)] == [Counter(), Counter(transcribe=18, time=6)]
        assert result(shared, jobs[1]) == result(whole, jobs[0])
        assert shared.keys == whole.keys
        assert self.ear(shared).passages == self.ear(whole).passages
        assert self.answers(shared) == self.answers(whole)

    def test_are_not_shared_out_for_an_edited_transcript(self, tmp_path: Path) -> None:
        house = self.house(tmp_path, part_seconds=4)
        house.submit(self.TALK)
        house.work()
        before = len(self.ear(house).passages)
        assert before > 6
        edited = house.submit(self.TALK.replace("raining", "snowing", 1), 2)
        assert parts_sent(house)["time"] == 0
        assert house.state(edited) is JobState.SUCCEEDED
        assert len(self.ear(house).passages) == before + 1

    def test_of_a_part_that_is_lost_are_found_by_whoever_joins_them(self, tmp_path: Path) -> None:
        whole, shared = self.house(tmp_path / "whole", part_seconds=0), self.house(tmp_path / "shared", part_seconds=4)
        jobs = [house.submit(self.TALK) for house in (whole, shared)]
        whole.work()
        while messages := shared.service.post.take():
            for message in messages:
                parts = shared.service.jobs.get(jobs[1].id).parts_of("time")
                done = [part.artifact_key for part in parts if part.artifact_key]
                if parts and len(done) == len(parts) - 1:
                    artifacts.delete(shared.store, "local", done[0])
                shared.work_on(message)
        assert result(shared, jobs[1]) == result(whole, jobs[0])
        twice = [passage for passage, times in Counter(self.ear(shared).passages).items() if times > 1]
        assert twice == list(Part(0, 6).of(self.ear(whole).passages))


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
