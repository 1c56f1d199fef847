"""Recognition guided by the transcript, asked of the real recogniser."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from rapidfuzz.distance import Indel

from models.entries import BASE
from models.guided import again
from models.kit import Kit
from models.protocols import Listening
from models.waveform import Waveform
from service.domain.formats import parse
from service.domain.normalize import folds
from service.domain.speech import Hypothesis
from service.settings import Settings
from tests.contract.conftest import DEMO
from tests.support.metered import Cost, metered

LINES = [row["gold"] for row in json.loads((DEMO / "truth.json").read_text())["rows"] if row["start"] is not None]
SAID = tuple(" ".join(LINES).split())
WRITTEN = tuple(token.text for token in parse((DEMO / "transcript.md").read_bytes()).tokens)
MISSPELLED = "minutel"
FOREIGN_LINE = "The harbour at night was full of little boats and nobody knew whose lantern it was that burned so late."
FOREIGN = tuple(FOREIGN_LINE.split() * 9)


def likeness(ours: Sequence[str], theirs: Sequence[str]) -> float:
    return float(Indel.normalized_similarity(*([unit for units in folds(words) for unit in units] for words in (ours, theirs))))


def texts(hypothesis: Hypothesis) -> list[str]:
    return [word.text for word in hypothesis.words]


def guided(kit: Kit, demo: Waveform, guide: tuple[str, ...]) -> tuple[Hypothesis, Cost]:
    ear = metered(kit)
    return ear.transcribe(Listening(demo, "en", guide=guide)), ear.cost


def is_told(cost: Cost, demo: Waveform) -> bool:
    """Whether stretches were decoded, not only windows."""
    return cost.calls > 2 * demo.duration_ms / 30_000


@pytest.fixture(scope="module")
def alone(kit: Kit, demo: Waveform) -> tuple[Hypothesis, Cost]:
    return guided(kit, demo, ())


def test_as_much_is_heard_with_less_work(kit: Kit, demo: Waveform, alone: tuple[Hypothesis, Cost]) -> None:
    heard, cost = guided(kit, demo, SAID)
    assert likeness(texts(heard), SAID) > likeness(texts(alone[0]), SAID) - 0.02
    assert cost.tokens < 0.8 * alone[1].tokens
    assert all(a.span.start <= b.span.start for a, b in zip(heard.words, heard.words[1:], strict=False))


def test_what_is_written_wrongly_is_not_believed(kit: Kit, demo: Waveform) -> None:
    assert [word for word in WRITTEN if MISSPELLED in word.lower()]
    heard, cost = guided(kit, demo, WRITTEN)
    assert is_told(cost, demo)
    assert not [word for word in texts(heard) if MISSPELLED in word.lower()]


def test_a_transcript_of_something_else_changes_nothing(kit: Kit, demo: Waveform, alone: tuple[Hypothesis, Cost]) -> None:
    heard, cost = guided(kit, demo, FOREIGN)
    assert heard == alone[0]
    assert cost.calls > alone[1].calls  # it was looked for


def test_what_the_transcript_lacks_is_heard_all_the_same(kit: Kit, demo: Waveform) -> None:
    first, end = len(LINES) // 3, len(LINES) // 2
    heard, cost = guided(kit, demo, tuple(" ".join(LINES[:first] + LINES[end:]).split()))
    assert is_told(cost, demo)
    assert likeness(texts(heard), SAID) > 0.9


def test_what_nobody_says_is_not_heard(kit: Kit, demo: Waveform) -> None:
    half = len(LINES) // 2
    heard, cost = guided(kit, demo, (*" ".join(LINES[:half]).split(), *FOREIGN[:60], *" ".join(LINES[half:]).split()))
    assert is_told(cost, demo)
    assert not {"harbour", "lantern", "boats"}.intersection(" ".join(texts(heard)).lower().split())
    assert likeness(texts(heard), SAID) > 0.9


@pytest.mark.parametrize("guide", [SAID[:-8], (*SAID[:-1], "worm.")], ids=["no last sentence", "another last word"])
def test_the_end_is_heard_whatever_the_transcript_has_there(kit: Kit, demo: Waveform, guide: tuple[str, ...]) -> None:
    heard, cost = guided(kit, demo, guide)
    assert is_told(cost, demo)
    assert "bye" in " ".join(texts(heard)[-9:]).lower()
    assert texts(heard)[-1].lower().strip(".") == "warm"


def test_a_larger_model_of_many_languages_is_guided_in_english_alone(demo: Waveform) -> None:
    base = Kit(Settings(whisper_model=BASE.name))
    (heard, cost), (alone, whole) = guided(base, demo, SAID), guided(base, demo, ())
    assert likeness(texts(heard), SAID) > likeness(texts(alone), SAID) - 0.02
    assert cost.tokens < 0.8 * whole.tokens
    ear = metered(base)
    ear.transcribe(Listening(demo, "es", guide=SAID))
    assert not is_told(ear.cost, demo)


@pytest.mark.parametrize(
    ("said", "does"), [("the 20th.", True), ("20th.", False), ("of May", False), ("", False), ("on the 20th of", False)]
)
def test_what_the_decoder_says_once_more_is_known(said: str, does: bool) -> None:
    assert again(said.split(), ["It", "was", "on", "the", "20th"]) is does
