"""A GPU whose memory does not suffice, played by the real recogniser on a processor: its encoder raises what CTranslate2 raises there."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

import pytest

from models.entries import TINY_EN
from models.kit import Kit
from models.profiles import Profile
from models.protocols import Contest, Listening, Sought
from models.waveform import Waveform
from models.whisper import Whisper
from service.domain.span import Span
from service.errors import ModelError

WELCOME = Span(450, 7514)
WAY_OUT = "set EARMARK_BATCH to less, EARMARK_COMPUTE_TYPE to int8_float16, or EARMARK_WHISPER_MODEL to a smaller model"


def exhausted() -> None:
    raise RuntimeError("CUDA failed with error out of memory")


class Crowded(Whisper):
    """Before its encoder works for the nth time (from 1), `befalls` n; `sizes` are how many stretches it was given each time."""

    def __init__(self, kit: Kit, batch: int, befalls: Callable[[int], None]) -> None:
        profile = Profile("cpu", "int8", batch=batch, part_seconds=0, queues=())
        super().__init__(kit.catalog.find(TINY_EN.name), kit.catalog.uses(TINY_EN.name, "transcribe"), profile)
        self._befalls = befalls
        self.sizes: list[int] = []

    def _load(self) -> Any:
        model = super()._load()
        encode = model.encode

        def crowded(features: Any) -> Any:
            self.sizes.append(len(features) if features.ndim == 3 else 1)
            self._befalls(len(self.sizes))
            return encode(features)

        model.encode = crowded
        return model


def test_recognition_goes_on_in_smaller_batches_and_its_progress_stays_true(
    kit: Kit, demo: Waveform, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[int] = []

    def befalls(n: int) -> None:
        if n == 2:
            exhausted()
        if n == 5:  # the last
            until = len(told) + 2
            while len(told) < until:
                time.sleep(0.05)
            assert 0 < told[-1] < demo.duration_ms - 5_000, "work that is done again is counted once"

    whisper = Crowded(kit, 4, befalls)
    with caplog.at_level(logging.WARNING, logger="models"):
        heard = whisper.transcribe(Listening(demo, "en", lambda done, _: told.append(done)))
    assert whisper.sizes == [4, 1, 2, 2, 1]
    assert caplog.messages == ["out of memory; batches are of 2 from now on"]
    assert told == sorted(told)
    assert told[-1] == demo.duration_ms
    assert [word.text for word in heard.words[:3]] == ["Welcome", "back.", "Today"]
    assert whisper.transcribe(Listening(demo, "en")) == heard
    assert whisper.sizes[5:] == [2, 2, 1]


def test_recognition_that_half_is_too_much_for_says_the_way_out(kit: Kit, demo: Waveform) -> None:
    whisper = Crowded(kit, 4, lambda _: exhausted())
    with pytest.raises(ModelError, match=f"with a batch of 2; {WAY_OUT}"):
        whisper.transcribe(Listening(demo, "en"))
    assert whisper.sizes == [4, 2]


@pytest.mark.parametrize(
    "ask",
    [
        lambda whisper, demo: whisper.judge((Contest(demo, WELCOME, "Welcome back", "Welcome pack", "back", "pack"),)),
        lambda whisper, demo: whisper.seek(Sought(demo, WELCOME, ("Welcome", "back."), "en")),
        lambda whisper, demo: whisper.spell(Sought(demo, WELCOME, ("Welcome",), "en"), [["W", "el", "co", "me"]]),
    ],
    ids=["judge", "seek", "spell"],
)
def test_what_takes_one_stretch_at_a_time_says_it_too(kit: Kit, demo: Waveform, ask: Callable[[Whisper, Waveform], object]) -> None:
    with pytest.raises(ModelError, match=f"out of memory on cpu; {WAY_OUT}"):
        ask(Crowded(kit, 1, lambda _: exhausted()), demo)


def test_weights_that_memory_does_not_suffice_for_say_it_too(kit: Kit, demo: Waveform) -> None:
    class Full(Crowded):
        def _load(self) -> Any:
            exhausted()

    with pytest.raises(ModelError, match=f"out of memory on cpu; {WAY_OUT}"):
        Full(kit, 1, lambda _: None).transcribe(Listening(demo, "en"))
