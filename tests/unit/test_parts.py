"""Which recordings are shared by workers, and that it makes no difference to the result."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from service.domain.document import Document
from service.results import Results
from service.tables import Job, JobState
from tests.support.in_house import TEXT, InHouse


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
