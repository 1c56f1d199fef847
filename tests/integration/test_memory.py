"""A large upload goes through the API without being held in its memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.integration.conftest import SCRIPTED_WORKER, Running, running
from tests.support.memory import growth_of

SIZE = 200 * 1024**2
ALLOWED = SIZE // 10
"""Buffers and what the allocator keeps; the file as a whole is ten times this."""

BEGINNING = b'--b\r\nContent-Disposition: form-data; name="transcript"; filename="t.txt"\r\n\r\nAda: Hello.\r\n'
AUDIO = b'--b\r\nContent-Disposition: form-data; name="audio"; filename="a.wav"\r\n\r\n'


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("memory"), SCRIPTED_WORKER) as service:
        yield service


def sound() -> Iterator[bytes]:
    for number in range(SIZE // 1024**2):
        yield bytes([number]) * 1024**2


def as_a_form(http: httpx.Client) -> Any:
    def form() -> Iterator[bytes]:
        yield BEGINNING + AUDIO
        yield from sound()
        yield b"\r\n--b--\r\n"

    return http.post("/v1/jobs", content=form(), headers={"Content-Type": "multipart/form-data; boundary=b"}).json()


def in_one_piece(http: httpx.Client) -> Any:
    place = http.post("/v1/uploads", headers={"Upload-Length": str(SIZE)}).headers["location"]
    piece = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"}
    assert http.patch(place, content=sound(), headers=piece).headers["upload-offset"] == str(SIZE)
    sent = {"audio": {"upload_id": Path(place).name}, "transcript": {"text": "Ada: Hello."}}
    return http.post("/v1/jobs", json=sent).json()


@pytest.mark.parametrize("upload", [as_a_form, in_one_piece])
def test_an_upload_is_not_held_in_memory(service: Running, upload: Callable[[httpx.Client], Any]) -> None:
    service.wait_for_end(service.submit())
    (api,) = (child for child in service.deployment.children if child.name == "api")
    with service.http() as http, growth_of(api.process.pid) as growth:
        job = upload(http)
        assert job["audio"]["bytes"] == SIZE
        assert growth() < ALLOWED
    with service.http() as http:
        assert http.delete(f"/v1/jobs/{job['id']}", params={"force": True}).is_success
