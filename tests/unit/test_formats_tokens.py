"""Words of a line, and where they are in the file."""

from __future__ import annotations

import pytest

from service.domain.formats.tokens import joined, tokens
from service.domain.formats.views import clean, without_html


def words(text: str) -> list[str]:
    view = without_html(clean(text))
    found = tokens(view, 0, len(view))
    assert all(text[t.start : t.end].strip() for t in found)
    return [t.text for t in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Yeah, we had a Minutel.", ["Yeah,", "we", "had", "a", "Minutel."]),
        ("well — I mean -- no", ["well —", "I", "mean --", "no"]),
        ("— well", ["— well"]),
        ("♪ ♪", []),
        ("♪ la la ♪", ["♪ la", "la ♪"]),
        ("[music] (laughter)", ["[music]", "(laughter)"]),
        ("50 % of $35", ["50 %", "of", "$35"]),
        ("snake_case don't 3.5", ["snake_case", "don't", "3.5"]),
        ("non\u00a0breaking", ["non", "breaking"]),
    ],
)
def test_pieces_without_a_letter_join_a_neighbour(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("今天我们谈谈Qwen模型。", ["今天我们谈谈", "Qwen", "模型。"]),
        ("你好，世界！", ["你好，", "世界！"]),
        ("สวัสดีครับ วันนี้", ["สวัสดีครับ", "วันนี้"]),
        ("안녕하세요 여러분", ["안녕하세요", "여러분"]),
    ],
)
def test_scripts_without_spaces_give_a_token_for_each_run(text: str, expected: list[str]) -> None:
    assert words(text) == expected
    assert joined(words(text)) == text


def test_invisible_characters_are_not_in_the_words_but_within_their_ranges() -> None:
    text = "\ufeffMin\u00aditel \u202eevil\u202c zero\u200bwidth bell\x07"
    view = clean(text)
    found = tokens(view, 0, len(view))
    assert [t.text for t in found] == ["Minitel", "evil", "zerowidth", "bell"]
    assert text[found[0].start : found[0].end] == "Min\u00aditel"


def test_joiners_that_are_spelling_stay() -> None:
    assert words("می\u200cخواهم") == ["می\u200cخواهم"]


def test_entities_and_tags_are_read_as_a_reader_sees_them() -> None:
    text = "AT&amp;T&nbsp;is <b>very</b> big &unknown; R&D a < b"
    assert words(text) == ["AT&T", "is", "very", "big", "&unknown;", "R&D", "a <", "b"]
    view = without_html(text)
    first = tokens(view, 0, len(view))[0]
    assert text[first.start : first.end] == "AT&amp;T"


def test_an_entity_cannot_make_a_tag() -> None:
    assert words("&lt;b&gt;bold") == ["<b>bold"]
