"""What the doctor says of missing models and of a service that does not run as it should. One that does: test_capabilities.py."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from models.catalog import Catalog
from models.choice import Choice
from models.entries import COMMUNITY_1, ENTRIES, LARGE_V3_TURBO, WeightFile
from models.lexicon import load, version
from service.settings import Settings
from workers.doctor import Finding, examine, judge_models


@contextmanager
def answering(status: int, said: bytes) -> Iterator[str]:
    """An address that answers this to whatever it is asked."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def look(folder: Path, url: str | None = None, **settings: Any) -> Finding:
    return next(found for found in examine(Settings(data_dir=folder, **settings), url) if found.what == "api")


def test_nothing_answers(tmp_path: Path) -> None:
    found = look(tmp_path, port=1)
    assert (found.verdict, "http://127.0.0.1:1" in found.said) == ("note", True)


@pytest.mark.parametrize("said", [b"<html>", b"[]", b"{}"])
def test_something_else_answers(tmp_path: Path, said: bytes) -> None:
    with answering(200, said) as url:
        found = look(tmp_path, url)
    assert (found.verdict, "not Earmark" in found.said) == ("wrong", True)


def test_what_the_service_stands_on_is_named_where_it_does_not_hold(tmp_path: Path) -> None:
    with answering(503, b'{"ready": false, "checks": {"database": "ok", "broker": "it cannot be reached"}}') as url:
        found = look(tmp_path, url)
    assert found == Finding("api", "wrong", f"{url} answers and is not ready: broker: it cannot be reached")


CPU = {entry.name for entry in ENTRIES if "cpu" in entry.profiles}
GPU = {entry.name for entry in ENTRIES if "gpu" in entry.profiles}
WHISPER, COMMUNITY = LARGE_V3_TURBO.name, COMMUNITY_1.name
WEIGHTS = WeightFile("model.bin", hashlib.sha256(b"weights").hexdigest(), len(b"weights"))


@pytest.mark.parametrize(
    ("device", "there", "missing"),
    [
        ("cpu", CPU, set()),
        ("cpu", GPU, CPU - GPU),
        ("cuda:0", GPU, set()),
        ("cuda:0", CPU, {WHISPER}),
        ("cuda:0", CPU | {WHISPER}, set()),
        ("cuda", set(), GPU - {COMMUNITY} | {"segmentation-3.0", "campplus-zh-en"}),
    ],
)
def test_the_models_are_those_that_the_device_needs(tmp_path: Path, device: str, there: set[str], missing: set[str]) -> None:
    found = judged(tmp_path, device, there)
    assert found.verdict == ("wrong" if missing else "ok")
    assert set(found.said.partition("earmark models pull ")[2].split()) == missing


def test_the_models_are_those_that_the_settings_name(tmp_path: Path) -> None:
    assert judged(tmp_path, "cuda", GPU - {WHISPER}, whisper_model="faster-whisper-base").said.endswith(
        "earmark models pull faster-whisper-base"
    )
    (own := tmp_path / "own").mkdir()
    assert judged(tmp_path, "cuda", GPU - {WHISPER}, whisper_model=str(own)).verdict == "ok"
    assert judged(own, "cpu", CPU, diarizer=COMMUNITY).said.endswith(f"earmark models pull {COMMUNITY}")


def test_what_is_no_device_is_said_wherever_it_matters(tmp_path: Path) -> None:
    found = {finding.what: finding for finding in examine(Settings(data_dir=tmp_path, device="gpu"))}
    for what in ("device", "cuda", "models"):
        assert (found[what].verdict, "There is no device 'gpu'" in found[what].said) == ("wrong", True)


def test_the_lexicon_is_named_as_in_a_result(tmp_path: Path) -> None:
    found = next(finding for finding in examine(Settings(data_dir=tmp_path)) if finding.what == "lexicon")
    assert found == Finding("lexicon", "ok", f"version {version()}, {len(load().entries):,} entries")


def test_models_that_are_not_used_are_told_apart(tmp_path: Path) -> None:
    found = judged(tmp_path, "cuda", CPU | GPU)
    assert found.said.endswith("and not used on cuda: faster-whisper-tiny.en, faster-whisper-base, segmentation-3.0, campplus-zh-en")


def test_a_model_that_is_damaged_is_named_with_what_mends_it(tmp_path: Path) -> None:
    judged(tmp_path, "cpu", CPU | GPU)
    (tmp_path / WHISPER / WEIGHTS.name).write_bytes(b"weighty")
    found = judged(tmp_path, "cpu", CPU)
    assert (found.verdict, found.said) == ("wrong", f"{WHISPER} are damaged: earmark models pull {WHISPER}")


def judged(folder: Path, device: str, there: set[str], **settings: Any) -> Finding:
    """What the doctor says where these models are, each of a single file."""
    for name in there:
        (folder / name).mkdir(exist_ok=True)
        (folder / name / WEIGHTS.name).write_bytes(b"weights")
    entries = tuple(replace(entry, files=(WEIGHTS,), installed_in=None) for entry in ENTRIES)
    return judge_models(Choice(Settings(**settings), Catalog(folder, entries=entries), device))
