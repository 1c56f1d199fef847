"""What stands in the logs, and what never does; what is installed beside us; what the audit makes of its reports."""

from __future__ import annotations

import gzip
import json
import logging
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import packages_distributions
from threading import Thread

import pytest

from service import telemetry
from service.logs import Json, Text, about, redacted
from service.settings import Settings
from tests.audit import verdict


def record(message: str, *arguments: object) -> logging.LogRecord:
    return logging.LogRecord("service.x", logging.WARNING, __file__, 1, message, arguments, None)


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        ("key em_0123456789ab_SECRETsecret-_x used", "SECRET"),
        ("headers {'Authorization': 'Bearer SECRET'}", "SECRET"),
        ("headers {'x-api-key': 'SECRET'}", "SECRET"),
        ("Authorization: Basic SECRET==", "SECRET"),
        ("postgresql+psycopg://earmark:SECRET@db/earmark is gone", "SECRET"),
        ("fetching https://cdn.example/e.mp3?X-Signature=SECRET", "SECRET"),
        ("secret whsec_SECRET+/=", "SECRET"),
        ("token hf_SECRETSECRET", "SECRET"),
        ("redis://:SECRET@broker:6379/0", "SECRET"),
    ],
)
def test_no_secret_stands_in_a_line(line: str, secret: str) -> None:
    for formatter in (Text(), Json()):
        said = formatter.format(record(line))
        assert secret not in said
        assert "***" in said


def test_what_is_no_secret_stays() -> None:
    line = "stage decode of job 0190 of https://example.com/e.mp3 broke down at 12:30"
    assert redacted(line) == line


def test_a_line_says_what_it_belongs_to() -> None:
    with about(job_id="0190"), about(stage="decode"):
        assert "[job_id=0190 stage=decode] went wrong" in Text().format(record("went %s", "wrong"))
        parsed = json.loads(Json().format(record("went wrong")))
    assert (parsed["job_id"], parsed["stage"], parsed["level"], parsed["message"]) == ("0190", "decode", "warning", "went wrong")
    assert "job_id" not in json.loads(Json().format(record("later")))


def test_a_traceback_is_in_it_without_its_secrets() -> None:
    def breaks() -> None:
        raise RuntimeError("GET https://example.com/?token=SECRET")

    try:
        breaks()
    except RuntimeError:
        failed = logging.LogRecord("x", logging.ERROR, __file__, 1, "broke", (), sys.exc_info())
    said = json.loads(Json().format(failed))["message"]
    assert "Traceback" in said
    assert "SECRET" not in said


def test_nothing_is_traced_unless_it_is_asked_for() -> None:
    telemetry.start(Settings(), "api")
    with telemetry.span("stage", job_id="1"):
        assert telemetry._instruments == []


TRACED = """
import sys
from service import telemetry
from service.settings import Settings
telemetry.start(Settings(otlp_endpoint=sys.argv[1]), "worker")
with telemetry.span("transcribe:1/3", job_id="0190"):
    pass
"""


def test_a_collector_gets_each_span_and_how_long_it_took() -> None:
    pytest.importorskip("opentelemetry.exporter.otlp.proto.http")
    got: dict[str, bytes] = {}

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            got[self.path] = gzip.decompress(body) if self.headers.get("content-encoding") == "gzip" else body
            self.send_response(200)
            self.end_headers()

    with ThreadingHTTPServer(("127.0.0.1", 0), Collector) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        # in a process of its own: OpenTelemetry cannot be switched off again
        subprocess.run([sys.executable, "-c", TRACED, f"http://127.0.0.1:{server.server_port}"], check=True, timeout=60)
        server.shutdown()
    assert all(said in got["/v1/traces"] for said in (b"transcribe:1/3", b"earmark.job_id", b"0190", b"earmark-worker"))
    assert all(said in got["/v1/metrics"] for said in (b"earmark.duration", b"transcribe", b"earmark-worker"))
    assert b"0190" not in got["/v1/metrics"]


@pytest.mark.parametrize("name", ["service", "models", "workers"])
def test_no_other_distribution_claims_our_names(name: str) -> None:
    """Decision 1: whatever else puts a package of that name on the path wins or loses by chance."""
    assert set(packages_distributions().get(name, [])) <= {"earmark"}


class TestTheAudit:
    def test_finds_what_is_known(self) -> None:
        report = json.dumps(
            {"dependencies": [{"name": "a", "version": "1", "vulns": [{"id": "CVE-1"}]}, {"name": "b", "version": "2", "vulns": []}]}
        )
        assert verdict(report) == (1, "1 known vulnerabilities: a 1: CVE-1")
        assert verdict(json.dumps({"dependencies": [{"name": "b", "version": "2", "vulns": []}]}))[0] == 0

    def test_names_what_was_not_looked_at(self) -> None:
        skipped = {"name": "c", "skip_reason": "not found on PyPI"}
        assert verdict(json.dumps({"dependencies": [{"name": "b", "version": "2", "vulns": []}, skipped]})) == (
            0,
            "1 packages, no known vulnerability; not looked at, for nothing is known of them there: c",
        )

    @pytest.mark.parametrize("report", ["", "ERROR: no network", "{}", "null", '{"dependencies": [{"name": "c", "skip_reason": "gone"}]}'])
    def test_that_could_not_be_made_says_so(self, report: str) -> None:
        code, said = verdict(report)
        assert code == 0
        assert "NOT DONE" in said
        assert verdict(report, required=True)[0] == 1
