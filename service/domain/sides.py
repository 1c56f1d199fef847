"""Who speaks when, where two channels of a recording hold a voice each: the channels say who, diarization says when anybody does."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from service.domain.span import Ms, Span
from service.domain.speech import Diarization, Turn

OWN = 0.8
"""Share of what a channel holds alone that diarization must hear as one voice, or else two people share that channel."""


@dataclass(frozen=True, slots=True)
class _Moment:
    """A stretch in which nothing changes: the channels heard, and the voices of diarization."""

    span: Span
    sides: frozenset[str]
    voices: frozenset[str]


def by_channel(told: Diarization, sides: Sequence[Turn]) -> Diarization:
    """The diarization, a channel's voice put wherever that channel is heard; as it was, if two people share a channel.

    The `speaker` of `sides` is a channel, from "1". What is on both channels alike (music, advertisements) stays as diarization has it.
    """
    moments = [moment for moment in _moments(sides, told.turns) if moment.voices]
    owners = _owners(moments)
    if len(owners) < 2:
        return told
    spoken = list(_spoken(moments, owners))
    turns = (Turn(moment.span, speaker) for moment, speakers, _ in spoken for speaker in sorted(speakers))
    floor = (Turn(moment.span, holder) for moment, _, holder in spoken)
    return Diarization(_joined(turns), _joined(floor), tuple((_name(side), int(side)) for side in owners))


def _name(side: str) -> str:
    """The voice of a channel."""
    return f"C{side}"


def _moments(sides: Iterable[Turn], turns: Iterable[Turn]) -> Iterator[_Moment]:
    """All stretches between one change and the next, in order."""
    changes: defaultdict[Ms, list[tuple[int, str, int]]] = defaultdict(list)
    for layer, these in enumerate((sides, turns)):
        for turn in these:
            changes[turn.span.start].append((layer, turn.speaker, 1))
            changes[turn.span.end].append((layer, turn.speaker, -1))
    now: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    for start, end in pairwise(sorted(changes)):
        for layer, speaker, step in changes[start]:
            now[layer][speaker] += step
        heard, voices = (frozenset(+counted) for counted in now)
        yield _Moment(Span(start, end), heard, voices)


def _owners(moments: Iterable[_Moment]) -> dict[str, str]:
    """By channel, the voice that diarization hears while only that channel is heard; a channel with several voices is left out."""
    alone: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for moment in moments:
        if len(moment.sides) == 1 == len(moment.voices):
            alone[min(moment.sides)][min(moment.voices)] += moment.span.duration
    most = {side: voices.most_common(1)[0] for side, voices in sorted(alone.items())}
    return {side: voice for side, (voice, spoken) in most.items() if spoken >= OWN * alone[side].total()}


def _spoken(moments: Iterable[_Moment], owners: dict[str, str]) -> Iterator[tuple[_Moment, set[str], str]]:
    """Of every moment all who speak (who is heard on his channel, and two at once also where only diarization hears both), and the one
    who holds the floor: who held it before, as long as he speaks.
    """
    one_voice = len(set(owners.values())) < len(owners)
    names = {voice: _name(side) for side, voice in owners.items()}
    holder = _name(min(owners))
    for moment in moments:
        speakers = {_name(side) for side in moment.sides}
        if not speakers:
            speakers = {holder if one_voice and voice in names else names.get(voice, voice) for voice in moment.voices}
        elif len(moment.voices) > 1:
            speakers |= {names[voice] for voice in moment.voices & names.keys()}
        holder = holder if holder in speakers else min(speakers)
        yield moment, speakers, holder


def _joined(moments: Iterable[Turn]) -> tuple[Turn, ...]:
    """Turns of one speaker that touch, as one; in order of time."""
    out: dict[str, list[Turn]] = {}
    for turn in moments:
        mine = out.setdefault(turn.speaker, [])
        touches = bool(mine) and mine[-1].span.end == turn.span.start
        mine.append(Turn(mine.pop().span.hull(turn.span), turn.speaker) if touches else turn)
    return tuple(sorted((turn for turns in out.values() for turn in turns), key=lambda turn: (turn.span, turn.speaker)))
