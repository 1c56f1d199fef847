"""Several worker processes recognise one episode: what comes out is what one process makes of it, whoever dies meanwhile."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from service import artifacts
from service.database import Database
from service.domain.document import Document
from service.domain.options import Options
from service.jobs import Jobs
from service.limits import Admission
from service.queue import Broker
from service.stages import part_of
from service.store import FolderStore
from service.tables import Job, StageRun, StageState
from tests.integration.conftest import Running, running
from tests.support.sharing_worker import JOURNAL, PART_SECONDS, SECONDS, TEXT, kit
from tests.support.sound import by_suffix, tone, write
from workers import pipeline
from workers.desk import Desk, Episode
from workers.shelf import MemoryShelf

WORKER = (sys.executable, "-m", "tests.support.sharing_worker")
OPTIONS = Options(language="en", diarize=False)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("sharing"), WORKER, part_seconds=PART_SECONDS) as service:
        yield service


@pytest.fixture
def service(shared: Running) -> Running:
    """The service with two workers, both of which have worked: a new process imports for long before its first stage."""
    for _ in range(2 - sum(child.alive for child in shared.deployment.children if child.name == "worker")):
        shared.deployment.start_worker()
    until_both_work(shared)
    (shared.settings.data_dir / JOURNAL).unlink(missing_ok=True)
    return shared


def until_both_work(service: Running) -> None:
    """Short jobs, until each of two living workers has had a stage of one."""
    worked: set[str | None] = set()
    for number in range(200):
        job_id = submitted(service, episode(service.folder, 1000 + number, seconds=2))
        service.wait_for_end(job_id)
        worked |= {run.worker for run in job(service, job_id).runs}
        if len(worked & set(Broker(service.settings).workers())) >= 2:
            return
    pytest.fail("the second worker never worked")


def episode(folder: Path, hertz: float, seconds: float = SECONDS) -> Episode:
    """Another pitch is another recording, which nobody has heard yet."""
    sound = write(folder / f"{hertz}.wav", tone(seconds, hertz=hertz), by_suffix(".wav"))
    return Episode(sound, f"**Ada** (0:00)\n{TEXT}\n".encode(), OPTIONS)


def submitted(service: Running, supplied: Episode) -> str:
    transcript = service.folder / "episode.md"
    transcript.write_bytes(supplied.transcript)
    return str(service.client.submit(supplied.audio, transcript, OPTIONS)["id"])


def job(service: Running, job_id: str) -> Job:
    settings = service.settings
    return Jobs(Database(settings.database), Broker(settings), Admission(settings)).get(job_id)


def parts_at_work(service: Running, job_id: str, count: int) -> list[StageRun]:
    """As many parts as this, once each is in the hands of a worker of its own."""
    until = time.monotonic() + 90
    while True:
        held = [part for part in job(service, job_id).parts_of("transcribe") if part.state is StageState.RUNNING]
        if len({part.worker for part in held}) >= count:
            return held
        assert time.monotonic() < until, "the workers never shared the episode"
        time.sleep(0.05)


def heard(service: Running) -> Counter[int]:
    """How often the window that begins at each millisecond was heard to its end."""
    journal = service.settings.data_dir / JOURNAL
    return Counter(int(line.split()[0]) for line in journal.read_text().splitlines()) if journal.exists() else Counter()


def made_in_one_process(service: Running, supplied: Episode) -> Document:
    settings = service.settings.model_copy(update={"data_dir": service.folder})
    with MemoryShelf() as shelf:
        return pipeline.run(Desk(supplied, kit(settings, seconds=0), shelf))


def artifact(service: Running, job_id: str) -> Document:
    done = job(service, job_id)
    place = artifacts.place_of(done.owner, done.run_of("assemble").artifact_key or "")
    return artifacts.read(FolderStore(service.settings.store), place, Document)


def test_a_worker_killed_in_its_part_loses_that_part_alone_and_nothing_of_the_result(service: Running) -> None:
    supplied = episode(service.folder, 440)
    job_id = submitted(service, supplied)
    parts = parts_at_work(service, job_id, 2)
    service.worker.kill()
    assert service.wait_for_end(job_id)["state"] == "succeeded"
    result, expected = artifact(service, job_id), made_in_one_process(service, supplied)
    assert result == replace(expected, seconds_by_stage={})
    assert [word.text for segment in result.segments for word in segment.words] == TEXT.split()
    count = part_of(parts[0].stage).count
    twice = {start * count // (1000 * SECONDS) for start, times in heard(service).items() if times > 1}
    assert len(twice) <= 1, "more than the lost part was heard again"


def test_two_jobs_of_one_recording_at_once_come_to_the_same_and_leave_nothing_broken(service: Running) -> None:
    supplied = episode(service.folder, 550)
    transcript = service.folder / "episode.md"
    transcript.write_bytes(supplied.transcript)
    with ThreadPoolExecutor(2) as callers:
        sent = [callers.submit(service.client.submit, supplied.audio, transcript, OPTIONS) for _ in range(2)]
        job_ids = [str(future.result()["id"]) for future in sent]
    assert [service.wait_for_end(job_id, seconds=180)["state"] for job_id in job_ids] == ["succeeded"] * 2
    expected = replace(made_in_one_process(service, supplied), seconds_by_stage={})
    assert [artifact(service, job_id) for job_id in job_ids] == [expected] * 2
    assert max(heard(service).values()) <= len(job_ids)
    keys = [{run.stage: run.artifact_key for run in job(service, job_id).runs} for job_id in job_ids]
    assert keys[0] == keys[1]
    again = submitted(service, supplied)
    before = heard(service)
    assert service.wait_for_end(again)["state"] == "succeeded"
    assert artifact(service, again) == expected
    assert heard(service) == before, "what they left is whole: nothing is heard again"


def test_progress_is_that_of_all_parts_and_never_goes_back(service: Running) -> None:
    job_id = submitted(service, episode(service.folder, 330))
    seen: list[float] = []

    def look(view: object) -> bool:
        assert isinstance(view, dict)
        transcribe = next(stage for stage in view["stages"] if stage["name"] == "transcribe")
        seen.append(transcribe["audio_seconds_done"] or 0)
        return bool(transcribe["state"] == "done")

    service.wait(job_id, look)
    assert seen[:-1] == sorted(seen[:-1])
    assert any(PART_SECONDS < done < SECONDS for done in seen)
    assert {stage["name"] for stage in service.client.job(job_id)["stages"]} == set(pipeline.FUNCTIONS)


def test_cancelling_stops_every_part(service: Running) -> None:
    job_id = submitted(service, episode(service.folder, 220))
    parts_at_work(service, job_id, 2)
    service.client.cancel(job_id)
    service.wait(job_id, lambda view: view["state"] == "cancelled", seconds=15)
    before = heard(service)
    time.sleep(1)
    assert heard(service) == before
    assert not any(part.state in {StageState.RUNNING, StageState.QUEUED} for part in job(service, job_id).runs)


def test_a_cancelled_job_goes_on_with_the_parts_that_are_missing(service: Running) -> None:
    job_id = submitted(service, episode(service.folder, 110))
    parts_at_work(service, job_id, 2)
    service.wait(job_id, lambda _: any(part.state is StageState.DONE for part in job(service, job_id).parts_of("transcribe")))
    service.client.cancel(job_id)
    service.wait(job_id, lambda view: view["state"] == "cancelled", seconds=15)
    with service.http() as http:
        assert http.post(f"/v1/jobs/{job_id}/retry").is_success
    assert service.wait_for_end(job_id)["state"] == "succeeded"
    assert sum(heard(service).values()) < 2 * len(heard(service)), "everything was heard again"
