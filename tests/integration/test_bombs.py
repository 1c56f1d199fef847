"""Small files that would be large: the service refuses them by rule, and spends neither memory nor disk on them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from service.domain.options import Options
from tests.integration.conftest import Running, running
from tests.support.sound import silent_flac
from workers.up import WORKER

DAY_SECONDS = 24 * 3600
LONGEST_SECONDS = 3600
MEGABYTE = 1 << 20

TRANSCRIPT = "Anna: In 1982 the Minutel was new.\n"

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A real worker: the stage that decodes needs no model."""
    with running(tmp_path_factory.mktemp("bombs"), WORKER, max_audio_seconds=LONGEST_SECONDS) as service:
        yield service


@pytest.mark.parametrize("announced", [True, False], ids=["that says how long it is", "that does not"])
def test_a_day_of_silence_in_a_small_file_is_refused(service: Running, tmp_path: Path, *, announced: bool) -> None:
    bomb, transcript = tmp_path / "bomb.flac", tmp_path / "bomb.txt"
    bomb.write_bytes(silent_flac(DAY_SECONDS, announced=announced))
    assert bomb.stat().st_size < MEGABYTE
    transcript.write_text(TRANSCRIPT)
    with peak(service) as seen:
        job = service.wait_for_end(str(service.client.submit(bomb, transcript, Options())["id"]), 300)
    assert (job["state"], job["error"]["code"]) == ("failed", "audio_too_long"), job
    assert "longer than the 60:00 accepted" in job["error"]["message"]
    assert seen.memory < 400 * MEGABYTE, "a day of sound at 16 kHz is 2.7 GB"
    assert seen.disk < (100 if announced else 1.1 * LONGEST_SECONDS * 32_000), "no more is written than is accepted"
    assert not list((service.settings.store / "scratch").iterdir())


class Peak:
    """The most that the worker's processes took together, beyond what they had before, and the most on the disk; both in bytes."""

    memory = 0
    disk = 0


@contextmanager
def peak(service: Running) -> Iterator[Peak]:
    seen, over, before = Peak(), threading.Event(), memory_of(service)

    def watch() -> None:
        while not over.wait(0.05):
            seen.memory = max(seen.memory, memory_of(service) - before)
            seen.disk = max(seen.disk, sum(sound.stat().st_size for sound in (service.settings.store / "scratch").glob("*.wav")))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()


def memory_of(service: Running) -> int:
    worker = psutil.Process(service.worker.process.pid)
    total = 0
    for process in (worker, *worker.children(recursive=True)):
        try:
            total += process.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total
