"""The API does what its OpenAPI description says, whatever it is sent: schemathesis makes it up from the description."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from pydantic import BaseModel
from schemathesis.specs.openapi.checks import positive_data_acceptance

from service.api import examples
from service.api.glossaries import GlossaryView
from service.api.schemas import JobView
from service.api.status import WorkerView
from service.api.voices import VoiceView
from service.api.webhooks import DeliveryView, WebhookView
from service.app import create_app
from tests.unit.test_api import settings_in

KEY = "open sesame"
EXAMPLES = int(os.environ.get("EARMARK_SCHEMATHESIS_EXAMPLES", "12"))
"""Requests made up for each operation; a nightly run can afford more."""

SAYS_503_WITHOUT_A_BROKER = {"/readyz"}

ROOT = Path(__file__).parents[2]

URL = re.compile(r"""(?:\$URL|http://127\.0\.0\.1:8300)(/[^\s"'?]*)""")
"""An address in docs/api.md, without its query."""

schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")

OPERATIONS = [
    (method, path)
    for path, operations in create_app(settings_in(Path())).openapi()["paths"].items()
    for method in operations
    if path not in SAYS_503_WITHOUT_A_BROKER
]


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The description of a service without a broker, to which nothing is lost all the same."""
    app = create_app(settings_in(tmp_path_factory.mktemp("service"), api_key=KEY))
    with TestClient(app):
        yield schemathesis.openapi.from_asgi("/openapi.json", app)


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_every_answer_is_as_described(described: Any, method: str, path: str) -> None:
    """But for one check: what fits the description may still be refused, as an address that is none, or a file that is not there."""

    @given(case=described[path][method].as_strategy())
    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    def holds(case: Any) -> None:
        case.call_and_validate(headers={"X-API-Key": KEY}, excluded_checks=[positive_data_acceptance])

    holds()


def test_every_call_has_a_name_of_its_own_for_programs() -> None:
    paths = create_app(settings_in(Path())).openapi()["paths"]
    names = [operation["operationId"] for operations in paths.values() for operation in operations.values()]
    assert len(names) == len(set(names))
    assert {"jobs_submit", "jobs_listed", "voices_listed", "uploads_begin"} <= set(names)


def test_every_call_is_shown_by_curl() -> None:
    described = {(method.upper(), path) for method, path in OPERATIONS} | {("GET", path) for path in SAYS_503_WITHOUT_A_BROKER}
    lines = (ROOT / "docs/api.md").read_text().splitlines()
    shown = [(_method(line), at[1]) for line in lines if line.startswith("    curl") and (at := URL.search(line))]
    called = {(verb, path) for verb, path in described if any(verb == method and re.fullmatch(_any(path), at) for method, at in shown)}
    assert described - called == set()


def _method(line: str) -> str:
    """The one that curl uses."""
    named = re.search(r"-X (\w+)", line)
    sends = any(option in line for option in (" --json", " --data-binary", " -F "))
    return named[1] if named else "HEAD" if " -I " in line else "POST" if sends else "GET"


def _any(path: str) -> str:
    return re.sub(r"\{\w+\}", "[^/]+", path)


def test_everything_has_an_example() -> None:
    description = create_app(settings_in(Path())).openapi()
    without = [
        f"{method} {path} {where}"
        for path, operations in description["paths"].items()
        for method, operation in operations.items()
        for where, contents in _contents(operation)
        for media_type, content in contents.items()
        if "json" in media_type and not _exemplified(content, description["components"]["schemas"])
    ]
    assert without == []


def _contents(operation: Any) -> Iterator[tuple[str, Any]]:
    yield "request", operation.get("requestBody", {}).get("content", {})
    for status, response in operation["responses"].items():
        yield status, response.get("content", {})


def _exemplified(part: Any, schemas: Any) -> bool:
    """Whether a content, or its schema, or what that refers to, holds an example."""
    if "$ref" in part:
        return _exemplified(schemas[part["$ref"].rpartition("/")[2]], schemas)
    inner = [part[name] for name in ("schema", "items") if name in part] + list(part.get("properties", {}).values())
    return "example" in part or "examples" in part or any(_exemplified(each, schemas) for each in inner)


@pytest.mark.parametrize(
    ("view", "example"),
    [
        (JobView, examples.JOB),
        (GlossaryView, examples.GLOSSARY),
        (VoiceView, examples.VOICE),
        (WorkerView, examples.WORKER),
        (WebhookView, examples.WEBHOOK),
        (DeliveryView, examples.DELIVERY),
    ],
)
def test_examples_are_what_they_show(view: type[BaseModel], example: dict[str, Any]) -> None:
    shown = view.model_validate(example).model_dump(mode="json")
    assert shown == example
