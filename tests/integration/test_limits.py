"""Uploads that are too large, over real connections: refused at once, with the reason, and the service goes on."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from typing import IO, cast
from urllib.parse import urlsplit

import pytest

from tests.integration.conftest import KEY, MAX_UPLOAD_BYTES, Running

GIGABYTE = 1024**3

HEAD = b'--b\r\nContent-Disposition: form-data; name="audio"; filename="a.mp3"\r\n\r\n'


def answer_to(service: Running, head: str, body: Iterator[bytes]) -> str:
    """What the service says to a raw request, read while the body is still being sent."""
    address = urlsplit(service.url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        connection.sendall(f"{head}\r\nHost: here\r\nX-API-Key: {KEY}\r\nContent-Type: multipart/form-data; boundary=b\r\n\r\n".encode())
        try:
            for chunk in body:
                connection.sendall(chunk)
        except (BrokenPipeError, ConnectionResetError):
            pass
        said = bytearray()
        while piece := connection.recv(65536):
            said += piece
    return said.decode()


def test_three_gigabytes_are_refused_before_they_are_sent(service: Running) -> None:
    begun = time.monotonic()
    said = answer_to(service, f"POST /v1/jobs HTTP/1.1\r\nContent-Length: {3 * GIGABYTE}", iter([HEAD]))
    assert said.startswith("HTTP/1.1 413")
    assert "application/problem+json" in said
    assert '"code":"audio_too_large"' in said
    assert time.monotonic() - begun < 10


def test_a_caller_that_sends_three_gigabytes_all_the_same_gets_to_see_why_not(service: Running) -> None:
    with service.http() as http:
        response = http.post("/v1/jobs", files={"audio": ("a.mp3", cast("IO[bytes]", _Endless(3 * GIGABYTE)))})
    assert response.status_code == 413
    assert response.json()["code"] == "audio_too_large"


def test_a_body_of_unsaid_length_is_cut_off_at_the_limit(service: Running) -> None:
    def chunks() -> Iterator[bytes]:
        yield _chunk(HEAD)
        for _ in range(3000):
            yield _chunk(b"x" * 1_000_000)

    said = answer_to(service, "POST /v1/jobs HTTP/1.1\r\nTransfer-Encoding: chunked", chunks())
    assert said.startswith("HTTP/1.1 413")
    assert '"code":"audio_too_large"' in said


def test_a_body_that_is_longer_than_it_says_is_not_read_on(service: Running) -> None:
    said = answer_to(service, "POST /v1/jobs HTTP/1.1\r\nConnection: close\r\nContent-Length: 100", iter([HEAD, b"x" * MAX_UPLOAD_BYTES]))
    assert said.split()[1] in {"400", "422"}


@pytest.fixture(autouse=True)
def the_service_goes_on(service: Running) -> Iterator[None]:
    """And keeps nothing of what it refused."""
    yield
    assert service.wait_for_end(service.submit())["state"] == "succeeded"
    assert list((service.settings.store / "scratch").iterdir()) == []


def _chunk(content: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(content), content)


class _Endless:
    """A file of this many zeros."""

    def __init__(self, size: int) -> None:
        self._left = size
        self._size = size

    def read(self, size: int = -1) -> bytes:
        size = min(self._left, 1_000_000 if size < 0 else size)
        self._left -= size
        return bytes(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        self._left = self._size - offset if whence == 0 else 0
        return self._size - self._left

    def tell(self) -> int:
        return self._size - self._left
