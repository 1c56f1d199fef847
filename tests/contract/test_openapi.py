"""The API does what its OpenAPI description says, whatever it is sent: schemathesis makes it up from the description."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, settings

from service.app import create_app
from tests.unit.test_api import settings_in

KEY = "open sesame"
EXAMPLES = int(os.environ.get("EARMARK_SCHEMATHESIS_EXAMPLES", "12"))
"""Requests made up for each operation; a nightly run can afford more."""


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    """The description of a service without a broker, to which nothing is lost all the same."""
    app = create_app(settings_in(tmp_path_factory.mktemp("service"), api_key=KEY))
    with TestClient(app):
        yield schemathesis.openapi.from_asgi("/openapi.json", app)


schema = schemathesis.pytest.from_fixture("described").exclude(path="/readyz")
"""All of it but `/readyz`, whose answer is 503 without a broker."""


@schema.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_answer_is_as_described(case: schemathesis.Case) -> None:
    case.call_and_validate(headers={"X-API-Key": KEY})
