"""Laws of alignment, whatever was written and heard."""

import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain, combinations, pairwise

from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import LCSseq

from service.domain.align import align
from service.domain.anchors import SMALL_TABLE, Run, heaviest, likeness, pairs
from service.domain.document import Status
from service.domain.edges import edges
from service.domain.normalize import fold
from service.domain.secondlook import Trace, amended, holes, search
from service.domain.sliding import slid
from service.domain.span import Span, shares
from service.domain.speech import Word
from tests.bench.align.episodes import misheard
from tests.support.builders import hypothesis, passage, reference, spoken

WORDS = (
    *("the", "a", "of", "and", "you", "know", "talk", "model", "minitel", "qwen", "network"),
    *("paris", "router", "data", "sets", "datasets", "thirty-five", "35", "yes"),
)
SHORT = st.lists(st.sampled_from(WORDS), min_size=1, max_size=40).map(" ".join)
LONG = st.builds(lambda seed, size: " ".join(random.Random(seed).choices(WORDS, k=size)), st.integers(0, 10_000), st.integers(60, 200))
TEXTS = SHORT | LONG
"""Long ones are cut at anchors, short ones are not."""

ANCHORED = 0
"""Cells from which every region is cut at anchors."""


@given(written=TEXTS, heard=TEXTS)
def test_every_token_and_every_heard_word_is_in_exactly_one_block_in_order(written: str, heard: str) -> None:
    said = hypothesis(*spoken(heard))
    ours = reference(written)
    blocks = align(ours, said).blocks
    assert [i for b in blocks for i in range(*b.tokens)] == list(range(len(ours.tokens)))
    assert [j for b in blocks for j in range(*b.words)] == list(range(len(said.words)))


@given(text=TEXTS)
def test_a_text_aligned_with_itself_is_all_matched(text: str) -> None:
    alignment = align(reference(text), hypothesis(*spoken(text)))
    assert {b.status for b in alignment.blocks} == {Status.MATCHED}
    assert alignment.verdict.accepted
    assert alignment.verdict.coverage == 1.0


@given(written=TEXTS, heard=TEXTS)
def test_statuses_say_which_side_is_empty(written: str, heard: str) -> None:
    for block in align(reference(written), hypothesis(*spoken(heard))).blocks:
        assert (block.num_tokens == 0) == (block.status is Status.UNWRITTEN)
        assert (block.num_words == 0) == (block.status in {Status.UNHEARD, Status.INFERRED})


LETTERS = st.lists(st.sampled_from("abcdefgh"), max_size=12)


@given(a=LETTERS | LONG.map(str.split), b=LETTERS | LONG.map(str.split), small=st.sampled_from((ANCHORED, SMALL_TABLE)))
def test_pairs_are_of_words_alike_and_increase_on_both_sides(a: list[str], b: list[str], small: int) -> None:
    found = pairs(a, b, small)
    assert all(likeness(a[i], b[j]) > 0 for i, j in found)
    assert all(i < k and j < m for (i, j), (k, m) in pairwise(found))


@given(chance=st.randoms(use_true_random=False), kept=st.integers(0, 30), ours=st.integers(0, 15), theirs=st.integers(0, 15))
def test_anchored_is_unanchored_where_no_word_repeats_and_none_has_moved(chance: random.Random, kept: int, ours: int, theirs: int) -> None:
    names = [chr(0x4E00 + k) for k in range(kept + ours + theirs)]
    shared, rest = names[:kept], names[kept:]
    a, b = _with(shared, rest[:ours], chance), _with(shared, rest[ours:], chance)
    found = pairs(a, b, ANCHORED)
    assert [a[i] for i, _ in found] == shared
    assert found == pairs(a, b)


def _with(words: list[str], more: list[str], chance: random.Random) -> list[str]:
    """The words in their order, with more of them anywhere between."""
    places = set(chance.sample(range(len(words) + len(more)), len(more)))
    rest, new = iter(words), iter(more)
    return [next(new) if k in places else next(rest) for k in range(len(words) + len(more))]


@given(a=st.permutations("abcdefghijkl"), size=st.integers(0, 12), b=st.permutations("abcdefghijkl"))
def test_where_words_have_moved_anchors_find_the_longest_run_at_least_and_the_exact_number_at_most(
    a: list[str], size: int, b: list[str]
) -> None:
    a = a[:size]
    found = len(pairs(a, b, ANCHORED))
    assert _longest_run(a, b) <= found <= LCSseq.similarity(a, b) == len(pairs(a, b))


def _longest_run(a: list[str], b: list[str]) -> int:
    """Of words that follow one another on both sides."""
    return max(
        (length for length in range(1, len(a) + 1) for i in range(len(a) - length + 1) if "".join(a[i : i + length]) in "".join(b)),
        default=0,
    )


@given(seed=st.integers(0, 10_000), size=st.integers(60, 200), rate=st.floats(0.05, 0.35))
def test_anchors_find_four_fifths_of_what_an_exact_alignment_finds_in_a_talk_that_was_heard_badly(
    seed: int, size: int, rate: float
) -> None:
    chance = random.Random(seed)
    text = passage(chance, size)
    a, b = text.split(), [word.text for word in misheard(hypothesis(*spoken(text)), rate, chance).words]
    same = sum(a[i] == b[j] for i, j in pairs(a, b, ANCHORED))
    assert same >= 0.8 * LCSseq.similarity(a, b)


RUNS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(1, 5)), max_size=8, unique_by=lambda run: run[0]).map(sorted)


@given(runs=RUNS)
def test_the_chain_of_runs_increases_and_none_holds_more_words(runs: list[Run]) -> None:
    found = heaviest(runs)
    assert _increases(found)
    assert set(found) <= set(runs)
    some = chain.from_iterable(combinations(runs, size) for size in range(len(runs) + 1))
    assert _held(found) == max(_held(other) for other in some if _increases(other))


def _increases(runs: Sequence[Run]) -> bool:
    return all(a[0] < b[0] and a[1] < b[1] for a, b in pairwise(runs))


def _held(runs: Sequence[Run]) -> int:
    return sum(length for _, _, length in runs)


@given(written=TEXTS.map(str.split), heard=TEXTS.map(str.split), lines=st.lists(st.integers(0, 40), max_size=5))
def test_edges_share_no_word(written: list[str], heard: list[str], lines: list[int]) -> None:
    at = edges(written, heard, lines)
    assert at.head_tokens + at.tail_tokens <= len(written)
    assert at.head_words + at.tail_words <= len(heard)


@given(written=TEXTS.map(str.split), heard=TEXTS.map(str.split), lines=st.sets(st.integers(0, 40)), seed=st.integers(0, 9_000))
def test_sliding_keeps_pairs_of_the_same_words_in_order(written: list[str], heard: list[str], lines: set[int], seed: int) -> None:
    links = [(i, j) for i, j in pairs(written, heard) if written[i] == heard[j]]
    moved = slid(links, (written, heard), lines, lambda pair: seed * (pair[0] + pair[1]) % 20_000)
    assert len(moved) == len(links)
    assert all(written[i] == heard[j] for i, j in moved)
    assert all(i < k and j < m for (i, j), (k, m) in pairwise(moved))


@given(text=st.text(max_size=40))
def test_folding_is_idempotent(text: str) -> None:
    once = fold(text)
    assert tuple(unit for word in once for unit in fold(word)) == once


@given(
    written=TEXTS, heard=TEXTS, gains=st.lists(st.sampled_from([-1.0, 0.0, 3.0]), min_size=40, max_size=40), pause=st.integers(0, 60_000)
)
def test_a_second_look_loses_nothing_whatever_it_finds(written: str, heard: str, gains: list[float], pause: int) -> None:
    words = spoken(heard)
    half = len(words) // 2
    said = hypothesis(*words[:half], *(replace(w, span=w.span.shifted(pause)) for w in words[half:]))
    ours = reference(written)

    def look(span: Span, tokens: Sequence[int]) -> list[Trace]:
        room = shares(span, ["word"] * len(tokens))
        return [Trace(Word("word", at, 0.5), gains[k % len(gains)], 1) for k, at in zip(tokens, room, strict=True)]

    alignment = align(ours, said)
    blocks = amended(alignment, {hole: search(hole, look) for hole in holes(alignment, said)}).blocks
    assert [i for b in blocks for i in range(*b.tokens)] == list(range(len(ours.tokens)))
    assert [j for b in blocks for j in range(*b.words)] == list(range(len(said.words)))
    assert all(len(b.found) in {0, b.num_tokens} for b in blocks)
    assert all(b.status is not Status.UNHEARD or not b.found for b in blocks)
