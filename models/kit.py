"""The models of one process, chosen by the settings, each built when first asked for and kept."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import cache, cached_property
from threading import Thread
from typing import TYPE_CHECKING

from models import profiles
from models.byear import ByEar
from models.catalog import Catalog, State
from models.choice import Choice
from models.entries import BASE, G2P_EN, MOONSHINE, SMOLLM2, TINY_EN
from models.profiles import Profile
from models.protocols import Diarizer, Ear, Enroller, ForcedAligner, Judge, Reader, Recogniser, Seeker
from models.warm import SHORTEST_IDLE_SECONDS
from service.domain.document import ModelUse
from service.domain.guide import GUIDED_LANGUAGES
from service.settings import Settings

if TYPE_CHECKING:
    from models.apart import Apart, Crew
    from models.language import LanguageModel
    from models.sphinx import Sphinx
    from models.whisper import Whisper

FORCED_LANGUAGES = frozenset({"en"})
"""Languages the forced aligner has an acoustic model for; the words of others are timed by the recogniser's own ear, and say so."""

GIVES_WAY = 5
"""Niceness of the diarizer's process: beside it an episode is recognised, corrected and timed, which takes longer, and all of that before
voices are asked for. It works where the rest leaves a core idle (docs/decisions/0120).
"""


class Kit:
    """Asking for a model costs little; its weights are loaded when it first works.

    Each property and method raises `ModelMissing` or `ModelCorrupt` when the weights it needs are not whole.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.catalog = Catalog(settings.models_dir, settings.hf_token)
        self._whisper = cache(self._build_whisper)

    def recogniser(self, language: str | None) -> Recogniser:
        """On a CPU, a small model for English and another for the rest; None listens first when that other is installed."""
        if language is None and self._choice.whisper(None) == TINY_EN.name and self.catalog.state(BASE.name) is State.INSTALLED:
            return ByEar(self._whisper(TINY_EN.name), self._whisper(BASE.name))
        return self._whisper(self._choice.whisper(language))

    def takes_hotwords(self, language: str | None) -> bool:
        """Whether the recogniser is told which words to expect. Small ones write them though nobody said them; docs/decisions/0043."""
        if self.settings.hotwords is not None:
            return self.settings.hotwords
        return self._choice.whisper(language) not in {TINY_EN.name, BASE.name}

    def is_guided(self, language: str | None) -> bool:
        """Whether the recogniser is told what is probably said: on a CPU, not in batches, where no window follows another."""
        in_turn = self.profile.device == "cpu" and self.profile.batch == 1
        expected = language in GUIDED_LANGUAGES or (language is None and self._choice.whisper(None) == TINY_EN.name)
        return self.settings.guided and in_turn and expected

    def judge(self, language: str) -> Judge:
        return self._whisper(self._choice.whisper(language))

    def second_judge(self, language: str) -> Judge | None:
        """Another, for what `judge` leaves open; None where there is no other. Docs/decisions/0236."""
        name = self._choice.second_judge(language)
        return self._whisper(name) if name else None

    def reader(self, language: str) -> Reader | None:
        """What says which spelling the words around it expect; None where there is none. Docs/decisions/0245."""
        return self._smollm2 if self._choice.reader(language) else None

    def other_ear(self, language: str) -> Ear | None:
        """What hears without being told what may be said; None where there is none. In a process of its own. Docs/decisions/0250."""
        return self._moonshine if self._choice.other_ear(language) else None

    def wake(self, language: str) -> None:
        """Has what judges words of a language, and what times them if that is done here, loaded beside other work: soon it will be asked.
        Who asks it is told what is wrong with it, nobody before. The other ear is asked too seldom for that.
        """
        names = filter(None, (self._choice.whisper(language), self._choice.second_judge(language)))
        asleep: list[Whisper | LanguageModel | Sphinx | Crew] = [self._whisper(name) for name in names]
        if self._choice.reader(language):
            asleep.append(self._smollm2)
        if "align" in self.profile.queues:
            asleep.append(self._sphinx)
        for model in asleep:
            Thread(target=_quietly, args=(model.wake,), daemon=True).start()

    def seeker(self, language: str) -> Seeker:
        return self._whisper(self._choice.whisper(language))

    @property
    def diarizer(self) -> Diarizer:
        """In a process of its own."""
        return self._apart

    @property
    def enroller(self) -> Enroller:
        """What the diarizer hears of a voice, so that it can know it again."""
        return self._apart

    @cached_property
    def _apart(self) -> Apart:
        from models.apart import Apart  # noqa: PLC0415  only a worker that diarizes has it
        from models.pyannote import Pyannote  # noqa: PLC0415  the same

        pyannote = Pyannote(self.catalog, self._choice.diarizer, profiles.wanted_device(self.settings), self.settings.threads)
        return Apart(pyannote, self.settings.idle_seconds, GIVES_WAY)

    def timer(self, language: str) -> ForcedAligner:
        """What tells when words of a language are said: `aligner`, or `speller` where that has no sounds of it."""
        return self.aligner if language in FORCED_LANGUAGES else self.speller(language)

    @property
    def aligner(self) -> ForcedAligner:
        """Where there are several streams, one for each, in processes of their own."""
        return self._sphinx

    @cached_property
    def _sphinx(self) -> Sphinx | Crew:
        from models.apart import Crew  # noqa: PLC0415  only a worker that times words has them
        from models.sphinx import Sphinx  # noqa: PLC0415  the same

        sphinx = Sphinx(self.catalog.find(G2P_EN.name) / G2P_EN.files[0].name)
        streams = self.profile.streams
        return Crew(sphinx, streams, max(self.settings.idle_seconds, SHORTEST_IDLE_SECONDS)) if streams > 1 else sphinx

    @cached_property
    def _smollm2(self) -> LanguageModel:
        from models.language import LanguageModel  # noqa: PLC0415  the same

        file = self.catalog.find(SMOLLM2.name) / SMOLLM2.files[0].name
        return LanguageModel(file, self.catalog.uses(SMOLLM2.name, "correct"), self.profile)

    @cached_property
    def _moonshine(self) -> Apart:
        from models.apart import Apart  # noqa: PLC0415  the same
        from models.moonshine import Moonshine  # noqa: PLC0415  the same

        moonshine = Moonshine(self.catalog.find(MOONSHINE.name), self.catalog.uses(MOONSHINE.name, "correct"), self.profile.threads)
        return Apart(moonshine, max(self.settings.idle_seconds, SHORTEST_IDLE_SECONDS))

    def speller(self, language: str) -> ForcedAligner:
        """For languages that `aligner` has no sounds of. On a machine without that recogniser's weights, one that finds nothing."""
        from models.spelling import Nobody, Speller  # noqa: PLC0415  the same

        name = self._choice.whisper(language)
        return Speller(self._whisper(name), language) if self.catalog.state(name) is State.INSTALLED else Nobody()

    @cached_property
    def profile(self) -> Profile:
        """How models run here. Raises `ModelError`."""
        return profiles.of(self.settings)

    @property
    def installed(self) -> tuple[ModelUse, ...]:
        """The models it would use that are there, by stage. Loads none of them. Raises `ModelError`."""
        return tuple(
            self.catalog.uses(name, stage)
            for stage, names in self._choice.by_stage.items()
            for name in names
            if self.catalog.state(name) is State.INSTALLED
        )

    @property
    def languages(self) -> tuple[str, ...]:
        """What its installed recognisers understand: "en", or "any" with multilingual weights; nothing when none is there."""
        there = [name for name in self._choice.whispers if self.catalog.state(name) is State.INSTALLED]
        if any(not name.endswith(".en") for name in there):
            return ("any",)
        return ("en",) if there else ()

    @property
    def _choice(self) -> Choice:
        return Choice(self.settings, self.catalog, self.profile.device)

    def _build_whisper(self, name: str) -> Whisper:
        from models.whisper import Whisper  # noqa: PLC0415  the same

        return Whisper(
            folder=self.catalog.find(name),
            uses=self.catalog.uses(name, "transcribe"),
            profile=self.profile,
        )


def _quietly(wake: Callable[[], None]) -> None:
    with suppress(Exception):
        wake()
