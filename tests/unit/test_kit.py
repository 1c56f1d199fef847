"""Which models are used where: by device, by language, by what is installed, and by what the settings say."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from models import devices
from models.byear import ByEar
from models.catalog import Catalog
from models.choice import Choice
from models.entries import BASE, COMMUNITY_1, ENTRIES, MOONSHINE, SEGMENTATION, SMOLLM2, TINY_EN, Entry, WeightFile
from models.kit import Kit
from models.protocols import Listening, Passage
from models.waveform import Waveform
from service.domain.document import ModelUse
from service.domain.span import Span
from service.domain.speech import Hypothesis
from service.errors import ModelError, ModelMissing
from service.settings import Settings

WEIGHTS = WeightFile("model.bin", hashlib.sha256(b"weights").hexdigest(), len(b"weights"))
"""All that the models of these tests hold."""

NO_DEVICES = ("gpu", "cuda0", "cuda:", "cuda:-1", "CUDA", "mps", "")


@dataclass
class Ear:
    """A recogniser that hears nothing and remembers what it was asked."""

    name: str
    hears: str = "en"
    asked: list[str | None] = field(default_factory=list)

    @property
    def uses(self) -> ModelUse:
        return ModelUse("transcribe", self.name, "1")

    def detect(self, _: Waveform) -> str:
        return self.hears

    def transcribe(self, listening: Listening) -> Hypothesis:
        self.asked.append(listening.language)
        return Hypothesis((), listening.language or "", 0)


@pytest.mark.parametrize(
    ("language", "heard", "english", "polyglot"),
    [(None, "en", ["en"], []), (None, "de", [], ["de"]), ("en", "de", ["en"], []), ("fr", "en", [], ["fr"])],
)
def test_who_hears_what(language: str | None, heard: str, english: list[str], polyglot: list[str]) -> None:
    one, other = Ear("tiny.en"), Ear("base", hears=heard)
    ear = ByEar(one, other)
    hypothesis = ear.transcribe(Listening(Waveform(Path("unread")), language))
    assert (one.asked, other.asked) == (english, polyglot)
    assert hypothesis.language == (english or polyglot)[0]
    assert ear.uses.name == "tiny.en or base"


def test_weights_that_are_missing_are_named_with_what_to_do(tmp_path: Path) -> None:
    kit = Kit(Settings(models_dir=tmp_path, device="cpu"))
    for language, name in (("en", r"tiny\.en"), (None, r"tiny\.en"), ("de", "base")):
        with pytest.raises(ModelMissing, match=f"earmark models pull faster-whisper-{name}"):
            kit.recogniser(language)
    with pytest.raises(ModelMissing, match="earmark models pull g2p-en"):
        _ = kit.aligner


def test_without_the_weights_of_a_language_its_words_stay_where_they_were_recognised(tmp_path: Path) -> None:
    speller = Kit(Settings(models_dir=tmp_path, device="cpu")).speller("de")
    assert speller.time(Passage(Waveform(Path("unread")), Span(0, 1000), ("Guten", "Tag"))) is None


def test_a_folder_of_ones_own_is_used_for_every_language(tmp_path: Path) -> None:
    own = tmp_path / "my-whisper"
    own.mkdir()
    kit = Kit(Settings(models_dir=tmp_path / "models", whisper_model=str(own), device="cpu"))
    assert kit.recogniser("en").uses.name == kit.recogniser("de").uses.name == "my-whisper"
    assert id(kit.recogniser(None)) == id(kit.judge("fr")), "one copy of the weights serves both"


def test_asking_for_the_diarizer_loads_nothing(tmp_path: Path) -> None:
    diarizer = Kit(Settings(models_dir=tmp_path, device="cpu")).diarizer
    assert diarizer.uses.name == "segmentation-3.0 + campplus-zh-en"


@pytest.mark.parametrize(
    ("there", "languages"), [((), ()), ((TINY_EN,), ("en",)), ((BASE,), ("any",)), ((TINY_EN, BASE, SEGMENTATION), ("any",))]
)
def test_it_says_which_of_its_models_are_there(tmp_path: Path, there: tuple[Entry, ...], languages: tuple[str, ...]) -> None:
    kit = Kit(Settings(models_dir=tmp_path, device="cpu"))
    kit.catalog = Catalog(tmp_path, entries=tuple(replace(entry, files=(WEIGHTS,)) for entry in ENTRIES))
    for entry in (*there, COMMUNITY_1):
        (tmp_path / entry.name).mkdir()
        (tmp_path / entry.name / WEIGHTS.name).write_bytes(b"weights")
    assert {(uses.name, uses.revision) for uses in kit.installed} == {(entry.name, entry.revision) for entry in there}
    assert kit.languages == languages


def test_a_folder_of_ones_own_is_named_among_what_is_there(tmp_path: Path) -> None:
    own = tmp_path / "my-whisper.en"
    own.mkdir()
    kit = Kit(Settings(models_dir=tmp_path / "models", whisper_model=str(own), device="cpu"))
    assert ModelUse("transcribe", "my-whisper.en", "unknown") in kit.installed
    assert kit.languages == ("en",)


@pytest.mark.parametrize(
    ("wanted", "gpus", "device"),
    [("auto", 0, "cpu"), ("auto", 2, "cuda"), ("cpu", 2, "cpu"), ("cuda", 1, "cuda"), ("cuda:1", 2, "cuda:1")],
)
def test_a_device_is_the_one_asked_for_or_a_gpu_where_there_is_one(wanted: str, gpus: int, device: str) -> None:
    assert devices.settled(wanted, gpus, "torch") == device


@pytest.mark.parametrize(
    ("wanted", "gpus", "said"),
    [
        ("cuda:1", 0, "EARMARK_DEVICE is cuda:1, but torch sees no CUDA device. Set it (or --device) to auto, cpu"),
        ("cuda", 0, "EARMARK_DEVICE is cuda, but torch sees no CUDA device"),
        ("cuda:7", 2, "EARMARK_DEVICE is cuda:7, but torch sees cuda:0, cuda:1"),
        *((wanted, 8, f"There is no device '{wanted}': EARMARK_DEVICE (--device) is auto, cpu, cuda or cuda:N") for wanted in NO_DEVICES),
    ],
)
def test_a_device_that_is_not_there_is_refused_with_those_that_are(wanted: str, gpus: int, said: str) -> None:
    with pytest.raises(ModelError, match=re.escape(said)):
        devices.settled(wanted, gpus, "torch")


def test_the_libraries_are_asked_how_many_gpus_they_see() -> None:
    for library in (devices.for_whisper, devices.for_torch):
        assert library("cpu") == "cpu"
        with pytest.raises(ModelError, match=r"but (CTranslate2|torch) sees"):
            library("cuda:99")


def test_threads_are_those_asked_for_or_all_there_are() -> None:
    assert devices.threads(3) == 3
    assert devices.threads(0) >= 1


def test_only_large_recognisers_are_told_hotwords_unless_the_settings_say_otherwise(tmp_path: Path) -> None:
    def told(model: str | None, *, setting: bool | None = None) -> list[bool]:
        kit = Kit(Settings(models_dir=tmp_path, device="cpu", whisper_model=model, hotwords=setting))
        return [kit.takes_hotwords(language) for language in ("en", "de", None)]

    assert told(None) == told("faster-whisper-tiny.en") == [False] * 3
    assert told("faster-whisper-large-v3-turbo") == told(None, setting=True) == [True] * 3
    assert told("faster-whisper-large-v3-turbo", setting=False) == [False] * 3


def test_the_recogniser_is_guided_where_the_settings_say_so_and_windows_follow_one_another(tmp_path: Path) -> None:
    def guided(language: str | None = None, **settings: Any) -> bool:
        return Kit(Settings(models_dir=tmp_path, device="cpu", **settings)).is_guided(language)

    assert guided(guided=True)
    assert guided("en", guided=True)
    assert not guided("es", guided=True)
    assert guided("en", guided=True, whisper_model="faster-whisper-base")
    assert not guided()
    assert not guided(guided=True, batch=4)


def test_the_other_small_model_is_the_second_judge_of_english_where_it_is_installed(tmp_path: Path) -> None:
    catalog = Catalog(tmp_path, entries=(replace(BASE, files=(WEIGHTS,)),))

    def second(language: str = "en", device: str = "cpu", **settings: Any) -> str | None:
        return Choice(Settings(models_dir=tmp_path, **settings), catalog, device).second_judge(language)

    assert second() is None
    (tmp_path / BASE.name).mkdir()
    (tmp_path / BASE.name / WEIGHTS.name).write_bytes(b"weights")
    assert second() == BASE.name
    assert second("es") is None
    assert second(whisper_model=BASE.name) is second(whisper_model=TINY_EN.name) is None
    assert second(device="cuda") is None


def test_english_is_read_by_a_language_model_where_it_is_installed(tmp_path: Path) -> None:
    choice = Choice(Settings(models_dir=tmp_path), Catalog(tmp_path, entries=(replace(SMOLLM2, files=(WEIGHTS,)),)), "cuda")
    assert choice.reader("en") is None
    (tmp_path / SMOLLM2.name).mkdir()
    (tmp_path / SMOLLM2.name / WEIGHTS.name).write_bytes(b"weights")
    assert choice.reader("en") == SMOLLM2.name
    assert choice.reader("es") is None


def test_another_ear_hears_english_where_it_is_installed(tmp_path: Path) -> None:
    choice = Choice(Settings(models_dir=tmp_path), Catalog(tmp_path, entries=(replace(MOONSHINE, files=(WEIGHTS,)),)), "cpu")
    assert choice.other_ear("en") is None
    (tmp_path / MOONSHINE.name).mkdir()
    (tmp_path / MOONSHINE.name / WEIGHTS.name).write_bytes(b"weights")
    assert choice.other_ear("en") == MOONSHINE.name
    assert choice.other_ear("es") is None
