"""What a written form sounds like, how alike two written forms sound, and where to look for what sounds alike.

A text is read (`reading`), its words are said (`letters`, or a pronouncing dictionary the caller passes), and two
pronunciations are compared by a weighted edit distance: every sound is spelled out in marks of its manner, place and voice,
so that the plain edit distance of the marks, which rapidfuzz computes in C, is the weighted distance of the sounds. A
voiced consonant for its voiceless twin costs one mark of six, m for n one of four, a vowel for another one or two of
three, a lost schwa one, a lost consonant all of its marks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from service.domain.letters import say, say_abroad
from service.domain.reading import read

MAX_SOUNDS = 8
"""Pronunciations kept of one text."""

_MARKS = str.maketrans(
    {
        "i": "HFV", "I": "hFV", "e": "MFV", "E": "mFV", "a": "WFV", "A": "WBV", "O": "mBV", "o": "MBV", "U": "hBV", "u": "HBV", "@": "V",
        "Y": "WFVH", "W": "WBVH", "Q": "MBVH", "j": "HFG", "w": "HBLLL1", "h": "Xx",
        "p": "SSLLL0", "b": "SSLLL1", "t": "SSDDD0", "d": "SSDDD1", "k": "SSKKK0", "g": "SSKKK1",
        "f": "FFLLL0", "v": "FFLLL1", "T": "FFTDD0", "D": "FFTDD1",
        "s": "ZZZDD0", "z": "ZZZDD1", "S": "ZZZPP0", "Z": "ZZZPP1", "C": "SZDPP0", "J": "SZDPP1",
        "m": "NNNl", "n": "NNNd", "N": "NNNk", "l": "RRll", "r": "RRr",
    }
)  # fmt: skip
"""Marks of each sound. Capitals H h M m W: how open a vowel is; F, B: front, back; S F Z N R: stop, fricative, sibilant, nasal, liquid;
L T D P K: lips, teeth, ridge, palate, velum; 0 and 1: voice."""

_SKELETON = str.maketrans(
    {**dict.fromkeys("iIeEaAOoUu@YWQjhw", ""), "b": "p", "v": "f", "d": "t", "T": "t", "D": "t", "z": "s", "Z": "S", "C": "S", "J": "S",
     "g": "k", "m": "n", "N": "n"}
)  # fmt: skip
"""Consonants by what they are taken for; vowels and glides fall away."""

_COARSER = str.maketrans("fSr", "psl")
"""For skeletons too short to spare a consonant."""

_ARPABET = {
    "AA": "A", "AE": "a", "AH": "@", "AO": "O", "AW": "W", "AY": "Y", "B": "b", "CH": "C", "D": "d", "DH": "D", "EH": "E", "ER": "@r",
    "EY": "e", "F": "f", "G": "g", "HH": "h", "IH": "I", "IY": "i", "JH": "J", "K": "k", "L": "l", "M": "m", "N": "n", "NG": "N",
    "OW": "o", "OY": "Q", "P": "p", "R": "r", "S": "s", "SH": "S", "T": "t", "TH": "T", "UH": "U", "UW": "u", "V": "v", "W": "w",
    "Y": "j", "Z": "z", "ZH": "Z",
}  # fmt: skip

_LETTERS = {
    "A": "e", "B": "bi", "C": "si", "D": "di", "E": "i", "F": "Ef", "G": "Ji", "H": "eC", "I": "Y", "J": "Je", "K": "ke", "L": "El",
    "M": "Em", "N": "En", "O": "o", "P": "pi", "Q": "kju", "R": "Ar", "S": "Es", "T": "ti", "U": "ju", "V": "vi", "W": "d@b@lju",
    "X": "Eks", "Y": "wY", "Z": "zi",
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Pronunciations:
    """A pronouncing dictionary: lower-case word to its phones in ARPAbet ("F OW1 N"), as in the CMU dictionary; stress is ignored."""

    phones: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def say(self, word: str) -> tuple[str, ...]:
        return tuple(of_arpabet(phones) for phones in self.phones.get(word, ()))


NO_DICTIONARY = Pronunciations()


def of_arpabet(phones: str) -> str:
    """Phones of the CMU dictionary as sounds of `letters`.

    >>> of_arpabet("K W EH1 N")
    'kwEn'
    """
    return "".join(_ARPABET[phone.rstrip("012")] for phone in phones.split())


@lru_cache(maxsize=16_384)
def sounds(text: str, dictionary: Pronunciations = NO_DICTIONARY, *, abroad: bool = True) -> tuple[str, ...]:
    """Pronunciations of a text of one or a few words, without spaces, the likeliest first, at most `MAX_SOUNDS`.

    Empty when nothing in the text is said in Latin letters, digits or signs. `abroad` adds how speakers of other languages
    would read it: for names; what was only heard is written as English.

    >>> sounds("GPT"), sounds("TensorFlow")[0]
    (('Jipiti',), 'tEns@rflo')
    """
    words = [_said(word, dictionary, abroad=abroad) for word in read(text)]
    if not words:
        return ()
    return tuple(dict.fromkeys(_ways(words)))[:MAX_SOUNDS]


def _ways(words: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """All words said in the likeliest way, then one of them otherwise, likelier ways first."""
    plain = [variants[0] for variants in words]
    yield "".join(plain)
    for depth in range(1, max(map(len, words))):
        for i, variants in enumerate(words):
            if depth < len(variants):
                yield "".join([*plain[:i], variants[depth], *plain[i + 1 :]])


@lru_cache(maxsize=16_384)
def _said(word: str, dictionary: Pronunciations, *, abroad: bool) -> tuple[str, ...]:
    """The pronunciations of one word of `read`."""
    known = dictionary.say(word.lower())
    if not word.isupper():
        return tuple(dict.fromkeys((*known, *say(word), *(say_abroad(word) if abroad else ()))))
    spelled = "".join(_LETTERS[letter] for letter in word)
    if len(word) < 3 or not re.search("[AEIOUY]", word):
        return (*known, spelled)
    whole = (*known, *say(word.lower(), 1))
    return (*whole, spelled) if len(word) > 3 else (spelled, *whole)


@lru_cache(maxsize=16_384)
def marks(pronunciation: str) -> str:
    """The pronunciation spelled out in marks: what distances are measured on."""
    return in_marks(pronunciation)


def in_marks(pronunciations: str) -> str:
    """The same of several, with spaces between."""
    return pronunciations.translate(_MARKS)


@lru_cache(maxsize=16_384)
def _marked(text: str, *, abroad: bool) -> tuple[str, ...]:
    return tuple(map(marks, sounds(text, abroad=abroad)))


@lru_cache(maxsize=16_384)
def similarity(a: str, b: str) -> float:
    """How alike two texts sound, in [0, 1]: that of their most alike pronunciations, relative to the longer one.

    One of the two may be said as in another language, not both. 0 when either has no sound; what sounds the same has 1,
    whatever its spelling.

    >>> similarity("Quen", "Qwen"), similarity("pie torch", "PyTorch")
    (1.0, 1.0)
    """
    best = _most_alike(_marked(a, abroad=False), _marked(b, abroad=True))
    return _most_alike(_marked(a, abroad=True), _marked(b, abroad=False), best)


def _most_alike(some: Iterable[str], others: Sequence[str], best: float = 0.0) -> float:
    """The similarity of the most alike two, or `best` where that is more."""
    for said in some:
        found = process.extractOne(said, others, scorer=Levenshtein.normalized_similarity, processor=None, score_cutoff=best)
        best = found[1] if found else best
    return best


def distinct(pronunciations: Iterable[str], alike: float = 0.9) -> tuple[str, ...]:
    """The pronunciations without those at least `alike` to an earlier one.

    >>> distinct(("mInItEl", "mInitEl", "mYnItEl", "kwEn"))
    ('mInItEl', 'kwEn')
    """
    kept: list[str] = []
    for candidate in pronunciations:
        if all(Levenshtein.normalized_similarity(marks(candidate), marks(other)) < alike for other in kept):
            kept.append(candidate)
    return tuple(kept)


@lru_cache(maxsize=16_384)
def keys_of(text: str) -> frozenset[str]:
    """Where in an index what sounds like the text is found: two texts that sound alike nearly always share a key."""
    skeletons = set(skeleton_of(" ".join(sounds(text, abroad=False))).split(" "))
    return frozenset(key for skeleton in skeletons for key in keys(skeleton))


def skeleton_of(pronunciation: str) -> str:
    """The consonants of a pronunciation, in classes of what they are taken for.

    >>> skeleton_of("mInItEl") == skeleton_of("nInutEl") == "nntl"
    True
    """
    return pronunciation.translate(_SKELETON)


@lru_cache(maxsize=16_384)
def skeletons(text: str, dictionary: Pronunciations = NO_DICTIONARY) -> frozenset[str]:
    """Those of all that a text's words could sound like, said as English: more than those of `sounds`, and found sooner."""
    return frozenset(map("".join, product(*(_skeletons(word, dictionary) for word in read(text)))))


@lru_cache(maxsize=16_384)
def _skeletons(word: str, dictionary: Pronunciations) -> frozenset[str]:
    return frozenset(map(skeleton_of, _said(word, dictionary, abroad=False)))


def keys(skeleton: str) -> tuple[str, ...]:
    """The keys of a skeleton. Two skeletons of four consonants and more share one when they differ by one consonant that was
    lost, added or misheard; shorter ones when they differ by a lost r or l, or by sounds easily taken for each other.

    >>> set(keys("nntl")) & set(keys("nktl")), set(keys("krt")) & set(keys("kt"))
    ({'ntl'}, {'kt~'})
    """
    length = len(skeleton)
    if length < 4:
        return _keys_of_few(skeleton)
    one_left_out = [skeleton[:i] + skeleton[i + 1 :] for i in range(length)] if length < 6 else []
    if length == 4:
        return (skeleton, *one_left_out)
    return (f"{skeleton[:3]}^", f"{skeleton[-3:]}$", skeleton[:2] + skeleton[-2:], *one_left_out)


def _keys_of_few(skeleton: str) -> tuple[str, ...]:
    coarse = f"{skeleton.translate(_COARSER)}~"
    if len(skeleton) < 3:
        return (coarse,)
    return (skeleton, coarse, coarse.replace("l", "")) if "l" in coarse else (skeleton, coarse)
