"""How common a word is, from wordfreq's lists (MIT; sources: Wikipedia, subtitles, news, books, web)."""

from __future__ import annotations

from functools import cache, lru_cache, partial

import wordfreq

from service.domain.candidates import Frequency


@cache
def frequency(language: str) -> Frequency:
    """The Zipf frequency of words of a language (ISO 639-1); of English where wordfreq has no list for it."""
    known = language if language in wordfreq.available_languages() else "en"
    return lru_cache(maxsize=16_384)(partial(wordfreq.zipf_frequency, lang=known))
