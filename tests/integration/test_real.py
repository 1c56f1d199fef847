"""The whole way with nothing scripted: the demo's recording, the real models, and a worker that dies on the way."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from models.catalog import State
from models.kit import Kit
from models.waveform import Waveform
from service.domain import formats
from service.domain.options import Options
from service.domain.render import FORMATS
from service.domain.span import Span
from service.errors import InputError
from service.settings import Settings
from tests.integration.conftest import Running, running
from tests.support.servers import missing
from workers import audio
from workers.up import WORKER

DEMO = Path(__file__).parents[2] / "docs" / "demo"
AUDIO, TRANSCRIPT = DEMO / "episode.mp3", DEMO / "transcript.md"

MINUTES = 20 * 60
"""A minute's work on an idle machine; nobody promises that CI's is."""

pytestmark = pytest.mark.timeout(2 * MINUTES)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    catalog = Kit(Settings()).catalog
    absent = [name for name, entry in catalog.entries.items() if "cpu" in entry.profiles and catalog.state(name) is not State.INSTALLED]
    if absent:
        missing(f"the models {', '.join(absent)} (earmark models pull)")
    with running(tmp_path_factory.mktemp("real"), WORKER) as service:
        yield service


@pytest.fixture(scope="module")
def finished(service: Running) -> str:
    """The demo's job, whose worker was killed while it listened; its id."""
    job_id = str(service.client.submit(AUDIO, TRANSCRIPT, Options())["id"])
    service.wait(job_id, lambda job: job["stage"] == "transcribe" and job["stages"][2]["state"] == "running", MINUTES)
    service.worker.kill()
    service.deployment.start_worker()
    job = service.wait_for_end(job_id, MINUTES)
    assert job["state"] == "succeeded", job
    return job_id


def test_the_names_come_out_right(service: Running, finished: str) -> None:
    result = json.loads(service.client.result(finished, "json"))
    applied = {
        (correction["before"].strip(".,"), correction["after"].strip(".,")) for correction in result["corrections"] if correction["applied"]
    }
    assert {("Minutel", "Minitel"), ("Quen", "Qwen")} <= applied
    assert result["verdict"]["accepted"]
    assert {speaker["name"] for speaker in result["speakers"]} == {"Ada", "Bruno", "Chloé"}
    assert result["degraded"] == []


def test_nothing_supplied_is_lost(service: Running, finished: str) -> None:
    supplied = [token.text for token in formats.parse(TRANSCRIPT.read_bytes()).tokens]
    words = [word for segment in json.loads(service.client.result(finished, "json"))["segments"] for word in segment["words"]]
    kept = " ".join(word["source"] for word in words if word["source"])
    assert kept.split() == " ".join(supplied).split()


def test_every_form_can_be_had(service: Running, finished: str) -> None:
    for form in FORMATS:
        assert "Minitel" in service.client.result(finished, form) or form == "rttm"


def test_a_worker_that_died_cost_one_attempt_of_what_it_was_at(service: Running, finished: str) -> None:
    attempts = {stage["name"]: stage["attempt"] for stage in service.client.job(finished)["stages"]}
    assert attempts["decode"] == attempts["parse"] == attempts["assemble"] == 1
    assert attempts["transcribe"] == 2


def test_an_edited_transcript_is_not_listened_to_again(service: Running, finished: str, tmp_path: Path) -> None:
    edited = tmp_path / "edited.md"
    edited.write_text(TRANSCRIPT.read_text(encoding="utf-8").replace("Minutel", "Minitell"), encoding="utf-8")
    again = service.wait_for_end(service.client.submit(AUDIO, edited, Options())["id"], MINUTES)
    assert again["state"] == "succeeded"
    before = {stage["name"]: stage["seconds"] for stage in service.client.job(finished)["stages"]}
    after = {stage["name"]: stage["seconds"] for stage in again["stages"]}
    assert after["diarize"] < before["diarize"] / 4


def test_a_show_learns_what_its_editor_decides(service: Running) -> None:
    """One correction rejected and one accepted in a first job: the next job of the show leaves the one alone and is told of the other."""

    def corrected(**labels: object) -> tuple[str, dict[str, Any]]:
        job = service.client.submit(AUDIO, TRANSCRIPT, Options(show="startups"), labels)
        assert service.wait_for_end(job["id"], MINUTES)["state"] == "succeeded"
        with service.http() as http:
            return job["id"], {c["before"].strip(".,"): c for c in http.get(f"/v1/jobs/{job['id']}/corrections").json()}

    first, proposed = corrected(learn=True)
    assert {"Minutel", "Quen"} <= set(proposed)
    assert "glossary" not in proposed["Quen"]["witnesses"]
    with service.http() as http:
        for before, applied in (("Minutel", False), ("Quen", True)):
            http.patch(f"/v1/jobs/{first}/corrections/{proposed[before]['id']}", json={"applied": applied}).raise_for_status()
    _, again = corrected()
    assert "Minutel" not in again
    assert (again["Quen"]["after"].strip(".,"), again["Quen"]["applied"]) == ("Qwen", True)
    assert "glossary" in again["Quen"]["witnesses"]
    assert again["Quen"]["confidence"] >= proposed["Quen"]["confidence"]


def test_an_enrolled_voice_gets_its_name_where_no_label_names_it(service: Running, tmp_path: Path) -> None:
    """Ada's clip is the demo's first line; in the transcript of its talk the labels are gone."""
    decoded = Waveform(tmp_path / "demo.wav")
    audio.decode(AUDIO, decoded.path, audio.Limits(), lambda *_: None)
    rows = json.loads((DEMO / "truth.json").read_text(encoding="utf-8"))["rows"]
    plain = tmp_path / "plain.txt"
    plain.write_text("\n".join(row["gold"] for row in rows if row["presence"] == "both"), encoding="utf-8")
    with service.http() as http:
        clip = audio.clip(decoded, Span(600, 7_300))
        sent = http.post("/v1/voices", params={"name": "Ada Lovelace", "show": "engines"}, content=clip).raise_for_status().json()
        deadline = time.monotonic() + MINUTES
        while (voice := http.get(f"/v1/voices/{sent['id']}").json())["state"] == "waiting":
            assert time.monotonic() < deadline
            time.sleep(0.2)
    assert voice["state"] == "ready", voice
    job = service.client.submit(AUDIO, plain, Options(show="engines"))
    assert service.wait_for_end(job["id"], MINUTES)["state"] == "succeeded"
    speakers = json.loads(service.client.result(job["id"], "json"))["speakers"]
    assert [(s["named_by"], s["confidence"] >= 0.7) for s in speakers if s["name"] == "Ada Lovelace"] == [("voice", True)]
    assert {s["named_by"] for s in speakers if s["name"] != "Ada Lovelace"} == {"diarization"}


def test_unreadable_audio_fails_with_its_reason_and_the_service_goes_on(service: Running, tmp_path: Path) -> None:
    for name, content in {
        "text.mp3": b"this is no sound at all\n" * 1000,
        "playlist.mp3": b"#EXTM3U\n#EXTINF:9,\nfile:///etc/passwd\n",
    }.items():
        (tmp_path / name).write_bytes(content)
        failed = service.wait_for_end(service.client.submit(tmp_path / name, TRANSCRIPT, Options())["id"], MINUTES)
        assert (failed["state"], failed["error"]["code"]) == ("failed", "audio_undecodable")
    (tmp_path / "empty.txt").touch()
    with pytest.raises(InputError, match="transcript_empty"):
        service.client.submit(AUDIO, tmp_path / "empty.txt", Options())
    assert service.client.jobs()
