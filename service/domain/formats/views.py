"""The view of a file: a string of the same length in which only what is to be read still stands.

Markup and invisible characters become `HIDDEN`; an entity becomes its character, followed by `PAD`. Offsets into the view are
offsets into the file, so a word found in the view is found in the file.

    file  A &amp; <b>B</b>
    view  A &.... 000B0000     (. is PAD, 0 is HIDDEN)
"""

from __future__ import annotations

import html
import re

HIDDEN = "\0"
"""Stands where a character is not to be read."""

PAD = "\x01"
"""Stands for the rest of an entity: it belongs to the character before it."""

UNREAD = HIDDEN + PAD

_CONTROLS = [c for c in (*range(0x20), *range(0x7F, 0xA0)) if not chr(c).isspace()]
_INVISIBLE = [0xAD, 0x61C, 0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2060, 0x2065), *range(0x2066, 0x206A), 0xFEFF]
INVISIBLES = dict.fromkeys([*_CONTROLS, *_INVISIBLE], HIDDEN)
"""Control characters, soft hyphens, zero-width spaces, marks and overrides of direction, byte order marks.

The zero-width joiner and non-joiner are spelling in Persian and in Indian scripts, and stay.
"""

_INLINE = "a|abbr|b|c|center|cite|code|del|em|font|i|img|ins|mark|q|s|small|span|strike|strong|sub|sup|time|u"
_BLOCK = "article|blockquote|br|div|d[dlt]|figcaption|figure|footer|h[1-6]|header|hr|li|main|ol|p|pre|section|table|tbody|td|th|thead|tr|ul"
TAG = re.compile(rf"<!--[^<>]*-->|</?(?:{_INLINE}|(?P<block>{_BLOCK})|v)(?=[\s/>.])[^<>]*>", re.IGNORECASE)
"""The tags that transcripts are found to hold. Anything else in angle brackets may be talk."""

NEW_TURN_TAG = re.compile(r"<cite[\s>]", re.IGNORECASE)
"""Podcast HTML begins each turn with the speaker's name in `<cite>`."""

ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")


def clean(text: str) -> str:
    """The first view of any file: control characters and invisible ones hidden."""
    return text.translate(INVISIBLES)


def without_html(view: str) -> str:
    """The view with HTML's tags hidden and its entities read. A tag that starts a new block becomes a line break."""
    return without_entities(TAG.sub(_tag, view))


def without_entities(view: str) -> str:
    """The view with each entity read as its character; unknown names stand as they are."""
    return ENTITY.sub(_entity, view)


def hide(match: re.Match[str]) -> str:
    """As many hidden characters as were matched: for `re.sub`."""
    return HIDDEN * len(match[0])


def shown(view: str) -> str:
    r"""What a reader sees of a stretch of a view, white space folded to single spaces.

    >>> shown("A &\1\1\1\1 \0\0\0B\0\0\0\0")
    'A & B'
    """
    return " ".join(view.replace(HIDDEN, "").replace(PAD, "").split())


def _tag(match: re.Match[str]) -> str:
    breaks = match["block"] or NEW_TURN_TAG.match(match[0])
    return ("\n" if breaks else HIDDEN) + HIDDEN * (len(match[0]) - 1)


def _entity(match: re.Match[str]) -> str:
    source = match[0]
    read = html.unescape(source)
    if read == source:
        return source
    read = clean(read)
    rest = HIDDEN if read.isspace() else PAD
    return read + rest * (len(source) - len(read))
