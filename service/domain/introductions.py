"""Names of voices that no label names, proposed from what is said: "I'm Brian", "my guest today is Ada", "thanks for coming on, Clem".

A proposal stands beside the speaker with its evidence, and changes nothing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import accumulate, groupby

from service.domain.attribute import Attribution
from service.domain.document import NameEvidence, Speaker
from service.domain.formats.names import is_placeholder
from service.domain.printed import Printed
from service.domain.span import Span
from service.domain.timing import Timed

FIRST_WORDS = 80
"""Who tells a name of his own does so when he begins to speak; later, "I'm German" is likelier."""

_CAPITAL = "[A-ZÀ-ÖØ-ÞŁŚŠŽ]"
_PART = rf"{_CAPITAL}[\w'’-]{{0,30}}\w"
_NAME = rf"\b(?P<name>{_PART}(?: {_PART}){{0,2}})"
_NO_NAMES = re.compile(r"(?i)\b(?:the|this|that|it|every(?:one|body)|all|god|man|sir|today|back|folks|guys|ladies|so|well|and|but)\b")


class Says(StrEnum):
    """What somebody says of a name."""

    SELF = "introduces himself"
    GUEST = "introduces the next voice"
    ADDRESS = "addresses the other voice"


WEIGHT = {Says.SELF: 3, Says.GUEST: 2, Says.ADDRESS: 1}

_PATTERNS: tuple[tuple[Says, re.Pattern[str]], ...] = tuple(
    (says, re.compile(pattern))
    for says, pattern in (
        (Says.SELF, rf"\b(?:I['’]m|I am|[Mm]y name is|[Mm]y name['’]s)(?: your host,?)? {_NAME}(?=[,.!?;:]|$| and\b| from\b| with\b)"),
        (Says.GUEST, rf"\b(?:[Mm]y|[Oo]ur|[Tt]oday['’]s) guests?(?: today| this week| tonight)?,? (?:is|are) {_NAME}"),
        (Says.GUEST, rf"\b(?:[Jj]oined (?:today )?by|[Pp]lease welcome|[Ww]ith (?:us|me)(?: today)? is|[Tt]alking (?:to|with)) {_NAME}"),
        (Says.GUEST, rf"\b[Ww]elcome(?: back)?(?: to the (?:show|podcast|program|programme))?, {_NAME}(?=[,.!?]|$)"),
        (Says.GUEST, rf"{_NAME},? (?:welcome\b|thanks for (?:coming|joining|being)|thank you for (?:coming|joining|being))"),
        (Says.ADDRESS, rf"\b[Tt]hank(?:s| you)(?: so much| very much)?(?: for [\w' ]{{2,40}})?, {_NAME}(?=[,.!?]|$)"),
    )
)


@dataclass(frozen=True, slots=True)
class _Floor:
    """What one speaker says before another does. `first` counts the words he has said before."""

    speaker: str
    words: tuple[Printed, ...]
    times: tuple[Timed, ...]
    first: int


def propose(attribution: Attribution, words: Sequence[Printed], times: Sequence[Timed], metadata: str) -> Attribution:
    """The attribution with names proposed for voices without one. `metadata` is title, description and heading."""
    floors = list(_floors(attribution.printed, words, times))
    taken = {part for s in attribution.speakers if not _is_nameless(s) for part in s.name.casefold().split()}
    votes: dict[tuple[str, str], list[NameEvidence]] = defaultdict(list)
    for speaker, name, evidence in _hints(floors):
        if not taken & set(name.casefold().split()):
            votes[speaker, _in_full(name, metadata)].append(evidence)
    chosen = _chosen(votes, {s.id for s in attribution.speakers if _is_nameless(s)})
    return replace(attribution, speakers=tuple(_with(s, chosen, votes) for s in attribution.speakers))


def _is_nameless(speaker: Speaker) -> bool:
    return speaker.named_by == "diarization" or is_placeholder(speaker.name)


def _with(speaker: Speaker, chosen: Mapping[str, str], votes: Mapping[tuple[str, str], Sequence[NameEvidence]]) -> Speaker:
    if speaker.id not in chosen:
        return speaker
    name = chosen[speaker.id]
    return replace(speaker, suggested_name=name, evidence=tuple(votes[speaker.id, name]))


def _floors(speakers: Sequence[str | None], words: Sequence[Printed], times: Sequence[Timed]) -> Iterator[_Floor]:
    before: dict[str, int] = defaultdict(int)
    known = [(who, word, timed) for who, word, timed in zip(speakers, words, times, strict=True) if who]
    for speaker, group in groupby(known, key=lambda one: one[0]):
        run = list(group)
        yield _Floor(speaker, tuple(word for _, word, _ in run), tuple(timed for _, _, timed in run), before[speaker])
        before[speaker] += len(run)


def _hints(floors: Sequence[_Floor]) -> Iterator[tuple[str, str, NameEvidence]]:
    """(speaker, name, evidence) for all that is said of names."""
    for k, floor in enumerate(floors):
        text = " ".join(word.text for word in floor.words)
        starts = list(accumulate((len(word.text) + 1 for word in floor.words), initial=0))
        for says, pattern in _PATTERNS:
            for match in pattern.finditer(text):
                first, last = (sum(start <= at for start in starts) - 1 for at in (match.start(), match.end() - 1))
                early = floor.first + first < FIRST_WORDS
                named = _named(says, floors, k) if says is not Says.SELF or early else None
                if named and not _NO_NAMES.search(match["name"]):
                    yield named, match["name"], NameEvidence(says.value, match.group(), floor.speaker, _hull(floor.times[first : last + 1]))


def _named(says: Says, floors: Sequence[_Floor], k: int) -> str | None:
    """Whom it names: the speaker himself, or the one who speaks next (before, at the end)."""
    if says is Says.SELF:
        return floors[k].speaker
    others = [floor.speaker for floor in (*floors[k + 1 : k + 2], *floors[max(0, k - 1) : k])]
    return others[0] if others else None


def _hull(times: Sequence[Timed]) -> Span | None:
    spans = [timed.span for timed in times if timed.span]
    return spans[0].hull(spans[-1]) if spans else None


def _in_full(name: str, metadata: str) -> str:
    """The name as the metadata write it.

    >>> _in_full("Ada", "A talk with Ada Lovelace on engines"), _in_full("Bea", "A talk on engines")
    ('Ada Lovelace', 'Bea')
    """
    longer = re.search(rf"\b{re.escape(name)}(?: {_PART}){{1,2}}", metadata)
    return longer.group() if longer and " " not in name else name


def _chosen(votes: Mapping[tuple[str, str], Sequence[NameEvidence]], wanted: set[str]) -> dict[str, str]:
    """One-to-one: the name of each speaker who has none, by the weight of what speaks for it."""
    chosen: dict[str, str] = {}
    for speaker, name in sorted(votes, key=lambda pair: -sum(WEIGHT[Says(e.says)] for e in votes[pair])):
        if speaker in wanted and speaker not in chosen and name not in chosen.values():
            chosen[speaker] = name
    return chosen
