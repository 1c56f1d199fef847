"""Speakers' labels: which are believed, where the talk begins after them, and how long they are in force."""

from __future__ import annotations

import pytest

from service.domain.formats import parse
from service.domain.script import Reference, Role

Said = tuple[str | None, str]


def said(reference: Reference) -> list[Said]:
    return [(line.label, reference.source_of(line)) for line in reference.talk]


def starts(reference: Reference) -> list[int | None]:
    return [line.cue.start if line.cue else None for line in reference.talk]


TWO = [("Ada Lovelace", "Good morning."), ("Charles Babbage", "Good morning, Ada.")]


@pytest.mark.parametrize(
    "text",
    [
        "Ada Lovelace: Good morning.\nCharles Babbage: Good morning, Ada.\n",
        "[00:12:03] Ada Lovelace: Good morning.\n[00:12:05] Charles Babbage: Good morning, Ada.\n",
        "00:12:03 Ada Lovelace: Good morning.\n00:12:05 Charles Babbage: Good morning, Ada.\n",
        "(00:12) Ada Lovelace: Good morning.\n\n(00:14) Charles Babbage: Good morning, Ada.\n",
        "Ada Lovelace (03:15):\nGood morning.\n\nCharles Babbage (03:17):\nGood morning, Ada.\n",
        "Ada Lovelace  0:52  \nGood morning.\n\nCharles Babbage  0:54  \nGood morning, Ada.\n",
        "Ada Lovelace [0:52] Good morning.\nCharles Babbage [0:54] Good morning, Ada.\nAda Lovelace [0:55]\nCharles Babbage [0:56]\n",
        "Ada Lovelace (host): Good morning.\nCharles Babbage (guest): Good morning, Ada.\n",
        "Ada Lovelace, HOST: Good morning.\nCharles Babbage, BYLINE: Good morning, Ada.\n",
        ">> Ada Lovelace: Good morning.\n>> Charles Babbage: Good morning, Ada.\n",
        "Ada Lovelace:      00:00     Good morning.\nCharles Babbage:   00:02     Good morning, Ada.\n",
        "<cite>Ada Lovelace:</cite><time>0:00</time><p>Good morning.\n<cite>Charles Babbage:</cite><time>0:02</time><p>Good morning, Ada.",
        "<b>Ada Lovelace:</b> Good morning.<br>\n<b>Charles Babbage:</b> Good morning, Ada.<br>\n",
    ],
)
def test_the_ways_to_write_a_label(text: str) -> None:
    found = parse(text.encode())
    assert found.format == "labelled"
    assert said(found) == TWO
    assert found.names == ("Ada Lovelace", "Charles Babbage")


def test_names_alone_on_their_rows_must_recur() -> None:
    turns = "[00:00:00.090] - Ada Lovelace\nGood morning.\n\n[00:00:02.150] - Charles Babbage\nGood morning, Ada.\n\n"
    assert said(parse((turns * 2).encode())) == TWO * 2
    screenplay = "ADA LOVELACE\nGood morning.\n\nCHARLES BABBAGE\nGood morning, Ada.\n\n"
    assert {label for label, _ in said(parse((screenplay * 2).encode()))} == {"ADA LOVELACE", "CHARLES BABBAGE"}
    assert {label for label, _ in said(parse(screenplay.encode()))} == {None}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[00:12:03] Ada: Hello.\n[1:00:05.5] Mary: Hi.\n", [723_000, 3_605_500]),
        ("Ada (0:52):\nHello.\nIt is me.\n\nMary (1:02):\nHi.\n", [52_000, None, 62_000]),
        ("Ada: Hello.\nMary: Hi.\n", [None, None]),
    ],
)
def test_a_stamp_is_the_time_of_the_first_text_after_it(text: str, expected: list[int | None]) -> None:
    assert starts(parse(text.encode())) == expected


def test_a_label_is_carried_until_the_next_also_across_empty_lines() -> None:
    found = parse(b"ADA: Hello.\nHow are you?\n\nI am well.\nMARY: So am I.\n\nADA: Good.\n")
    assert [label for label, _ in said(found)] == ["ADA", "ADA", "ADA", "MARY", "ADA"]


def test_a_change_of_speaker_without_a_name_ends_the_label() -> None:
    found = parse(b">> ADA: Hello.\n>> Hi there.\n>> ADA: How are you?\n>> MARY: Well.\n")
    assert said(found) == [("ADA", "Hello."), (None, "Hi there."), ("ADA", "How are you?"), ("MARY", "Well.")]


@pytest.mark.parametrize("label", ["SPEAKER_2", "Speaker 1", "Speaker A", "Host", "Q", "Male Voice 1", "Unknown Speaker", "Interviewer"])
def test_placeholders_label_but_name_nobody(label: str) -> None:
    found = parse(f"{label}: Hello there.\nAda: Hi.\n{label}: Welcome.\nAda: Thanks.\n".encode())
    assert [found_label for found_label, _ in said(found)] == [label, "Ada", label, "Ada"]
    assert found.names == ("Ada",)


@pytest.mark.parametrize(
    "row",
    [
        "So here is the thing: it never worked.",
        "Note: this was in May.",
        "And I said: hello.",
        "Part 2: the engine.",
        "Call 10:30 and ask.",
        "Yeah.",
        "The Engine: https://example.com/engine",
        "https://example.com is the address.",
        "It was 3:16 in the morning: dark.",
    ],
)
def test_a_colon_in_the_talk_makes_no_label(row: str) -> None:
    turns = "Ada: Hello, and welcome.\nMary: Hi, I am glad.\n" * 10
    found = parse(f"{turns}{row}\n{turns}".encode())
    assert ("Mary", row) in said(found)


def test_labels_in_a_few_lines_of_many_are_believed_if_they_recur() -> None:
    wrapped = (
        "Ada: Hello and welcome to\n"
        + "the next line of the talk goes on\n" * 12
        + "Mary: I am glad to be here\n"
        + "and so on and on\n" * 12
    )
    found = parse((wrapped * 3).encode())
    assert {label for label, _ in said(found)} == {"Ada", "Mary"}


def test_plain_talk_with_a_few_colons_is_not_labelled() -> None:
    talk = "we went to the market and bought apples\n" * 60
    found = parse(f"{talk}Question: why apples\n{talk}Answer: they were cheap\n{talk}".encode())
    assert found.format == "plain"
    assert len(found.talk) == 182


def test_what_stands_before_the_first_label_is_heading() -> None:
    found = parse(
        b"The Analytical Engine\n\nAda Lovelace speaks with Charles Babbage about machines that weave numbers.\n"
        b"Speakers: Ada Lovelace, Charles Babbage, Mary Somerville\n\n"
        b"Ada Lovelace: Hello, everybody, and welcome to the show.\nCharles Babbage: Hello, Ada, it is good to be here again.\n"
        b"Ada Lovelace: So tell us of the engine that you built.\nCharles Babbage: It is large and made of brass.\n"
    )
    assert [line.number for line in found.lines if line.role is Role.HEADING] == [1, 3, 4]
    assert found.names == ("Ada Lovelace", "Charles Babbage", "Mary Somerville")


def test_a_spoken_opening_before_the_first_label_is_talk() -> None:
    opening = "This is a show about machines. Every week we open one. Today it is the engine. " * 12
    found = parse(f"{opening}\n\nADA: Hello.\nMARY: Hi.\nADA: So.\nMARY: Yes, so.\n{'ADA: More of it and more of it again.' * 20}".encode())
    assert found.talk[0].label is None
    assert not [line for line in found.lines if line.role is Role.HEADING]


def test_a_host_in_the_heading_is_listed_and_a_host_in_the_talk_labels() -> None:
    found = parse(
        b"Host: Ada Lovelace\nGuest: Mary Somerville\n\nAda: Welcome to the show about machines.\nMary: Thank you for having me.\n"
    )
    assert found.names == ("Ada Lovelace", "Mary Somerville", "Ada", "Mary")
    assert said(found) == [("Ada", "Welcome to the show about machines."), ("Mary", "Thank you for having me.")]


def test_turns_run_together_in_one_paragraph_are_told_apart() -> None:
    turns = "Ada: Hello, and welcome to this show about machines. Mary: Hi, Ada, I am glad to be here today. "
    found = parse((turns * 5).encode())
    assert [label for label, _ in said(found)] == ["Ada", "Mary"] * 5
    assert [line.number for line in found.lines] == [1] * 10


def test_a_paragraph_with_colons_is_one_line() -> None:
    talk = "We asked the same again. Question: what is it? Nobody knew. Mind you: it was late. " * 8
    found = parse(talk.encode())
    assert found.format == "plain"
    assert len(found.lines) == 1


PAGE = "\n\n12 more minutes of transcript below\n\nTry it in your shell\n\ncurl https://example.com/x\n\nFrom $1 per transcript.\n"


def test_a_page_below_the_last_turn_is_furniture() -> None:
    turns = "ADA: Hello, everybody, and welcome to this show.\n\nMARY: Hi, Ada, how good it is to be here.\n\n" * 10
    found = parse((turns + "ADA: Goodbye." + PAGE).encode())
    assert [line.role for line in found.lines[-4:]] == [Role.FURNITURE] * 4
    assert said(found)[-1] == ("ADA", "Goodbye.")


def test_short_last_words_are_no_page() -> None:
    turns = "ADA: Hello, everybody, and welcome to this show.\n\nMARY: Hi, Ada, how good it is to be here.\n\n" * 10
    last = "ADA: Goodbye.\n\nSubscribe wherever you get your podcasts.\n\nThe transcript is on our page, example dot com.\n\nBye bye now\n"
    found = parse((turns + last).encode())
    assert not [line for line in found.lines if line.role is Role.FURNITURE]
    assert len(said(found)) == 24
