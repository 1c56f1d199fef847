"""The REST face in this process, its broker out of reach."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from service.api.deps import Parts
from service.app import create_app
from tests.unit.test_api import HERE, LOCAL, settings_in


@pytest.fixture
def api(tmp_path: Path) -> Iterator[TestClient]:
    with TestClient(create_app(settings_in(tmp_path)), base_url=LOCAL, client=HERE, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def parts(api: TestClient) -> Parts:
    return api.app.state.parts  # type: ignore[attr-defined, no-any-return]
