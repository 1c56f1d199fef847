"""A recogniser for a language that nobody named: it listens first, then calls the one that knows it."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from models.protocols import Listening, Recogniser
from models.waveform import Waveform
from service.domain.document import ModelUse
from service.domain.speech import Hypothesis


class Polyglot(Recogniser, Protocol):
    def detect(self, waveform: Waveform) -> str:
        """The language of the first 30 s of speech, as an ISO 639-1 code."""
        ...


class ByEar:
    """`polyglot` tells the language and knows them all; `english` is asked when it is English. Implements `Recogniser`."""

    def __init__(self, english: Recogniser, polyglot: Polyglot) -> None:
        self._english, self._polyglot = english, polyglot

    @property
    def uses(self) -> ModelUse:
        """Both, for which of them is used depends on what is heard."""
        english, polyglot = self._english.uses, self._polyglot.uses
        return ModelUse(english.stage, f"{english.name} or {polyglot.name}", f"{english.revision} or {polyglot.revision}")

    def transcribe(self, listening: Listening) -> Hypothesis:
        language = listening.language or self._polyglot.detect(listening.waveform)
        recogniser = self._english if language == "en" else self._polyglot
        return recogniser.transcribe(replace(listening, language=language))
