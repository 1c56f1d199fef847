"""What the doctor says of a service that does not run, or not as it should. One that runs: tests/integration/test_capabilities.py."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from service.settings import Settings
from workers.doctor import Finding, examine


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
