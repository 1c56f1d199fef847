"""Which models are used: by device, by language, by what is installed, and by what the settings say."""

from __future__ import annotations

from dataclasses import dataclass

from models.catalog import Catalog, State
from models.entries import BASE, CAMPPLUS, COMMUNITY_1, G2P_EN, LARGE_V3_TURBO, MOONSHINE, POCKETSPHINX, SEGMENTATION, SMOLLM2, TINY_EN
from service.settings import Settings


@dataclass(frozen=True, slots=True)
class Choice:
    """What the settings choose of the catalog for a `device`: "cpu", "cuda" or "cuda:N". Loads nothing."""

    settings: Settings
    catalog: Catalog
    device: str

    def whisper(self, language: str | None) -> str:
        """The recogniser of a language; None while it is not known."""
        if self.settings.whisper_model:
            return self.settings.whisper_model
        if self._has_gpu:
            return LARGE_V3_TURBO.name
        return TINY_EN.name if language in {None, "en"} else BASE.name

    def second_judge(self, language: str) -> str | None:
        """Who is asked as well about what the recogniser of a language leaves open: the other small one, where that is installed."""
        if self.settings.whisper_model or self.whisper(language) != TINY_EN.name:
            return None
        return BASE.name if self.catalog.state(BASE.name) is State.INSTALLED else None

    def reader(self, language: str) -> str | None:
        """Who says which spelling the words around it expect: of English, where it is installed."""
        return SMOLLM2.name if language == "en" and self.catalog.state(SMOLLM2.name) is State.INSTALLED else None

    def other_ear(self, language: str) -> str | None:
        """Who hears without being told what may be said: English, where it is installed."""
        return MOONSHINE.name if language == "en" and self.catalog.state(MOONSHINE.name) is State.INSTALLED else None

    @property
    def whispers(self) -> tuple[str, ...]:
        """For English, and for all else."""
        return tuple(dict.fromkeys(self.whisper(language) for language in ("en", "other")))

    @property
    def diarizer(self) -> str:
        """By default community-1 where there is a GPU and it is installed, else segmentation-3.0 with CAM++."""
        community_1 = self._has_gpu and self.catalog.state(COMMUNITY_1.name) is State.INSTALLED
        return self.settings.diarizer or (COMMUNITY_1.name if community_1 else SEGMENTATION.name)

    @property
    def by_stage(self) -> dict[str, tuple[str, ...]]:
        """The names of all models that are used, by the stage that does so first."""
        voices = (COMMUNITY_1.name,) if self.diarizer == COMMUNITY_1.name else (SEGMENTATION.name, CAMPPLUS.name)
        return {
            "transcribe": self.whispers,
            "diarize": voices,
            "correct": (SMOLLM2.name, MOONSHINE.name),
            "time": (POCKETSPHINX.name, G2P_EN.name),
        }

    @property
    def _has_gpu(self) -> bool:
        return self.device.startswith("cuda")
