"""A show's glossary: names and terms of all its episodes, with what was misheard for them; and corrections that were rejected.

It learns from what people decide. An accepted correction is a term with one more spelling that sounds like it; a rejected one is
never proposed again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from service.domain.candidates import bare, trim
from service.domain.options import LeftAlone, Options, Term
from service.errors import GlossaryFull

MOST_TERMS = 1000
MOST_SOUNDS = 20
"""Spellings heard of one term."""

MOST_LEFT_ALONE = 1000


@dataclass(frozen=True, slots=True)
class Entry:
    """A term of a show. `learned` if it is here only because a correction was accepted."""

    text: str
    sounds_like: tuple[str, ...] = ()
    learned: bool = False


@dataclass(frozen=True, slots=True)
class Glossary:
    """What a show has, its terms in the order in which they came. Raises `GlossaryFull` for more than a show may have."""

    terms: tuple[Entry, ...] = ()
    leave_alone: tuple[LeftAlone, ...] = ()

    def __post_init__(self) -> None:
        if len(self.terms) > MOST_TERMS or len(self.leave_alone) > MOST_LEFT_ALONE:
            raise GlossaryFull(
                f"a show's glossary holds at most {MOST_TERMS:,} terms and {MOST_LEFT_ALONE:,} rejected corrections; remove some first"
            )

    def term(self, text: str) -> Entry | None:
        return next((entry for entry in self.terms if entry.text == text), None)

    def with_term(self, entry: Entry) -> Glossary:
        """With this term in place of one of the same text."""
        if self.term(entry.text) is None:
            return replace(self, terms=(*self.terms, entry))
        return replace(self, terms=tuple(entry if old.text == entry.text else old for old in self.terms))

    def without_term(self, text: str) -> Glossary:
        return replace(self, terms=tuple(entry for entry in self.terms if entry.text != text))

    def without_left_alone(self, pair: LeftAlone) -> Glossary:
        return replace(self, leave_alone=tuple(left for left in self.leave_alone if left != pair))


def accepted(glossary: Glossary, before: str, after: str) -> Glossary:
    """The glossary once somebody agreed that `before` should read `after`; punctuation around them is no part of it.

    >>> accepted(Glossary(), "“Minutel,”", "“Minitel,”").terms
    (Entry(text='Minitel', sounds_like=('Minutel',), learned=True),)
    """
    pair = _pair(before, after)
    entry = glossary.term(pair.after) or Entry(pair.after, learned=True)
    sounds = tuple(dict.fromkeys((*entry.sounds_like, pair.before)))[:MOST_SOUNDS]
    return glossary.without_left_alone(pair).with_term(replace(entry, sounds_like=sounds))


def rejected(glossary: Glossary, before: str, after: str) -> Glossary:
    """The glossary once somebody said that `before` should not read `after`. A term that was only learned from it goes."""
    pair = _pair(before, after)
    entry = glossary.term(pair.after)
    if entry is not None and pair.before in entry.sounds_like:
        sounds = tuple(sound for sound in entry.sounds_like if sound != pair.before)
        kept = replace(entry, sounds_like=sounds)
        glossary = glossary.with_term(kept) if sounds or not entry.learned else glossary.without_term(entry.text)
    return replace(glossary, leave_alone=tuple(dict.fromkeys((*glossary.leave_alone, pair))))


def joined(options: Options, glossary: Glossary) -> Options:
    """The options with the show's terms beside the job's own, and with what the show leaves alone."""
    terms = {term.text: term for term in options.glossary}
    for entry in glossary.terms:
        own = terms.get(entry.text, Term(entry.text))
        terms[entry.text] = replace(own, sounds_like=tuple(dict.fromkeys((*own.sounds_like, *entry.sounds_like))))
    pairs = dict.fromkeys((*options.leave_alone, *glossary.leave_alone))
    return replace(options, glossary=tuple(terms.values()), leave_alone=tuple(pairs))


def is_left_alone(pairs: Iterable[LeftAlone]) -> Callable[[str, str], bool]:
    """Whether `before` must not become `after`: by itself, or as part of a longer stretch whose other words stay.

    >>> unwanted = is_left_alone([LeftAlone("Julian", "Julien")])
    >>> unwanted("Julian,", "Julien,"), unwanted("said Julian", "said Julien"), unwanted("Julian", "Juliana")
    (True, True, False)
    """
    known = {(pair.before.casefold(), pair.after.casefold()) for pair in pairs}

    def left_alone(before: str, after: str) -> bool:
        pair = _pair(*_differing(before.split(), after.split()))
        return (pair.before.casefold(), pair.after.casefold()) in known

    return left_alone if known else lambda *_: False


def _differing(before: list[str], after: list[str]) -> tuple[str, str]:
    """Without the words that both begin or end with."""
    while len(before) > 1 and len(after) > 1 and before[0] == after[0]:
        before, after = before[1:], after[1:]
    while len(before) > 1 and len(after) > 1 and before[-1] == after[-1]:
        before, after = before[:-1], after[:-1]
    return " ".join(before), " ".join(after)


def _pair(before: str, after: str) -> LeftAlone:
    """Without the punctuation around them, nor a possessive that both have."""
    stems = LeftAlone(bare(before), bare(after))
    same_ending = trim(before)[len(stems.before) :] == trim(after)[len(stems.after) :]
    return stems if same_ending and stems.before != stems.after else LeftAlone(trim(before), trim(after))
