"""Evidence: what speaks for and against a candidate at a suspicious place, weighed into one probability."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rapidfuzz.distance import JaroWinkler

from service.domain.blocks import Range
from service.domain.candidates import Candidate
from service.domain.context import plain
from service.domain.options import Options
from service.domain.phonetics import similarity
from service.domain.reading import squeeze
from service.domain.suspicion import ORDINARY, UNKNOWN, Suspect
from service.domain.variants import differ_in_ending, is_other_ending
from service.domain.weights import WEIGHTS

MOST_KNOWN, MOST_OTHER = 3, 2
"""Candidates put to the judge for any one token: of those that something knows, and of those that were only heard or only sound so."""


@dataclass(frozen=True, slots=True)
class Case:
    """A suspect, one candidate for it, and the judge's ruling: summed log-probabilities of the line with either spelling, per token too.

    `fit` is by how many nats the candidate fits better among the words around it than what is written (`context.Fit`), `sense` by how many
    a language model finds the talk likelier with it, `ear` by how many the sound alone speaks for it, to another recogniser that is told
    neither spelling.
    """

    suspect: Suspect
    candidate: Candidate
    after_rarity: float
    margin: float | None = None
    acoustic_before: float | None = None
    acoustic_after: float | None = None
    fit: float = 0.0
    sense: float | None = None
    ear: float | None = None


LARGE_MARGIN = 4.0
"""Nats beyond which the judge's ruling says little more."""

LARGE_EACH = 1.5
"""The same of its mean over the tokens of each text: the sum is against spellings of many tokens, as rare names are."""

TYPICAL, WORST = -0.7, -2.0
"""Of each token, the logarithm of the judge's probability for a line: where it was not asked, and below which a line is not explained at
all. Set by hand; of the training cases that were asked the median is -1.1, and one line in thirteen is below -2 (docs/decisions/0240).
"""

LARGE_SENSE = 10.0
"""Nats beyond which what the language model finds likelier says no more."""

LARGE_EAR = 8.0
"""Nats beyond which what another recogniser hears says no more."""

HOPED, HOPED_EACH = 1.5 * LARGE_MARGIN, 0.3
"""A good ruling, summed and of each token: more than half of the right candidates have it or a better one."""

HOPED_SENSE = 6.0
"""Nats that the language model may be hoped to find for an ordinary word that only sounds so: hardly anybody else can speak for it. Set by
hand, for what asking costs; of the right ones of the training episodes that are at least suggested, more than half have it.
"""

HOPED_EAR = 4.0
"""Nats that the other ear, which is asked last, may be hoped to hear for a candidate: half of the right ones that it is asked about in the
training episodes have as many.
"""

FAINT_HOPE = 0.5
"""What of that, and of a good ruling, may be hoped for where what was heard sounds no more like the candidate than like what is written:
the judge has the recogniser's ear.
"""

LARGE_FIT = 8.0
"""Nats beyond which a better fit says no more."""

LITTLE = 6.5
"""The Zipf frequency of the commonest words (in, and, that), of which a recogniser easily hears one for another."""

LOWEST_OF_TOLD, LOWEST_EACH_OF_TOLD = -1.0, -0.1
"""The least margin, summed and of each token, of a name of the metadata or the glossary that sounds just like what is written, and of a
word of the talk that sounds so in pieces (glue to mate, glutamate): there the judge knows no better than which of the two spellings is the
more usual, and the one who told it does.
"""

UNLIKE = 0.8
"""Likeness in sound up to which a better fit is nothing more: many names would fit."""

ALIKE = 0.88
"""Likeness in sound from which two names may be taken for each other."""

SAME_SOUND = 0.95
"""Likeness in sound from which two spellings sound just alike."""

LITTLE_KNOWN = 2
"""The renown in the lexicon up to which a name is known to few."""

SURE = 0.95
"""Probability from which a correction tells others how a name is spelled."""

SHORT, LONG = 6, 12
"""Letters below which two names sound alike by chance more often, and from which they hardly ever do."""


def features(case: Case) -> dict[str, float]:
    """What speaks for and against a candidate, each about 0 to 1 but for what the judge says (nats). Of a name inside a sentence the margin
    is counted for each token only: the judge prefers the more usual of two spellings, whoever is meant.
    """
    s, c = case.suspect, case.candidate
    least, least_each = (LOWEST_OF_TOLD, LOWEST_EACH_OF_TOLD) if _is_told_homophone(case) else (-math.inf, -LARGE_EACH)
    margin = max(case.margin or 0.0, least)
    rare = max(0.0, min(1.0, (ORDINARY - s.rarest) / (ORDINARY - UNKNOWN)))
    respaced, another_ending = squeeze(s.text) == squeeze(c.text), c.heard and is_other_ending(s.text, c.text)
    as_heard = plain(s.heard) == plain(c.text) if respaced else squeeze(s.heard) == squeeze(c.text)
    fits = max(-LARGE_FIT, min(LARGE_FIT, case.fit))
    sense = max(-1.0, min(1.0, (case.sense or 0.0) / LARGE_SENSE))
    ear = max(-1.0, min(1.0, (case.ear or 0.0) / LARGE_EAR))
    confirmed = s.confirmed and not c.word
    letters = len(squeeze(c.text))
    otherwise = s.in_document - c.in_document if respaced else s.in_document
    ruled = max(-2 * LARGE_MARGIN, min(LARGE_MARGIN, margin))
    each = max(least_each, min(LARGE_EACH, (case.acoustic_after or 0.0) - (case.acoustic_before or 0.0)))
    explained = max(WORST, TYPICAL if case.acoustic_after is None else case.acoustic_after)
    ordinary = c.heard * max(0.0, min(1.0, (case.after_rarity - ORDINARY) / 2))
    return {
        "constant": 1.0,
        "margin": ruled * (not s.capital),
        "margin_of_ordinary": ruled * ordinary,
        "margin_and_fit": c.heard * max(0.0, min(1.0, margin / LARGE_MARGIN / 2)) * max(0.0, fits) / LARGE_FIT,
        "margin_each": each,
        "margin_each_of_name": each * s.capital,
        "explained": explained,
        "explained_by_usual": explained * case.after_rarity / 6,
        "no_margin": float(case.margin is None),
        "phonetic": c.phonetic - 0.85,
        "spelling": JaroWinkler.normalized_similarity(squeeze(s.text), squeeze(c.text)) - 0.8,
        "short": max(0, SHORT - letters) / SHORT,
        "long": max(0, min(LONG, letters) - SHORT) / (LONG - SHORT),
        "joins": (s.tokens[1] - s.tokens[0] - len(c.text.split())) / 2,
        "in_document": 0.0 if not c.known else math.log2((1 + c.in_document) / max(1, otherwise)) / 2,
        "vouched_here": float(c.in_document > 0 and c.known),
        "in_metadata": float(c.in_metadata > 0),
        "in_glossary": float(c.in_glossary),
        "prior": c.prior / 5,
        "heard_as_known": float(as_heard and c.known),
        "heard_is_candidate": float(c.heard),
        "heard_in_document": (c.heard and c.in_document > 0 and not another_ending) * max(0.0, min(1.0, (5 - case.after_rarity) / 2)),
        "heard_phrase": float(c.heard and " " in c.text),
        "heard_is_ordinary": ordinary,
        "heard_is_little": float(c.heard and min(s.rarest, case.after_rarity) >= LITTLE),
        "heard_is_rare": float(c.heard and case.after_rarity < UNKNOWN),
        "heard_is_ending": float(another_ending),
        "heard_like_after": similarity(s.heard, c.text) if s.heard else 0.0,
        "heard_like_before": similarity(s.heard, s.text) if s.heard and not confirmed else 0.0,
        "confirmed": float(confirmed),
        "unknown_before": rare if better_known(case) and not s.is_name else 0.0,
        "in_field": c.in_field,
        "homophone_in_field": max(0.0, c.phonetic - 0.9) * 10 * max(0.0, c.in_field) * c.prior / 5,
        "fit": fits * (not c.heard),
        "fit_of_alike": fits * (not c.heard) * max(0.0, min(1.0, (c.phonetic - UNLIKE) / (1 - UNLIKE))),
        "fit_of_heard": fits * c.heard * (s.rarest >= UNKNOWN),
        "sense": sense,
        "sense_of_heard": sense * c.heard,
        "sense_of_rare": sense * rare * (" " not in s.text),
        "ear": ear,
        "spacing": float(respaced),
        "anybody": float(c.anybody),
        "capital": float(s.capital),
        "is_name": float(s.is_name),
        "heard_for_rare": c.heard * rare,
        "heard_for_name": float(c.heard and (s.capital or s.is_name)),
        "heard_homophone": float(c.heard and c.phonetic > 0.99),
        "word": float(c.word),
        "common_before": max(0.0, min(1.0, (s.rarest - ORDINARY) / 2)),
    }


def _is_told_homophone(case: Case) -> bool:
    s, c = case.suspect, case.candidate
    in_pieces = c.in_document > 0 and not c.heard and s.tokens[1] - s.tokens[0] > len(c.text.split())
    return c.phonetic >= SAME_SOUND and (c.told or in_pieces)


def better_known(case: Case) -> bool:
    """Whether anything knows the candidate better than what is written: an unknown word is no error if its rival is as unknown."""
    s, c = case.suspect, case.candidate
    outside = c.told or c.prior > 0
    return outside or c.in_document > s.in_document or case.after_rarity >= max(ORDINARY, s.rarest)


def odds(case: Case, weights: Mapping[str, float] = WEIGHTS) -> float:
    """That the candidate is right, to one that what is written stays."""
    return math.exp(sum(weights[name] * value for name, value in features(case).items()))


def probability(case: Case, weights: Mapping[str, float] = WEIGHTS) -> float:
    """That the candidate is right, in [0, 1], were there no other."""
    alone = odds(case, weights)
    return alone / (1 + alone)


def probabilities(cases: Sequence[Case], weights: Mapping[str, float] = WEIGHTS) -> list[float]:
    """That each candidate is right, and neither its rivals are nor what is written. One misspelling is one thing: where it is surest, it
    is so everywhere that the sound allows. What is surely right in one place counts as in the document for all others.
    """
    return _probabilities(_told_by_others(cases, _probabilities(cases, weights)), weights)


def _told_by_others(cases: Sequence[Case], sure: Sequence[float]) -> list[Case]:
    """The cases, their candidates counted as often more in the document as other places are surely corrected to them."""
    decided: defaultdict[str, set[Range]] = defaultdict(set)
    for case, probability in zip(cases, sure, strict=True):
        if probability >= SURE and case.candidate.known and not may_be_meant(case):
            decided[case.candidate.text].add(case.suspect.tokens)
    return [_counting(case, decided[case.candidate.text]) for case in cases]


def _counting(case: Case, decided: Iterable[Range]) -> Case:
    first, end = case.suspect.tokens
    elsewhere = len({tokens[0] for tokens in decided if tokens[1] <= first or end <= tokens[0]})
    return replace(case, candidate=replace(case.candidate, in_document=case.candidate.in_document + elsewhere)) if elsewhere else case


def _probabilities(cases: Sequence[Case], weights: Mapping[str, float]) -> list[float]:
    told = [odds(case, weights) for case in cases]
    against = [0.0 if is_kept(case) else mine for case, mine in zip(cases, told, strict=True)]
    among = [mine / (1 + mine + sum(against[k] for k in others)) for mine, others in zip(told, rivals(cases), strict=True)]
    surest: defaultdict[tuple[str, str], float] = defaultdict(float)
    for case, sure in zip(cases, among, strict=True):
        surest[_misspelling(case)] = max(sure, surest[_misspelling(case)])
    return [
        surest[_misspelling(case)] if _is_no_word(case) and (case.margin or 0.0) > -LARGE_MARGIN else sure
        for case, sure in zip(cases, among, strict=True)
    ]


def may_be_meant(case: Case) -> bool:
    """Whether what is written may be another's name, so that the candidate is suggested at most. Other spaces or accents in the same
    letters are nobody else's.
    """
    if squeeze(case.suspect.text) == squeeze(case.candidate.text):
        return False
    named = case.candidate.word and case.suspect.capital
    return named or is_kept(case) or _is_repeated(case) or _is_usual(case) or _is_namesake(case)


def is_kept(case: Case) -> bool:
    """Whether it is a name as the lexicon has it (Mixtral, not Mistral) or of as many known words with capitals (Jon Snow, not John Snow,
    though the talk may have both), and the judge prefers no other that nobody told of; or a name that the talk has again, and the
    candidate a little known one that the episode does not know and nobody heard. What it is kept from is no rival of others.
    """
    s, c = case.suspect, case.candidate
    little_known = not (c.told or c.heard or c.in_document) and c.prior <= LITTLE_KNOWN and squeeze(s.heard) != squeeze(c.text)
    named_again = s.capital and s.in_document > 1
    words = s.text.split()
    of_names = all(word[:1].isupper() for word in words) and len(words) == len(c.text.split())
    is_known = (s.is_name and " " not in s.text) or (s.capital and s.rarest >= UNKNOWN and of_names and not c.heard)
    respaced = squeeze(s.text) == squeeze(c.text)
    disliked = is_known and not (c.told or respaced) and case.margin is not None and case.margin < 0
    return disliked or (named_again and little_known)


def _is_repeated(case: Case) -> bool:
    """Whether it is a name that the talk has again, of known words, and the candidate one that sounds so and that nobody told of: both may
    be people.
    """
    s, c = case.suspect, case.candidate
    known = s.is_name or s.rarest >= UNKNOWN
    return s.capital and s.in_document > 1 and known and not c.told and c.phonetic >= ALIKE


def _is_usual(case: Case) -> bool:
    """Whether it is a name that the talk has more often than the candidate, which only the talk knows."""
    s, c = case.suspect, case.candidate
    return s.capital and not (c.told or c.heard) and c.prior == 0 and c.in_document < s.in_document


def _is_namesake(case: Case) -> bool:
    """Whether it is a single name that is known itself, and the candidate one that only the lexicon has: the episode does not, the
    recogniser heard something else, and the judge does not clearly prefer it, or it is a given name or a surname like many.
    """
    s, c = case.suspect, case.candidate
    known = s.capital and s.tokens[1] - s.tokens[0] == 1 and (s.is_name or s.rarest >= UNKNOWN)
    preferred = (case.margin or 0.0) >= LARGE_MARGIN and not c.anybody
    vouched = c.told or c.in_document > 0 or c.heard or squeeze(s.heard) == squeeze(c.text) or preferred
    return known and not vouched


def rivals(cases: Sequence[Case]) -> list[tuple[int, ...]]:
    """Of each case, the positions of those that cannot be right as well: they overlap it and lead to other letters. That "carry a judge"
    is Caravaggio and that it is caravaggio is one answer given twice. What a case goes further than (Antoinette, where it says Marie
    Antoinette) and what spoils an ending that it keeps (tardigrade, for tardy grades) speaks for it, not against it.
    """
    written = {k: v for case in cases for k, v in _words(case)}
    at: defaultdict[int, list[int]] = defaultdict(list)
    for k, case in enumerate(cases):
        for token in range(*case.suspect.tokens):
            at[token].append(k)
    around = (sorted({k for token in range(*case.suspect.tokens) for k in at[token]}) for case in cases)
    return [tuple(k for k in near if _contradicts(cases[k], case, written)) for case, near in zip(cases, around, strict=True)]


def _words(case: Case) -> Iterator[tuple[int, str]]:
    """Each token of the suspect with its text."""
    words = case.suspect.text.split()
    if len(words) == case.suspect.tokens[1] - case.suspect.tokens[0]:
        yield from zip(range(*case.suspect.tokens), words, strict=True)


def _contradicts(other: Case, case: Case, written: Mapping[int, str]) -> bool:
    return _differ(case, other, written) and not goes_further(case, other) and not _keeps_ending(case, other)


def _differ(case: Case, other: Case, written: Mapping[int, str]) -> bool:
    """Whether the two cases, which overlap, lead to different letters."""
    low = min(case.suspect.tokens[0], other.suspect.tokens[0])
    high = max(case.suspect.tokens[1], other.suspect.tokens[1])

    def read(changed: Case) -> str:
        first, end = changed.suspect.tokens
        around = [written.get(token, "") for token in (*range(low, first), *range(end, high))]
        return squeeze("".join([*around[: first - low], changed.candidate.text, *around[first - low :]]))

    return read(case) != read(other)


def goes_further(case: Case, piece: Case) -> bool:
    """Whether what the other case says is a part of what this one says of more tokens, and the judge likes this one hardly less."""
    (first, end), (inner, inner_end) = case.suspect.tokens, piece.suspect.tokens
    within = first <= inner and inner_end <= end and end - first > inner_end - inner
    words, part = case.candidate.text.split(), piece.candidate.text.split()
    held = len(part) < len(words) and part in (words[: len(part)], words[-len(part) :])
    return within and held and (case.margin or 0.0) >= (piece.margin or 0.0) - LARGE_MARGIN


def _keeps_ending(case: Case, other: Case) -> bool:
    """Whether the two say one word of the same tokens, and only this one with the last letter that is written."""
    last, kept, spoilt = (squeeze(text)[-1:] for text in (case.suspect.text, case.candidate.text, other.candidate.text))
    same = case.suspect.tokens == other.suspect.tokens and differ_in_ending(case.candidate.text, other.candidate.text)
    return same and kept == last != spoilt


def _misspelling(case: Case) -> tuple[str, str]:
    return case.suspect.text.casefold(), case.candidate.text


def _is_no_word(case: Case) -> bool:
    """Whether what is written means nothing by itself, as far as anyone knows."""
    s, c = case.suspect, case.candidate
    return c.known and not s.is_name and s.rarest < UNKNOWN


def well_read(case: Case) -> Case:
    """With the best that may be hoped of those who are asked last: the other ear and, of a word that hardly anybody else can speak for, the
    language model.
    """
    return replace(case, ear=HOPED_EAR, sense=HOPED_SENSE if case.candidate.word else case.sense)


def _well_ruled(case: Case) -> Case:
    hope = 1.0 if _may_be_heard(case) else FAINT_HOPE
    ruled = replace(case, margin=hope * HOPED, acoustic_before=TYPICAL - hope * HOPED_EACH, acoustic_after=TYPICAL)
    return replace(well_read(ruled), ear=hope * HOPED_EAR)


def _may_be_heard(case: Case) -> bool:
    """Whether the recogniser heard the candidate, something that sounds more like it than what is written does, or nothing; or heard
    something else than what is written, and the talk has the candidate.
    """
    s, c = case.suspect, case.candidate
    in_talk = c.in_document > 0 and not s.confirmed
    return c.heard or in_talk or not s.heard or similarity(s.heard, c.text) > similarity(s.heard, s.text)


def hope(case: Case) -> float:
    """The probability that a good ruling would give the candidate, were there no other."""
    return probability(_well_ruled(case))


def promising(cases: Iterable[Case], options: Options) -> tuple[Case, ...]:
    """The cases worth the judge's time: those a good ruling could make a suggestion, and of those the likeliest few for each token."""
    hopes = ((hope(case), case) for case in cases)
    asked: Counter[tuple[int, bool, bool]] = Counter()
    chosen: list[Case] = []
    for hoped, case in sorted(hopes, key=lambda pair: -pair[0]):
        candidate = case.candidate
        tokens = [(token, candidate.heard, candidate.word) for token in range(*case.suspect.tokens)]
        if hoped >= options.suggest_threshold and max(asked[token] for token in tokens) < (MOST_KNOWN if candidate.known else MOST_OTHER):
            asked.update(tokens)
            chosen.append(case)
    return tuple(sorted(chosen, key=lambda case: case.suspect.tokens))
