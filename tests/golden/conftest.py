"""Golden results: files to be reviewed as a diff. `make golden` (EARMARK_REWRITE_GOLDEN=1) writes them anew."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

EXPECTED = Path(__file__).parent / "expected"

Golden = Callable[[str, str], None]


@pytest.fixture
def golden() -> Golden:
    """Compares a text with the file of that name, or writes the file."""

    def check(name: str, text: str) -> None:
        file = EXPECTED / name
        if os.environ.get("EARMARK_REWRITE_GOLDEN") == "1":
            file.write_text(text, encoding="utf-8", newline="")
        assert text == file.read_bytes().decode(), f"{file.name} differs; if it should, run `make golden` and review the diff"

    return check
