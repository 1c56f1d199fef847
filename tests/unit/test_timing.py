"""From the recogniser's rough times to the final ones."""

from dataclasses import replace
from itertools import pairwise

from service.domain.align import align
from service.domain.correct import Corrections
from service.domain.document import Timing
from service.domain.passages import FEWEST, HOLE_MS, LONGEST_PASSAGE_MS, SENTINELS, Stretch, halves, passages
from service.domain.printed import printed
from service.domain.script import Reference
from service.domain.span import Span
from service.domain.speech import Word
from service.domain.timing import APART_MS, ENOUGH, Said, believed, said, settle
from tests.support.builders import hypothesis, reference, spoken


def of(written: Reference, *words: Word) -> tuple[Said, ...]:
    heard = hypothesis(*words)
    return said(align(written, heard), heard, printed(written, Corrections()))


def item(text: str, start: int, end: int) -> Said:
    return Said(text, Span(start, end), Timing.RECOGNISED, 0, None)


def test_matched_words_keep_the_recognisers_time() -> None:
    words = spoken("hello old friend")
    items = of(reference("Hello, old friend!"), *words)
    assert [i.rough for i in items] == [w.span for w in words]
    assert {i.timing for i in items} == {Timing.RECOGNISED}


def test_several_words_heard_as_one_share_its_time_by_length_and_say_so() -> None:
    items = of(reference("we use pie torch every day"), *spoken("we use PyTorch every day", each=600))
    pie, torch = items[2], items[3]
    assert (pie.rough.start, torch.rough.end) == (2 * 660, 2 * 660 + 600)
    assert pie.rough.end == torch.rough.start
    assert pie.rough.duration < torch.rough.duration
    assert {pie.timing, torch.timing} == {Timing.INTERPOLATED}


def test_unheard_words_are_not_said_and_unwritten_ones_are() -> None:
    advert = "brought to you by a mattress that remembers everything about the shape of your back"
    items = of(reference(f"one two three four five {advert}"), *spoken("one two three four five six seven eight nine"))
    assert [i.text for i in items] == ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
    assert [i.printed is None for i in items] == [False] * 5 + [True] * 4


def test_passages_are_cut_at_pauses_and_keep_every_word_once() -> None:
    words = [item(f"w{n}", n * 1000, n * 1000 + 700) for n in range(40)]
    cuts = passages(words, [Span(n * 1000 + 700, n * 1000 + 1000) for n in range(39)], 40_000)
    assert [k for cut in cuts for k in range(*cut.kept)] == list(range(40))
    assert all(cut.span.duration <= LONGEST_PASSAGE_MS for cut in cuts)
    assert all(left.span.end == right.span.start for left, right in pairwise(cuts))


def test_without_pauses_a_passage_ends_at_the_widest_gap_and_is_given_some_words_beyond_it() -> None:
    words = [item(f"w{n}", n * 1000 + (500 if n >= 9 else 0), n * 1000 + 900 + (500 if n >= 9 else 0)) for n in range(20)]
    first, second = passages(words, [], 21_000)[:2]
    assert (first.kept, second.kept[0]) == ((0, 9), 9)
    assert (first.given[1], second.given[0]) == (9 + SENTINELS, 9 - SENTINELS)
    assert first.span.end > words[9 + SENTINELS - 1].rough.end


def test_music_between_two_words_is_left_out_of_both_passages() -> None:
    words = [item("before", 0, 500), item("after", 60_000, 60_500)]
    first, second = passages(words, [], 61_000)
    assert (first.given, second.given) == ((0, 1), (1, 2))
    assert (first.span.end, second.span.start) == (500 + HOLE_MS // 2, 60_000 - HOLE_MS // 2)


def test_a_recogniser_that_lets_a_word_begin_in_the_pause_before_it_is_overruled() -> None:
    assert settle([item("and", 1000, 2600)], [Span(2400, 2600)], []) == ((Span(2400, 2600), Timing.FORCED),)


def test_a_forced_time_far_from_the_recognised_one_is_not_believed() -> None:
    words = [item("one", 1000, 1400), item("two", 1400, 1800)]
    assert settle(words, [Span(1010, 1390), Span(9000, 9400)], []) == (
        (Span(1010, 1390), Timing.FORCED),
        (Span(1400, 1800), Timing.RECOGNISED),
    )


def test_silence_is_taken_out_of_the_end_and_the_beginning_of_words() -> None:
    words = [item("one", 1000, 2000), item("two", 2000, 2900)]
    settled = settle(words, [Span(1000, 2000), Span(2000, 2900)], [Span(1500, 2100)])
    assert [span for span, _ in settled] == [Span(1000, 1500), Span(2100, 2900)]


def test_settled_words_never_overlap_or_run_backwards() -> None:
    words = [item("one", 1000, 1800), item("two", 900, 1500), item("three", 1400, 1500)]
    spans = [span for span, _ in settle(words, [None, Span(1200, 1600), Span(1100, 1500)], [])]
    assert all(a.end <= b.start for a, b in pairwise(spans))


def test_the_scrap_of_a_neighbour_goes_with_the_silence_beyond_it() -> None:
    pause = Span(1040, 1400)
    assert settle([item("but", 1000, 1800)], [Span(1000, 1800)], [pause])[0][0] == Span(1400, 1800)
    assert settle([item("ever", 600, 1410)], [Span(600, 1410)], [pause])[0][0] == Span(600, 1040)


def test_a_pause_in_the_middle_of_a_word_stays() -> None:
    assert settle([item("uh-huh", 1000, 1900)], [Span(1000, 1900)], [Span(1300, 1500)])[0][0] == Span(1000, 1900)


def path(words: list[Said], late: int, score: float) -> list[Word]:
    return [Word(w.text, w.rough.shifted(late), score) for w in words]


def test_a_path_beside_the_recognised_words_is_believed_only_where_the_sound_fits_it() -> None:
    words = [item(f"w{n}", n * 400, n * 400 + 300) for n in range(ENOUGH)]
    for late, fit, trusted in ((APART_MS // 2, 0.5, True), (APART_MS + 10, 0.5, False), (APART_MS + 10, 0.9, True)):
        timed = path(words, late, fit)
        assert believed(words, timed) == ([w.span for w in timed] if trusted else [None] * ENOUGH)


def test_a_few_words_and_words_without_a_recognised_time_cannot_contradict_the_path() -> None:
    few = [item(f"w{n}", n * 400, n * 400 + 300) for n in range(ENOUGH - 1)]
    assert all(believed(few, path(few, 900, 0.5)))
    interpolated = [replace(item(f"w{n}", n * 400, n * 400 + 300), timing=Timing.INTERPOLATED) for n in range(ENOUGH)]
    assert all(believed(interpolated, path(interpolated, 900, 0.5)))


def test_one_word_far_off_does_not_condemn_its_stretch() -> None:
    words = [item(f"w{n}", n * 400, n * 400 + 300) for n in range(ENOUGH)]
    timed = [*path(words, 40, 0.6)[:-1], Word("far", Span(60_000, 60_300), 0.6)]
    assert all(believed(words, timed))


def test_a_stretch_without_a_path_is_tried_in_two_halves_that_keep_every_word() -> None:
    words = [item(f"w{n}", n * 500, n * 500 + 300) for n in range(20)]
    whole = Stretch((0, 20), (0, 20), Span(0, 10_000))
    left, right = halves(words, whole, 10_000)
    assert (left.kept[0], left.kept[1], right.kept[1]) == (0, right.kept[0], 20)
    assert (left.span.start, right.span.end) == (0, 10_000)
    assert left.given[1] == left.kept[1] + SENTINELS, "the cut is at no pause"
    short = Stretch((0, 2 * FEWEST - 1), (0, 2 * FEWEST - 1), Span(0, 8_000))
    assert halves(words, short, 10_000) == ()
