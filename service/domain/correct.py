"""Corrections: how the weighed evidence (`suspicion`, `evidence`) decides between applied, suggested and dropped.

The recogniser is never believed by itself: it is wrong four times as often as the page. A correction is a spelling that
something vouches for, that sounds like what is written, and that explains the recording at least as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from service.domain.blocks import Range
from service.domain.candidates import COMMON, Candidate, trim
from service.domain.document import Evidence, Kind, ModelUse
from service.domain.evidence import Case, goes_further, may_be_meant, probabilities
from service.domain.glossary import is_left_alone
from service.domain.options import Options
from service.domain.reading import squeeze
from service.domain.restraint import cased, is_only_suggested, quoted
from service.domain.script import Reference
from service.domain.suspicion import UNKNOWN


@dataclass(frozen=True, slots=True)
class Edit:
    """Tokens [first, end) of the talk, written `before`, should read `after`. Punctuation around the words is kept in both."""

    tokens: Range
    before: str
    after: str
    kind: Kind
    applied: bool
    confidence: float
    witnesses: tuple[str, ...]
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Corrections:
    """All edits in order of their tokens, not overlapping, and the models that judged them."""

    edits: tuple[Edit, ...] = ()
    judges: tuple[ModelUse, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """A case that will be applied or suggested. `may` be applied at all: what is the author's own is only suggested."""

    case: Case
    sure: float
    may: bool

    def applied(self, options: Options) -> bool:
        return self.may and self.sure >= options.apply_threshold


def decide(cases: Iterable[Case], reference: Reference, options: Options) -> Corrections:
    """Choose, among overlapping cases, the most probable; apply, suggest or drop it by the caller's thresholds. Where what nobody knows
    becomes another spelling in one place, that spelling never becomes it in another, where it is less sure. One thing is spelled one way.
    """
    asked = list(cases)
    ranked = _ranked(list(zip(probabilities(asked), asked, strict=True)), options.apply_threshold)
    taken: set[int] = set()
    led: set[tuple[str, str]] = set()
    chosen: list[Choice] = []
    in_quotes = quoted(reference)
    for sure, case in ranked:
        tokens, before, after = range(*case.suspect.tokens), case.suspect.text, case.candidate.text
        if sure < options.suggest_threshold or taken.intersection(tokens) or (after, before) in led:
            continue
        taken.update(tokens)
        led.update({(before, after)} if case.suspect.rarest < UNKNOWN else ())
        his = may_be_meant(case) or is_only_suggested(before, case.candidate) or not in_quotes.isdisjoint(tokens)
        chosen.append(Choice(case, sure, not his))
    edits = [_edit(choice, reference, options) for choice in together(spelled_alike(chosen), options)]
    return Corrections(tuple(sorted(map(_settled(edits, options), edits), key=lambda edit: edit.tokens)))


def _ranked(weighed: Sequence[tuple[float, Case]], enough: float) -> list[tuple[float, Case]]:
    """The most probable first; a whole name that is sure enough to be applied before its piece, though that may be surer."""

    def rank(pair: tuple[float, Case]) -> tuple[float, int, Range]:
        sure, case = pair
        first, end = case.suspect.tokens
        pieces = (probability for probability, piece in weighed if goes_further(case, piece)) if sure >= enough else ()
        return -max([sure, *pieces]), first - end, case.suspect.tokens

    return sorted(weighed, key=rank)


def spelled_alike(choices: Sequence[Choice]) -> Iterator[Choice]:
    """With one spelling for the same letters: the metadata's or the glossary's, else the lexicon's, else the one that the talk has most."""

    def rank(candidate: Candidate) -> tuple[bool, bool, int]:
        return candidate.told, candidate.prior > 0, candidate.in_document

    known = sorted((choice.case.candidate for choice in choices if choice.case.candidate.known), key=rank)
    usual = {squeeze(candidate.text): candidate.text for candidate in known}
    for choice in choices:
        candidate = choice.case.candidate
        word = not candidate.known and choice.case.after_rarity >= COMMON
        text = candidate.text if word else usual.get(squeeze(candidate.text), candidate.text)
        yield replace(choice, case=replace(choice.case, candidate=replace(candidate, text=text)))


def together(choices: Iterable[Choice], options: Options) -> list[Choice]:
    """Where one misspelling of a thing is applied, the others that can mean nothing else are: the same one again, one that nobody knows,
    and one of the same letters.
    """
    every = list(choices)
    leaders = [choice.case for choice in every if choice.applied(options)]
    applied = {case.candidate.text for case in leaders}
    again = {(case.suspect.text.casefold(), case.candidate.text) for case in leaders}

    def follows(case: Case) -> bool:
        s, c = case.suspect, case.candidate
        same = squeeze(s.text) == squeeze(c.text) or (s.text.casefold(), c.text) in again
        return c.text in applied and c.known and (same or (s.rarest < UNKNOWN and not s.is_name))

    return [replace(choice, sure=max(choice.sure, options.apply_threshold)) if follows(choice.case) else choice for choice in every]


def _settled(edits: Sequence[Edit], options: Options) -> Callable[[Edit], Edit]:
    """Lets an edit lead where its own spelling is led: Betawks to Betarworks to Betaworks is Betawks to Betaworks."""
    left_alone = is_left_alone(options.leave_alone)
    leads = {trim(edit.before): trim(edit.after) for edit in edits if edit.applied}

    def settled(edit: Edit) -> Edit:
        after = trim(edit.after)
        final = leads.get(after, after)
        stays = final in {after, trim(edit.before)} or left_alone(edit.before, final)
        return edit if stays else replace(edit, after=dressed(edit.after, after, final))

    return settled


def _edit(choice: Choice, reference: Reference, options: Options) -> Edit:
    case = choice.case
    s, c = case.suspect, case.candidate
    before = " ".join(token.text for token in reference.tokens[slice(*s.tokens)])
    evidence = Evidence(
        heard=s.heard or None,
        in_document=c.in_document,
        in_metadata=c.in_metadata,
        in_glossary=c.in_glossary,
        prior=c.prior,
        phonetic=round(c.phonetic, 3),
        acoustic_before=case.acoustic_before,
        acoustic_after=case.acoustic_after,
        fit=round(case.fit, 3),
        sense=None if case.sense is None else round(case.sense, 3),
        ear=case.ear,
        known_word=s.rarest >= UNKNOWN,
    )
    after = dressed(before, s.text, cased(c.text, s.tokens[0], reference))
    return Edit(s.tokens, before, after, _kind(case), choice.applied(options), round(choice.sure, 3), witnesses(case), evidence)


def dressed(before: str, text: str, after: str) -> str:
    """`before` with `text` in it replaced by `after`: the punctuation around the words stays.

    >>> dressed("“Minutel,”", "Minutel", "Minitel")
    '“Minitel,”'
    """
    head, _, tail = before.partition(text)
    return head + after + tail


def witnesses(case: Case) -> tuple[str, ...]:
    """Who speaks for the candidate."""
    c = case.candidate
    spoken = {
        "glossary": c.in_glossary,
        "metadata": c.in_metadata > 0,
        "document": c.in_document > 0,
        "lexicon": c.prior > 0,
        "recogniser": c.heard or squeeze(case.suspect.heard) == squeeze(c.text),
        "acoustics": case.margin is not None and case.margin > 0,
        "context": case.fit > 0,
        "sense": case.sense is not None and case.sense > 0,
        "ear": case.ear is not None and case.ear > 0,
    }
    return tuple(name for name, speaks in spoken.items() if speaks)


def _kind(case: Case) -> Kind:
    after = case.candidate.text
    if squeeze(case.suspect.text) == squeeze(after):
        return Kind.SPACING
    if any(c.isupper() for c in after):
        return Kind.NAME
    return Kind.WORD if case.after_rarity >= COMMON else Kind.TERM
