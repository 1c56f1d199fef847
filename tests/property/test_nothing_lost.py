"""The first law: every supplied token and every heard word is in the document once, in order, whatever happened."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from service.domain.align import align
from service.domain.correct import Corrections, Edit
from service.domain.document import Evidence, Kind, Status
from service.domain.script import Reference
from tests.support.assembled import put_together
from tests.support.builders import hypothesis, reference, spoken, turn

WORDS = st.sampled_from(
    [
        "the",
        "a",
        "you",
        "know",
        "talk",
        "Minutel",
        "Minitel",
        "Qwen",
        "network",
        "Paris",
        "router",
        "data",
        "sets",
        "datasets",
        "advert",
        "cheap",
        "flights",
    ]
)
LINES = st.lists(st.lists(WORDS, min_size=1, max_size=12).map(" ".join), min_size=1, max_size=6)
TURNS = st.lists(st.tuples(st.sampled_from("AB"), st.integers(0, 20_000), st.integers(1, 5_000)), max_size=6)


@st.composite
def corrections(draw: st.DrawFn, written: Reference) -> Corrections:
    """Edits that do not overlap and stay inside a line."""
    edits: list[Edit] = []
    at = 0
    for line in written.talk:
        first = draw(st.integers(at, at + len(line.tokens) - 1))
        end = draw(st.integers(first + 1, at + len(line.tokens)))
        after = draw(st.sampled_from(["PyTorch", "Google Fi", "in Tensor Flow"]))
        applied = draw(st.booleans())
        edits.append(Edit((first, end), "x", after, Kind.NAME, applied, 0.9, (), Evidence()))
        at += len(line.tokens)
    return Corrections(tuple(edits))


@given(data=st.data(), lines=LINES, heard=LINES, turns=TURNS)
def test_nothing_is_lost_and_order_is_kept(
    data: st.DataObject, lines: list[str], heard: list[str], turns: list[tuple[str, int, int]]
) -> None:
    written, said_ = reference(*lines), hypothesis(*spoken(" ".join(heard)))
    fixes = data.draw(corrections(written))
    result = put_together(written, said_, fixes, tuple(turn(v, s, s + d) for v, s, d in turns))
    words = [w for segment in result.segments for w in segment.words]

    sources = " ".join(w.source for w in words if w.source)
    assert sources.split() == [t.text for t in written.tokens]
    unwritten = [w.text for w in words if w.status is Status.UNWRITTEN]
    assert len(unwritten) == sum(b.num_words for b in align(written, said_).blocks if b.status is Status.UNWRITTEN)
    spans = [w.span for w in words if w.span]
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert all((w.span is None) == (w.status is Status.UNHEARD) for w in words)
    assert all(w.speaker is None for w in words if w.status is Status.UNHEARD)


def test_a_correction_that_swallows_an_unwritten_words_place_keeps_the_order() -> None:
    written, heard = reference("the", "the the the the the the the the"), hypothesis(*spoken("the the the the the the the a the the"))
    merged = Corrections((Edit((1, 8), "x", "Tensor", Kind.NAME, True, 0.9, (), Evidence()),))
    spans = [w.span for s in put_together(written, heard, merged, ()).segments for w in s.words if w.span]
    assert all(a.end <= b.start for a, b in pairwise(spans))


@given(data=st.data(), lines=LINES)
def test_corrections_point_at_their_words_and_undo_to_the_source(data: st.DataObject, lines: list[str]) -> None:
    written = reference(*lines)
    fixes = data.draw(corrections(written))
    result = put_together(written, hypothesis(*spoken(" ".join(lines))), fixes, ())
    tokens = [t.text for t in written.tokens]
    for edit, correction in zip(fixes.edits, result.corrections, strict=True):
        words = [w for w in result.segments[correction.segment].words[slice(*correction.words)] if w.source is not None]
        assert " ".join(w.source for w in words if w.source) == " ".join(tokens[slice(*edit.tokens)])
        assert not correction.applied or " ".join(w.text for w in words) == correction.after
