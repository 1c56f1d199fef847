"""Passages that are only written and passages that are only spoken: how many of their words and seconds are found."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from rapidfuzz.distance import Levenshtein

from service.domain.align import Alignment, align
from service.domain.correct import Corrections
from service.domain.document import Status
from service.domain.gaps import SHORTEST_GAP_MS, SHORTEST_GAP_WORDS
from service.domain.normalize import folds
from service.domain.script import Reference
from service.domain.span import Span
from service.domain.speech import Hypothesis
from tests.bench.align.episodes import ADVERTS, Piece, heard, misheard, pieces, spoken_advert
from tests.support.assembled import put_together
from tests.support.builders import reference

Episode = tuple[list[str], Hypothesis]
"""The lines of a faithful transcript, and what was heard."""

Change = Callable[[list[Piece], random.Random, Sequence[Piece]], list[Piece]]
"""Cuts an episode up; the third argument are advertisements to be spoken, as many as there are to be written."""

Look = Callable[[Reference, Alignment], Alignment]
"""What is made of an alignment by looking into the sound."""

PASSAGE = 20
"""Words from which a passage is one that nobody may lose."""

SPOKEN = [spoken_advert(text) for text in ADVERTS]


def _written(text: str) -> Piece:
    return Piece(text, None)


def _at(parts: list[Piece], chance: random.Random, new: list[Piece]) -> list[Piece]:
    k = chance.randrange(1, len(parts))
    return [*parts[:k], *new, *parts[k:]]


def written_adverts(parts: list[Piece], chance: random.Random, _: Sequence[Piece]) -> list[Piece]:
    for text in chance.choices(ADVERTS, k=4):
        parts = _at(parts, chance, [_written(text)])
    return parts


def spoken_adverts(parts: list[Piece], chance: random.Random, spoken: Sequence[Piece]) -> list[Piece]:
    for advert in chance.choices(spoken, k=4):
        parts = _at(parts, chance, [advert])
    return parts


def several_in_a_row(parts: list[Piece], chance: random.Random, spoken: Sequence[Piece]) -> list[Piece]:
    chosen = chance.sample(range(len(ADVERTS)), 6)
    parts = _at(parts, chance, [_written(ADVERTS[n]) for n in chosen[:3]])
    return _at(parts, chance, [spoken[n] for n in chosen[3:]])


def adjacent(parts: list[Piece], chance: random.Random, spoken: Sequence[Piece]) -> list[Piece]:
    """One advertisement was replaced by another, and a genuine line stands between two that were."""
    a, b, c, d = chance.sample(range(len(ADVERTS)), 4)
    parts = _at(parts, chance, [_written(ADVERTS[a]), spoken[b]])
    k = next(k for k in range(len(parts) // 2, len(parts)) if len((parts[k].written or "").split()) >= 20 and parts[k].heard)
    return [*parts[:k], _written(ADVERTS[c]), parts[k], spoken[d], *parts[k + 1 :]]


def both_ends(parts: list[Piece], chance: random.Random, spoken: Sequence[Piece]) -> list[Piece]:
    a, b, c, d = chance.sample(range(len(ADVERTS)), 4)
    return [_written(ADVERTS[a]), spoken[b], *parts, _written(ADVERTS[c]), spoken[d]]


def slogans(parts: list[Piece], chance: random.Random, _: Sequence[Piece]) -> list[Piece]:
    """A line of the episode comes again four times; two more times it is spoken only, and two more times written only."""
    slogan = chance.choice([p for p in parts if p.heard and 6 <= len((p.written or "").split()) <= 15])
    more = [slogan] * 4 + [replace(slogan, written=None)] * 2 + [replace(slogan, heard=None)] * 2
    apart = [k for k in range(2, len(parts), 2) if slogan not in parts[k - 1 : k + 1]]
    new = dict(zip(chance.sample(apart, len(more)), more, strict=True))
    return [piece for k, part in enumerate(parts) for piece in ([new[k], part] if k in new else [part])]


def removed_passages(parts: list[Piece], chance: random.Random, _: Sequence[Piece]) -> list[Piece]:
    """The transcript lacks one stretch of lines, the recording another."""
    n = max(1, len(parts) // 20)
    k, m = chance.randrange(1, len(parts) // 2 - n), chance.randrange(len(parts) // 2, len(parts) - n)
    out = list(parts)
    out[k : k + n] = [replace(p, written=None) for p in parts[k : k + n]]
    out[m : m + n] = [replace(p, heard=None) for p in parts[m : m + n]]
    return out


def cold_open(parts: list[Piece], chance: random.Random, _: Sequence[Piece]) -> list[Piece]:
    """The recording begins with a passage from its middle, which is written once, where it belongs."""
    n = max(1, len(parts) // 40)
    k = chance.randrange(len(parts) // 3, len(parts) - n)
    return [*(replace(p, written=None) for p in parts[k : k + n]), *parts]


def part_only(parts: list[Piece], _: random.Random, __: Sequence[Piece]) -> list[Piece]:
    """The transcript is of the middle half."""
    quarter = len(parts) // 4
    return [p if quarter <= k < 3 * quarter else replace(p, written=None) for k, p in enumerate(parts)]


def audio_part_only(parts: list[Piece], _: random.Random, __: Sequence[Piece]) -> list[Piece]:
    """The recording is of the middle half."""
    quarter = len(parts) // 4
    return [p if quarter <= k < 3 * quarter else replace(p, heard=None) for k, p in enumerate(parts)]


def in_a_row_at_both_ends(parts: list[Piece], chance: random.Random, spoken: Sequence[Piece]) -> list[Piece]:
    a, b, c, d, e, f, g, h = chance.sample(range(len(ADVERTS)), 8)
    opening = [_written(ADVERTS[a]), _written(ADVERTS[b]), spoken[c], spoken[d]]
    return [*opening, *parts, _written(ADVERTS[e]), _written(ADVERTS[f]), spoken[g], spoken[h]]


def without_punctuation(parts: list[Piece], chance: random.Random, spoken: Sequence[Piece]) -> list[Piece]:
    """Several advertisements in a row, written as all else without punctuation and capitals."""
    bare = [p if p.written is None else replace(p, written=_bare(p.written)) for p in several_in_a_row(parts, chance, spoken)]
    return [p for p in bare if p.written is None or p.written]


def _bare(text: str) -> str:
    return " ".join(filter(None, (re.sub(r"\W+$|^\W+", "", word).lower() for word in text.split())))


CHANGES: tuple[Change, ...] = (
    written_adverts,
    spoken_adverts,
    several_in_a_row,
    adjacent,
    both_ends,
    slogans,
    removed_passages,
    cold_open,
    part_only,
    audio_part_only,
    in_a_row_at_both_ends,
    without_punctuation,
)


@dataclass
class Count:
    """Hits, false alarms and misses, in words or in milliseconds."""

    right: int = 0
    false: int = 0
    missed: int = 0

    @property
    def f1(self) -> str:
        """Harmonic mean of precision and recall; "–" where there was nothing to find."""
        if not self.right + self.missed:
            return "–"
        return f"{2 * self.right / (2 * self.right + self.false + self.missed):.3f}"


@dataclass
class Found:
    """Of genuine words that were marked unheard: `dropped` counts those in runs of twenty or more, `marked` all in genuine `passages` of
    twenty or more.
    """

    words: Count = field(default_factory=Count)
    ms: Count = field(default_factory=Count)
    dropped: int = 0
    marked: int = 0
    passages: int = 0


@dataclass(frozen=True)
class Told:
    """What is said of a cut-up episode: of each written word whether it is unheard, and where what is not written is spoken."""

    unheard: Sequence[bool]
    unwritten: Sequence[Span]


def measure(parts: list[Piece], said: Hypothesis, into: Found, look: Look = lambda _, alignment: alignment) -> None:
    """Align one cut-up episode, look again, and count."""
    written = _written_of(parts)
    result = put_together(written, said, Corrections(()), (), look(written, align(written, said)))
    flags = [w.status is Status.UNHEARD for segment in result.segments for w in segment.words if w.source]
    _count(parts, Told(flags, [g.span for g in result.gaps if g.status is Status.UNWRITTEN and g.span]), into)


def measure_plain(parts: list[Piece], said: Hypothesis, into: Found) -> None:
    """The same of an edit distance over the same folded words: what is deleted is unheard, what is inserted unwritten."""
    ours, theirs = folds([t.text for t in _written_of(parts).tokens]), folds([w.text for w in said.words])
    steps = Levenshtein.opcodes(ours, theirs)
    flags = [step.tag == "delete" for step in steps for _ in range(step.src_start, step.src_end)]
    runs = [said.words[step.dest_start : step.dest_end] for step in steps if step.tag == "insert"]
    spans = [(run[0].span.hull(run[-1].span), len(run)) for run in runs]
    _count(parts, Told(flags, [at for at, size in spans if size >= SHORTEST_GAP_WORDS or at.duration >= SHORTEST_GAP_MS]), into)


def _written_of(parts: list[Piece]) -> Reference:
    return reference(*(part.written for part in parts if part.written is not None))


def _count(parts: list[Piece], told: Told, into: Found) -> None:
    _count_words([p for p in parts if p.written is not None], told.unheard, into)
    _count_time(parts, told.unwritten, into.ms)


def _count_words(shown: list[Piece], flags: Sequence[bool], into: Found) -> None:
    truth = [p.heard is None for p in shown for _ in (p.written or "").split()]
    into.words.right += sum(flag and true for flag, true in zip(flags, truth, strict=True))
    into.words.missed += sum(true and not flag for flag, true in zip(flags, truth, strict=True))
    for true, stretch in groupby(zip(truth, flags, strict=True), key=lambda both: both[0]):
        marked = [flag for _, flag in stretch]
        if true:
            continue
        into.words.false += sum(marked)
        into.dropped += sum(size for flag, run in groupby(marked) if flag and (size := len(list(run))) >= PASSAGE)
        if len(marked) >= PASSAGE:
            into.marked += sum(marked)
            into.passages += len(marked)


def _count_time(parts: list[Piece], found: Sequence[Span], into: Count) -> None:
    """Truth: from the first word's start to the last word's end of each run of pieces that are not written."""
    spans: list[tuple[int, int]] = []
    now, open_run = 0, False
    for part in parts:
        if part.heard and part.written is None:
            begin, end = now + part.heard[0].span.start, now + part.heard[-1].span.end
            spans = [*spans[:-1], (spans[-1][0], end)] if open_run else [*spans, (begin, end)]
            open_run = True
        elif part.heard:
            open_run = False
        now += part.lasts if part.heard is not None else 0
    both = sum(max(0, min(e, at.end) - max(s, at.start)) for s, e in spans for at in found)
    into.right += both
    into.false += sum(at.duration for at in found) - both
    into.missed += sum(e - s for s, e in spans) - both


def table(episodes: dict[str, Episode], rates: tuple[float, ...] = (0.0, 0.1, 0.2, 0.35), times: int = 5) -> list[str]:
    """One row per change and rate of added recognition errors."""
    bases = [pieces(*episode) for episode in episodes.values()]
    rows = []
    for change in CHANGES:
        for rate in rates:
            found, plain = Found(), Found()
            for n, base in enumerate(bases * times):
                chance = random.Random(1000 * n + int(100 * rate))
                parts = change(base, chance, SPOKEN)
                said = misheard(heard(parts), rate, chance)
                measure(parts, said, found)
                measure_plain(parts, said, plain)
            rows.append(row(change, rate, found, plain))
    return rows


def row(change: Change, rate: float, *ways: Found) -> str:
    """What was found in one way after the other."""
    cells = [change.__name__.replace("_", " "), f"{100 * rate:.0f} %"]
    for found in ways:
        cells += [found.words.f1, found.ms.f1, str(found.dropped), f"{found.marked} of {found.passages}"]
    return "| " + " | ".join(cells) + " |"
