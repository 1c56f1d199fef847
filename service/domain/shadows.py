"""Candidates that only sound like a better one: they are left out before anybody is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from service.domain.candidates import ECHO, Candidate
from service.domain.phonetics import similarity
from service.domain.variants import differ_in_ending

OUTSHINES = 2
"""By so much better known, a name of the lexicon is meant rather than one that sounds nearly like it: Strasbourg, not Strasburg."""

HARDLY_LESS = 0.05
"""Likeness in sound to what is written that the better known may lack for that."""


def without_shadows(found: Sequence[Candidate], is_word: Callable[[str], bool]) -> tuple[Candidate, ...]:
    """Without those that sound nearly like another one which the metadata or the glossary have (its other misspellings, a namesake; not an
    ordinary word, `is_word`, that was heard), and without names that only the lexicon has beside a far better known one that sounds nearly
    like them.
    """
    told = [candidate for candidate in found if candidate.told]
    kept = (one for one in found if (one.heard and is_word(one.text)) or not _is_shadow(one, told))
    return tuple(candidate for candidate in kept if not _is_outshone(candidate, found))


def _is_shadow(candidate: Candidate, told: Iterable[Candidate]) -> bool:
    return not candidate.told and any(
        similarity(candidate.text, other.text) >= ECHO and not differ_in_ending(candidate.text, other.text) for other in told
    )


def _is_outshone(candidate: Candidate, found: Iterable[Candidate]) -> bool:
    of_lexicon_only = candidate.prior > 0 and not (candidate.in_document or candidate.told)
    return of_lexicon_only and any(
        other.prior >= candidate.prior + OUTSHINES
        and other.phonetic >= candidate.phonetic - HARDLY_LESS
        and similarity(candidate.text, other.text) >= ECHO
        for other in found
    )
