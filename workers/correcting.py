"""The `correct` stage: suspects, their candidates, the judge's rulings, the decision."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from models import trigrams
from models.frequency import frequency
from models.lexicon import load as load_lexicon
from models.protocols import Contest, Judge, Report, Ruling
from models.waveform import Waveform
from models.windows import pauses
from service.domain.candidates import Candidate, Frequency, Vocabulary, bare, candidates, candidates_by_ear, vocabulary, without_shadows
from service.domain.context import plain, surroundings
from service.domain.correct import Corrections, decide, dressed
from service.domain.evidence import Case, promising
from service.domain.glossary import is_left_alone
from service.domain.passages import Stretch, passages
from service.domain.printed import printed
from service.domain.reading import squeeze
from service.domain.span import Span
from service.domain.suspicion import ORDINARY, UNKNOWN, Suspect, named, suspects, tears, torn
from service.domain.timing import Said, said
from workers.desk import Desk
from workers.recall import Recall

LONGEST_CONTEXT_MS = 29_000
"""What the judge can hear at once."""

MARGIN_MS = 200
"""Sound before and after a passage that the judge hears with it."""

_STOP = re.compile(r"[.!?,;:] ")

LITTLE = 6.5
"""The Zipf frequency of the commonest words (in, and, that): a recogniser that hears one for another is not believed."""

BATCH = 40
"""Cases judged between two reports."""


def correct(desk: Desk, report: Report) -> Corrections:
    """Corrections of the talk, by the evidence of this episode, the lexicon and the recording."""
    return decide(judged(desk, promising(cases(desk), desk.options), report), desk.reference, desk.options)


def judged(desk: Desk, asked: Sequence[Case], report: Report = lambda *_: None) -> list[Case]:
    """The cases with the judge's rulings; without one where the place in the recording is not known well enough."""
    scene = Scene.of(desk)
    judge = desk.kit.judge(desk.hypothesis.language)
    out: list[Case] = []
    with desk.recalling("rulings", Ruling, judge.uses) as recall:
        for start in range(0, len(asked), BATCH):
            contests = [(case, scene.contest(case)) for case in asked[start : start + BATCH]]
            rulings = iter(_rulings(judge, recall, [contest for _, contest in contests if contest]))
            out += [_ruled(case, next(rulings)) if contest else case for case, contest in contests]
            report(desk.waveform.duration_ms * len(out) // len(asked), desk.waveform.duration_ms)
    return out


def _rulings(judge: Judge, recall: Recall[Ruling], contests: Sequence[Contest]) -> list[Ruling]:
    questions = [(c.span.start, c.span.end, c.text_before, c.text_after, c.before, c.after) for c in contests]
    return recall.answers(questions, lambda new: judge.judge(tuple(contests[k] for k in new)))


def cases(desk: Desk) -> Iterator[Case]:
    """Every suspect of the talk with each of its candidates; what the metadata or the glossary spells so stays in all of them."""
    usual = frequency(desk.hypothesis.language)
    lexicon = load_lexicon()
    left_alone = is_left_alone(desk.options.leave_alone)
    known = vocabulary(desk.reference, desk.options, usual, lexicon)
    fit, tokens = trigrams.fit(desk.hypothesis.language), [token.text for token in desk.reference.tokens]
    names = named(tokens, lexicon)
    apart = {whole: " ".join(tokens[slice(*whole)]) for whole in torn(tokens, lambda text: _is_one_word(text, known))}
    echo = cache(lambda text: known.homophone(text) or lexicon.homophone(text) if " " in text else known.echo(text))
    for suspect in suspects(desk.reference, desk.alignment, desk.hypothesis, usual, echo):
        if names.issuperset(range(*suspect.tokens)):
            continue
        counted = replace(suspect, in_document=known.count(bare(suspect.text)), is_name=_is_name(suspect.text, usual))
        around = surroundings(tokens, suspect.tokens)
        as_written = fit(plain(suspect.text), around)
        right = known.told_in(suspect.text)
        for candidate in without_shadows(_proposed(counted, known, usual)):
            torn_apart = any(tears(suspect.tokens, candidate.text, whole, name) for whole, name in apart.items())
            if right <= known.told_in(candidate.text) and not torn_apart and not left_alone(counted.text, candidate.text):
                yield Case(counted, candidate, _rarest(candidate.text, usual), fit=fit(plain(candidate.text), around) - as_written)


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
    """Whether what was heard may be right with nobody else to vouch for it: whole words that are known, in place of no name, of no unusual
    word that the talk has again, and of none of the commonest words for another.
    """
    heard = _rarest(suspect.heard, usual)
    whole = suspect.whole or squeeze(suspect.heard) == squeeze(suspect.text)
    little = min(heard, suspect.rarest) >= LITTLE
    return whole and heard >= UNKNOWN and not (suspect.is_name or _is_meant(suspect) or little or _STOP.search(suspect.heard))


def _is_meant(suspect: Suspect) -> bool:
    """Whether it is an unusual word that the talk has again: no slip, whatever the recogniser hears there."""
    return suspect.rarest < ORDINARY and suspect.in_document > 1


def _is_name(text: str, usual: Frequency) -> bool:
    """Whether the text is a word with several capitals (APIs), or the lexicon holds an unusual word of it, spelled so."""
    if " " not in text and sum(map(str.isupper, text)) > 1:
        return True
    unusual = (word for word in map(bare, text.split()) if usual(word.lower()) < ORDINARY)
    return any((entry := load_lexicon().get(word)) is not None and entry.text == word for word in unusual)


def _rarest(text: str, usual: Frequency) -> float:
    return min((usual(word) for word in re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)*", text.lower())), default=0.0)


def _ruled(case: Case, ruling: Ruling) -> Case:
    return replace(
        case,
        margin=ruling.margin,
        acoustic_before=round(ruling.before / max(1, ruling.tokens_before), 3),
        acoustic_after=round(ruling.after / max(1, ruling.tokens_after), 3),
    )


@dataclass(frozen=True)
class Scene:
    """The recording cut into passages with what is written for each, to put two spellings before the judge in their context."""

    waveform: Waveform
    words: tuple[Said, ...]
    cuts: tuple[Stretch, ...]
    passage_of: dict[int, int]
    """Of each token that was said."""

    @classmethod
    def of(cls, desk: Desk) -> Scene:
        words = said(desk.alignment, desk.hypothesis, printed(desk.reference, Corrections()))
        cuts = passages(words, pauses(desk.waveform), desk.waveform.duration_ms)
        where = {words[k].printed: p for p, cut in enumerate(cuts) for k in range(*cut.kept)}
        return cls(desk.waveform, words, cuts, {token: p for token, p in where.items() if token is not None})

    def contest(self, case: Case) -> Contest | None:
        """The case in its passage, or None when its passage is unknown, too long, or does not hold all of it."""
        first, end = case.suspect.tokens
        around = [self.passage_of.get(token, -1) for token in range(first, end)]
        low, high = min(around), max(around)
        if low < 0:
            return None
        span = self.cuts[low].span.hull(self.cuts[high].span)
        heard = Span(max(0, span.start - MARGIN_MS), min(self.waveform.duration_ms, span.end + MARGIN_MS))
        if heard.duration > LONGEST_CONTEXT_MS:
            return None
        words = self.words[self.cuts[low].given[0] : self.cuts[high].given[1]]
        before, after = case.suspect.text, case.candidate.text
        whole = [w for w in words if w.printed is not None and first <= w.printed < end]
        changed = dressed(" ".join(w.text for w in whole), before, after)
        return Contest(self.waveform, heard, " ".join(w.text for w in words), _joined(words, whole, changed), before, after)


def _joined(words: tuple[Said, ...], replaced: list[Said], by: str) -> str:
    """The words as a line, those `replaced` said as `by`."""
    out: list[str] = []
    for word in words:
        if word is replaced[0]:
            out.append(by)
        elif word not in replaced:
            out.append(word.text)
    return " ".join(out)
