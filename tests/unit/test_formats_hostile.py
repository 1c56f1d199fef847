"""Input made to hurt: reading takes time in proportion to its length, and limits are told."""

from __future__ import annotations

import contextlib
import time

import pytest

from service.domain.formats import parse
from service.domain.formats.lines import MOST_WORDS
from service.errors import InputError, TranscriptTooLarge

HEADS = {
    "plain": "",
    "markdown": "**Ada** (0:00)\n",
    "srt": "1\n00:00:00,000 --> 00:00:01,000\n",
    "vtt": "WEBVTT\n\n00:00.000 --> 00:01.000\n",
}
BOMBS = (
    *("word ", "a:", "Ada: ", "A-", "Aa ", "**", "*a", "_", "`", "# ", "#", "-", "\\*", '"', "Ada ("),
    *("<p ", "<", "<v A", "<!--", "[", "(", "[](", '](a "', "![", "&", "&#", "&amp;", "{\\", '[{"a":'),
    *("\n", "A\n", "Ada\n", "Ada: x\n", "0:01\nx\n", ">> ", " ", "\t", "\r\n", "\u202ex", "中a"),
    *("00:00:01,000 --> ", "1:00 ", "[1:00", "1:00:", "Transcript\n", "Speakers: Ada and ", "https://", "May 1, ", "NOTE x\n\n"),
)


def seconds(text: str) -> float:
    """CPU time of reading, the better of two, so that a busy machine does not count."""
    best = float("inf")
    for _ in range(2):
        start = time.process_time()
        with contextlib.suppress(InputError):
            parse(text.encode())
        best = min(best, time.process_time() - start)
    return best


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
def test_reading_takes_linear_time(head: str) -> None:
    """Four times the input takes far less than the sixteen times that anything quadratic would; what seems slow is looked at again."""

    def ratio(bomb: str) -> float:
        short, long = (head + bomb * (size // len(bomb)) for size in (1_500, 6_000))
        return seconds(long) / max(seconds(short), 0.001)

    assert not [bomb for bomb in BOMBS if all(ratio(bomb) > 9 for _ in range(3))]


def test_a_million_words_in_a_line_are_refused_with_the_limit() -> None:
    with pytest.raises(TranscriptTooLarge, match="1,000,000 pieces between white space; the limits are 200,000 and 600,000"):
        parse(b"word " * 1_000_000)


def test_a_million_line_ends_are_refused_unread() -> None:
    with pytest.raises(TranscriptTooLarge, match="1,000,000 line ends"):
        parse(b"\n" * 1_000_000)


def test_as_many_words_as_are_allowed_are_read() -> None:
    assert len(parse(b"word " * MOST_WORDS).tokens) == MOST_WORDS
    with pytest.raises(TranscriptTooLarge, match=r"more than 200,000 words \(in line 1\)"):
        parse(b"word " * (MOST_WORDS + 1))


def test_a_word_of_a_million_letters_is_one_token() -> None:
    assert len(parse(b"w" * 1_000_000).tokens) == 1


def test_markup_nested_deep_is_only_characters() -> None:
    (token,) = parse((b"[" * 50_000) + b"word" + (b"]" * 50_000)).tokens
    assert token.text.strip("[]") == "word"
