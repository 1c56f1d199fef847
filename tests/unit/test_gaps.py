"""What gaps seem to be, where they are, and what is said of passages in another order and of old times."""

from dataclasses import replace

import pytest

from service.domain.correct import Corrections
from service.domain.document import Document, Status
from service.domain.script import Reference
from service.domain.span import Span
from tests.support.assembled import put_together
from tests.support.builders import hypothesis, reference, spoken

TALK = "so the first computer I had was a small machine that my father brought home from the office one winter evening"
OTHER = "later on we moved to a bigger town where nobody knew us and I found a library with three whole shelves of manuals"
ADVERT = "support comes from a kettle that remembers you go to fernwick.com and use the code TEA for ten percent off"


def aligned(written: Reference, heard: str) -> Document:
    return put_together(written, hypothesis(*spoken(heard)), Corrections(()), ())


@pytest.mark.parametrize(("text", "guess"), [(ADVERT, "advert"), (OTHER, None)])
def test_an_unheard_gap_is_an_advertisement_where_its_words_sell(text: str, guess: str | None) -> None:
    (gap,) = aligned(reference(TALK, text, TALK[::-1]), f"{TALK} {TALK[::-1]}").gaps
    assert (gap.status, gap.guess) == (Status.UNHEARD, guess)


@pytest.mark.parametrize(("text", "guess"), [(ADVERT, "advert"), (OTHER, "speech")])
def test_an_unwritten_gap_is_speech_unless_its_words_sell(text: str, guess: str) -> None:
    (gap,) = aligned(reference(TALK, TALK[::-1]), f"{TALK} {text} {TALK[::-1]}").gaps
    assert (gap.status, gap.guess) == (Status.UNWRITTEN, guess)


def test_words_that_are_far_apart_or_doubtful_are_what_music_sounds_like() -> None:
    tune = tuple(replace(word, score=0.1) for word in spoken("you you you la", start=10_000, each=200, gap=1_500))
    heard = hypothesis(*spoken(TALK), *tune, *spoken(OTHER, start=20_000))
    (gap,) = put_together(reference(TALK, OTHER), heard, Corrections(()), ()).gaps
    assert gap.guess == "music"


def test_an_unheard_gap_claims_only_its_place_where_there_is_no_time_for_it() -> None:
    (gap,) = aligned(reference(TALK, ADVERT, OTHER), f"{TALK} {OTHER}").gaps
    assert gap.span is not None
    assert gap.span.duration == 0


def test_a_passage_in_another_order_is_reported_with_the_time_at_which_it_is_spoken() -> None:
    document = aligned(reference(OTHER, TALK, TALK[::-1]), f"{TALK} {TALK[::-1]} {OTHER}")
    (warning,) = document.warnings
    at = next(w.span for s in document.segments for w in s.words if w.status is Status.UNWRITTEN)
    assert at is not None
    assert (
        warning
        == f"The passage “{' '.join(OTHER.split()[:6])} …” (23 words) is spoken at {at.start / 1000:.0f} s, not where it is written."
    )


def test_it_is_reported_although_a_third_of_its_words_were_misheard() -> None:
    misheard = " ".join("mumble" if n % 3 == 1 else word for n, word in enumerate(OTHER.split()))
    document = aligned(reference(OTHER, TALK, TALK[::-1]), f"{TALK} {TALK[::-1]} {misheard}")
    assert ["not where it is written" in warning for warning in document.warnings] == [True]


def test_two_different_passages_are_not_taken_for_one_that_moved() -> None:
    assert not aligned(reference(TALK, ADVERT, TALK[::-1]), f"{TALK} {TALK[::-1]} {OTHER}").warnings


@pytest.mark.parametrize(("offset", "growth", "expected"), [(0, 0, ()), (30_000, 0, ("too early",)), (0, 3_000, ("run away",))])
def test_old_times_that_are_off_are_reported(offset: int, growth: int, expected: tuple[str, ...]) -> None:
    lines = [
        f"{word} and some more words of this talk"
        for word in ["alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "india"]
    ]
    bare = reference(*lines)
    cues = [40_000 + n * 8 * 360 - offset - n * growth for n in range(len(lines))]
    talk = tuple(replace(line, cue=Span(cue, cue)) for line, cue in zip(bare.lines, cues, strict=True))
    heard = hypothesis(*spoken(" ".join(lines), start=40_000))
    warnings = put_together(replace(bare, lines=talk), heard, Corrections(()), ()).warnings
    assert len(warnings) == len(expected)
    assert all(part in warning for part, warning in zip(expected, warnings, strict=True))
