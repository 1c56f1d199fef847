"""How common a word is, from wordfreq's lists (MIT; sources: Wikipedia, subtitles, news, books, web)."""

from __future__ import annotations

from functools import cache, lru_cache, partial

import wordfreq

from service.domain.candidates import Frequency

QUOTED = ("fr", "de", "es", "it", "pt", "nl")
"""Languages of which phrases and titles are met in talks of another. With more of them pieces of misheard names become phrases, too."""


@cache
def frequency(language: str) -> Frequency:
    """The Zipf frequency of words of a language (ISO 639-1); of English where wordfreq has no list for it."""
    known = language if language in wordfreq.available_languages() else "en"
    return lru_cache(maxsize=16_384)(partial(wordfreq.zipf_frequency, lang=known))


@cache
def abroad(language: str) -> tuple[Frequency, ...]:
    """Those of the languages that are quoted in this one, none in one that wordfreq does not know; 0 of what is rarer than once in a
    million words.
    """
    others = [other for other in QUOTED if other != language] if language in wordfreq.available_languages() else []
    return tuple(lru_cache(maxsize=16_384)(partial(wordfreq.zipf_frequency, lang=other, wordlist="small")) for other in others)
