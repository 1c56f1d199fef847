"""What a speaker's name looks like, and what only stands in for one."""

from __future__ import annotations

import re
from collections.abc import Iterable

from service.domain.formats.wordlists import ASIDES, FACTS, PARTICLES, PLACEHOLDERS

NAME = r"[^\W\d_][\w.'’&#/\x01-]{0,39}(?:[ \u00a0][\w.'’&#/\x01-]{1,40}){0,5}"
"""Up to six words of letters, digits and the marks that names hold. Bounded, so that matching takes linear time."""

NOTE = r"(?:[ \0]*[(\[][^()\[\]\d]{1,40}[)\]]|, [A-Z][A-Z0-9 .&'/-]{2,40})?"
"""A remark after the name: "(host)", or as broadcasters write it: "ADA LOVELACE, HOST"."""

LONGEST_ABBREVIATION = 4
"""Characters, with the point: "Jr.", "Esq.". A longer word with a point ends a sentence."""

_SPLIT = re.compile(r"[,;/|•·\n]|\s(?:and|with|und|et|y|e|&|\+|-|–|—)\s")
_REMARK = re.compile(r"[(\[][^()\[\]]*[)\]]")


def is_placeholder(label: str) -> bool:
    """Whether a label stands for a voice without naming a person: "SPEAKER_2", "Host", "Q", "Male voice 1"."""
    return all(_stands_in(word) for word in re.split(r"[\s_#./-]+", label.strip(" #")))


def is_person(label: str) -> bool:
    """Whether a label names a person: no placeholder, no name with a number ("Sprechstimme 2")."""
    return not is_placeholder(label) and not label[-1].isdigit()


def is_proper(label: str) -> bool:
    """Whether every word is written as names are: with a capital, in capitals, or in a script that has none.

    >>> is_proper("Ada Lovelace"), is_proper("Ludwig van Beethoven"), is_proper("So here is the thing")
    (True, True, False)
    >>> is_proper("Sammy Davis Jr."), is_proper("Yeah.")
    (True, False)
    """
    words = label.split()
    ended = label.endswith(".") and (len(words) == 1 or len(words[-1]) > LONGEST_ABBREVIATION)
    return not ended and _capital(words[0]) and all(_capital(word) or word.casefold().strip(".") in PARTICLES for word in words)


def is_telling(label: str) -> bool:
    """Whether a label is one even if it stands only once: several proper words, capitals throughout, or a placeholder."""
    if is_placeholder(label):
        return True
    return is_proper(label) and (len(label.split()) > 1 or (label.isupper() and len(label) > 2))


def is_aside(label: str) -> bool:
    """Whether a label is likelier the opening of a sentence ("Note:", "Part 2:") or the name of a fact ("Call date:") than a speaker."""
    words = label.casefold().replace("’", "'").split()
    return all(word in ASIDES or word in FACTS or word.isdigit() for word in words)


def is_likely(label: str) -> bool:
    """Whether a label could name a speaker or stand for one."""
    return not is_aside(label) and (is_proper(label) or is_placeholder(label))


def people(value: str) -> tuple[str, ...] | None:
    """The names in a list such as "Ada Lovelace, Charles Babbage (guest) and Mary Somerville"; None if it is not a list of names."""
    found = []
    for part in _SPLIT.split(_REMARK.sub(" ", value)):
        name = " ".join(part.split()).removeprefix("and ").removeprefix("with ").strip("*_\"'“”‘’ ")
        if not name:
            continue
        if not (re.fullmatch(NAME, name) and is_proper(name)) or is_placeholder(name):
            return None
        found.append(name)
    return tuple(found) or None


def distinct(names: Iterable[str]) -> tuple[str, ...]:
    """Each name once, as it was first written, whatever its case."""
    first: dict[str, str] = {}
    for name in names:
        first.setdefault(name.casefold(), name)
    return tuple(first.values())


def _stands_in(word: str) -> bool:
    return word.casefold().rstrip("0123456789") in PLACEHOLDERS or (len(word) == 1 and word.isupper()) or word.isdigit()


def _capital(word: str) -> bool:
    letters = [c for c in word if c.isalpha()]
    return not letters or letters[0].isupper() or not letters[0].islower()
