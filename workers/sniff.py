"""What a file seems to be when it could not be decoded, and whether it was cut off: for messages that help."""

from __future__ import annotations

import os
from pathlib import Path

SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"#extm3u", "a playlist (M3U): it names other files and holds no sound itself"),
    (b"ffconcat", "a list of files (ffconcat): it holds no sound itself"),
    (b"[playlist]", "a playlist (PLS): it names other files and holds no sound itself"),
    (b"<?xml", "an XML document (a feed, or a DASH manifest): it holds no sound itself"),
    (b"<mpd", "a DASH manifest: it names other files and holds no sound itself"),
    (b"v=0", "a session description (SDP): it holds no sound itself"),
    (b"<!doctype html", "a web page, perhaps the one around the player, or an error page"),
    (b"<html", "a web page, perhaps the one around the player, or an error page"),
    (b"%pdf", "a PDF document"),
    (b"pk\x03\x04", "a ZIP archive: unpack it and supply the recording inside"),
    (b"\x1f\x8b", "a gzip file: unpack it and supply the recording inside"),
    (b"mthd", "a MIDI file: it holds notes, not sound"),
    (b"#!amr", "an AMR recording"),
    (b"\x30\x26\xb2\x75", "a Windows Media file (WMA/ASF)"),
    (b"id3", "ID3 tags, without the MPEG sound that should follow them, or too little of it"),
    (b"riff", "a damaged or truncated RIFF file (WAV, AVI)"),
    (b"form", "a damaged or truncated AIFF file"),
    (b"flac", "a damaged or truncated FLAC file"),
    (b"oggs", "a damaged or truncated Ogg file"),
    (b"\x1aE\xdf\xa3".lower(), "a damaged or truncated WebM or Matroska file"),
)
"""How files begin, in lower case, and what they are then."""

FTYP = slice(4, 8)
"""Where an MP4's first box says "ftyp"."""

UNKNOWN_LENGTH = 0xFFFF0000
"""Programs that write a WAV to a pipe put the largest number there is, or nearly, for its length."""

RIFF_SLACK = 64
"""Many programs count the padding of the last chunk without writing it."""

MAX_OGG_PAGE_BYTES = 65_307
OGG_FLAGS = 1
"""Where the flags stand in an Ogg page, after its "OggS" (RFC 3533, section 6)."""

OGG_LAST_PAGE = 0x04

MAX_CHARACTER_BYTES = 4
"""A head may end inside a character of UTF-8."""


def describe(head: bytes) -> str:
    r"""A noun phrase for a file that begins like this.

    >>> describe(b"#EXTM3U\nhttp://")
    'a playlist (M3U): it names other files and holds no sound itself'
    >>> describe(b"")
    'empty (0 bytes)'
    """
    if not head:
        return "empty (0 bytes)"
    if head[FTYP] == b"ftyp":
        return "a damaged or truncated MP4/M4A file (its index often stands at the end: an interrupted upload cannot be decoded)"
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for signature, name in SIGNATURES:
        if start.startswith(signature):
            return name
    if not head.strip(b"\0"):
        return "a file of zeros, as an interrupted download leaves it"
    if _is_text(head):
        return "a text file"
    return f"of an unknown kind (its first bytes are {head[:8].hex(' ')})"


def cut_off(path: Path) -> bool:
    """Whether a WAV file is shorter than its header says, or an Ogg file lacks its last page.

    Decoders pass over both in silence.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(8)
        if head[:4] == b"RIFF":
            return size + RIFF_SLACK < int.from_bytes(head[4:], "little") < UNKNOWN_LENGTH
        if head[:4] != b"OggS":
            return False
        file.seek(-min(size, MAX_OGG_PAGE_BYTES), os.SEEK_END)
        page = file.read().rpartition(b"OggS")[2]
    return len(page) > OGG_FLAGS and not page[OGG_FLAGS] & OGG_LAST_PAGE


def _is_text(head: bytes) -> bool:
    text = head.decode("utf-8", errors="ignore")
    lost = len(head) - len(text.encode())
    return text != "" and lost < MAX_CHARACTER_BYTES and all(char.isprintable() or char.isspace() for char in text)
