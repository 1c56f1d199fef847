"""Restraint: what is the author's own and is not corrected, or only with his consent."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from service.domain.blocks import Range
from service.domain.candidates import SENTENCE_END, Candidate, Frequency, trim
from service.domain.context import plain
from service.domain.numbers import numbers_in
from service.domain.script import Reference
from service.domain.suspicion import ORDINARY
from service.domain.variants import is_cry

PHRASE = 3
"""Words of another language, one after the other, from which they are no accident."""

MORE_USUAL = 1.0
"""By so much on the Zipf scale (ten times) a word is more usual in the language it is of."""

_QUOTED = re.compile(r"“[^“”]*”|«[^«»]*»|„[^„“”]*[“”]|(?<!\w)\"[^\"]*\"(?!\w)")


def spoils(text: str, after: str) -> bool:
    """Whether `after` makes another number of one, or anything of what is only hesitation, a cry or easy speech.

    >>> spoils("fifteen", "fifty"), spoils("GPT four", "GPT-4"), spoils("for", "four"), spoils("er", "Ur"), spoils("Oh Larry", "O'Leary")
    (True, False, False, True, False)
    """
    words, others = plain(text), plain(after)
    numbers, other_numbers = numbers_in(words), numbers_in(others)
    another = bool(numbers and other_numbers) and numbers != other_numbers
    return another or (bool(words) and all(map(is_cry, words)))


def is_only_suggested(text: str, candidate: Candidate) -> bool:
    """Whether a number is lost (hundred, for handed), but not one that is a piece of a known name (in ten do, for Nintendo), or whether
    one is got from a word that only sounds so (to, two).
    """
    words = plain(text)
    numbers, others = numbers_in(words), numbers_in(plain(candidate.text))
    got = candidate.word and bool(others) and not numbers
    return got or (bool(numbers) and not others and (not candidate.known or len(numbers) == len(words)))


def foreign(tokens: Sequence[str], usual: Frequency, abroad: Iterable[Frequency]) -> frozenset[int]:
    """The tokens of phrases in another language: words that are ordinary there and far more usual than in the talk's own."""
    words = [trim(token).lower().replace("’", "'") for token in tokens]
    floors = [max(ORDINARY, usual(word) + MORE_USUAL) for word in words]
    found: set[int] = set()
    for there in abroad:
        run = 0
        for k, (word, floor) in enumerate(zip(words, floors, strict=True)):
            run = run + 1 if there(word) >= floor else 0
            found.update(range(k + 1 - run, k + 1) if run >= PHRASE else ())
    return frozenset(found)


def cased(after: str, first: int, reference: Reference) -> str:
    """With a capital where its token, the `first`, begins a sentence with one; in capitals in a talk that is."""
    tokens = reference.tokens
    if not any(letter.islower() for token in tokens for letter in token.text):
        return after.upper()
    starts = first == 0 or SENTENCE_END.search(tokens[first - 1].text)
    return after[:1].upper() + after[1:] if starts and after.islower() and trim(tokens[first].text)[:1].isupper() else after


def quoted(reference: Reference) -> frozenset[int]:
    """The tokens of the talk that stand in quotation marks, where these are not around the whole line."""
    return frozenset(_quoted(reference))


def _quoted(reference: Reference) -> Iterator[int]:
    at = 0
    for line in reference.talk:
        text = " ".join(token.text for token in line.tokens)
        for found in _QUOTED.finditer(text):
            first, end = _tokens(text, found)
            if trim(text[: found.start()]) or trim(text[found.end() :]):
                yield from range(at + first, at + end)
        at += len(line.tokens)


def _tokens(text: str, found: re.Match[str]) -> Range:
    """Of a line, the tokens that the match reaches into."""
    first = text.count(" ", 0, found.start())
    return first, first + found[0].count(" ") + 1
