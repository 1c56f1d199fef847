"""Every difference in one list."""

from __future__ import annotations

from service.domain.amend import Amendments, amend
from service.domain.document import Status
from service.domain.edits import Op, edits
from service.domain.span import Span
from tests.support.builders import document, segment, timed
from tests.support.sample import sample


def test_all_kinds_are_listed_in_the_order_of_the_text() -> None:
    assert [(e.op, e.before, e.after, e.applied, e.correction) for e in edits(sample())] == [
        (Op.REPLACE, "Minutel", "Minitel", True, 0),
        (Op.INSERT, "", "um", False, None),
        (Op.DELETE, "This line was never said.", "", False, None),
        (Op.REPLACE, "Quen", "Qwen", False, 1),
        (Op.INSERT, "", "this show is brought to you by", False, None),
    ]


def test_each_is_where_its_words_are() -> None:
    found = sample()
    words = {part.id: part.words for part in found.segments}
    for edit in edits(found):
        stretch = words[edit.segment][slice(*edit.words)]
        assert " ".join(word.text for word in stretch) == (
            edit.before if edit.op is Op.DELETE or (not edit.applied and edit.before) else edit.after
        )
    insertion = next(edit for edit in edits(found) if edit.op is Op.INSERT)
    assert insertion.span == Span(8_600, 8_900)


def test_what_was_decided_is_said() -> None:
    decided = amend(sample(), Amendments({0: False, 1: True}, {}))
    assert [(e.applied, e.decided) for e in edits(decided) if e.op is Op.REPLACE] == [(False, True), (True, True)]
    assert not any(e.decided for e in edits(sample()))


def test_a_transcript_that_is_right_has_none() -> None:
    right = document(segment(0, timed("Hello world", 0)))
    assert all(word.status is Status.MATCHED for part in right.segments for word in part.words)
    assert list(edits(right)) == []
