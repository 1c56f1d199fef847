"""Counting what a way of correcting found and spoilt, against the truth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields

from tests.bench.truth import UNKNOWN, Change, Label, Range, Truth, parts


@dataclass(frozen=True, slots=True)
class Proposal:
    """Tokens [first, end) of the talk should read `after`."""

    tokens: Range
    after: str
    applied: bool = True
    confidence: float = 1.0


@dataclass
class Tally:
    """Counts over episodes.

    `wanted`, `applied` and `found` (applied or suggested) are errors by kind; `right` and `wrong` are applied changes, `dressed` those of
    only letter case or punctuation; `suggested` says of every suggestion whether it is right, `stated` of every proposal what confidence
    was stated and whether it is right; `spoilt` are the changes that are not right.
    """

    words: int = 0
    wanted: Counter[str] = field(default_factory=Counter)
    applied: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    right: int = 0
    wrong: int = 0
    dressed: int = 0
    traps: int = 0
    trapped: int = 0
    suggested: list[bool] = field(default_factory=list)
    stated: list[tuple[float, bool]] = field(default_factory=list)
    seconds: float = 0.0
    audio_seconds: float = 0.0
    spoilt: list[str] = field(default_factory=list)

    @classmethod
    def total(cls, tallies: Iterable[Tally]) -> Tally:
        whole = cls()
        for tally in tallies:
            for f in fields(cls):
                setattr(whole, f.name, getattr(whole, f.name) + getattr(tally, f.name))
        return whole


def kinds(change: Change) -> Iterator[str]:
    """What an error counts as: where its right form stands, what the script calls it, and whether words were split or joined."""
    yield change.source or "unlabelled"
    if change.kind:
        yield change.kind
    if change.in_glossary_only:
        yield "glossary"
    if change.end - change.first != len(change.after):
        yield "split"
    yield "all"


def count(tally: Tally, truth: Truth, where: Sequence[Range | None], proposals: Iterable[Proposal]) -> None:
    """Add what came of one episode; `where` says of every token which parts of the truth it is."""
    edits = {proposal: change for proposal in proposals if (change := _change(proposal, where)) and not _doubtful(change, truth)}
    applied = [change for proposal, change in edits.items() if proposal.applied]
    tally.words += len(truth.parts)
    _count_errors(tally, truth, applied, list(edits.values()))
    for proposal, change in edits.items():
        label = _label(change, applied if proposal.applied else [change], truth)
        if label is Label.SAME:
            tally.dressed += proposal.applied
        else:
            _note(tally, proposal, label is Label.RIGHT)
        if label is not Label.RIGHT and proposal.applied:
            tally.spoilt.append(f"{' '.join(truth.parts[change.first : change.end])} → {proposal.after}")
    spoilt = [change for change in applied if _label(change, applied, truth) in {Label.WRONG, Label.SAME}]
    tally.traps += len(truth.traps)
    tally.trapped += sum(any(first < change.end and change.first < end for change in spoilt) for first, end in truth.traps)


def _count_errors(tally: Tally, truth: Truth, applied: Sequence[Change], proposed: Sequence[Change]) -> None:
    for error in truth.changes:
        if error.source != UNKNOWN and not _doubtful(error, truth):
            tally.wanted.update(kinds(error))
            tally.applied.update(kinds(error) if _reached(error, applied, truth) else ())
            tally.found.update(kinds(error) if _reached(error, proposed, truth) else ())


def _note(tally: Tally, proposal: Proposal, right: bool) -> None:
    tally.stated.append((proposal.confidence, right))
    if not proposal.applied:
        tally.suggested.append(right)
    elif right:
        tally.right += 1
    else:
        tally.wrong += 1


def _change(proposal: Proposal, where: Sequence[Range | None]) -> Change | None:
    around = [place for place in where[slice(*proposal.tokens)] if place]
    return Change(around[0][0], around[-1][1], parts(proposal.after)) if around else None


def _doubtful(change: Change, truth: Truth) -> bool:
    return any(change.touches(*place) for place in truth.doubtful)


def _label(change: Change, among: Sequence[Change], truth: Truth) -> Label:
    """The change, judged together with those that mend the same error."""
    same = set(truth.touched(change.first, change.end))
    return truth.judge([other for other in among if other == change or same & set(truth.touched(other.first, other.end))])


def _reached(wanted: Change, edits: Sequence[Change], truth: Truth) -> bool:
    return any(wanted.touches(e.first, e.end) and _label(e, edits, truth) is Label.RIGHT for e in edits)
