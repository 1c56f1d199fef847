"""The first half of the `correct` stage: suspects and their candidates, from what this episode and the lexicon know."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, astuple, dataclass, replace
from functools import cache, cached_property, lru_cache
from itertools import chain
from typing import NamedTuple, TypeAlias

from models import trigrams
from models.frequency import abroad, frequency
from models.lexicon import load as load_lexicon
from models.lexicon import version as lexicon_version
from models.ordinary import OrdinaryWords
from models.ordinary import load as load_words
from service.domain.blocks import Range
from service.domain.candidates import Candidate, Frequency, Vocabulary, bare, candidates, candidates_by_ear, jointed, vocabulary
from service.domain.context import Fit, Surroundings, plain, surroundings
from service.domain.evidence import Case, hope
from service.domain.glossary import is_left_alone
from service.domain.ground import Ground, digest, overlapping
from service.domain.ordinary import homophones, ordinary_words
from service.domain.reading import squeeze
from service.domain.restraint import foreign, spoils
from service.domain.shadows import without_shadows
from service.domain.suspicion import ORDINARY, UNKNOWN, Suspect, named, suspects, tears, torn
from workers.desk import Desk
from workers.recall import Recall

_STOP = re.compile(r"[.!?,;:] ")
_BROKEN_OFF = re.compile(r"[^\W\d_]-$")

HARDLY_KNOWN = 1.0
"""Zipf frequency (once in a hundred million words) below which what was heard is hardly a word."""

MOST_ECHOES = 16_384
"""Stretches of the talk of which it is remembered whether they sound like something known."""


def cases(desk: Desk) -> Iterator[Case]:
    """Every suspect of the talk with each of its candidates; what the metadata or the glossary spells so stays in all of them."""
    search = Search.of(desk)
    return chain.from_iterable(map(search.cases, search.suspects()))


def hopeful(desk: Desk) -> Iterator[Case]:
    """Those of them that may be worth the judge's time. A suspect that was searched before, when all that its search depends on was as it
    is now, is not searched again.
    """
    search = Search.of(desk)
    with desk.recalling("searches", Found, search.by) as recall:
        for suspect in search.suspects():
            yield from search.hopeful(recall, suspect)


NOWHERE = -1


class Kept(NamedTuple):
    """A case without its words: those of the candidate are found again by their digest, in the lexicon at a `place`, or as
    an ordinary `word`.
    """

    name: str
    place: int
    word: int
    candidate: tuple[float, int, int, bool, int, bool, bool, float, bool]
    """All of `Candidate` but its text."""
    after_rarity: float
    fit: float


Found: TypeAlias = tuple[Kept, ...]
"""Of one suspect the cases that may be worth the judge's time."""


@dataclass(frozen=True)
class Search:
    """The search for candidates in one talk. `named` are tokens that need none, `foreign` those of phrases in another language, `torn` the
    names that are written apart.
    """

    desk: Desk
    known: Vocabulary
    usual: Frequency
    words: OrdinaryWords
    fit: Fit
    tokens: list[str]
    named: frozenset[int]
    foreign: frozenset[int]
    torn: tuple[tuple[Range, str], ...]

    @classmethod
    def of(cls, desk: Desk) -> Search:
        lexicon, language = load_lexicon(), desk.hypothesis.language
        usual = frequency(language)
        known = vocabulary(desk.reference, desk.options, usual, lexicon)
        tokens = [token.text for token in desk.reference.tokens]
        apart = tuple((whole, " ".join(tokens[slice(*whole)])) for whole in torn(tokens, lambda text: _is_one_word(text, known)))
        phrases = foreign(tokens, usual, abroad(language))
        return cls(
            desk, known, usual, _ordinary_words(desk, language), trigrams.fit(language), tokens, named(tokens, lexicon), phrases, apart
        )

    def suspects(self) -> Iterator[Suspect]:
        """Those that are no names as the lexicon spells them, and nothing of a phrase in another language."""
        desk, known, lexicon = self.desk, self.known, load_lexicon()

        @lru_cache(MOST_ECHOES)
        def echo(text: str) -> object:
            return known.homophone(text) or lexicon.homophone(text) if " " in text else known.echo(text) or known.twin(text)

        def worth_it(text: str, tokens: Range) -> object:
            return echo(text) or (" " not in text and homophones(text, self.words, self._fits(text, tokens)))

        found = suspects(desk.reference, desk.alignment, desk.hypothesis, self.usual, worth_it)
        uncertain = (suspect for suspect in found if not self.named.issuperset(range(*suspect.tokens)))
        return (replace(suspect, heard=self._as_word(suspect)) for suspect in uncertain if not self._is_the_authors(suspect))

    def _is_the_authors(self, suspect: Suspect) -> bool:
        """Whether it is a single word that the speaker begins and leaves (Kuber-), or holds any of a phrase in another language and does
        not sound like anything the metadata or the glossary have.
        """
        first, end = suspect.tokens
        broken_off = end - first == 1 and bool(_BROKEN_OFF.search(self.tokens[first]))
        return broken_off or (not self.foreign.isdisjoint(range(first, end)) and not self.known.echo(suspect.text))

    def _as_word(self, suspect: Suspect) -> str:
        """What was heard, without a capital where none is written and that is an ordinary word: one with none elsewhere, and no name."""
        first = suspect.heard.split(" ", 1)[0]
        small = first.lower()
        ordinary = suspect.text[:1].islower() and len(first) > 1 and first.istitle() and small in self._small and first not in self._names
        return small + suspect.heard[len(first) :] if ordinary else suspect.heard

    @cached_property
    def _small(self) -> frozenset[str]:
        """Words in small letters, as they are written or were heard anywhere."""
        heard = (word.text for word in self.desk.hypothesis.words)
        return frozenset(word for word in map(bare, chain(self.tokens, heard)) if word.islower())

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(term.text for term in self.known.terms)

    def cases(self, suspect: Suspect) -> Iterator[Case]:
        known, usual = self.known, self.usual
        suspect = self._counted(suspect)
        fits = self._fits(suspect.text, suspect.tokens)
        right, near, named = known.told_in(suspect.text), overlapping(self.torn, suspect.tokens), self._holds_name(suspect)
        found = without_shadows(_proposed(suspect, known, usual), lambda text: _rarest(text, usual) >= ORDINARY)
        letters = {squeeze(candidate.text) for candidate in found}
        meant = suspect.is_name or _is_meant(suspect)
        ordinary = () if meant else ordinary_words(suspect, self.words, fits)
        for candidate in chain(found, (one for one in ordinary if squeeze(one.text) not in letters)):
            torn_apart = any(tears(suspect.tokens, candidate.text, whole, name) for whole, name in near)
            torn_apart |= named and squeeze(candidate.text) == squeeze(suspect.text)
            kept = right <= known.told_in(candidate.text) and not spoils(suspect.text, candidate.text)
            if kept and not torn_apart and not self._is_left_alone(suspect.text, candidate.text):
                yield Case(suspect, candidate, _rarest(candidate.text, usual), fit=fits(candidate.text))

    def _fits(self, text: str, tokens: Range) -> Callable[[str], float]:
        """By how many nats another text fits better than this one among the words around its tokens."""

        @cache
        def around() -> tuple[Surroundings, float]:
            near = surroundings(self.tokens, tokens)
            return near, self.fit(plain(text), near)

        return lambda other: self.fit(plain(other), around()[0]) - around()[1]

    def _holds_name(self, suspect: Suspect) -> bool:
        """Whether a token of it belongs to a name of several words in the lexicon's spelling."""
        return not self.named.isdisjoint(range(*suspect.tokens))

    def hopeful(self, recall: Recall[Found], suspect: Suspect) -> list[Case]:
        """Its cases that may be worth the judge's time, or what is kept of them."""
        found: list[Case] = []

        def ask(_: object) -> Iterator[Found]:
            found.extend(self._searched(suspect))
            yield tuple(map(self._kept, found))

        around, near = surroundings(self.tokens, suspect.tokens), overlapping(self.torn, suspect.tokens)
        (kept,) = recall.answers([self._ground.read_for(suspect, around, near, named=self._holds_name(suspect))], ask)
        again = [self._again(one, self._counted(suspect)) for one in kept if not found]
        return found or ([case for case in again if case] if all(again) else self._searched(suspect))

    def _searched(self, suspect: Suspect) -> list[Case]:
        return [case for case in self.cases(suspect) if hope(case) >= self.desk.options.suggest_threshold]

    def _counted(self, suspect: Suspect) -> Suspect:
        return replace(suspect, in_document=self.known.count(bare(suspect.text)), is_name=_is_name(suspect.text, self.usual))

    def _kept(self, case: Case) -> Kept:
        name, *rest = astuple(case.candidate)
        places = load_lexicon().by_spelling
        place = next((places[form] for form in (squeeze(name), squeeze(bare(name))) if form in places), NOWHERE)
        return Kept(digest(name), place, self.words.places.get(name, NOWHERE), tuple(rest), case.after_rarity, case.fit)

    def _again(self, kept: Kept, suspect: Suspect) -> Case | None:
        """The name is one that a search finds: what was heard, an entry of the lexicon, a term of the episode; or its possessive. None when
        none of these has the digest.
        """
        names = (
            suspect.heard,
            jointed(suspect.heard, suspect.text),
            load_lexicon().entries[kept.place].text if kept.place != NOWHERE else "",
            self.words.words[kept.word] if kept.word != NOWHERE else "",
        )
        ending = suspect.text[len(bare(suspect.text)) :]
        likely = (name + end for end in ("", ending) for name in names)
        terms = (term.text + end for end in ("", ending) for term in self.known.terms)
        name = next((text for text in chain(likely, terms) if digest(text) == kept.name), None)
        return None if name is None else Case(suspect, Candidate(name, *kept.candidate), kept.after_rarity, fit=kept.fit)

    @property
    def by(self) -> str:
        """What all searches depend on."""
        told = [asdict(replace(term, in_document=0)) for term in self.known.terms if term.told]
        asked = [
            self.desk.hypothesis.language,
            bool(self.words.said),
            asdict(self.desk.options),
            told,
            sorted(self.known.fields.items()),
            lexicon_version(),
        ]
        return digest(json.dumps(asked))

    @cached_property
    def _ground(self) -> Ground:
        return Ground.of(self.known, load_lexicon().keyed(self.known.counts))

    @cached_property
    def _is_left_alone(self) -> Callable[[str, str], bool]:
        return is_left_alone(self.desk.options.leave_alone)


def _ordinary_words(desk: Desk, language: str) -> OrdinaryWords:
    """None where nobody reads the text: by sound alone a word cannot be told from another that sounds so."""
    return load_words(language if desk.kit.reader(language) else "")


def _is_one_word(text: str, known: Vocabulary) -> bool:
    """Whether the letters are those of a name of one word, of this episode or of the lexicon."""
    entry = load_lexicon().get(text)
    return text in known.one_words or (entry is not None and " " not in entry.text and not entry.common)


def _proposed(suspect: Suspect, known: Vocabulary, usual: Frequency) -> tuple[Candidate, ...]:
    """Candidates for the text as it stands, and, of a possessive, for the name in it."""
    lexicon = load_lexicon()
    heard = suspect.heard if _is_believable(suspect, usual) else ""
    found = candidates(suspect.text, heard, known, lexicon)
    name = bare(suspect.text)
    if not suspect.confirmed and not _is_meant(suspect):
        by_ear = candidates_by_ear(suspect.text, suspect.heard, known, lexicon, whole=suspect.whole)
        have = {c.text for c in found if not c.heard}
        found += tuple(c for c in by_ear if c.text not in have)
    if name == suspect.text:
        return found
    ending = suspect.text[len(name) :]
    return (*found, *(replace(c, text=c.text + ending) for c in candidates(name, "", known, lexicon) if not c.text.endswith(ending)))


def _is_believable(suspect: Suspect, usual: Frequency) -> bool:
    """Whether what was heard may be right with nobody else to vouch for it: whole words that are known, in place of no name and of no
    unusual word that the talk has again.
    """
    heard = _rarest(suspect.heard, usual)
    whole = suspect.whole or squeeze(suspect.heard) == squeeze(suspect.text)
    return whole and heard >= HARDLY_KNOWN and not (suspect.is_name or _is_meant(suspect) or _STOP.search(suspect.heard))


def _is_meant(suspect: Suspect) -> bool:
    """Whether it is an unusual word that the talk has again: no slip, whatever the recogniser hears there."""
    return suspect.rarest < ORDINARY and suspect.in_document > 1


def _is_name(text: str, usual: Frequency) -> bool:
    """Whether the text is an abbreviation (VLM, APIs), or the lexicon holds an unusual word of it, spelled so."""
    letters = bare(text).removesuffix("s")
    if " " not in text and sum(map(str.isupper, letters)) > 1 and (letters.isupper() or usual(bare(text).lower()) >= UNKNOWN):
        return True
    unusual = (word for word in map(bare, text.split()) if usual(word.lower()) < ORDINARY)
    return any((entry := load_lexicon().get(word)) is not None and entry.text == word for word in unusual)


def _rarest(text: str, usual: Frequency) -> float:
    return min((usual(word) for word in re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)*", text.lower())), default=0.0)
