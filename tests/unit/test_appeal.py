"""A transcript that would be refused is heard out: what is written may be said where other words were recognised."""

import random
from collections.abc import Sequence
from string import ascii_lowercase

from service.domain.align import align
from service.domain.appeal import LONGEST_MS, samples, upheld
from service.domain.secondlook import Trace, search
from service.domain.span import Span
from service.domain.speech import Word
from tests.support.builders import hypothesis, reference, spoken, word

GREETING = "welcome to the show about rivers and about the people on them"


def words(seed: int, count: int = 150) -> str:
    chance = random.Random(seed)
    return " ".join("".join(chance.choices(ascii_lowercase, k=7)) for _ in range(count))


TALK, GARBAGE, OTHER = words(1), words(2), words(3)


def heard_out(written: str, heard: str, true: str) -> bool:
    """Whether the transcript is taken after all, of a recording in which `true` is said and `heard` was recognised."""
    ours, said = reference(written), hypothesis(*spoken(heard))
    alignment = align(ours, said)
    assert not alignment.verdict.accepted
    there = {w.text: w for w in spoken(true)}

    def look(span: Span, which: Sequence[int]) -> list[Trace]:
        traces, at = [], span.start
        for text in (ours.tokens[k].text for k in which):
            found: Word | None = there.get(text)
            if found and not (span.start <= found.span.start and found.span.end <= span.end):
                found = None
            at = found.span.end if found else at
            traces.append(Trace(found or word(text, at, at), 8.0 if found else 0.0, 2))
        return traces

    return upheld({hole: search(hole, look) for hole in samples(alignment, said)})


def test_the_right_transcript_is_taken_although_the_recogniser_failed() -> None:
    assert heard_out(f"{GREETING} {TALK}", f"{GREETING} {GARBAGE}", f"{GREETING} {TALK}")


def test_it_is_taken_where_nothing_was_recognised_rightly() -> None:
    assert heard_out(TALK, GARBAGE, TALK)


def test_another_episode_of_the_same_show_is_refused() -> None:
    assert not heard_out(f"{GREETING} {TALK}", f"{GREETING} {OTHER}", f"{GREETING} {OTHER}")


def test_an_unrelated_transcript_is_refused() -> None:
    assert not heard_out(TALK, GARBAGE, GARBAGE)


def test_little_sound_is_looked_into_however_long_the_recording() -> None:
    said = hypothesis(*spoken(words(2, 5000)))
    (hole,) = samples(align(reference(TALK), said), said)
    assert hole.span.duration == LONGEST_MS
