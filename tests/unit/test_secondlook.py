"""What was not recognised is looked for in the sound, with a recogniser that knows what is said there."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from service.domain.align import Alignment, align
from service.domain.correct import Corrections
from service.domain.document import Status
from service.domain.printed import printed
from service.domain.secondlook import WINDOW_MS, Hole, Trace, amended, holes, search
from service.domain.span import Ms, Span
from service.domain.speech import Hypothesis, Word
from service.domain.timing import said
from tests.support.builders import hypothesis, reference, spoken, word

BEFORE = "we met in the old harbour on a sunday"
AFTER = "and then we walked home along the river"
LOST = "my sister brought her little boat with its yellow sails"
ADVERT = "try brightleaf tea today and get a third box free with the code harbour at the checkout page"


@dataclass
class Ear:
    """Finds words by their text in what is truly said; `asked` are the stretches it was asked about."""

    written: Sequence[str]
    true: Sequence[Word]

    def __post_init__(self) -> None:
        self.asked: list[Span] = []

    def look(self, span: Span, which: Sequence[int]) -> list[Trace]:
        self.asked.append(span)
        there = {w.text: w for w in self.true if span.start <= w.span.start and w.span.end <= span.end}
        traces, at = [], span.start
        for text in (self.written[k] for k in which):
            found = there.get(text)
            at = found.span.end if found else at
            traces.append(Trace(found or word(text, at, at), 8.0 if found else 0.0, 2))
        return traces


def looked(written: str, heard: Hypothesis, true: Sequence[Word]) -> tuple[Alignment, Ear]:
    ours = reference(written)
    alignment = align(ours, heard)
    ear = Ear([token.text for token in ours.tokens], true)
    return amended(alignment, {hole: search(hole, ear.look) for hole in holes(alignment, heard)}), ear


def statuses(alignment: Alignment, text: str, written: str) -> set[Status]:
    first = written.split().index(text.split(maxsplit=1)[0])
    of_token = [block.status for block in alignment.blocks for _ in range(*block.tokens)]
    return set(of_token[first : first + len(text.split())])


def with_hole(lasts: Ms, *inside: Word) -> Hypothesis:
    """`BEFORE`, a hole of this length, and `AFTER`."""
    before = spoken(BEFORE)
    return hypothesis(*before, *inside, *spoken(AFTER, before[-1].span.end + lasts))


END = spoken(BEFORE)[-1].span.end


def test_words_under_music_are_found_where_they_are_said() -> None:
    written, true = f"{BEFORE} {LOST} {AFTER}", spoken(LOST, END + 2000)
    alignment, _ = looked(written, with_hole(12_000), true)
    assert statuses(alignment, LOST, written) == {Status.INFERRED}
    assert alignment.verdict.coverage == 1
    items = said(alignment, with_hole(12_000), printed(reference(written), Corrections()))
    assert [i.rough for i in items if i.text in LOST.split()] == [w.span for w in true]


def test_an_advertisement_that_is_only_written_stays_unheard_however_much_time_there_is() -> None:
    written = f"{BEFORE} {ADVERT} {AFTER}"
    alignment, ear = looked(written, with_hole(20_000), ())
    assert statuses(align(reference(written), with_hole(20_000)), ADVERT, written) == {Status.INFERRED}, "there would be time for it"
    assert ear.asked
    assert statuses(alignment, ADVERT, written) == {Status.UNHEARD}
    assert alignment.verdict.coverage < 1


def test_of_a_passage_only_the_part_that_is_said_is_found() -> None:
    written, true = f"{BEFORE} {ADVERT} {LOST} {AFTER}", spoken(LOST, END + 3000)
    alignment, _ = looked(written, with_hole(9000), true)
    assert statuses(alignment, ADVERT, written) == {Status.UNHEARD}
    assert statuses(alignment, LOST, written) == {Status.INFERRED}


def test_what_a_recogniser_makes_of_music_is_taken_for_the_words_that_are_said_there() -> None:
    murmurs = [word("oh", END + 1000, END + 4000, 0.1), word("yeah", END + 5000, END + 9000, 0.2)]
    heard = with_hole(12_000, *murmurs)
    written = f"{BEFORE} {LOST} {AFTER}"
    alignment, _ = looked(written, heard, spoken(LOST, END + 2000))
    assert statuses(alignment, LOST, written) == {Status.SUBSTITUTED}
    assert [j for block in alignment.blocks for j in range(*block.words)] == list(range(len(heard.words)))


def test_speech_beside_the_hole_stays_unwritten() -> None:
    other = "buy a mattress that remembers every detail about you"
    heard = with_hole(12_000, *(replace(w, score=0.95) for w in spoken(other, END + 100)))
    written = f"{BEFORE} {LOST} {AFTER}"
    alignment, ear = looked(written, heard, spoken(LOST, END + 6000))
    assert statuses(alignment, LOST, written) == {Status.INFERRED}
    assert sum(block.num_words for block in alignment.blocks if block.status is Status.UNWRITTEN) == len(other.split())
    assert ear.asked[0].start >= END + 100 + 360 * len(other.split()) - 60


def test_long_holes_are_searched_window_by_window() -> None:
    true = spoken(" ".join(f"w{n}" for n in range(120)), END + 45_000)
    text = " ".join(w.text for w in true)
    written = f"{BEFORE} {text} {AFTER}"
    alignment, ear = looked(written, with_hole(100_000), true)
    assert statuses(alignment, text, written) == {Status.INFERRED}
    assert all(span.duration <= WINDOW_MS for span in ear.asked)
    assert all(a.start < b.start for a, b in pairwise(ear.asked))


def test_a_few_words_and_short_gaps_are_not_looked_for() -> None:
    few = f"{BEFORE} my dear old {AFTER}"
    assert not list(holes(align(reference(few), with_hole(2000)), with_hole(2000)))
    written = f"{BEFORE} {ADVERT} {AFTER}"
    assert not list(holes(align(reference(written), with_hole(300)), with_hole(300)))


def test_a_word_that_runs_on_into_the_music_does_not_hide_what_is_said_there() -> None:
    before = spoken(BEFORE)
    late = replace(before[-1], span=Span(before[-1].span.start, END + 9000))
    heard = hypothesis(*before[:-1], late, *spoken(AFTER, END + 9500))
    written = f"{BEFORE} {LOST} {AFTER}"
    hole: Hole = next(iter(holes(align(reference(written), heard), heard)))
    assert hole.span.start <= late.span.start + 1000
