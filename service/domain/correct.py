"""Corrections: which places are suspicious, and how the weighed evidence decides between applied, suggested and dropped.

The recogniser is never believed by itself: it is wrong four times as often as the page. A correction is a spelling that
something vouches for, that sounds like what is written, and that explains the recording at least as well.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rapidfuzz.distance import JaroWinkler

from service.domain.align import Alignment, Block, Range
from service.domain.candidates import COMMON, Candidate, Frequency, trim
from service.domain.document import Evidence, Kind, Status
from service.domain.glossary import is_left_alone
from service.domain.options import Options
from service.domain.phonetics import similarity
from service.domain.reading import squeeze
from service.domain.script import Reference
from service.domain.speech import Hypothesis
from service.domain.weights import WEIGHTS

LONGEST = 4
"""Tokens a single correction may replace."""

UNKNOWN = 2.0
"""Zipf frequency (0.1 in a million words) below which a word is unusual enough to be looked at."""

ORDINARY = 3.0
"""Zipf frequency (once in a million words) from which a word is ordinary."""

MOST_CASES = 4
"""Candidates put to the judge for any one token."""

_INNER_STOP = re.compile(r"[.!?,;:]$")


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
    """All edits in order of their tokens, not overlapping."""

    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True, slots=True)
class Suspect:
    """A stretch of tokens worth a question. `text` is what is written there without the punctuation around it,
    `heard` what was recognised in its place, `confirmed` whether that is the same; `rarest` is the lowest Zipf frequency of its words.
    `whole` if none of its tokens was recognised as written; `is_name` if the lexicon holds one of its unusual words as it is written.
    """

    tokens: Range
    text: str
    heard: str
    confirmed: bool
    rarest: float
    whole: bool
    in_document: int = 0
    is_name: bool = False


def suspects(
    reference: Reference, alignment: Alignment, hypothesis: Hypothesis, frequency: Frequency, homophone: Callable[[str], object]
) -> Iterator[Suspect]:
    """Stretches of one to `LONGEST` tokens of a line that hold a word unknown to the language or not confirmed by the recogniser, and
    stretches of several that sound exactly like something known (`homophone`): the recogniser splits a name as the page does.
    """
    block_of = [block for block in alignment.blocks for _ in range(*block.tokens)]
    at = 0
    for line in reference.talk:
        words = [t.text for t in line.tokens]
        rarity = [_frequency(word, frequency) for word in words]
        blocks = block_of[at : at + len(words)]
        suspicious = [_suspicious(b, r) for b, r in zip(blocks, rarity, strict=True)]
        for i, j in _stretches(words):
            if any(b.status is Status.UNHEARD for b in blocks[i:j]):
                continue
            text = trim(" ".join(words[i:j]))
            if not any(suspicious[i:j]) and not (j - i > 1 and homophone(text)):
                continue
            heard = _heard(blocks[i:j], hypothesis)
            yield Suspect((at + i, at + j), text, heard, squeeze(text) == squeeze(heard), min(rarity[i:j]), _whole(blocks[i:j]))
        at += len(words)


def _frequency(word: str, frequency: Frequency) -> float:
    """Digits are as ordinary as can be; a hyphenated word is as rare as its rarest part."""
    parts = [p for p in re.split(r"[-–/]", trim(word).lower()) if p]
    return min((7.0 if p[0].isdigit() else frequency(p.replace("’", "'")) for p in parts), default=7.0)


def _suspicious(block: Block, rarity: float) -> bool:
    return block.status in {Status.SUBSTITUTED, Status.INFERRED} or rarity < UNKNOWN


def _stretches(words: Sequence[str]) -> Iterator[Range]:
    """Ranges without punctuation inside."""
    for i in range(len(words)):
        for j in range(i + 1, min(len(words), i + LONGEST) + 1):
            if trim(words[i]) and trim(words[j - 1]):
                yield i, j
            if _INNER_STOP.search(words[j - 1]):
                break


def _whole(blocks: Sequence[Block]) -> bool:
    return all(block.status is not Status.MATCHED for block in blocks)


def _heard(blocks: Sequence[Block], hypothesis: Hypothesis) -> str:
    """What was recognised in place of whole blocks."""
    first, end = blocks[0].words[0], blocks[-1].words[1]
    return " ".join(trim(word.text) for word in hypothesis.words[first:end])


@dataclass(frozen=True, slots=True)
class Case:
    """A suspect, one candidate for it, and the judge's ruling: summed log-probabilities of the line with either spelling, per token too."""

    suspect: Suspect
    candidate: Candidate
    after_rarity: float
    margin: float | None = None
    acoustic_before: float | None = None
    acoustic_after: float | None = None


LARGE_MARGIN = 4.0
"""Nats beyond which the judge's ruling says little more."""


SHORT = 6
"""Letters below which two names sound alike by chance more often."""


def features(case: Case) -> dict[str, float]:
    """What speaks for and against a candidate, each about 0 to 1 but for the judge's margin (nats)."""
    s, c = case.suspect, case.candidate
    margin = case.margin or 0.0
    unknown = 0.0 if s.is_name else max(0.0, min(1.0, (ORDINARY - s.rarest) / (ORDINARY - UNKNOWN)))
    as_heard = squeeze(s.heard) == squeeze(c.text)
    return {
        "constant": 1.0,
        "margin": max(-2 * LARGE_MARGIN, min(LARGE_MARGIN, margin)),
        "margin_beyond": max(0.0, min(2 * LARGE_MARGIN, margin - LARGE_MARGIN)),
        "no_margin": float(case.margin is None),
        "phonetic": c.phonetic - 0.85,
        "spelling": JaroWinkler.normalized_similarity(squeeze(s.text), squeeze(c.text)) - 0.8,
        "short": max(0, SHORT - len(squeeze(c.text))) / SHORT,
        "joins": (s.tokens[1] - s.tokens[0] - len(c.text.split())) / 2,
        "in_document": 0.0 if c.heard else math.log2((1 + c.in_document) / max(1, s.in_document)) / 2,
        "in_metadata": float(c.in_metadata > 0),
        "in_glossary": float(c.in_glossary),
        "prior": c.prior / 5,
        "heard_as_known": float(as_heard and not c.heard),
        "heard_is_candidate": float(c.heard),
        "heard_phrase": float(c.heard and " " in c.text),
        "heard_is_ordinary": float(c.heard) * max(0.0, min(1.0, (case.after_rarity - ORDINARY) / 2)),
        "heard_like_after": similarity(s.heard, c.text) if s.heard else 0.0,
        "heard_like_before": similarity(s.heard, s.text) if s.heard and not s.confirmed else 0.0,
        "confirmed": float(s.confirmed),
        "unknown_before": unknown if better_known(case) else 0.0,
        "in_field": c.in_field,
        "homophone_in_field": max(0.0, c.phonetic - 0.9) * 10 * max(0.0, c.in_field) * c.prior / 5,
        "common_before": max(0.0, min(1.0, (s.rarest - ORDINARY) / 2)),
    }


def better_known(case: Case) -> bool:
    """Whether anything knows the candidate better than what is written: an unknown word is no error if its rival is as unknown."""
    s, c = case.suspect, case.candidate
    outside = c.in_metadata > 0 or c.in_glossary or c.prior > 0
    return outside or c.in_document > s.in_document or case.after_rarity >= max(ORDINARY, s.rarest)


def probability(case: Case, weights: Mapping[str, float] = WEIGHTS) -> float:
    """That the candidate is right, in [0, 1]."""
    z = sum(weights[name] * value for name, value in features(case).items())
    return 1 / (1 + math.exp(-z))


def promising(cases: Iterable[Case], options: Options) -> tuple[Case, ...]:
    """The cases worth the judge's time: those a good ruling could make a suggestion, and of those the likeliest few for each token."""
    hopes = ((probability(replace(case, margin=LARGE_MARGIN)), case) for case in cases)
    asked: Counter[int] = Counter()
    chosen: list[Case] = []
    for hope, case in sorted(hopes, key=lambda pair: -pair[0]):
        tokens = range(*case.suspect.tokens)
        if hope >= options.suggest_threshold and max(asked[t] for t in tokens) < MOST_CASES:
            asked.update(tokens)
            chosen.append(case)
    return tuple(sorted(chosen, key=lambda case: case.suspect.tokens))


def decide(cases: Iterable[Case], reference: Reference, options: Options) -> Corrections:
    """Choose, among overlapping cases, the most probable; apply, suggest or drop it by the caller's thresholds."""
    ranked = sorted(((probability(case), case) for case in cases), key=lambda pair: (-pair[0], pair[1].suspect.tokens))
    taken: set[int] = set()
    chosen: list[Edit] = []
    for sure, case in ranked:
        tokens = range(*case.suspect.tokens)
        if sure < options.suggest_threshold or taken.intersection(tokens):
            continue
        taken.update(tokens)
        chosen.append(_edit(case, sure, reference, applied=sure >= options.apply_threshold))
    return Corrections(tuple(sorted(map(_settled(chosen, options), chosen), key=lambda edit: edit.tokens)))


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


def _edit(case: Case, confidence: float, reference: Reference, *, applied: bool) -> Edit:
    s, c = case.suspect, case.candidate
    before = " ".join(token.text for token in reference.tokens[slice(*s.tokens)])
    evidence = Evidence(
        heard=s.heard or None,
        in_document=c.in_document,
        in_metadata=c.in_metadata,
        phonetic=round(c.phonetic, 3),
        acoustic_before=case.acoustic_before,
        acoustic_after=case.acoustic_after,
        known_word=s.rarest >= UNKNOWN,
    )
    return Edit(s.tokens, before, dressed(before, s.text, c.text), _kind(case), applied, round(confidence, 3), witnesses(case), evidence)


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
    }
    return tuple(name for name, speaks in spoken.items() if speaks)


def _kind(case: Case) -> Kind:
    after = case.candidate.text
    if squeeze(case.suspect.text) == squeeze(after):
        return Kind.SPACING
    if any(c.isupper() for c in after):
        return Kind.NAME
    return Kind.WORD if case.after_rarity >= COMMON else Kind.TERM
