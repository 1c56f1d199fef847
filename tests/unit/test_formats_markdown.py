"""Markdown: marked labels, titles and inline markup."""

from __future__ import annotations

import pytest

from service.domain.formats import parse
from service.domain.script import Role
from tests.unit.test_formats_labelled import TWO, said, starts


@pytest.mark.parametrize(
    "text",
    [
        "**Ada Lovelace** (0:00)\nGood morning.\n\n**Charles Babbage** (0:02)\nGood morning, Ada.\n",
        "**Ada Lovelace:** Good morning.\n\n**Charles Babbage:** Good morning, Ada.\n",
        "**Ada Lovelace**: Good morning.\n\n**Charles Babbage**: Good morning, Ada.\n",
        "**Ada Lovelace** [00:12:03] Good morning.\n\n**Charles Babbage** [00:12:05] Good morning, Ada.\n",
        "[00:12] **Ada Lovelace**: Good morning.\n[00:14] **Charles Babbage**: Good morning, Ada.\n",
        "__Ada Lovelace:__ Good morning.\n\n__Charles Babbage:__ Good morning, Ada.\n",
        "*Ada Lovelace:* Good morning.\n\n*Charles Babbage:* Good morning, Ada.\n",
        "- **Ada Lovelace:** Good morning.\n- **Charles Babbage:** Good morning, Ada.\n",
        "## Ada Lovelace\n\nGood morning.\n\n## Charles Babbage\n\nGood morning, Ada.\n\n## Ada Lovelace\n\n## Charles Babbage\n",
        "# The Engine\n\nAda Lovelace: Good morning.\n\nCharles Babbage: Good morning, Ada.\n",
    ],
)
def test_the_ways_to_mark_a_label(text: str) -> None:
    found = parse(text.encode())
    assert found.format == "markdown"
    assert [pair for pair in said(found) if pair[0]] == TWO
    assert found.names == ("Ada Lovelace", "Charles Babbage")


def test_times_of_turns() -> None:
    found = parse(b"**Ada** (0:00)\nOne.\nTwo.\n\n**SPEAKER_2** (1:00:52)\nThree.\n")
    assert starts(found) == [0, None, 3_652_000]
    assert found.names == ("Ada",)


def test_titles_are_heading_wherever_they_stand() -> None:
    found = parse(b"# The Engine\n\n**Ada:** Hello, it is a fine day.\n\n## The second part\n\n**Mary:** Hi, it is indeed a fine one.\n")
    assert [found.source_of(line) for line in found.lines if line.role is Role.HEADING] == ["The Engine", "The second part"]
    assert len(said(found)) == 2


def test_inline_markup_is_not_in_the_words_but_emphasis_marks_inside_words_are() -> None:
    text = "# T\n\nIt is *really* **very** [good](https://example.com) `code` f*ck snake_case \\[laughs\\] 2 \\* 3 ![alt](x.png) and\n"
    found = parse(text.encode())
    assert [t.text for t in found.tokens[:12]] == [
        "It", "is", "really", "very", "good", "code", "f*ck", "snake_case", "[laughs]", "2 *", "3", "and",
    ]  # fmt: skip
    assert found.text[found.tokens[4].start : found.tokens[4].end] == "good"


def test_quotations_and_lists_are_talk() -> None:
    found = parse(b"# T\n\n> To be or not to be.\n\n- one thing\n- another thing\n")
    assert [" ".join(t.text for t in line.tokens) for line in found.talk] == ["To be or not to be.", "one thing", "another thing"]


def test_bold_words_at_the_beginning_of_a_line_are_no_label() -> None:
    found = parse(b"**Ada:** Hello, all of you.\n\n**Everything** changed then.\n\n**Mary:** It did.\n")
    assert said(found)[1][0] == "Ada"
    assert said(found)[1][1].startswith("Everything")


def test_facts_in_bold_at_the_top_are_heading() -> None:
    found = parse(
        b"**Date:** May 22, 2026\n**Duration:** 12 min\n**Guests:** Mary Somerville\n\n"
        b"**Ada:** Hello to all of you.\n\n**Mary:** Hi, Ada.\n"
    )
    assert len([line for line in found.lines if line.role is Role.HEADING]) == 3
    assert found.names == ("Mary Somerville", "Ada", "Mary")


def test_a_number_sign_alone_does_not_make_markdown() -> None:
    assert parse(b"We are number\n#1 in the charts\nand happy\n").format == "plain"


def test_a_chapter_that_the_table_of_contents_lists_is_no_speaker() -> None:
    found = parse(
        b"## Contents\n- [0:00](x) Looms\n- [1:20](x) Engines\n\n## Looms\n\nAda Lovelace\n[(0:00)](x) Hello, all of you.\n\n"
        b"## Engines\n\nAda Lovelace\n[(1:20)](x) Goodbye to you.\n"
    )
    assert said(found) == [("Ada Lovelace", "Hello, all of you."), ("Ada Lovelace", "Goodbye to you.")]
    assert found.names == ("Ada Lovelace",)
