"""How a written text is read aloud: which of its parts are words, which are spelled letter by letter, how numbers are said."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from service.domain.english import SPOKEN
from service.domain.numbers import said

_FOLDS = str.maketrans(
    {
        "ß": "ss", "æ": "ae", "œ": "oe", "ø": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ñ": "ny", "ç": "s", "ş": "sh",
        "ș": "sh", "ś": "sh", "š": "sh", "č": "ch", "ć": "ch", "ž": "zh", "ğ": "", "Š": "Sh", "Č": "Ch", "Ž": "Zh", "Ø": "Oe",
        "Æ": "Ae", "Ł": "L", "Ç": "S", "’": "", "'": "", "ʻ": "", "`": "",
    }
)  # fmt: skip
_SIGNS = {"&": "and", "+": "plus", "#": "sharp", "@": "at", "%": "percent"}
_PARTS = re.compile(r"[A-Z]{2,}(?=s\b)|[A-Z]{2,}(?![a-z])|[A-Z]?[a-z]+|[A-Z]|[&+#@%]")
_DOT = re.compile(r"\.(?=(?:com|org|net|io|ai|dev|fm|co)\b)", re.IGNORECASE)
_NOT_IN_KEYS = re.compile(r"[^\w+#]|_")


def fold(text: str) -> str:
    """The text in plain letters: accents dropped, letters English lacks respelled, apostrophes gone.

    >>> fold("Clément’s"), fold("Škoda"), fold("café")
    ('Clements', 'Shkoda', 'cafay')
    """
    text = re.sub(r"é\b", "ay", unicodedata.normalize("NFC", text)).translate(_FOLDS)
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


@lru_cache(maxsize=16_384)
def squeeze(text: str) -> str:
    """The text as a key of exact look-ups: case, accents, spaces, hyphens and punctuation do not count.

    >>> squeeze("Coca-Cola") == squeeze("coca cola") == "cocacola"
    True
    """
    return _NOT_IN_KEYS.sub("", (text if text.isascii() else fold(text)).casefold())


def read(text: str) -> tuple[str, ...]:
    """The words of the text as they are said: small letters are said as a word, capitals are spelled out or said.

    >>> read("GPT-4o"), read("TensorFlow"), read("xAI"), read("npm"), read("Python 3.11")
    (('GPT', 'four', 'O'), ('tensor', 'flow'), ('X', 'AI'), ('NPM',), ('python', 'three', 'point', 'eleven'))
    """
    return tuple(word for part in said(text).split() for word in _read(part))


@lru_cache(maxsize=16_384)
def _read(part: str) -> tuple[str, ...]:
    """The words of what stands between two spaces."""
    return tuple(word for piece in _PARTS.findall(_DOT.sub(" dot ", fold(part))) for word in _words(piece))


def _words(part: str) -> tuple[str, ...]:
    if part in _SIGNS:
        return (_SIGNS[part],)
    if len(part) == 1:
        return (part if part == "a" else part.upper(),)
    spelled_out = part.isupper() or (not re.search("[aeiouyAEIOUY]", part) and part.lower() not in SPOKEN)
    return (part.upper() if spelled_out else part.lower(),)
