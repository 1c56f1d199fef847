"""How numbers are said in English: "$35,000", "2015", "21st", "the 1990s", "10:30", "3.11", "50 %", "#1", "90°", "1/2", "100k"."""

from __future__ import annotations

import re
from collections.abc import Iterable

_ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SCALES = ((10**9, "billion"), (10**6, "million"), (1000, "thousand"), (100, "hundred"))
_ORDINALS = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth", "twelve": "twelfth",
}  # fmt: skip
CURRENCIES = {"$": "dollars", "€": "euros", "£": "pounds", "¥": "yen"}
_SUFFIXES = {"k": "thousand", "m": "million", "b": "billion", "bn": "billion"}

_MONEY = re.compile(r"([$€£¥])\s?(\d[\d,]*)(?:\.(\d\d?))?(?:(bn|[kKmMbB])\b)?")
_NUMBER = re.compile(
    r"(?P<clock>\d\d?:\d\d(?!\d))|(?P<grouped>\d{1,3}(?:,\d{3})+)(?!\d)"
    r"|(?P<digits>\d+)(?P<ending>st|nd|rd|th|['’]?s)?(?![^\W\d_])|\d+"
)
_POINT = re.compile(r"(?<=\d)\.(?=\d)")
_DIGIT = re.compile(r"\d")
_SIGNS = {re.compile(r"(?<=\d)\s?%"): " percent", re.compile(r"(?<=\d)\s?°"): " degrees ", re.compile(r"#(?=\d)"): " number "}
_THOUSANDS = re.compile(r"(?<![\w.,])(\d{3})[kK]\b")
_FRACTION = re.compile(r"(?<![\d/⁄.,])([123])[/⁄]([234])(?![\d/⁄])")
_PARTS = {"2": ("half", "halves"), "3": ("third", "thirds"), "4": ("quarter", "quarters")}

LONGEST_VALUE = 6
"""Digits of the longest ungrouped number that is read as one; longer ones are telephone numbers and keys, read digit by digit."""


def said(text: str) -> str:
    """The text with its numbers in words.

    >>> said("$35,000 in 2015"), said("the 21st"), said("50%")
    ('thirty five thousand dollars in twenty fifteen', 'the twenty first', 'fifty percent')
    >>> said("the 1990s"), said("at 10:30"), said("Python 3.11"), said("GPT-4o"), said("007")
    ('the nineteen nineties', 'at ten thirty', 'Python three point eleven', 'GPT- four o', 'zero zero seven')
    >>> said("#1"), said("90°"), said("6:30pm"), said("a 1/2 mile"), said("100k"), said("$1.5")
    ('number one', 'ninety degrees', 'six thirty pm', 'a one half mile', 'one hundred thousand', 'one point five dollars')
    """
    if not _DIGIT.search(text):
        return text
    for sign, word in _SIGNS.items():
        text = sign.sub(word, text)
    worded = _THOUSANDS.sub(r"\1,000", _FRACTION.sub(_fraction, _MONEY.sub(_money, text)))
    spaced = _NUMBER.sub(lambda m: f" {_number(m)} ", _POINT.sub(" point ", worded))
    return " ".join(spaced.split())


def _money(found: re.Match[str]) -> str:
    sign, whole, cents, suffix = found.groups()
    amount = " ".join(cardinal(int(whole.replace(",", ""))))
    scale = _SUFFIXES.get((suffix or "").lower(), "")
    rest = " ".join(cardinal(int(cents))) if cents and int(cents) else ""
    if scale or (rest and len(cents) == 1):
        return f" {amount}{' point ' + rest if rest else ''} {scale} {CURRENCIES[sign]} "
    unit = CURRENCIES[sign].removesuffix("s") if amount == "one" else CURRENCIES[sign]
    return f" {amount} {unit} {rest} "


def _fraction(found: re.Match[str]) -> str:
    count, part = found.groups()
    return f" {_ONES[int(count)]} {_PARTS[part][count != '1']} "


def _number(found: re.Match[str]) -> str:
    if found["clock"]:
        hour, minute = found["clock"].split(":")
        return " ".join((*cardinal(int(hour)), *(() if minute == "00" else number(minute))))
    if found["grouped"]:
        return " ".join(cardinal(int(found["grouped"].replace(",", ""))))
    words = list(number(found["digits"] or found[0]))
    ending = found["ending"]
    if ending in {"st", "nd", "rd", "th"}:
        words[-1] = _ordinal(words[-1])
    elif ending:
        words[-1] = _plural(words[-1])
    return " ".join(words)


def number(digits: str) -> tuple[str, ...]:
    """The words of a whole number: years in pairs, what is very long or begins with 0 digit by digit.

    >>> number("42"), number("1999"), number("2000"), number("007"), number("10000")
    (('forty', 'two'), ('nineteen', 'ninety', 'nine'), ('two', 'thousand'), ('zero', 'zero', 'seven'), ('ten', 'thousand'))
    """
    if len(digits) > LONGEST_VALUE or (digits[0] == "0" and len(digits) > 1):
        return tuple(_ONES[int(d)] for d in digits)
    value = int(digits)
    if 1100 <= value <= 2099 and value % 100 >= 10:
        return (*cardinal(value // 100), *cardinal(value % 100))
    return cardinal(value)


def cardinal(value: int) -> tuple[str, ...]:
    """The words of a whole number as a quantity, without "and".

    >>> " ".join(cardinal(1_234_567))
    'one million two hundred thirty four thousand five hundred sixty seven'
    """
    for scale, name in _SCALES:
        if value >= scale:
            count, rest = divmod(value, scale)
            return (*cardinal(count), name, *(cardinal(rest) if rest else ()))
    if value < 20:
        return (_ONES[value],)
    tens, ones = divmod(value, 10)
    return (_TENS[tens], _ONES[ones]) if ones else (_TENS[tens],)


def _ordinal(word: str) -> str:
    if word in _ORDINALS:
        return _ORDINALS[word]
    return word.removesuffix("y") + "ieth" if word.endswith("y") else word + "th"


def numbers_in(words: Iterable[str]) -> tuple[str, ...]:
    """Those of the words, in small letters, that say how many or which.

    >>> numbers_in(["fifteen", "of", "the", "sixties", "won", "second"])
    ('fifteen', 'sixties', 'second')
    """
    return tuple(word for word in words if word in _NUMERALS)


def _plural(word: str) -> str:
    return word.removesuffix("y") + "ies" if word.endswith("y") else word + "s"


_CARDINALS = (*_ONES, *filter(None, _TENS), *(name for _, name in _SCALES))
_NUMERALS = frozenset({*_CARDINALS, *map(_ordinal, _CARDINALS), *map(_plural, _CARDINALS)})
