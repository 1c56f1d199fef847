"""What the tests of every folder have in common."""

from __future__ import annotations

import pytest

from models.lexicon.words import WORD_LIST


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The examples of the lexicon's build read a word list that nothing else needs."""
    absent = pytest.mark.skip(reason=f"{WORD_LIST} is not there: Debian's package wamerican brings it, for the lexicon's build")
    for item in items:
        if not WORD_LIST.is_file() and item.nodeid.startswith(("models/lexicon/sources.py", "models/lexicon/words.py")):
            item.add_marker(absent)
