"""The words a recogniser is told to expect: spellings that more than the page itself vouches for."""

from __future__ import annotations

from service.domain.candidates import Frequency, KnownTerm, vocabulary
from service.domain.lexicon import Lexicon
from service.domain.options import Options
from service.domain.script import Reference

MOST_LETTERS = 600
"""Whisper's decoder takes 224 tokens of prompt; a name has a token for about three letters."""


def hotwords(reference: Reference, options: Options, frequency: Frequency, lexicon: Lexicon) -> tuple[str, ...]:
    """The glossary's terms, the names of the metadata, and the rare terms of the talk that the lexicon spells the same way, as many as
    a prompt holds.

    What only the talk vouches for is left out: a recogniser that was told a misspelling hears it, and bears witness for it.
    """
    terms = [term for term in vocabulary(reference, options, frequency, lexicon).terms if _vouched(term, lexicon)]
    chosen: list[str] = []
    for term in sorted(terms, key=lambda t: (not t.in_glossary, not t.in_metadata, -t.in_document)):
        if sum(map(len, chosen)) + len(chosen) + len(term.text) > MOST_LETTERS:
            break
        chosen.append(term.text)
    return tuple(chosen)


def _vouched(term: KnownTerm, lexicon: Lexicon) -> bool:
    entry = lexicon.get(term.text)
    return term.in_glossary or term.in_metadata > 0 or (entry is not None and entry.text == term.text and not entry.common)
