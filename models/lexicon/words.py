"""What the build asks of English: how words are said, which are ordinary, how often a name is met."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

import pocketsphinx
import wordfreq

from service.domain.phonetics import Pronunciations, sounds

RAREST = 1.9
"""On the Zipf scale: names met less often are noise to podcasts."""
COMMONEST = 12_000
USUAL_CONTRACTION = 5.0
"""On the Zipf scale: they're, you're, we're; not there're."""
_LETTERS = re.compile("(?=.*[aeiouy])[a-z]{2,}")
_UNWANTED = re.compile(
    "(?:arse|bastard|bitch|bollock|cock$|cocks|crap|cunt|dick|dyke|fag|fuck|jizz|nigg|piss|poof|prick|semen|shit|slut|spunk|tits?$|turd|twat|wank|whor)"
    "|(?:cum|cums|cumming|asst|blvd|corp|govt|inc|mfg|assn|dept|hwy|misc|vol|etc|est)$"
)
"""What nobody wants to be told that he may have meant, and abbreviations, which are said in full."""
SMALL = frozenset({"of", "the", "and", "de", "la", "le", "van", "von", "der", "di", "da", "del", "al", "el", "y", "st"})
WORD_LIST = Path("/usr/share/dict/american-english")
"""The SCOWL word list as Debian's package wamerican installs it."""
LARGE_WORD_LISTS = ((Path("/usr/share/dict/american-english-large"), RAREST), (Path("/usr/share/dict/american-english-huge"), 2.3))
"""The larger ones of wamerican-large and wamerican-huge, and how often a name of theirs must be met."""


@cache
def pronunciations() -> Pronunciations:
    """The CMU pronouncing dictionary that comes with PocketSphinx."""
    phones: dict[str, tuple[str, ...]] = {}
    path = Path(pocketsphinx.get_model_path("en-us/cmudict-en-us.dict"))
    for line in path.read_text(encoding="utf-8").splitlines():
        word, said = line.split(" ", 1)
        word = re.sub(r"\(\d+\)$", "", word)
        phones[word] = (*phones.get(word, ()), said)
    return Pronunciations(phones)


@cache
def letters_of_speech() -> frozenset[str]:
    """Words in small letters, and contractions without their apostrophe."""
    contractions = {word.replace("'", "") for word in pronunciations().phones if re.search(r"(?:n't|'ll|'ve|'re|'d)$", word)}
    return frozenset(contractions.union(*(path.read_text(encoding="utf-8").split() for path, _ in LARGE_WORD_LISTS)))


@cache
def small_letter_words() -> frozenset[str]:
    """Words that English writes in small letters."""
    return frozenset(word for word in WORD_LIST.read_text(encoding="utf-8").split() if word.islower())


def ordinary() -> list[str]:
    """Words that English writes in small letters and that are met, with contractions of "are" that are met often, in order.

    >>> {"vane", "they're"} <= set(ordinary())
    True
    """
    met = (word for word in small_letter_words() if _LETTERS.fullmatch(word) and frequency(word) >= RAREST and not _UNWANTED.match(word))
    contracted = (word for word in pronunciations().phones if word.endswith("'re") and frequency(word) >= USUAL_CONTRACTION)
    return sorted({*met, *contracted})


def is_common(term: str) -> bool:
    """Whether the term's letters are an ordinary English word, met at least once in three million words.

    >>> is_common("Slack"), is_common("Kubernetes"), is_common("Paris")
    (True, False, False)
    """
    word = term.casefold()
    return word in small_letter_words() and frequency(word) >= 2.5


def frequency(term: str) -> float:
    """How often the term is met: the common logarithm of its occurrences in a billion words (the Zipf scale); 0 when never."""
    return float(wordfreq.zipf_frequency(term, "en", wordlist="large"))


@cache
def _everyday() -> frozenset[str]:
    words = (word for word in wordfreq.top_n_list("en", COMMONEST) if len(word) > 1 and word in small_letter_words())
    return frozenset(said for word in words for said in sounds(word, pronunciations(), abroad=False))


def sounds_everyday(term: str) -> bool:
    """Whether the term may be said just like one of the `COMMONEST` words of English.

    >>> sounds_everyday("Reade"), sounds_everyday("Denzel")
    (True, False)
    """
    return not _everyday().isdisjoint(sounds(term, pronunciations(), abroad=False))


def in_english(name: str) -> str:
    """The name without its accents where English text has it ten times as often without them.

    >>> in_english("Brașov"), in_english("São Paulo")
    ('Brasov', 'São Paulo')
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return plain if frequency(plain) >= frequency(name) + 1 else name


def is_distinctive(term: str) -> bool:
    """Whether a word of the term is neither ordinary nor unheard of: something to misspell, in something people talk of.

    >>> is_distinctive("General Assembly"), is_distinctive("Byzantine Church")
    (False, True)
    """
    return any(frequency(word) >= RAREST and not is_common(word) and word.casefold() not in SMALL for word in term.split())


def prior(term: str) -> int:
    """How well known a packaged name is, 1 to 4, from how often it is met; 5 is for the hand lists to say.

    Of names of several words only those of their words are counted, so they have at most 2.
    """
    if " " in term:
        return 1 + (min(map(frequency, term.split())) >= 3.0)
    return 1 + sum(frequency(term) >= bound for bound in (2.3, 3.2, 4.0))
