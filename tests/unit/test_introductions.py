"""Names proposed for voices that no label names."""

from __future__ import annotations

import pytest

from service.domain.attribute import Attribution, attribute
from service.domain.correct import Corrections
from service.domain.document import Timing
from service.domain.introductions import propose
from service.domain.printed import printed
from service.domain.span import Span
from service.domain.speech import Diarization, Turn
from service.domain.timing import Timed, Times
from tests.support.builders import reference

EACH = 500
TALK = "and so it went on for a long while without anybody saying much of interest to us"


def proposed(*said: tuple[str, str], metadata: str = "", labels: tuple[str | None, ...] = ()) -> Attribution:
    """Of (voice, what it says), each word half a second long."""
    lines = reference(*(text for _, text in said), labels=labels)
    words = printed(lines, Corrections())
    times = tuple(Timed(Span(n * EACH, (n + 1) * EACH), Timing.FORCED, 0.9) for n in range(len(words)))
    turns, at = [], 0
    for voice, text in said:
        turns.append(Turn(Span(at, at := at + len(text.split()) * EACH), voice))
    found = attribute(lines, words, Times(times, ()), Diarization(tuple(turns), tuple(turns)))
    return propose(found, words, times, metadata)


def names(found: Attribution) -> dict[str, str | None]:
    return {speaker.id: speaker.suggested_name for speaker in found.speakers}


def test_who_introduces_himself_is_proposed_with_what_he_said() -> None:
    found = proposed(("A", "Hello, I'm Brian, and this is the show."), ("B", TALK))
    first, second = found.speakers
    assert (first.name, first.named_by, first.suggested_name) == ("S1", "diarization", "Brian")
    [evidence] = first.evidence
    assert (evidence.says, evidence.text, evidence.speaker, evidence.span) == ("introduces himself", "I'm Brian", "S1", Span(500, 1_500))
    assert (second.suggested_name, second.evidence) == (None, ())


@pytest.mark.parametrize(
    "text",
    [
        "My guest today is Ada Lovelace.",
        "Today I am joined by Ada Lovelace.",
        "With us is Ada Lovelace, who builds engines.",
        "Please welcome Ada Lovelace.",
        "Welcome to the show, Ada Lovelace.",
        "Ada Lovelace, thanks for coming on here to talk to us.",
        "Thanks so much for coming on, Ada Lovelace.",
        "Thank you, Ada Lovelace.",
    ],
)
def test_who_is_introduced_or_addressed_is_the_next_voice(text: str) -> None:
    assert names(proposed(("A", TALK), ("B", TALK), ("A", text), ("B", TALK))) == {"S1": None, "S2": "Ada Lovelace"}


def test_who_is_thanked_at_the_end_spoke_before() -> None:
    assert names(proposed(("A", TALK), ("B", TALK), ("A", "Thank you, Ada."))) == {"S1": None, "S2": "Ada"}


def test_the_metadata_give_the_whole_name() -> None:
    found = proposed(("A", "My guest today is Ada."), ("B", TALK), metadata="Engines: a talk with Ada Lovelace")
    assert names(found) == {"S1": None, "S2": "Ada Lovelace"}


def test_what_speaks_most_for_a_name_wins_and_each_name_is_proposed_once() -> None:
    found = proposed(("A", "Thank you, Ada."), ("B", "Thank you. I am Bruno, by the way."), ("A", "I am Ada."), ("B", "Thanks, Bruno."))
    assert names(found) == {"S1": "Ada", "S2": "Bruno"}


@pytest.mark.parametrize(
    "text",
    [
        "I'm German engineering's greatest fan.",
        "Thank you, God.",
        "Thank you all.",
        "My guest today is The Engine.",
        "I am happy, Ada was not.",
    ],
)
def test_what_names_nobody_proposes_nobody(text: str) -> None:
    assert set(names(proposed(("A", text), ("B", TALK))).values()) == {None}


def test_late_in_the_talk_nobody_introduces_himself() -> None:
    assert set(names(proposed(("A", " ".join([TALK] * 6) + " I'm German."), ("B", TALK))).values()) == {None}


def test_a_name_that_a_label_gives_is_proposed_for_no_other_voice() -> None:
    found = proposed(("A", TALK), ("B", TALK), ("A", "Thanks, Ada."), ("C", TALK), labels=("Bruno", "Ada", "Bruno", None))
    assert names(found) == {"S1": None, "S2": None, "S3": None}


def test_a_label_that_stands_in_for_a_name_gets_a_proposal() -> None:
    found = proposed(("A", "Hello, I'm Brian."), ("B", TALK), labels=("SPEAKER_1", "SPEAKER_2"))
    assert [(s.name, s.suggested_name) for s in found.speakers] == [("SPEAKER_1", "Brian"), ("SPEAKER_2", None)]


def test_without_voices_nothing_is_proposed() -> None:
    lines = reference("Hello, I'm Brian.")
    words = printed(lines, Corrections())
    nobody = Attribution((None,) * len(words), (), ())
    assert propose(nobody, words, (Timed(None, Timing.NONE, None),) * len(words), "") == nobody


def test_a_speaker_with_a_name_is_left_alone() -> None:
    found = proposed(("A", "Hello, I'm Brian."), ("B", TALK), labels=("Brian McCullough", "Ada"))
    assert [s for s in found.speakers if s.suggested_name] == []
