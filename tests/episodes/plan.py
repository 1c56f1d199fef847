"""What an episode is made from: its script, and the description beside it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from tests.episodes.recording import Sound
from tests.episodes.script import Row, parse

SCRIPTS = Path(__file__).parent / "scripts"


@dataclass(frozen=True, slots=True)
class Tone:
    """A voice by name, its pace relative to its own, and its pitch: every resonance is moved with it, as of a smaller or larger body."""

    name: str
    speed: float = 1.0
    pitch: float = 1.0


@dataclass(frozen=True)
class Plan:
    """One episode, as `scripts/NAME.toml` and `scripts/NAME.script` describe it."""

    name: str
    toml: dict[str, Any]
    rows: list[Row]

    @classmethod
    def of(cls, name: str) -> Self:
        toml = tomllib.loads((SCRIPTS / f"{name}.toml").read_text(encoding="utf-8"))
        return cls(name, toml, parse((SCRIPTS / f"{name}.script").read_text(encoding="utf-8")))

    @property
    def split(self) -> str:
        """`train`, or `test`: nothing is ever fitted to those."""
        return str(self.toml["split"])

    @cached_property
    def sound(self) -> Sound:
        return Sound(**self.toml.get("sound", {}))

    @cached_property
    def cast(self) -> dict[str, Tone]:
        return {speaker: Tone(*tone) for speaker, tone in self.toml["cast"].items()}

    @cached_property
    def pronunciations(self) -> dict[str, str]:
        return dict(self.toml.get("pronunciations", {}))


def names() -> list[str]:
    """Of all scripts."""
    return sorted(path.stem for path in SCRIPTS.glob("*.script"))
