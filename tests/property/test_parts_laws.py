"""Laws of dividing a stage: nothing is lost or doubled at a seam, however many share it."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from models.windows import share
from service.domain.span import Span
from service.domain.speech import Hypothesis, Word, joined
from service.stages import Part, part_names, part_of, stage_of

CUTS = st.lists(st.integers(1, 20_000_000), min_size=1, max_size=60, unique=True).map(lambda cuts: [0, *sorted(cuts)])
COUNTS = st.integers(1, 40)


def spans(cuts: list[int]) -> list[Span]:
    return [Span(start, end) for start, end in pairwise(cuts)]


def hear(windows: list[Span], duration: int) -> Hypothesis:
    """A word at each edge of each window: the one at a cut is the one that could be lost or heard twice."""
    edges = [edge for window in windows for edge in {window.start, window.end - 1}]
    return Hypothesis(tuple(Word(f"w{edge}", Span(edge, edge + 1), 0.9) for edge in edges), "en", duration)


@given(cuts=CUTS, count=COUNTS)
def test_every_window_is_in_exactly_one_part_in_order(cuts: list[int], count: int) -> None:
    windows = spans(cuts)
    assert [window for number in range(count) for window in share(windows, Part(number, count))] == windows


@given(cuts=CUTS, count=COUNTS)
def test_what_is_heard_in_parts_and_joined_is_what_is_heard_at_once(cuts: list[int], count: int) -> None:
    windows, duration = spans(cuts), cuts[-1]
    parts = [hear(share(windows, part_of(name)), duration) for name in part_names("transcribe", count)]
    assert joined(parts) == hear(windows, duration)


@given(pieces=st.lists(st.integers()), count=COUNTS)
def test_every_piece_is_in_exactly_one_part_in_order_and_parts_are_alike(pieces: list[int], count: int) -> None:
    parts = [Part(number, count).of(pieces) for number in range(count)]
    assert [piece for part in parts for piece in part] == pieces
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


@given(count=COUNTS)
def test_the_name_of_a_part_says_all_of_it(count: int) -> None:
    names = part_names("transcribe", count)
    assert [part_of(name) for name in names] == [Part(number, count) for number in range(count)]
    assert {stage_of(name).name for name in names} == {"transcribe"}
    assert max(map(len, names)) <= 32, "longer than the column"
