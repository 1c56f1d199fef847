"""Laws of times, whatever was heard and mistaken."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from service.domain.document import Timing
from service.domain.passages import passages
from service.domain.span import Span
from service.domain.timing import Said, settle

DURATION = 60_000
SPANS = st.tuples(st.integers(0, DURATION - 1), st.integers(0, 4_000)).map(lambda p: Span(p[0], min(DURATION, p[0] + p[1])))
PAUSES = st.lists(SPANS, max_size=12).map(lambda spans: [a for a, b in pairwise(sorted(spans)) if a.end <= b.start])


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
