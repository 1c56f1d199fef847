"""What the pipeline does in one process when voices cannot be told apart: everything else."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest

from models.entries import SEGMENTATION
from models.kit import Kit
from models.protocols import Diarizer, Voices
from service.database import Database
from service.domain.document import Document, ModelUse
from service.domain.options import Options
from service.domain.speech import Diarization
from service.errors import Cancelled, InvalidOptions, ModelError
from service.fetch import Fetcher, Policy
from service.jobs import Supplied
from service.results import Results
from service.runs import Rules
from service.settings import Settings
from service.store import FolderStore
from service.voices import Roster
from tests.support.builders import turn
from tests.support.ear import Ear, EarKit
from tests.support.oracle import OracleDiarizer
from tests.support.service import LetterBox, Service, a_new_job
from tests.support.sound import by_suffix, tone, write
from workers import pipeline
from workers.desk import Desk, Episode
from workers.runner import PipelineRunner
from workers.shelf import MemoryShelf
from workers.shift import Shift

TEXT = "It was raining all day and nobody came to the harbour"
WRITTEN = f"**Ada** (0:00)\n{TEXT}\n".encode()

BREAKING = ModelUse("diarize", "breaking", "1")


@dataclass(frozen=True)
class Breaking:
    """A diarizer that fails in the middle of its work."""

    error: Exception
    uses: ModelUse = BREAKING

    def diarize(self, voices: Voices) -> Diarization:
        voices.report(1, 2)
        raise self.error


def ear_kit(diarizer: Diarizer) -> Kit:
    return cast("Kit", EarKit(Ear(TEXT), diarizer))


def real(models_dir: Path) -> Diarizer:
    return Kit(Settings(models_dir=models_dir, diarizer=SEGMENTATION.name, device="cpu")).diarizer


def aligned(diarizer: Diarizer, folder: Path, options: Options | None = None) -> Document:
    sound = write(folder / "episode.wav", tone(5), by_suffix(".wav"))
    episode = Episode(sound, WRITTEN, options or Options(language="en"))
    with MemoryShelf() as shelf:
        return pipeline.run(Desk(episode, ear_kit(diarizer), shelf))


def damaged(folder: Path) -> Diarizer:
    """The real one, with a file in the place of its weights."""
    for file in SEGMENTATION.files:
        path = folder / SEGMENTATION.name / file.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"not what was pinned")
    return real(folder)


@pytest.mark.parametrize(
    ("diarizer", "why"),
    [
        (real, "earmark models pull segmentation-3.0"),
        (damaged, "its SHA-256 differs"),
        (lambda _: Breaking(ModelError("the pipeline was not understood")), "the pipeline was not understood"),
        (lambda _: Breaking(MemoryError()), r"stage diarize broke down \(MemoryError\)"),
        (lambda _: Breaking(RuntimeError("inside pyannote")), r"stage diarize broke down \(RuntimeError\)"),
    ],
    ids=["missing", "damaged", "model", "memory", "bug"],
)
def test_the_aligned_text_is_delivered_without_voices_and_says_so(diarizer: Callable[[Path], Diarizer], why: str, tmp_path: Path) -> None:
    document = aligned(diarizer(tmp_path / "models"), tmp_path)
    assert document.degraded == ("diarize",)
    assert any(re.match(f"diarize was left out: .*{why}", warning) for warning in document.warnings), document.warnings
    assert [word.text for segment in document.segments for word in segment.words if word.span] == TEXT.split()
    assert document.turns == ()
    assert "diarize" not in {model.stage for model in document.models}
    assert [speaker.name for speaker in document.speakers] == ["Ada"], "the transcript's own labels stand"


def test_with_voices_nothing_is_said(tmp_path: Path) -> None:
    document = aligned(OracleDiarizer((turn("A", 0, 5000),)), tmp_path)
    assert (document.degraded, document.warnings) == ((), ())
    assert "diarize" in {model.stage for model in document.models}


@pytest.mark.parametrize("stop", [Cancelled("stopped by its caller"), InvalidOptions("no such number of speakers")])
def test_who_stops_the_work_or_asks_wrongly_is_heard(stop: Exception, tmp_path: Path) -> None:
    with pytest.raises(type(stop), match=str(stop)):
        aligned(Breaking(stop), tmp_path)


def test_an_artefact_without_voices_is_never_taken_for_a_real_one(tmp_path: Path) -> None:
    sound = write(tmp_path / "episode.wav", tone(5), by_suffix(".wav"))
    episode = Episode(sound, WRITTEN, Options(language="en"))
    with MemoryShelf() as shelf:
        pipeline.run(Desk(episode, ear_kit(Breaking(MemoryError())), shelf))
        again = Desk(episode, ear_kit(Breaking(MemoryError())), shelf)
        assert again.has("transcribe")
        assert not again.has("diarize")


def test_the_service_delivers_the_same(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/earmark.db")
    database.migrate()
    service = Service(database, LetterBox(), Rules(max_tries=1))
    store = FolderStore(tmp_path / "store")
    store.prepare()
    sound = write(tmp_path / "episode.wav", tone(5), by_suffix(".wav")).read_bytes()
    audio = Supplied("jobs/1/audio", "episode.wav", store.put("jobs/1/audio", sound))
    transcript = Supplied("jobs/1/transcript", "episode.md", store.put("jobs/1/transcript", WRITTEN))
    job = service.submit(a_new_job(audio=audio, transcript=transcript, options=Options(language="en")))
    kit = ear_kit(Breaking(MemoryError()))
    shift = Shift(service.runs, PipelineRunner(store, kit, Fetcher(Policy()), Roster(service.database, store)))
    while messages := service.post.take():
        for message in messages:
            shift.work(message.job_id, message.stage, "anna")
    document = Results(service.jobs, store).document(service.jobs.get(job.id))
    alone = aligned(Breaking(MemoryError()), tmp_path)
    assert (document.degraded, document.warnings, document.models) == (alone.degraded, alone.warnings, alone.models)
    assert (document.segments, document.speakers, document.turns) == (alone.segments, alone.speakers, alone.turns)
