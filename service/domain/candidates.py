"""Where right spellings come from: this document, its metadata, the caller's glossary, the lexicon, the recogniser."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from service.domain.addresses import addresses, host_parts, path_parts, without_addresses
from service.domain.context import plain
from service.domain.lexicon import Lexicon
from service.domain.options import Options
from service.domain.phonetics import NO_DICTIONARY, keys_of, similarity, skeletons, sounds
from service.domain.reading import squeeze
from service.domain.script import Reference
from service.domain.sound_index import SoundIndex
from service.domain.variants import differ_in_ending, is_no_other_word, only_drops_words

Frequency = Callable[[str], float]
"""The Zipf frequency of a lower-case word in the language: 0 for an unknown word, about 3 for once in a million words, 7 for "the"."""

COMMON = 3.3
"""Zipf frequency from which a word is ordinary."""

NEAR = 0.62
"""Likeness in sound below which a known term is no candidate."""

LONG_ENOUGH = 3
"""Letters up to which a word in small letters tells too little to be a term."""

ECHO = 0.88
"""Likeness in sound from which a word that was heard as it is written may be meant for a term of the metadata."""

HYPHENATED = 0.7
"""Likeness in sound of each part of a hyphenated word to the one that was heard, from which it is that word: fine-sune,
fine tune. Set by hand between 0.67 (ex, his) and 0.76 (close, closed); the latter is of seed1 (docs/decisions/0240).
"""

AS_HEARD, NOT_UNLIKE = 0.85, 0.5
"""Likeness in sound, to what was heard and to what is written, from which a known term is a candidate by ear."""

BY_EAR = 2
"""Of these at most so many."""

WIDER = 4
"""Of so many times the entries that are wanted the likeliest are taken: the sound alone prefers the lexicon's rarest to its best known."""

_TRIM = re.compile(r"^[^\w$€£]+|[^\w%]+$")
SENTENCE_END = re.compile(r"[.!?…:][\"'”’)\]]*$")
_JOINTS = re.compile(r"[ -]")
_POSSESSIVE = re.compile(r"['’]s$")


@dataclass(frozen=True, slots=True)
class KnownTerm:
    """A spelling this episode vouches for. `said_as` are further spellings that show its sound.

    Of one that only an address has (`letters_only`) neither capitals nor spaces are known: betaworks, theojaffee.
    """

    text: str
    in_document: int = 0
    in_metadata: int = 0
    in_glossary: bool = False
    said_as: tuple[str, ...] = ()
    letters_only: bool = False

    @property
    def told(self) -> bool:
        """Whether the metadata or the glossary have it."""
        return self.in_metadata > 0 or self.in_glossary

    def likeness(self, text: str) -> float:
        """In sound, in [0, 1]."""
        return max(similarity(text, form) for form in (self.text, *self.said_as))

    def in_place_of(self, text: str) -> str | None:
        """How it is spelled where `text` is written; None if that cannot be known."""
        if not self.letters_only:
            return self.text
        if " " in text and (not text.islower() or squeeze(text) == squeeze(self.text)):
            return None
        return self.text[:1].upper() + self.text[1:] if text[:1].isupper() else self.text


@dataclass(frozen=True, slots=True)
class Candidate:
    """A spelling that may be right, with what speaks for it. `phonetic` is its likeness in sound to what is written, in [0, 1]."""

    text: str
    phonetic: float
    in_document: int = 0
    in_metadata: int = 0
    in_glossary: bool = False
    prior: int = 0
    heard: bool = False
    anybody: bool = False
    """Whether it is a given name or a surname, of nobody in particular."""
    in_field: float = 0.0
    """How much more the episode speaks of the candidate's field than the lexicon does: `Vocabulary.fields`."""
    word: bool = False
    """Whether it is an ordinary word that nothing vouches for but its sound."""

    @property
    def known(self) -> bool:
        """Whether it is known to be a name or term: to the episode or to the lexicon."""
        return not (self.heard or self.word)

    @property
    def told(self) -> bool:
        """Whether the metadata or the glossary have it."""
        return self.in_metadata > 0 or self.in_glossary


@lru_cache(maxsize=16_384)
def trim(text: str) -> str:
    """The text without the punctuation around it.

    >>> trim("“Minutel,”")
    'Minutel'
    """
    return _TRIM.sub("", text)


@lru_cache(maxsize=16_384)
def bare(text: str) -> str:
    """The text without the punctuation and the possessive around it."""
    return _POSSESSIVE.sub("", trim(text))


def names_in(text: str, longest: int = 3) -> Iterator[str]:
    """Runs of one to `longest` words that are written like names: capitals or digits inside the word, or at its start.

    >>> sorted(names_in("So the Minitel was big, said Ada Lovelace."))
    ['Ada', 'Ada Lovelace', 'Lovelace', 'Minitel', 'So']
    """
    run: list[str] = []
    for raw in [word for line in text.splitlines() for word in [*line.split(), ""]]:
        word = bare(raw)
        if word and _like_a_name(word):
            run.append(word)
        if not word or not _like_a_name(word) or SENTENCE_END.search(raw) or raw.endswith((",", ";")):
            yield from (" ".join(run[i:j]) for i in range(len(run)) for j in range(i + 1, min(len(run), i + longest) + 1))
            run = []


def _like_a_name(word: str) -> bool:
    return any(c.isupper() for c in word) or (any(c.isdigit() for c in word) and any(c.isalpha() for c in word))


def metadata(reference: Reference, options: Options) -> str:
    """What is known of the episode beside its talk, one thing a line, without the addresses in it."""
    return without_addresses("\n".join([options.about, reference.heading, *reference.names]))


@dataclass(frozen=True)
class Vocabulary:
    """The terms this episode vouches for, found by sound."""

    terms: tuple[KnownTerm, ...]
    counts: Counter[str]
    """How often each form (squeezed) stands in the talk, as one to three words."""

    spelled: Counter[str]
    """The same by its very spelling."""

    fields: Mapping[str, float]
    """Of each field of the lexicon, the logarithm (base 16) of its share among the episode's names to its share in the lexicon."""

    @cached_property
    def _index(self) -> SoundIndex:
        return SoundIndex.of(tuple(s for form in (t.text, *t.said_as) for s in sounds(form)) for t in self.terms)

    def near(self, text: str, limit: int = 6) -> Iterator[tuple[KnownTerm, float]]:
        """Terms that sound like the text, with their likeness."""
        for place, _ in self._index.near(sounds(text, NO_DICTIONARY, abroad=False), limit, NEAR):
            term = self.terms[place]
            yield term, term.likeness(text)

    def keyed(self) -> Iterator[tuple[str, str]]:
        """Each key under which a term is found, with its text."""
        return ((key, self.terms[place].text) for key, place in self._index.keyed(range(len(self.terms))))

    def homophone(self, text: str) -> KnownTerm | None:
        """A term that sounds exactly like the text."""
        if self._index.said.keys().isdisjoint(skeletons(text, NO_DICTIONARY)):
            return None
        return next((self.terms[place] for place in self._index.same(sounds(text, NO_DICTIONARY, abroad=False))), None)

    def echo(self, text: str) -> KnownTerm | None:
        """A term of the metadata or the glossary, spelled otherwise, that sounds nearly like the text."""
        if self._keys_of_told.isdisjoint(keys_of(text)):
            return None
        told = (term for term, likeness in self.near(text) if likeness >= ECHO and term.told)
        return next((term for term in told if not differ_in_ending(term.text, text)), None)

    def twin(self, text: str) -> KnownTerm | None:
        """A name of the talk that it has more often than the name `text`, and that sounds nearly like it; not where both have other names
        beside them and none in common (Julian Lennon, Julien Codorniou): those are two.
        """
        mine = self._names.get(bare(text))
        if mine is None:
            return None
        alike = (self._names.get(term.text) for term, likeness in self.near(mine.text) if likeness >= ECHO)
        usual = (term for term in alike if term and term.in_document > mine.in_document and not self._are_two(mine.text, term.text))
        return next((term for term in usual if not differ_in_ending(term.text, mine.text)), None)

    def _are_two(self, name: str, other: str) -> bool:
        return bool(self._beside[name] and self._beside[other]) and self._beside[name].isdisjoint(self._beside[other])

    @cached_property
    def _names(self) -> Mapping[str, KnownTerm]:
        """The names of one word that the talk has, by their spelling."""
        return {term.text: term for term in self.terms if term.in_document and term.text[:1].isupper() and " " not in term.text}

    @cached_property
    def _beside(self) -> Mapping[str, set[str]]:
        """Of each of them the names that stand beside it."""
        beside: defaultdict[str, set[str]] = defaultdict(set)
        for first, *rest in (term.text.split(" ") for term in self.terms if term.in_document):
            if len(rest) == 1:
                beside[first].add(rest[0])
                beside[rest[0]].add(first)
        return beside

    @cached_property
    def one_words(self) -> frozenset[str]:
        """The names of the metadata and the glossary that are one word, squeezed."""
        return frozenset(squeeze(t.text) for t in self.terms if " " not in t.text and t.told)

    @cached_property
    def _outside(self) -> frozenset[str]:
        return frozenset(term.text for term in self.terms if term.told)

    @cached_property
    def _keys_of_told(self) -> frozenset[str]:
        places = {place for place, term in enumerate(self.terms) if term.told}
        return frozenset(key for key, _ in self._index.keyed(places))

    def told_in(self, text: str) -> frozenset[str]:
        """The words of the text that the metadata or the glossary spell so, without their possessive."""
        return self._outside.intersection(map(bare, text.split()))

    def count(self, text: str) -> int:
        return self.counts[squeeze(text)]

    def count_beside(self, text: str, written: str) -> int:
        """How often the talk has the text; where `written` has the same letters, only as it is spelled."""
        return self.spelled[text] if squeeze(text) == squeeze(written) else self.count(text)


def vocabulary(reference: Reference, options: Options, frequency: Frequency, lexicon: Lexicon) -> Vocabulary:
    """Names of the metadata and the glossary, and names and unusual words of the talk."""
    about = metadata(reference, options)
    outside = Counter([*names_in(about), *_small_words(about.split(), COMMON + 1, frequency)])
    inside = Counter(_talk_terms(reference, frequency))
    glossary = {term.text: term for term in options.glossary}
    spelled = {text.casefold(): text for text, _ in reversed([*outside.most_common(), *inside.most_common()])}
    addressed = Counter(
        _spelled_as(part, spelled, lexicon)
        for part in _of_addresses(reference, options, frequency)
        if len(part) > LONG_ENOUGH or lexicon.get(part)
    )
    terms = [
        KnownTerm(
            text,
            inside[text],
            outside[text] + addressed[text],
            text in glossary,
            glossary[text].sounds_like if text in glossary else (),
            letters_only=text not in glossary and not outside[text] and not inside[text] and not _is_entry(text, lexicon),
        )
        for text in sorted({**glossary, **outside, **inside, **addressed})
        if text in glossary or _telling(text, frequency)
    ]
    counts, literal = _counts(reference)
    return Vocabulary(tuple(terms), counts, literal, _fields([term.text for term in terms], lexicon))


def _of_addresses(reference: Reference, options: Options, frequency: Frequency) -> Iterator[str]:
    """What may be names in the addresses that are given: words of their paths only if they are unusual."""
    for address in addresses(f"{options.supplied}\n{reference.heading}"):
        yield from host_parts(address)
        yield from (part for part in path_parts(address) if frequency(part.lower()) < COMMON)


def _spelled_as(part: str, spelled: Mapping[str, str], lexicon: Lexicon) -> str:
    """A part of an address with the capitals and spaces of the lexicon or else of the page."""
    entry = lexicon.get(part)
    return entry.text if entry else spelled.get(part.casefold(), part)


def _is_entry(text: str, lexicon: Lexicon) -> bool:
    entry = lexicon.get(text)
    return entry is not None and entry.text == text


TYPICAL = 5
"""Names of the usual mixture of fields that are thought beside those of the episode, so that two or three say little."""

NO_FIELD = "names"
"""Given names and surnames are spoken of everywhere."""


def _fields(names: Iterable[str], lexicon: Lexicon) -> dict[str, float]:
    known = [entry for name in names if (entry := lexicon.get(name)) and not entry.common and entry.field != NO_FIELD]
    counts = Counter(entry.field for entry in known)
    return {
        field: math.log((counts[field] + TYPICAL * share) / (len(known) + TYPICAL) / share, 16)
        for field, share in lexicon.shares.items()
        if field != NO_FIELD
    }


def _telling(text: str, frequency: Frequency) -> bool:
    """Whether a spelling is more than an ordinary word at the start of a sentence or in a headline."""
    words = text.split()
    return len(words) > 1 or any(c.isupper() for c in text[1:]) or frequency(text.lower()) < COMMON + 1


def _talk_terms(reference: Reference, frequency: Frequency) -> Iterator[str]:
    """Names of the talk, sentence starts left out unless the word is unusual; unusual words in small letters."""
    for line in reference.talk:
        words = [t.text for t in line.tokens]
        starts = [True, *(bool(SENTENCE_END.search(w)) for w in words[:-1])]
        inner = " ".join(w.lower() if s and frequency(bare(w).lower()) >= COMMON else w for w, s in zip(words, starts, strict=True))
        yield from names_in(inner)
        yield from _small_words(words, COMMON, frequency)


def _small_words(words: Iterable[str], usual: float, frequency: Frequency) -> Iterator[str]:
    """Words in small letters, met less often than `usual` on the Zipf scale."""
    yield from (word for word in map(bare, words) if word.islower() and len(word) > LONG_ENOUGH and frequency(word) < usual)


def _counts(reference: Reference) -> tuple[Counter[str], Counter[str]]:
    """Of one to three words, squeezed and as they are spelled."""
    counts: Counter[str] = Counter()
    spelled: Counter[str] = Counter()
    for line in reference.talk:
        words = [bare(t.text) for t in line.tokens]
        letters = list(map(squeeze, words))
        for n in (1, 2, 3):
            counts.update("".join(letters[i : i + n]) for i in range(len(words) - n + 1))
            spelled.update(" ".join(words[i : i + n]) for i in range(len(words) - n + 1))
    return counts, spelled


def candidates(text: str, heard: str, known: Vocabulary, lexicon: Lexicon, limit: int = 6) -> tuple[Candidate, ...]:
    """Spellings other than `text` that sound like it, and what the recogniser heard in its place, likeliest first."""
    chosen = sorted((c for c in _alike(text, text, known, lexicon, limit) if c.phonetic >= NEAR), key=_promise, reverse=True)[:limit]
    known_already = {squeeze(c.text) for c in chosen}
    if heard and squeeze(heard) not in known_already and plain(heard) != plain(text) and not is_no_other_word(text, heard):
        spelled = _as_known(jointed(heard, text), lexicon)
        chosen.append(Candidate(spelled, similarity(text, heard), known.count_beside(spelled, text), heard=True))
    return tuple(chosen)


def jointed(heard: str, text: str) -> str:
    """What was heard with the hyphens of the text, where it has as many parts and each sounds not unlike the one written.

    >>> jointed("fine tune", "fine-sune"), jointed("closed source labs", "close-source labs"), jointed("his husband", "ex-husband")
    ('fine-tune', 'closed-source labs', 'his husband')
    """
    joints, words, parts = [*_JOINTS.findall(text), ""], heard.split(" "), _JOINTS.split(text)
    if "-" not in text or len(words) != len(parts) or any(similarity(*pair) < HYPHENATED for pair in zip(words, parts, strict=True)):
        return heard
    return "".join(map("".join, zip(words, joints, strict=True)))


def _as_known(heard: str, lexicon: Lexicon) -> str:
    """What was heard, a name of the lexicon with the lexicon's capitals and joints."""
    entry = lexicon.get(heard)
    same = entry is not None and not entry.common and _JOINTS.sub("", entry.text).casefold() == _JOINTS.sub("", heard).casefold()
    return entry.text if entry and same else heard


def candidates_by_ear(text: str, heard: str, known: Vocabulary, lexicon: Lexicon, *, whole: bool = True) -> tuple[Candidate, ...]:
    """Spellings other than `text` that sound like what was heard in its place, and not unlike `text`, likeliest first; nobody's names.
    Of a stretch that was recognised as written in part (not `whole`) the lexicon is not asked.
    """
    found = _alike(text, heard, known, lexicon, BY_EAR) if whole else _in_episode(text, heard, known, lexicon)
    likely = (c for c in found if c.phonetic >= NOT_UNLIKE and (c.in_document or c.in_metadata or not c.anybody))
    by_ear = {c: likeness for c in likely if (likeness := similarity(heard, c.text)) >= AS_HEARD}
    return tuple(sorted(by_ear, key=lambda c: (by_ear[c], _promise(c)), reverse=True)[:BY_EAR])


def _alike(text: str, sound: str, known: Vocabulary, lexicon: Lexicon, limit: int) -> Iterator[Candidate]:
    """Spellings for `text` that sound like `sound`."""
    found = {c.text: c for c in _in_episode(text, sound, known, lexicon)}
    yield from found.values()
    yield from (c for c in _in_lexicon(text, sound, known, lexicon, limit) if c.text not in found)


def _in_episode(text: str, sound: str, known: Vocabulary, lexicon: Lexicon) -> Iterator[Candidate]:
    for term, _ in known.near(sound):
        entry = lexicon.get(term.text)
        if entry and squeeze(term.text) == squeeze(text) != "" and not term.in_glossary:
            continue  # spaced or joined otherwise: the lexicon knows how
        prior = entry.prior if entry and entry.text == term.text else 0
        anybody, field = (entry.field == NO_FIELD, known.fields.get(entry.field, 0.0)) if entry else (False, 0.0)
        likeness, count = term.likeness(text), known.count_beside(term.text, text)
        spelled = term.in_place_of(text)
        if spelled is None:
            continue
        candidate = Candidate(spelled, likeness, count, term.in_metadata, term.in_glossary, prior, False, anybody, field)
        if _is_other(text, candidate):
            yield candidate


def _in_lexicon(text: str, sound: str, known: Vocabulary, lexicon: Lexicon, limit: int) -> Iterator[Candidate]:
    for entry, likeness in lexicon.near(sound, WIDER * limit):
        phonetic = likeness if sound == text else similarity(text, entry.text)
        anybody, field = entry.field == NO_FIELD, known.fields.get(entry.field, 0.0)
        candidate = Candidate(
            entry.text, phonetic, known.count_beside(entry.text, text), prior=entry.prior, anybody=anybody, in_field=field
        )
        if _is_other(text, candidate):
            yield candidate


def _is_other(text: str, candidate: Candidate) -> bool:
    """Whether it is more than what is written with words left out, or with another ending that only the glossary could ask for."""
    same_stem = differ_in_ending(text, candidate.text) and not candidate.in_glossary
    return plain(candidate.text) != plain(text) and not same_stem and not only_drops_words(text, candidate.text)


def _promise(candidate: Candidate) -> float:
    """A rough order, so that only the likeliest are put to the judge."""
    vouched = min(3, candidate.in_document) + 2 * min(2, candidate.in_metadata) + 4 * candidate.in_glossary + candidate.prior / 2
    return 10 * candidate.phonetic + vouched + 2 * candidate.in_field
