"""The folder of recordings and truths to measure with. It is not part of the repository; tests that read it skip without it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("EARMARK_SHARED", Path(__file__).parents[3] / "shared"))

needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="needs the shared recordings: set EARMARK_SHARED or put them at ../shared")
