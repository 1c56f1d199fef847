"""When two spellings are the same word after all: another ending, words left out, a cry."""

from __future__ import annotations

from functools import lru_cache

from service.domain.context import plain
from service.domain.reading import squeeze

_ENDINGS = ("'s", "'re", "'ve", "'ll", "'d", "'m", "s", "d", "ed")
_HISSED = ("ses", "xes", "zes", "hes", "oes")
"""Where -es is an ending: boxes, not Margulies."""

_CRIES = frozenset({
    *("ah", "aha", "eh", "er", "erm", "ha", "hey", "hm", "hmm", "huh", "mhm", "mm", "nah", "nope", "oh", "ok", "okay", "ooh", "oops"),
    *("uh", "uhm", "um", "whoa", "wow", "yeah", "yep"),
})  # fmt: skip
"""Disfluencies and interjections, which are the speaker's and the author's own."""

_EASY = frozenset({"ain't", "cuz", "dunno", "gimme", "gonna", "gotta", "kinda", "lemme", "outta", "sorta", "wanna", "y'all", "ya"})
"""Forms of easy speech, which nobody writes by mistake."""


def is_no_other_word(text: str, heard: str) -> bool:
    """Whether what was heard is what is written but for words or an end left out: a recogniser is not to be believed about those, nor
    about cries and forms of easy speech.
    """
    written, recognised = text.casefold(), heard.casefold()
    if _CRIES & {*plain(text), *plain(heard)} or _EASY.intersection(plain(text)):
        return True
    return only_drops_words(text, heard) or differ_in_ending(text, heard) or written.startswith(recognised)


def is_cry(word: str) -> bool:
    """Whether a word, in small letters, is a hesitation, a cry or a form of easy speech."""
    return word in _CRIES or word in _EASY


def only_drops_words(text: str, candidate: str) -> bool:
    """Whether the candidate is what is written with words left out at its beginning or end: that is no other spelling."""
    words, kept = [squeeze(w) for w in text.split()], squeeze(candidate)
    return any("".join(words[i:j]) == kept for i in range(len(words)) for j in range(i + 1, len(words) + 1) if j - i < len(words))


def differ_in_ending(text: str, other: str) -> bool:
    """Whether the two are one word with different endings, or the same.

    >>> differ_in_ending("Castles", "castle"), differ_in_ending("moved", "moves"), differ_in_ending("breath", "breathe")
    (True, True, False)
    >>> differ_in_ending("boxes", "box"), differ_in_ending("Margulies", "Margulis")
    (True, False)
    """
    return not _stems(text).isdisjoint(_stems(other))


@lru_cache(maxsize=16_384)
def _stems(text: str) -> frozenset[str]:
    """The text in small letters, without each ending it may have, and with it."""
    small = text.casefold().replace("’", "'")
    hissed = {small.removesuffix("es")} if small.endswith(_HISSED) else set()
    return frozenset({small, *hissed, *(small.removesuffix(ending) for ending in _ENDINGS)})
