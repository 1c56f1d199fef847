"""Voices and names."""

from service.domain.attribute import Attribution, attribute
from service.domain.correct import Corrections
from service.domain.document import Timing
from service.domain.printed import printed
from service.domain.script import Reference
from service.domain.span import Span
from service.domain.speech import Diarization, Turn
from service.domain.timing import NOT_HEARD, Timed, Times
from tests.support.builders import reference, turn

EACH = 500


def attributed(written: Reference, *turns: Turn, unheard: tuple[int, ...] = ()) -> Attribution:
    """Words of half a second each, one after another."""
    words = printed(written, Corrections())
    timed = [Timed(Span(n * EACH, (n + 1) * EACH), Timing.FORCED, 0.9) for n in range(len(words))]
    times = Times(tuple(NOT_HEARD if n in unheard else t for n, t in enumerate(timed)), ())
    return attribute(written, words, times, Diarization(turns, turns))


def names(found: Attribution) -> list[str | None]:
    by_id = {s.id: s.name for s in found.speakers}
    return [by_id[p] if p else None for p in found.printed]


def test_voices_take_the_names_of_the_lines_they_say() -> None:
    found = attributed(reference("one two three", "four five six", labels=("Ada", "Bruno")), turn("A", 0, 1500), turn("B", 1500, 3000))
    assert names(found) == ["Ada"] * 3 + ["Bruno"] * 3
    assert {(s.name, s.named_by, s.confidence) for s in found.speakers} == {("Ada", "transcript", 1.0), ("Bruno", "transcript", 1.0)}


def test_a_voice_without_labels_keeps_a_number() -> None:
    found = attributed(reference("one two three", "four five six"), turn("A", 0, 1500), turn("B", 1500, 3000))
    assert names(found) == ["S1"] * 3 + ["S2"] * 3
    assert {s.named_by for s in found.speakers} == {"diarization"}


def test_a_strange_voice_is_never_given_a_guests_name() -> None:
    found = attributed(
        reference("one two three four", "five six seven eight", labels=("Ada", None)), turn("A", 0, 2000), turn("B", 2000, 4000)
    )
    assert names(found) == ["Ada"] * 4 + ["S2"] * 4


def test_without_diarization_the_labels_stand() -> None:
    found = attributed(reference("one two", "three four", labels=("Ada", "Bruno")))
    assert names(found) == ["Ada", "Ada", "Bruno", "Bruno"]
    assert {s.confidence for s in found.speakers} == {0.5}


def test_nothing_known_is_said_as_nothing() -> None:
    found = attributed(reference("one two"))
    assert (found.printed, found.speakers) == ((None, None), ())


def test_unheard_words_have_no_speaker() -> None:
    found = attributed(reference("one two three", labels=("Ada",)), turn("A", 0, 1500), unheard=(1,))
    assert names(found) == ["Ada", None, "Ada"]


def test_a_flicker_inside_a_line_is_smoothed() -> None:
    line = "a b c d e f g h i j"
    found = attributed(reference(line), turn("A", 0, 2000), turn("B", 2000, 2600), turn("A", 2600, 5000))
    assert names(found) == ["S1"] * 10


def test_a_second_speaker_in_a_line_is_kept_when_he_says_enough() -> None:
    found = attributed(reference("a b c d e f g h i j"), turn("A", 0, 2500), turn("B", 2500, 5000))
    assert names(found) == ["S1"] * 5 + ["S2"] * 5


def test_a_word_just_outside_a_turn_belongs_to_the_nearest() -> None:
    found = attributed(reference("one two"), turn("A", 900, 1000))
    assert names(found) == ["S1", "S1"]
