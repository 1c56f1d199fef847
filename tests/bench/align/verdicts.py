"""Who is refused: transcripts of something else, other episodes of the same show; and whether the right one ever is."""

from __future__ import annotations

import random
from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate

from service.domain.align import align
from service.domain.document import Verdict
from service.domain.speech import Hypothesis
from tests.bench.align.episodes import ADVERTS, Piece, heard, misheard, pieces, spoken_advert
from tests.support.builders import reference

RATES = (0.05, 0.1, 0.2, 0.3, 0.35)
SHORT = (100, 300)
"""Words of talk in a short show: of forty seconds and of two minutes."""

STARTS = 6
"""From so many places of each episode short shows are cut."""


def _verdict(lines: list[str], said: Hypothesis) -> Verdict:
    return align(reference(*lines), said).verdict


def _misheard(case: tuple[list[str], Hypothesis], rate: float, chance: random.Random) -> Verdict:
    return _verdict(case[0], misheard(case[1], rate, chance))


def _row(what: str, wanted: bool, verdicts: list[Verdict]) -> str:
    right = sum(v.accepted is wanted for v in verdicts)
    nearest = max(v.coverage for v in verdicts) if not wanted else min(v.coverage for v in verdicts)
    cells = (what, "accept" if wanted else "refuse", f"{right} of {len(verdicts)}", f"{nearest:.2f}")
    return "| " + " | ".join(cells) + " |"


def _thinned(parts: list[Piece], share: float) -> list[Piece]:
    """The transcript of only a part, from the middle on."""
    first = len(parts) // 3
    last = first + max(3, int(share * len(parts)))
    return [p if first <= k < last else Piece(None, p.heard, p.lasts) for k, p in enumerate(parts)]


def _of_same_show(a: list[Piece], b: list[Piece]) -> tuple[list[str], Hypothesis]:
    """The text of one half of an episode with the sound of the other, both with the show's opening, advertisements and goodbye."""
    frame = ADVERTS[:4]
    written = [*frame[:2], *(p.written or "" for p in a), *frame[2:]]
    sound = [*map(spoken_advert, frame[:2]), *b, *map(spoken_advert, frame[2:])]
    return written, heard(sound)


def _talk(base: list[Piece], first: int, count: int) -> list[Piece]:
    """About so many words of an episode that are both written and heard."""
    said = [part for part in base[first:] if part.written and part.heard]
    ends = list(accumulate(len((part.written or "").split()) for part in said))
    return said[: bisect_left(ends, count) + 1]


def _shorts(base: list[Piece], count: int) -> Iterator[tuple[list[Piece], list[Piece]]]:
    """Short shows that follow one another in an episode, two and two."""
    for first in range(0, len(base) // 2, max(1, len(base) // 2 // STARTS)):
        both = _talk(base, first, 2 * count)
        half = _talk(both, 0, count)
        if len(both) > len(half):
            yield half, both[len(half) :]


def _exchanged(talk: list[Piece], each: int) -> tuple[list[str], Hypothesis]:
    """The text of a show with other advertisements at either end than are spoken there."""
    written = [*ADVERTS[:each], *(p.written or "" for p in talk), *ADVERTS[each : 2 * each]]
    return written, heard([*map(spoken_advert, ADVERTS[4 : 4 + each]), *talk, *map(spoken_advert, ADVERTS[4 + each : 4 + 2 * each])])


def _reordered(base: list[Piece], parts: int) -> tuple[list[str], Hypothesis]:
    """An episode whose parts are spoken in the reverse order."""
    length = -(-len(base) // parts)
    return [p.written or "" for p in base], heard([p for k in reversed(range(parts)) for p in base[k * length : (k + 1) * length]])


def table(episodes: dict[str, tuple[list[str], Hypothesis]]) -> Iterator[str]:
    """One row per situation: how many of its cases were decided rightly, and the coverage nearest to a mistake."""
    bases = {name: pieces(*episode) for name, episode in episodes.items()}
    chance = random.Random(7)
    for rate in RATES:
        right = [_verdict(lines, misheard(said, rate, chance)) for lines, said in episodes.values()]
        yield _row(f"right, {100 * rate:.0f} % more errors", True, right)
    partial = []
    for base in bases.values():
        for share in (0.05, 0.1, 0.5):
            parts = _thinned(base, share)
            partial.append(_verdict([p.written for p in parts if p.written is not None], misheard(heard(parts), 0.2, chance)))
            sound = [p if p.written is not None else Piece(None, None) for p in parts]
            partial.append(_verdict([p.written or "" for p in base], misheard(heard(sound), 0.2, chance)))
    yield _row("right, a part only of either, 20 % more errors", True, partial)
    others = [_verdict(lines, said) for a, (lines, _) in episodes.items() for b, (_, said) in episodes.items() if a != b]
    shuffled = [_verdict([_shuffled(lines, chance)], said) for lines, said in episodes.values()]
    yield _row("another show", False, others)
    yield _row("the same words in another order", False, shuffled)
    yield _row("same show, same advertisements, opening and goodbye", False, _same_shows(bases))
    for rate in (0.0, 0.2, 0.35):
        errors = f"{100 * rate:.0f} % more errors"
        for count in (2, 3, 5, 10):
            orders = [_misheard(_reordered(base, count), rate, chance) for base in bases.values()]
            yield _row(f"right, {count} parts spoken in reverse order, {errors}", True, orders)
        for count in SHORT:
            pairs = [pair for base in bases.values() for pair in _shorts(base, count)]
            for each in (1, 2):
                exchanged = [_misheard(_exchanged(talk, each), rate, chance) for talk, _ in pairs]
                yield _row(f"right, {count} words of talk, {2 * each} advertisements exchanged, {errors}", True, exchanged)
            same = [_misheard(_of_same_show(a, b), rate, chance) for a, b in pairs]
            yield _row(f"same show, same 4 advertisements, {count} words of talk, {errors}", False, same)


def _same_shows(bases: dict[str, list[Piece]]) -> list[Verdict]:
    out = []
    for base in bases.values():
        half = len(base) // 2
        for a, b in ((base[:half], base[half:]), (base[half:], base[:half])):
            out.append(_verdict(*_of_same_show(a, b)))
    return out


def _shuffled(lines: list[str], chance: random.Random) -> str:
    words = " ".join(lines).split()
    chance.shuffle(words)
    return " ".join(words)
