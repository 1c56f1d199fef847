"""Which format a text is in, found from what it holds."""

from __future__ import annotations

import json
import re

from service.domain.formats import labelled, markdown, plain, srt, vtt
from service.domain.formats.lines import MOST_WORDS
from service.domain.script import Reference
from service.errors import TranscriptTooLarge, TranscriptUnparseable

WEB_PAGE = re.compile(r"\s*<(?:!doctype\s+html|html)[\s>]", re.IGNORECASE)
JSON_BEGINS = re.compile(r"\s*(?:\{\s*\"|\[\s*[\[{\"])")

MOST_LINE_ENDS = 200_000
MOST_PIECES = 3 * MOST_WORDS
"""Stretches between white space, talk or not: numbers, times and markup beside the words."""


def read(text: str) -> Reference:
    """The transcript in whatever format it is. Without cues, marked labels or titles, and labels, it is plain text.

    Raises `TranscriptUnparseable` for JSON and whole web pages (read as talk they would be nonsense), `TranscriptTooLarge`,
    `TranscriptEmpty`.
    """
    _refuse_size(text)
    _refuse_data(text)
    if vtt.matches(text):
        return vtt.read(text)
    if srt.matches(text):
        return srt.read(text)
    return markdown.read(text) or labelled.read(text) or plain.read(text)


def _refuse_size(text: str) -> None:
    rows = text.count("\n") + text.count("\r") - text.count("\r\n")
    pieces = len(text.split())
    if rows > MOST_LINE_ENDS or pieces > MOST_PIECES:
        raise TranscriptTooLarge(
            f"the transcript has {rows:,} line ends and {pieces:,} pieces between white space; the limits are {MOST_LINE_ENDS:,} "
            f"and {MOST_PIECES:,}. Split the episode into parts"
        )


def _refuse_data(text: str) -> None:
    text = text.removeprefix("\ufeff")
    if WEB_PAGE.match(text):
        raise TranscriptUnparseable("the transcript is a whole web page. Copy the transcript's text out of it and submit that")
    if JSON_BEGINS.match(text) and _is_json(text):
        raise TranscriptUnparseable("the transcript is JSON, which is not read. Submit its text, or export it as WebVTT or SubRip")


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
