"""How a written text is read aloud: which of its parts are words, which are spelled letter by letter, how numbers are said."""

from __future__ import annotations

import re
import unicodedata

from service.domain.english import SPOKEN

_FOLDS = str.maketrans(
    {
        "ß": "ss", "æ": "ae", "œ": "oe", "ø": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ñ": "ny", "ç": "s", "ş": "sh",
        "ș": "sh", "ś": "sh", "š": "sh", "č": "ch", "ć": "ch", "ž": "zh", "ğ": "", "Š": "Sh", "Č": "Ch", "Ž": "Zh", "Ø": "Oe",
        "Æ": "Ae", "Ł": "L", "Ç": "S", "’": "", "'": "", "ʻ": "", "`": "",
    }
)  # fmt: skip
_SIGNS = {"&": "and", "+": "plus", "#": "sharp", "@": "at", "%": "percent"}
_PARTS = re.compile(r"[A-Z]{2,}(?=s\b)|[A-Z]{2,}(?![a-z])|[A-Z]?[a-z]+|[A-Z]|[0-9]+|[&+#@%]")
_DOT = re.compile(r"\.(?=(?:com|org|net|io|ai|dev|fm|co)\b)", re.IGNORECASE)
_POINT = re.compile(r"(?<=[0-9])\.(?=[0-9])")
_THOUSANDS = re.compile(r"(?<=[0-9]),(?=[0-9]{3}\b)")
_NOT_IN_KEYS = re.compile(r"[^\w+#]|_")
_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = ("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")


def fold(text: str) -> str:
    """The text in plain letters: accents dropped, letters English lacks respelled, apostrophes gone.

    >>> fold("Clément’s"), fold("Škoda"), fold("café")
    ('Clements', 'Shkoda', 'cafay')
    """
    text = re.sub(r"é\b", "ay", unicodedata.normalize("NFC", text)).translate(_FOLDS)
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


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
    plain = _THOUSANDS.sub("", _POINT.sub(" point ", _DOT.sub(" dot ", fold(text))))
    return tuple(word for part in _PARTS.findall(plain) for word in _words(part))


def _words(part: str) -> tuple[str, ...]:
    if part.isdigit():
        return number(part)
    if part in _SIGNS:
        return (_SIGNS[part],)
    if len(part) == 1:
        return (part if part == "a" else part.upper(),)
    spelled_out = part.isupper() or (not re.search("[aeiouyAEIOUY]", part) and part.lower() not in SPOKEN)
    return (part.upper() if spelled_out else part.lower(),)


def number(digits: str) -> tuple[str, ...]:
    """The words of a whole number: years in pairs, what is longer than four digits or begins with 0 digit by digit.

    >>> number("42"), number("1999"), number("2000"), number("007")
    (('forty', 'two'), ('nineteen', 'ninety', 'nine'), ('two', 'thousand'), ('zero', 'zero', 'seven'))
    """
    if len(digits) > 4 or (digits[0] == "0" and len(digits) > 1):
        return tuple(_DIGITS[int(d)] for d in digits)
    value = int(digits)
    if 1100 <= value <= 2099 and value % 100 >= 10:
        return (*_below_hundred(value // 100), *_below_hundred(value % 100))
    thousands, rest = divmod(value, 1000)
    hundreds, rest = divmod(rest, 100)
    words = (*((_DIGITS[thousands], "thousand") if thousands else ()), *((_DIGITS[hundreds], "hundred") if hundreds else ()))
    return (*words, *_below_hundred(rest)) if rest or not words else words


def _below_hundred(value: int) -> tuple[str, ...]:
    if value < 10:
        return (_DIGITS[value],)
    if value < 20:
        return (_TEENS[value - 10],)
    tens, ones = divmod(value, 10)
    return (_TENS[tens], _DIGITS[ones]) if ones else (_TENS[tens],)
