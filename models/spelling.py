"""Whisper as forced aligner, for the languages that PocketSphinx has no sounds of: the words are spelled to it."""

from __future__ import annotations

from models.protocols import Passage, Sought
from models.whisper import Whisper
from service.domain.document import ModelUse
from service.domain.speech import Word


class Speller:
    """The recogniser of `language` (an ISO 639-1 code), asked where its decoder listens for the letters. Implements `ForcedAligner`."""

    def __init__(self, whisper: Whisper, language: str) -> None:
        self._whisper, self._language = whisper, language
        self.uses = ModelUse("time", f"{whisper.uses.name}, letters of {language}", whisper.uses.revision)

    def time(self, passage: Passage) -> tuple[Word | None, ...] | None:
        if not (passage.words and passage.span.duration):
            return None
        sought = Sought(passage.waveform, passage.span, passage.words, self._language)
        return self._whisper.spell(sought, [letters(word) for word in passage.words])


def letters(word: str) -> list[str]:
    """A word's first letter, then two at a time: nearer and cheaper than one by one, or three (docs/decisions/0171).

    >>> letters("Valdemoro,")
    ['V', 'al', 'de', 'mo', 'ro', ',']
    """
    return [word[:1], *(word[k : k + 2] for k in range(1, len(word), 2))]


class Nobody:
    """Finds no path, so that the recognised times stay. Implements `ForcedAligner`."""

    uses = ModelUse("time", "nobody", "")

    def time(self, _: Passage) -> tuple[Word | None, ...] | None:
        return None
