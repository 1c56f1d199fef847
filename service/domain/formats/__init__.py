"""Reading the transcript as it was supplied. The format is found from what the file holds, never from its name."""

from __future__ import annotations

from collections.abc import Callable

from service.domain.formats import detect, labelled, markdown, plain, srt, vtt
from service.domain.formats.cues import Captions
from service.domain.formats.decoding import decode
from service.domain.script import Reference

VIEWS: dict[str, Callable[[str], str]] = {f.NAME: f.view for f in (plain, labelled, markdown, srt, vtt)}
"""By the name that `Reference.format` carries: what the format leaves to be read of a file (see `views`)."""


CAPTIONS: dict[str, Callable[[str], Captions]] = {f.NAME: f.cut for f in (srt, vtt)}
"""By the same names, for the formats that are cut into cues: the cues of a view."""


def parse(data: bytes) -> Reference:
    r"""The parsed transcript. Its text is the decoded file exactly, and the offsets of its tokens are offsets into it.

    Raises `TranscriptUnparseable` for what is not text or is data of another kind, `TranscriptEmpty` if no word of talk is left,
    `TranscriptTooLarge` over 200,000 words.

    >>> parse(b"Ada: Good morning.\nMary: Good morning, Ada.\n").lines[1].label
    'Mary'
    """
    return detect.read(decode(data))
