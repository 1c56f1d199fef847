"""Laws of whole documents, whatever was cut out of an episode, put in, moved and misheard."""

import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from service.domain.correct import Corrections
from service.domain.document import Document, Status
from service.domain.span import Ms, Span
from service.domain.speech import Hypothesis
from tests.bench.align.episodes import Piece, heard, misheard
from tests.bench.align.mismatch import CHANGES, PASSAGE, SPOKEN
from tests.support.assembled import put_together
from tests.support.builders import passage, reference, spoken, turn

NOISE = st.floats(0.05, 0.35)
LINES = (8, 12, 24)
"""Words of the lines of an episode, in turn."""

few = settings(max_examples=settings().max_examples // 3)
"""A whole document takes longer than anything else here."""


def _piece(text: str) -> Piece:
    return Piece(text, spoken(text), 360 * len(text.split()))


Cut = tuple[list[Piece], Hypothesis]


@st.composite
def cuts(draw: st.DrawFn, noise: st.SearchStrategy[float] = NOISE) -> Cut:
    """An episode after one of the changes, and what was heard of it."""
    chance = random.Random(draw(st.integers(0, 10_000)))
    parts = [_piece(passage(chance, LINES[k % 3])) for k in range(24)]
    parts = draw(st.sampled_from(CHANGES))(parts, chance, SPOKEN)
    return parts, misheard(heard(parts), draw(noise), chance)


def _written(parts: Sequence[Piece]) -> list[str]:
    return [part.written for part in parts if part.written is not None]


def _document(parts: Sequence[Piece], said: Hypothesis) -> Document:
    return put_together(reference(*_written(parts)), said, Corrections(()), ())


def _unheard(parts: Sequence[Piece], result: Document) -> list[tuple[Piece, int]]:
    """The pieces that are written, and how many words of each are called unheard."""
    flags = iter([w.status is Status.UNHEARD for segment in result.segments for w in segment.words if w.source])
    return [(part, sum(next(flags) for _ in part.written.split())) for part in parts if part.written is not None]


@given(cuts())
@few
def test_nothing_is_lost_and_no_word_is_beyond_another_or_the_recording(case: Cut) -> None:
    parts, said = case
    words = [word for segment in _document(parts, said).segments for word in segment.words]
    assert [word.source for word in words if word.source] == " ".join(_written(parts)).split()
    assert all((word.span is None) == (word.status is Status.UNHEARD) for word in words)
    spans = [word.span for word in words if word.span]
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert spans[-1].end <= said.duration_ms


@given(cuts())
@few
def test_a_cut_episode_is_accepted_and_nine_tenths_of_its_words_at_least_are_heard(case: Cut) -> None:
    result = _document(*case)
    genuine = [(part, lost) for part, lost in _unheard(case[0], result) if part.heard]
    assert result.verdict.accepted
    assert sum(lost for _, lost in genuine) <= 0.1 * sum(len((part.written or "").split()) for part, _ in genuine)


@given(cuts(noise=st.floats(0.05, 0.2)))
@few
def test_no_passage_of_a_cut_episode_is_called_unheard(case: Cut) -> None:
    for part, lost in _unheard(case[0], _document(*case)):
        assert not part.heard or lost < PASSAGE


@given(seed=st.integers(0, 10_000), swaps=st.integers(1, 3), rate=NOISE)
@few
def test_no_genuine_passage_is_lost_beside_exchanged_ones(seed: int, swaps: int, rate: float) -> None:
    chance = random.Random(seed)
    parts = []
    for _ in range(swaps):
        genuine, gone, new = (passage(chance, size) for size in (60, 40, 40))
        parts += [_piece(genuine), Piece(gone, None), Piece(None, spoken(new), 40 * 360)]
    parts.append(_piece(passage(chance, 60)))
    result = _document(parts, misheard(heard(parts), rate, chance))
    for part, lost in _unheard(parts, result):
        assert lost < PASSAGE if part.heard else lost


OPENING = spoken("good morning everybody and welcome to one more hour of talk")


@given(case=cuts(), by=st.integers(1, 100_000))
@few
def test_what_is_later_by_so_much_is_said_of_everything_later_by_so_much(case: Cut, by: Ms) -> None:
    parts, said = case
    words = (*OPENING, *(replace(word, span=word.span.shifted(5_000)) for word in said.words))
    whole = replace(said, words=words, duration_ms=said.duration_ms + 5_000)
    assert _timed(parts, whole, by) == _moved(_timed(parts, whole, 0), by)


def _timed(parts: Sequence[Piece], said: Hypothesis, by: Ms) -> Document:
    """The document where all times are later: those heard, those of the transcript, those of the voices.

    What is before the first word heard reaches from the beginning of the recording, which stays where it is; an opening is heard.
    """
    bare = reference(" ".join(word.text for word in OPENING), *_written(parts))
    cues = (Span(3_000 * k + by, 3_000 * k + by + 2_500) for k in range(len(bare.lines)))
    later = replace(said, words=tuple(replace(w, span=w.span.shifted(by)) for w in said.words), duration_ms=said.duration_ms + by)
    turns = tuple(turn("AB"[k % 2], at + by, at + by + 6_000) for k, at in enumerate(range(0, said.duration_ms, 7_000)))
    written = replace(bare, lines=tuple(replace(line, cue=cue) for line, cue in zip(bare.lines, cues, strict=True)))
    return replace(put_together(written, later, Corrections(()), turns), warnings=())


def _moved(document: Document, by: Ms) -> Document:
    def at(span: Span | None) -> Span | None:
        return span and span.shifted(by)

    return replace(
        document,
        recording=replace(document.recording, duration_ms=document.recording.duration_ms + by),
        turns=tuple(replace(t, span=t.span.shifted(by)) for t in document.turns),
        segments=tuple(replace(s, span=at(s.span), words=tuple(replace(w, span=at(w.span)) for w in s.words)) for s in document.segments),
        gaps=tuple(replace(gap, span=at(gap.span)) for gap in document.gaps),
    )
