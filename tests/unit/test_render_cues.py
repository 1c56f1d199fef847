"""Subtitles: the shape of cues, and what SubRip and WebVTT make of them."""

from __future__ import annotations

from itertools import pairwise

from service.domain.document import DocumentWord
from service.domain.render import RenderOptions, render
from service.domain.render.cues import LONGEST_MS, Cue, cues
from tests.support.builders import document, segment, speaker, timed, written

ADA = (speaker("S1", "Ada Lovelace"), speaker("S2", "Mary & <Co>"))


def shaped(*words: DocumentWord, max_chars: int = 42) -> list[Cue]:
    return cues(document(segment(0, words), speakers=ADA), RenderOptions(max_chars=max_chars))


def texts(found: list[Cue]) -> list[tuple[str, ...]]:
    return [cue.lines for cue in found]


def test_a_short_sentence_is_one_line() -> None:
    (cue,) = shaped(*timed("Good morning, everybody.", 500))
    assert cue.lines == ("Good morning, everybody.",)
    assert (cue.span.start, cue.span.end) == (500, 1520)


def test_two_lines_are_balanced_and_cut_at_a_comma() -> None:
    assert texts(shaped(*timed("When the engine was built, nobody knew what it would be for.", 0, each=100))) == [
        ("When the engine was built,", "nobody knew what it would be for.")
    ]


def test_a_sentence_that_fills_half_a_cue_ends_it() -> None:
    talk = "The engine was large and it was made of brass. It weaves algebraic patterns."
    assert texts(shaped(*timed(talk, 0, each=100))) == [
        ("The engine was large and", "it was made of brass."),
        ("It weaves algebraic patterns.",),
    ]


def test_a_cue_that_is_full_is_cut_at_the_last_clause() -> None:
    talk = "it was the first of its kind in the whole country, and nobody else ever thought to build another like that"
    first, *_ = shaped(*timed(talk, 0, each=50, gap=10))
    assert first.lines[-1].endswith("country,")


def test_a_new_speaker_begins_a_new_cue() -> None:
    found = shaped(*timed("Yes?", 0, speaker="S1"), *timed("No.", 400, speaker="S2"))
    assert [(cue.speaker, cue.lines, cue.changes) for cue in found] == [
        ("Ada Lovelace", ("Yes?",), True),
        ("Mary & <Co>", ("No.",), True),
    ]


def test_a_silence_begins_a_new_cue() -> None:
    assert len(shaped(*timed("Well", 0), *timed("then", 1_700))) == 1
    assert len(shaped(*timed("Well", 0), *timed("then", 1_900))) == 2
    assert len(shaped(*timed("Well.", 0), *timed("Then", 1_200))) == 2


def test_a_cue_does_not_stay_too_long() -> None:
    found = shaped(*timed("one two three four five six", 0, each=2_000, gap=100))
    assert all(cue.span.duration <= LONGEST_MS for cue in found)
    assert len(found) == 2


def test_a_word_longer_than_a_line_has_its_own() -> None:
    long = "https://example.com/a/very/long/address/indeed"
    assert texts(shaped(*timed(f"see {long} now", 0), max_chars=20)) == [("see",), (long, "now")]


def test_words_at_the_same_time_never_make_cues_overlap() -> None:
    found = shaped(*(written(text, 1_000, 1_000, speaker=who) for text, who in (("a", "S1"), ("b", "S2"), ("c", "S1"))))
    assert all(a.span.end <= b.span.start for a, b in pairwise(found))
    assert all(cue.span.duration > 0 for cue in found)


def test_chinese_is_set_without_spaces() -> None:
    assert texts(shaped(*timed("今天我们谈谈 Qwen 模型。", 0))) == [("今天我们谈谈Qwen模型。",)]


def test_webvtt_names_the_voice_of_every_cue_and_escapes() -> None:
    found = document(
        segment(0, timed("One <b> & --> two.", 0, speaker="S1")), segment(1, timed("Three.", 4_000, speaker="S2")), speakers=ADA
    )
    assert render(found, "vtt") == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:01.740\n<v Ada Lovelace>One &lt;b&gt; &amp; --&gt; two.\n\n"
        "00:00:04.000 --> 00:00:04.300\n<v Mary &amp; &lt;Co&gt;>Three.\n"
    )


def test_a_voice_nobody_knows_is_not_the_one_before() -> None:
    found = document(segment(0, timed("One.", 0, speaker="S1")), segment(1, timed("Two.", 400)), speakers=ADA)
    assert "<v Unknown speaker>Two." in render(found, "vtt")
    assert "Unknown speaker: Two." in render(found, "srt")


def test_subrip_names_the_speaker_where_the_speaker_changes_and_defuses_markup() -> None:
    found = document(
        segment(0, timed("One --> two.", 0, speaker="S1")),
        segment(1, timed("Three <i>four</i>.", 4_000, speaker="S1")),
        segment(2, timed("Five.", 8_000, speaker="S2")),
        speakers=ADA,
    )
    assert render(found, "srt") == (
        "1\n00:00:00,000 --> 00:00:01,020\nAda Lovelace: One -- > two.\n\n"
        "2\n00:00:04,000 --> 00:00:04,660\nThree < i>four< /i>.\n\n"
        "3\n00:00:08,000 --> 00:00:08,300\nMary & <Co>: Five.\n"
    )


def test_hours_are_written_out() -> None:
    found = document(segment(0, timed("Late.", 360_000_000)))
    assert "100:00:00.000 --> 100:00:00.300" in render(found, "vtt")
