"""A real recording in another language than English, from end to end, as a user has it done."""

from __future__ import annotations

from itertools import pairwise

import pytest

from models.entries import BASE
from models.kit import Kit
from service.domain.document import Document, Status, Timing
from service.domain.options import Options
from service.domain.render import FORMATS, render
from tests.support.shared import SHARED, needs_shared
from workers import pipeline
from workers.desk import Desk, Episode
from workers.shelf import MemoryShelf

pytestmark = needs_shared

SPANISH = SHARED / "audio/multilingual/es.mp3"

MISSPELT = {"El Capitán Veneno, tal": "El Capitán Beneno, tal", "villa de Valdemoro": "villa de Baldemoro"}

LEFT_OUT = "Celebraré no haber defraudado tus esperanzas; "

ADVERT = "Este programa llega gracias a Banco Popular, el banco de toda la vida, abra hoy su cuenta sin comisiones en cualquier oficina. "


@pytest.fixture(scope="module")
def spanish(kit: Kit) -> Document:
    """Of a transcript with two misspelt names, a sentence that is left out, and an advertisement that nobody reads."""
    if BASE.name not in {uses.name for uses in kit.installed}:
        pytest.skip(f"{BASE.name} is not installed")
    text = SPANISH.with_suffix(".ref.txt").read_text(encoding="utf-8").replace("\n", " ")
    for right, wrong in MISSPELT.items():
        text = text.replace(right, wrong)
    text = text.replace(LEFT_OUT, "").replace("Adiós,", f"{ADVERT}Adiós,")
    with MemoryShelf() as shelf:
        return pipeline.run(Desk(Episode(SPANISH, text.encode(), Options(title="El Capitán Veneno", diarize=False)), kit, shelf))


def test_its_language_is_heard_and_the_models_that_know_it_are_named(spanish: Document) -> None:
    assert spanish.language == "es"
    assert [uses.name for uses in spanish.models] == [BASE.name, "lexicon", f"{BASE.name}, letters of es"]


def test_its_words_have_the_recogniser_s_times_in_order(spanish: Document) -> None:
    said = [word for segment in spanish.segments for word in segment.words if word.status is not Status.UNHEARD]
    assert {word.timing for word in said} <= {Timing.RECOGNISED, Timing.INTERPOLATED}
    spans = [word.span for word in said if word.span]
    assert len(spans) == len(said)
    assert all(a.end <= b.start for a, b in pairwise(spans))


def test_what_only_one_of_the_two_has_is_told(spanish: Document) -> None:
    unheard, unwritten = ([gap.text for gap in spanish.gaps if gap.status is status] for status in (Status.UNHEARD, Status.UNWRITTEN))
    assert unheard == [ADVERT.strip()]
    assert len(unwritten) == 1
    assert "esperanzas" in unwritten[0]


def test_names_that_the_title_or_the_text_spell_are_corrected(spanish: Document) -> None:
    text = " ".join(segment.text for segment in spanish.segments)
    assert "Veneno, tal" in text
    assert "villa de Valdemoro," in text


@pytest.mark.parametrize("form", FORMATS)
def test_it_is_written_in_every_form(spanish: Document, form: str) -> None:
    assert "Valdemoro" in render(spanish, form) or form == "rttm"
