"""docs/formats.md names every field of the wire and every form."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from service.domain.formats import VIEWS
from service.domain.render import FORMATS, to_wire
from tests.support.sample import sample

PAGE = (Path(__file__).parents[2] / "docs" / "formats.md").read_text(encoding="utf-8")


def keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
        for inner in value.values():
            yield from keys(inner)
    if isinstance(value, list):
        for inner in value:
            yield from keys(inner)


def test_every_field_of_the_wire_is_described() -> None:
    unnamed = {key for key in keys(to_wire(sample())) if f"`{key}`" not in PAGE}
    assert unnamed == {"transcribe"}  # a stage's name


def test_every_form_is_described_with_its_media_type() -> None:
    for name, form in FORMATS.items():
        assert f"| `{name}` | `{form.media_type}` |" in PAGE or name == "json"


def test_every_format_that_is_read_is_described() -> None:
    assert all(f"| `{name}` |" in PAGE for name in VIEWS)


def test_the_examples_are_what_is_written() -> None:
    written = (Path(__file__).parents[1] / "golden" / "expected" / "sample.json").read_text(encoding="utf-8")
    examples = [line.strip() for line in PAGE.splitlines() if line.startswith('    {"text"')]
    assert len(examples) == 4
    assert all(example in written for example in examples)
