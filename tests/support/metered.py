"""The pipeline's recogniser, with what it cost."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from time import process_time
from typing import Any, cast

from models.kit import Kit
from models.whisper import Whisper


@dataclass
class Cost:
    """Calls that decode text, their tokens (those told it as its own, too), and their processor seconds, right for one thread."""

    calls: int = 0
    tokens: int = 0
    seconds: float = 0.0


@dataclass
class Metered:
    """A CTranslate2 model that notes what decoding costs."""

    model: Any
    cost: Cost = field(default_factory=Cost)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.model, name)

    def generate(self, *given: Any, **more: Any) -> Any:
        begun = process_time()
        results = self.model.generate(*given, **more)
        self.cost.seconds += process_time() - begun
        self.cost.calls += 1
        self.cost.tokens += sum(len(result.sequences_ids[0]) for result in results)
        return results


class MeteredWhisper(Whisper):
    """`cost` is what all of its work so far has cost."""

    @cached_property
    def cost(self) -> Cost:
        return Cost()

    def _load(self) -> Any:
        model = super()._load()
        model.model = Metered(model.model, self.cost)
        return model


def metered(kit: Kit) -> MeteredWhisper:
    """The kit's recogniser of English, a new one."""
    usual = cast("Whisper", kit.recogniser("en"))
    return MeteredWhisper(usual.folder, usual.uses, kit.profile)
