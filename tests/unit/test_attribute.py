"""Voices and names."""

import random
from itertools import accumulate, pairwise

import pytest

from service.domain.attribute import UNMATCHED, Attribution, attribute, expected_voices
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


LONG = "one two three four five six seven eight"


def test_a_wrong_label_of_a_long_line_is_repaired() -> None:
    lines = reference(LONG, LONG, LONG, labels=("Ada", "Bruno", "Bruno"))
    found = attributed(lines, turn("A", 0, 8_000), turn("B", 8_000, 12_000))
    assert names(found) == ["Ada"] * 16 + ["Bruno"] * 8


def test_words_before_a_misplaced_label_go_to_who_says_them() -> None:
    lines = reference(LONG, "Yes, quite. " + LONG, labels=("Ada", "Bruno"))
    found = attributed(lines, turn("A", 0, 5_000), turn("B", 5_000, 9_000))
    assert names(found) == ["Ada"] * 8 + ["Bruno"] * 10, "two words are a flicker to the rest of the line"
    lines = reference(LONG, "Yes, quite so, I think. " + LONG, labels=("Ada", "Bruno"))
    found = attributed(lines, turn("A", 0, 6_500), turn("B", 6_500, 10_500))
    assert names(found) == ["Ada"] * 13 + ["Bruno"] * 8


def test_a_short_line_in_a_short_turn_is_its_labels() -> None:
    lines = reference(LONG, "So what now?", LONG, labels=("Ada", "Bruno", "Bruno"))
    found = attributed(lines, turn("A", 0, 4_000), turn("A", 4_100, 5_400), turn("B", 5_500, 9_500))
    assert names(found) == ["Ada"] * 8 + ["Bruno"] * 11


def test_a_short_line_is_its_voices_where_labels_are_careless() -> None:
    lines = reference(LONG, LONG, LONG, "So what now?", LONG, labels=("Ada", "Ada", "Bruno", "Bruno", "Bruno"))
    found = attributed(lines, turn("A", 0, 12_000), turn("A", 12_100, 13_400), turn("B", 13_500, 17_500))
    assert names(found) == ["Ada"] * 27 + ["Bruno"] * 8


def test_a_label_of_one_who_shares_a_voice_is_believed_on_that_voice_alone() -> None:
    lines = reference(*[LONG] * 13, labels=("Ada", "Ada", "Ada", "Bo", "Bo", "Bo", *["Cy"] * 6, "Bo"))
    found = attributed(lines, turn("A", 0, 24_000), turn("C", 24_000, 52_000))
    assert names(found) == ["Ada"] * 24 + ["Bo"] * 24 + ["Cy"] * 56


def test_a_label_is_believed_wherever_it_has_no_better_home() -> None:
    lines = reference(*[LONG] * 7, labels=("Ada", "Ada", "Ada", "Bo", "Cy", "Cy", "Cy"))
    found = attributed(lines, turn("A", 0, 16_000), turn("C", 16_000, 28_000))
    assert names(found) == ["Ada"] * 24 + ["Bo"] * 8 + ["Cy"] * 24


def test_a_strange_voice_in_a_labelled_line_is_believed_when_it_says_enough() -> None:
    lines = reference(f"{LONG} {LONG}", "a b c d", LONG, LONG, labels=("Ada", "Ada", "Bruno", "Ada"))
    found = attributed(lines, turn("A", 0, 8_000), turn("C", 8_000, 10_000), turn("B", 10_000, 14_000), turn("C", 14_000, 18_000))
    assert names(found) == ["Ada"] * 20 + ["Bruno"] * 8 + ["S3"] * 8
    assert next(s for s in found.speakers if s.name == "S3").confidence <= UNMATCHED


def test_a_sentence_of_another_voice_is_kept_where_its_turn_is_telling() -> None:
    line = "one two three four five six. Is it so? one two three four five six seven"
    found = attributed(reference(line), turn("A", 0, 3_000), turn("B", 3_000, 4_500), turn("A", 4_500, 8_000))
    assert names(found) == ["S1"] * 6 + ["S2"] * 3 + ["S1"] * 7
    found = attributed(reference(line), turn("A", 0, 3_000), turn("B", 3_200, 4_300), turn("A", 4_500, 8_000))
    assert names(found) == ["S1"] * 16


def test_one_voice_under_two_labels_is_reported() -> None:
    lines = reference(*[LONG] * 6, labels=("Ada",) * 3 + ("Ada L.",) * 3)
    found = attributed(lines, turn("A", 0, 24_000))
    assert found.warnings == ("Ada and Ada L. sound like one voice: it says 24 words with the label Ada L.",)


def test_one_label_for_two_voices_is_reported() -> None:
    lines = reference(*[LONG] * 6, labels=("Ada",) * 6)
    found = attributed(lines, turn("A", 0, 12_000), turn("B", 12_000, 24_000))
    assert names(found) == ["Ada"] * 24 + ["S2"] * 24
    assert found.warnings == ("the label Ada is on two voices: 24 words with it are said by S2",)


def test_a_good_transcript_has_no_warnings() -> None:
    found = attributed(reference(LONG, LONG, labels=("Ada", "Bruno")), turn("A", 0, 4_000), turn("B", 4_000, 8_000))
    assert found.warnings == ()


@pytest.mark.parametrize("seed", range(5))
def test_names_survive_when_one_label_in_ten_is_wrong(seed: int) -> None:
    chance = random.Random(seed)
    said_by = [chance.choice("ABC") for _ in range(200)]
    texts = [" ".join(["word"] * chance.randint(4, 25)) for _ in said_by]
    labels = [chance.choice("ABC".replace(who, "")) if chance.random() < 0.1 else who for who in said_by]
    ends = list(accumulate(len(text.split()) * EACH for text in texts))
    turns = [turn(f"voice {who}", start, end) for who, (start, end) in zip(said_by, pairwise([0, *ends]), strict=True)]
    found = names(attributed(reference(*texts, labels=labels), *turns))
    truth = [who for who, text in zip(said_by, texts, strict=True) for _ in text.split()]
    assert sum(a == b for a, b in zip(found, truth, strict=True)) >= 0.98 * len(truth)


def test_a_speaker_says_which_channel_holds_his_voice() -> None:
    lines = reference(LONG, LONG, LONG, labels=("Ada", "Bruno", None))
    turns = (turn("C1", 0, 4_000), turn("C2", 4_000, 8_000), turn("S3", 8_000, 12_000))
    times = Times(tuple(Timed(Span(n * EACH, (n + 1) * EACH), Timing.FORCED, 0.9) for n in range(24)), ())
    found = attribute(lines, printed(lines, Corrections()), times, Diarization(turns, turns, (("C1", 1), ("C2", 2))))
    assert [(speaker.name, speaker.channel) for speaker in found.speakers] == [("Ada", 1), ("Bruno", 2), ("S3", None)]


def test_labels_with_something_to_say_let_expect_a_voice_each() -> None:
    long = " ".join(["word"] * 20)
    assert expected_voices(reference(long, long, long, long, "Yes.", labels=("Ada", "Ada", "Bruno", "Bruno", "Chloé"))) == 2
    assert expected_voices(reference(long, long)) == 0
