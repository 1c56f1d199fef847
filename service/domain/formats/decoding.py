"""From the bytes of a transcript to its text, exactly: no character is dropped, replaced or normalised.

A byte order mark stays in the text as U+FEFF and line ends stay as they are, so that encoding the text in UTF-8 gives
a UTF-8 file back byte for byte. A file in UTF-16 or Windows-1252 is given back with the same characters, in UTF-8.
"""

from __future__ import annotations

import codecs

from service.errors import TranscriptUnparseable

BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""UTF-32 first: its little-endian mark begins with that of UTF-16. These codecs keep the mark as U+FEFF."""

DOCUMENTS = (
    (b"PK\x03\x04", "a Word document or another ZIP archive"),
    (b"%PDF-", "a PDF document"),
    (b"{\\rtf", "a Rich Text document"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
)

RECORDINGS = (
    (b"ID3", "an MP3 recording"),
    (b"RIFF", "a WAV recording"),
    (b"OggS", "an Ogg recording"),
    (b"fLaC", "a FLAC recording"),
)

LARGEST_SHARE_OF_CONTROLS = 0.02
"""Above it a file is not text. Transcripts hold none, or a few strays; UTF-16 without its mark holds 50 %."""

LARGEST_SHARE_BEYOND_ASCII = 0.2
"""Of a Windows-1252 file. Accented letters are 3 to 8 % of French, German, Spanish or Portuguese; other scripts, misread, over 50 %."""

ORDINARY = frozenset(" \u00a0‘’‚“”„–—…•·«»‹›¡¿§¶©®™°€£¥¢ªº¹²³¼½¾±×÷´`¨¸")
"""What beside letters may stand beyond ASCII in a Windows-1252 text."""


def decode(data: bytes) -> str:
    """The text of a transcript file: UTF-8 (strict), UTF-16 or UTF-32 with a mark, or plausible Windows-1252.

    Raises `TranscriptUnparseable` for anything else.
    """
    for kinds, way_out in ((DOCUMENTS, "Save its text as plain UTF-8 and try again"), (RECORDINGS, "Are the two files swapped?")):
        for signature, what in kinds:
            if data.startswith(signature):
                raise TranscriptUnparseable(f"the transcript is not text but {what}. {way_out}")
    text = _by_mark(data)
    if text is None:
        text = _unmarked(data)
    _refuse_binary(text)
    return text


def _by_mark(data: bytes) -> str | None:
    for mark, encoding in BOMS:
        if data.startswith(mark):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError as error:
                raise TranscriptUnparseable(
                    f"the transcript begins like {encoding.upper()} but breaks it at byte {error.start}. Save it as UTF-8 and try again"
                ) from error
    return None


def _unmarked(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        legacy = _windows_1252(data)
        if legacy is not None:
            return legacy
        line = data.count(b"\n", 0, error.start) + 1
        raise TranscriptUnparseable(
            f"the transcript is not valid UTF-8: byte 0x{data[error.start]:02x} in line {line}, at offset {error.start}. "
            "Save it as UTF-8 and try again"
        ) from error


def _windows_1252(data: bytes) -> str | None:
    """The text in Windows-1252, or None when it is not plausibly that: damaged UTF-8, another legacy encoding, no text."""
    repaired = data.decode("utf-8", errors="replace")
    damaged = repaired.count("\ufffd")
    if sum(c > "\x7f" for c in repaired) - damaged >= damaged:
        return None
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return None
    beyond = [c for c in text if c > "\x7f"]
    ordinary = all(c.isalpha() or c in ORDINARY for c in beyond)
    return text if ordinary and len(beyond) <= LARGEST_SHARE_BEYOND_ASCII * len(text) else None


def _refuse_binary(text: str) -> None:
    controls = sum(c < " " and not c.isspace() for c in text)
    if controls > LARGEST_SHARE_OF_CONTROLS * len(text):
        raise TranscriptUnparseable(
            f"the transcript is not text: {controls} of its {len(text)} characters are control characters. "
            "It may be UTF-16 without a byte order mark, or no text file; save it as UTF-8 and try again"
        )
