"""The other ear, as it is installed, in its own process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from models.apart import Apart
from models.entries import MOONSHINE
from models.kit import Kit
from models.moonshine import MOST_TOKENS, Moonshine, tokenizer
from models.protocols import Contest
from models.waveform import Waveform
from service.domain.span import Span

WELCOME = Span(0, 7_000)
LINE = "Welcome back. Today we follow one idea across fifty years: a whole country, talking over a wire."


def contest(demo: Waveform, before: str, after: str) -> Contest:
    return Contest(demo, WELCOME, LINE.replace("country", before), LINE.replace("country", after), before, after)


@pytest.fixture(scope="module")
def ear(kit: Kit) -> Iterator[Apart]:
    if MOONSHINE.name not in {uses.name for uses in kit.installed}:
        pytest.skip(f"{MOONSHINE.name} is not installed")
    ear = kit.other_ear("en")
    assert isinstance(ear, Apart)
    yield ear
    ear.end()


def test_the_sound_speaks_for_what_is_said(ear: Apart, demo: Waveform) -> None:
    mended, spoilt = ear.hear((contest(demo, "hospital", "country"), contest(demo, "country", "county")))
    assert mended > 4
    assert spoilt < 0
    alone = ear.hear((contest(demo, "hospital", "country"),))
    assert alone == pytest.approx([mended], abs=0.02), "it does not matter what is asked with it"


def test_the_same_text_is_as_well_heard_as_itself_and_nothing_is_answered_by_nothing(ear: Apart, demo: Waveform) -> None:
    same = ear.hear((contest(demo, "country", "country"),))
    assert (same, ear.hear(())) == ((0.0,), ())


def test_more_text_than_it_takes_in_says_nothing(ear: Apart, demo: Waveform) -> None:
    assert ear.hear((contest(demo, "so " * MOST_TOKENS, "country"),)) == (0.0,)


def test_a_text_is_cut_as_llama_cuts_it(kit: Kit, ear: Apart) -> None:
    """Pieces as sentencepiece has them; what is none of them by its bytes."""
    model = kit.catalog.find(MOONSHINE.name)
    assert Moonshine(model, ear.uses).uses.name == MOONSHINE.name
    cut = tokenizer(model / "tokenizer.bin")
    assert cut.encode("Hello there, Minitel.").tokens == ["▁Hello", "▁there", ",", "▁M", "init", "el", "."]
    assert cut.encode("𐍈").tokens == ["▁", "<0xF0>", "<0x90>", "<0x8D>", "<0x88>"]
