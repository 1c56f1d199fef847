"""Deciding afterwards is as if it had been decided so at once; and deciding back restores what was."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from service.domain.amend import Amendments, amend
from service.domain.correct import Corrections
from service.domain.document import Document, Timing
from service.domain.formats import parse
from service.domain.render import from_wire, render, to_wire
from service.domain.restore import placed
from service.errors import InputError
from tests.property.test_nothing_lost import LINES, WORDS, corrections
from tests.support.assembled import put_together
from tests.support.builders import hypothesis, reference, spoken

HEARD = st.lists(WORDS, max_size=40).map(" ".join)


@st.composite
def decided(draw: st.DrawFn) -> tuple[Document, dict[int, bool], Document]:
    """A document, rulings on its corrections, and the document had its edits been decided like that at once."""
    written = reference(*draw(LINES))
    heard = hypothesis(*spoken(draw(HEARD)))
    edits = draw(corrections(written))
    rulings = {k: draw(st.booleans()) for k in range(len(edits.edits)) if draw(st.booleans())}
    otherwise = Corrections(tuple(replace(e, applied=rulings.get(k, e.applied)) for k, e in enumerate(edits.edits)))
    return put_together(written, heard, edits, ()), rulings, put_together(written, heard, otherwise, ())


def printed(document: Document) -> list[list[tuple[str, str | None, int | None]]]:
    """What stands on the page, and what was supplied for it; unwritten words apart, whose place beside a correction may vary."""
    return [[(w.text, w.source, w.correction) for w in s.words if w.source is not None] for s in document.segments]


@given(decided())
def test_deciding_later_prints_what_deciding_at_once_prints(case: tuple[Document, dict[int, bool], Document]) -> None:
    before, rulings, expected = case
    found = amend(before, Amendments(rulings, {}))
    assert printed(found) == printed(expected)
    assert [s.text for s in found.segments] == [s.text for s in expected.segments]
    assert found.source == expected.source
    assert [(c.id, c.applied) for c in found.corrections] == [(c.id, c.applied) for c in expected.corrections]
    for c in found.corrections:
        here = found.segments[c.segment].words[slice(*c.words)]
        assert " ".join(w.source for w in here if w.source).split() == _supplied(before, c.id)


def _supplied(document: Document, number: int) -> list[str]:
    correction = document.corrections[number]
    return " ".join(w.source for w in document.segments[correction.segment].words[slice(*correction.words)] if w.source).split()


@given(decided())
def test_nothing_is_lost_and_no_time_is_invented(case: tuple[Document, dict[int, bool], Document]) -> None:
    before, rulings, _ = case
    found = amend(before, Amendments(rulings, {}))
    changed = {c.id for c in before.corrections if rulings.get(c.id, c.applied) != c.applied}
    for old, new in zip(before.segments, found.segments, strict=True):
        assert " ".join(w.source for w in new.words if w.source).split() == " ".join(w.source for w in old.words if w.source).split()
        assert [w for w in new.words if w.source is None] == [w for w in old.words if w.source is None]
        assert {w.span.start for w in new.words if w.timing is Timing.FORCED and w.span} <= {w.span.start for w in old.words if w.span}
        for word in new.words:
            if word.correction in changed:
                assert word.timing is (Timing.INTERPOLATED if word.span else Timing.NONE)
                assert word.score is None


@given(decided())
def test_deciding_back_restores_every_word(case: tuple[Document, dict[int, bool], Document]) -> None:
    before, rulings, _ = case
    back = amend(amend(before, Amendments(rulings, {})), Amendments({c.id: c.applied for c in before.corrections}, {}))
    assert printed(back) == printed(before)
    assert [[w for w in s.words if w.source is not None] for s in back.segments] == [
        [w for w in s.words if w.source is not None] for s in before.segments
    ]
    assert not any(c.measured for c in back.corrections)
    assert back.source == before.source
    assert [(c.words, c.applied) for c in back.corrections] == [(c.words, c.applied) for c in before.corrections]


@given(decided())
def test_decided_is_what_somebody_ruled_on_and_nothing_else(case: tuple[Document, dict[int, bool], Document]) -> None:
    before, rulings, _ = case
    found = amend(before, Amendments(rulings, {}))
    assert {c.id for c in found.corrections if c.decided} == set(rulings)
    assert amend(found, Amendments(rulings, {})) == found
    back = amend(found, Amendments({number: not applied for number, applied in rulings.items()}, {}))
    assert {c.id for c in back.corrections if c.decided} == set(rulings)


@given(decided())
def test_a_result_read_back_is_the_result(case: tuple[Document, dict[int, bool], Document]) -> None:
    document, rulings, _ = case
    again = from_wire(to_wire(document))
    assert render(again, "json") == render(document, "json")
    assert render(amend(again, Amendments(rulings, {})), "json") == render(amend(document, Amendments(rulings, {})), "json")


@given(decided())
def test_a_result_read_back_gives_the_supplied_file_with_what_was_decided(case: tuple[Document, dict[int, bool], Document]) -> None:
    document, rulings, _ = case
    then = amend(document, Amendments(rulings, {}))
    read = parse(document.source.text.encode())
    assume(len(read.tokens) == len(document.source.text.split()))
    again = placed(from_wire(to_wire(then)), read)
    assert again.source == then.source
    assert [c.place for c in again.corrections] == [c.place for c in then.corrections]
    assert render(again, "source") == render(then, "source")


def test_a_file_that_is_now_read_in_another_way_is_refused() -> None:
    lines = ("Ada Lovelace: good morning", "Mary Somerville: good morning")
    document = put_together(reference(*lines), hypothesis(*spoken("good morning")), Corrections(()), ())
    with pytest.raises(InputError, match="in another way"):
        placed(document, parse(document.source.text.encode()))
