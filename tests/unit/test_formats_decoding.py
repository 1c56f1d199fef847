"""Bytes to text: exact, or refused with a reason."""

from __future__ import annotations

import pytest

from service.domain.formats.decoding import decode
from service.errors import TranscriptUnparseable


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_marks_and_line_ends_stay_in_the_text(encoding: str) -> None:
    text = "Minitel était là.\r\nQwen 通义千问\r\n"
    mark = "" if encoding in ("utf-8", "utf-16-le") else "\ufeff"
    data = text.encode(encoding) if encoding != "utf-16-le" else "\ufeff".encode("utf-16-le") + text.encode(encoding)
    assert decode(data) == ("\ufeff" if encoding == "utf-16-le" else mark) + text


def test_utf_8_comes_back_byte_for_byte() -> None:
    data = b"\xef\xbb\xbfcaf\xc3\xa9\r\nline\rline\n"
    assert decode(data).encode() == data


def test_windows_1252_is_recognised() -> None:
    text = "Nous avions un “Minitel” à la maison, bien sûr… et déjà des numéros de téléphone.\r\n"
    assert decode(text.encode("cp1252")) == text


@pytest.mark.parametrize("text", ["Привет, это подкаст о компьютерах", "Καλημέρα από την Αθήνα"])
def test_other_legacy_encodings_are_refused_rather_than_misread(text: str) -> None:
    encoding = "koi8-r" if "П" in text else "iso8859-7"
    with pytest.raises(TranscriptUnparseable, match=r"not valid UTF-8: byte 0x.. in line 1, at offset 0"):
        decode(text.encode(encoding))


def test_damaged_utf_8_is_refused_with_the_place() -> None:
    data = "Minitel était déjà là.\nOui, déjà.\n".encode() + b"caf\xc3"
    with pytest.raises(TranscriptUnparseable, match=r"byte 0xc3 in line 3, at offset 43"):
        decode(data)


def test_utf_16_without_a_mark_is_refused() -> None:
    with pytest.raises(TranscriptUnparseable, match="UTF-16 without a byte order mark"):
        decode("Hello there".encode("utf-16-le"))


def test_half_a_utf_16_character_is_refused() -> None:
    with pytest.raises(TranscriptUnparseable, match="begins like UTF-16-LE but breaks it at byte 12"):
        decode("Hello".encode("utf-16")[:12] + b"x")


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"PK\x03\x04word/document.xml", "Word document"),
        (b"%PDF-1.7", "PDF"),
        (b"ID3\x04\x00", "swapped"),
        (b"{\\rtf1 Hello}", "Rich Text"),
    ],
)
def test_other_kinds_of_file_are_named(data: bytes, what: str) -> None:
    with pytest.raises(TranscriptUnparseable, match=what):
        decode(data)


def test_a_stray_control_character_is_kept() -> None:
    assert decode(b"one page\x0c and a bell\x07 among a hundred other characters, so that it is a stray one") != ""
