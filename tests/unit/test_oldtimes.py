"""What the transcript's own times say about lines that nothing was recognised for."""

from service.domain.align import align
from service.domain.clock import clock
from service.domain.correct import Corrections
from service.domain.oldtimes import narrowed
from service.domain.printed import printed
from service.domain.script import Line, Reference
from service.domain.span import Ms, Span
from service.domain.timing import Said, said
from tests.support.builders import hypothesis, line, spoken

OFFSET = 7_000
SAID = (
    "the tide was low",
    "we found a shell",
    "it was quite blue",
    "my brother took it",
    "then rain came down",
    "everyone ran home quickly",
)
LOST = "oh no"


def cues(*texts: str) -> tuple[Line, ...]:
    """Lines every 10 s, each cue 2 s long; their numbers and places do not matter."""
    return tuple(line(text, n, cue=Span(10_000 * n, 10_000 * n + 2_000)) for n, text in enumerate(texts))


def items(lines: tuple[Line, ...], late: Ms) -> tuple[tuple[Said, ...], tuple[Said, ...]]:
    """As recognised, and as narrowed: all lines are heard, `late` after their cues, but `LOST`."""
    heard = hypothesis(*(w for n, each in enumerate(lines) for t in [_text(each)] if t != LOST for w in spoken(t, 10_000 * n + late)))
    written = Reference("srt", "", lines)
    words = printed(written, Corrections())
    before = said(align(written, heard), heard, words)
    return before, narrowed(before, words, lines)


def _text(each: Line) -> str:
    return " ".join(token.text for token in each.tokens)


def test_a_line_that_was_not_recognised_is_placed_in_its_cue_as_far_as_the_times_are_off() -> None:
    lines = cues(*SAID[:3], LOST, *SAID[3:])
    before, after = items(lines, OFFSET)
    lost = [k for k, item in enumerate(before) if item.text in LOST.split()]
    assert before[lost[0]].rough.hull(before[lost[-1]].rough).duration > 10_000, "all the time between its neighbours"
    assert after[lost[0]].rough.hull(after[lost[-1]].rough) == Span(30_000 + OFFSET, 32_000 + OFFSET)
    assert {item.timing for item in after if item.text in LOST.split()} == {before[lost[0]].timing}


def test_words_that_were_recognised_are_not_moved() -> None:
    before, after = items(cues(*SAID[:3], LOST, *SAID[3:]), OFFSET)
    assert [i.rough for i in before if i.text not in LOST.split()] == [i.rough for i in after if i.text not in LOST.split()]


def test_times_of_another_cut_or_of_few_lines_are_not_used() -> None:
    lines = cues(*SAID)
    assert clock(lines, [9_000, 13_000, 60_000, 71_000, 72_000, 99_000]) is None
    assert clock(lines[:5], [10_000 * n for n in range(5)]) is None


def test_a_growing_offset_is_followed() -> None:
    lines = cues(*SAID, *SAID, *SAID)
    found = clock(lines, [round(1.02 * 10_000 * n) + 3_000 for n in range(18)])
    assert found is not None
    assert abs(found.new(100_000) - 105_000) < 100
