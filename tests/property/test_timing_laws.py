"""Laws of times and of cut-up episodes, whatever was heard, cut and mistaken."""

import random
from itertools import pairwise
from string import ascii_lowercase

from hypothesis import given, settings
from hypothesis import strategies as st

from service.domain.correct import Corrections
from service.domain.document import Document, Status, Timing
from service.domain.passages import passages
from service.domain.span import Span
from service.domain.timing import Said, settle
from tests.bench.align.episodes import Piece, heard, misheard
from tests.support.assembled import put_together
from tests.support.builders import reference, spoken

DURATION = 60_000
SPANS = st.tuples(st.integers(0, DURATION - 1), st.integers(0, 4_000)).map(lambda p: Span(p[0], min(DURATION, p[0] + p[1])))
PAUSES = st.lists(SPANS, max_size=12).map(lambda spans: [a for a, b in pairwise(sorted(spans)) if a.end <= b.start])
COMMON = ("the", "and", "of", "you", "to", "that", "it", "we")
RARE = 0.6
"""Share of words that are not among the commonest, as in talk."""


@st.composite
def said(draw: st.DrawFn) -> list[Said]:
    """Words in the order in which a recogniser gives them: starts never run backwards."""
    spans = sorted(draw(st.lists(SPANS, min_size=1, max_size=40)))
    return [Said("word", span, Timing.RECOGNISED, n, None) for n, span in enumerate(spans)]


@given(words=said(), pauses=PAUSES)
def test_every_word_is_kept_by_one_stretch_that_is_given_it_inside_the_recording(words: list[Said], pauses: list[Span]) -> None:
    cuts = passages(words, pauses, DURATION)
    assert [k for cut in cuts for k in range(*cut.kept)] == list(range(len(words)))
    assert all(cut.given[0] <= cut.kept[0] < cut.kept[1] <= cut.given[1] for cut in cuts)
    assert all(cut.span.end <= DURATION for cut in cuts)


@given(words=said(), pauses=PAUSES, data=st.data())
def test_final_times_never_overlap_run_backwards_or_leave_the_recording(words: list[Said], pauses: list[Span], data: st.DataObject) -> None:
    forced = data.draw(st.lists(st.none() | SPANS, min_size=len(words), max_size=len(words)))
    spans = [span for span, _ in settle(words, forced, pauses)]
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert spans[-1].end <= DURATION


@given(words=said(), pauses=PAUSES, data=st.data(), by=st.integers(1, 10_000))
def test_shifting_all_times_shifts_the_result(words: list[Said], pauses: list[Span], data: st.DataObject, by: int) -> None:
    forced = data.draw(st.lists(st.none() | SPANS, min_size=len(words), max_size=len(words)))
    later = [Said(w.text, w.rough.shifted(by), w.timing, w.printed, w.word) for w in words]
    moved = settle(later, [f and f.shifted(by) for f in forced], [p.shifted(by) for p in pauses])
    assert [span for span, _ in moved] == [span.shifted(by) for span, _ in settle(words, forced, pauses)]


def _passage(chance: random.Random, size: int) -> str:
    """Words of random letters among common ones."""
    return " ".join(_word(chance) if chance.random() < RARE else chance.choice(COMMON) for _ in range(size))


def _word(chance: random.Random) -> str:
    return "".join(chance.choices(ascii_lowercase, k=chance.randint(3, 9)))


@given(seed=st.integers(0, 10_000), swaps=st.integers(1, 3), rate=st.sampled_from((0.0, 0.05, 0.1)))
@settings(max_examples=40)
def test_no_genuine_passage_is_lost_beside_exchanged_ones(seed: int, swaps: int, rate: float) -> None:
    chance = random.Random(seed)
    parts = []
    for _ in range(swaps):
        genuine, gone, new = (_passage(chance, size) for size in (60, 40, 40))
        parts += [_piece(genuine), Piece(gone, None), Piece(None, spoken(new), 40 * 360)]
    parts.append(_piece(_passage(chance, 60)))
    shown = [part for part in parts if part.written is not None]
    result = put_together(reference(*(p.written or "" for p in shown)), misheard(heard(parts), rate, chance), Corrections(()), ())
    flags = _unheard(result)
    at = 0
    for part in shown:
        size = len((part.written or "").split())
        dropped = sum(flags[at : at + size])
        assert dropped < 20 if part.heard else dropped
        at += size


def _piece(text: str) -> Piece:
    return Piece(text, spoken(text), 360 * len(text.split()))


def _unheard(result: Document) -> list[bool]:
    return [w.status is Status.UNHEARD for segment in result.segments for w in segment.words if w.source]
