"""Letters to sounds: how an English speaker would say a written word he has never seen, and how its own language might.

The sounds are single characters, so that a pronunciation is a plain string:

    vowels      i see   I sit   e say   E set   a sat   A father   O law   o so   U put   u too   @ about   Y my   W now   Q boy
    consonants  p b t d k g f v s z m n l r w h  as written,  S she  Z measure  C church  J judge  T thin  D then  N sing  j yes

How letters turn into sounds is in the tables of `english` and `accents`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from service.domain.accents import FRENCH, GERMAN, ITALIAN, PINYIN, SPANISH
from service.domain.english import ENGLISH, SPOKEN

_SECOND = (
    "(?:ly|ments?|ful|less|ness|more|well|time|day|thing|man|ford|books?|ways?|works?|woods?|lands?|ports?|sides?|town|scape|bench|base)"
)
_MACROS = {"V": "[aeiouy]", "C": "[bcdfghjklmnpqrstvwxz]", "S": _SECOND, "M": f"[bcdfghjklmnpqrstvwxz]e(?:[sdrl]?s?$|{_SECOND}$)"}


@dataclass(frozen=True, slots=True)
class _Rules:
    """The rules that can begin at one letter: one pattern with a group per rule, and the readings by group."""

    pattern: re.Pattern[str]
    readings: tuple[tuple[str, ...], ...]


def _compile(*tables: str) -> dict[str, _Rules]:
    """The rules of the tables by first letter, those of earlier tables before those of later ones."""
    by_letter: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for rule in filter(None, re.split(r"\s*[;\n]\s*", "\n".join(tables))):
        pattern, readings = rule.split(" ")
        expanded = re.sub("[VCSM]", lambda m: _MACROS[m[0]], pattern)
        for letter in _first_letters(pattern):
            by_letter.setdefault(letter, []).append((expanded, tuple(r.strip("_") for r in readings.split("|"))))
    return {letter: _of_letter(rules) for letter, rules in by_letter.items()}


def _of_letter(rules: list[tuple[str, tuple[str, ...]]]) -> _Rules:
    return _Rules(re.compile("|".join(f"({pattern})" for pattern, _ in rules)), tuple(readings for _, readings in rules))


def _first_letters(pattern: str) -> set[str]:
    """The letters with which a match of the pattern can begin."""
    bare = re.sub(r"\(\?:(?=\(\?<)|\(\?<?[=!][^()]*\)|\^", "", pattern).lstrip("|)")
    return {letter for match in re.finditer(r"(?:^|\|)(?:\[([a-z]+)\]|([a-z]))", bare) for letter in match[1] or match[2]}


_ENGLISH = _compile(ENGLISH)
_ACCENTS = tuple(_compile(table, ENGLISH) for table in (FRENCH, ITALIAN, SPANISH, GERMAN))
_PINYIN = _compile(PINYIN, ENGLISH)
_LOOKS_CHINESE = re.compile(r"q(?!u)|^x|zh|^ts?[aeiou]ng?$")


def _readings(word: str, rules: dict[str, _Rules]) -> list[tuple[str, ...]]:
    """The readings of each stretch of the word, from left to right."""
    place, found = 0, []
    while place < len(word):
        match = rules[word[place]].pattern.match(word, place)
        if match is None or match.lastindex is None:
            place += 1
            continue
        found.append(rules[word[place]].readings[match.lastindex - 1])
        place = match.end()
    return found


@lru_cache(maxsize=16_384)
def say(word: str, limit: int = 4) -> tuple[str, ...]:
    """Pronunciations of one word of the letters a to z, as an English speaker reads it, the likeliest first, at most `limit`.

    >>> say("qwen")[0], say("phone")[0]
    ('kwEn', 'fon')
    """
    if word in SPOKEN:
        return (SPOKEN[word],)
    readings = _readings(word, _ENGLISH)
    plain = [options[0] for options in readings]
    swapped = ["".join([*plain[:i], other, *plain[i + 1 :]]) for i, options in enumerate(readings) for other in options[1:]]
    return tuple(dict.fromkeys(["".join(plain), *swapped]))[:limit]


@lru_cache(maxsize=16_384)
def say_abroad(word: str) -> tuple[str, ...]:
    """How French, Italian, Spanish and German speakers, and readers of Pinyin where it looks like it, would say the word.

    >>> say_abroad("julien")[0]
    'ZuljEn'
    """
    accents = (*_ACCENTS, _PINYIN) if _LOOKS_CHINESE.search(word) else _ACCENTS
    return tuple(dict.fromkeys("".join(options[0] for options in _readings(word, rules)) for rules in accents))
