"""Who says each word, and by what name: voices from diarization, reconciled with the labels of the transcript."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from service.domain.document import Speaker
from service.domain.printed import Printed
from service.domain.script import Line, Reference
from service.domain.span import Ms, Span
from service.domain.speech import Diarization, Turn
from service.domain.timing import Times

REACH_MS = 1_000
"""A word outside every turn belongs to the nearest turn within this distance."""

FLICKER = 3
"""Runs of at most so many words inside a line, by another voice than the rest of it, are taken for errors of diarization."""

OWN_SHARE = 0.4
"""Share of a voice's labelled words that must carry a label before the voice takes its name."""

ALONE = 0.5
"""Confidence of a speaker known by label only, with no voice found for it."""


@dataclass(frozen=True, slots=True)
class Attribution:
    """Speaker ids of every printed and every unwritten word (parallel to `Times`; None where unknown), and what is known of each."""

    printed: tuple[str | None, ...]
    unwritten: tuple[str | None, ...]
    speakers: tuple[Speaker, ...]
    voices: tuple[tuple[str, str], ...] = ()
    """Pairs (voice of the diarization, speaker id)."""


def attribute(reference: Reference, words: Sequence[Printed], times: Times, diarization: Diarization) -> Attribution:
    """Give every word to the voice with the largest overlap, and every voice the name that its lines carry."""
    lines = list(_line_of(reference, words))
    voices = list(_steady(_voices([t.span for t in times.printed], diarization.exclusive), lines))
    extra = _voices([t.span for _, t in times.unwritten], diarization.exclusive)
    labels = [line.label for line in lines]
    names = assign(Counter((v, label) for v, label in zip(voices, labels, strict=True) if v and label))
    who = [_who(v, label, names) for v, label in zip(voices, labels, strict=True)]
    heard = [w if t.span else None for w, t in zip(who, times.printed, strict=True)]
    others = [names.get(v, v) if v else None for v in extra]
    ids = {name: f"S{n}" for n, name in enumerate(dict.fromkeys(n for n in [*heard, *others] if n), 1)}
    return Attribution(
        tuple(ids[n] if n else None for n in heard),
        tuple(ids[n] if n else None for n in others),
        tuple(_speaker(name, id_, names, list(zip(heard, voices, labels, times.printed, strict=True))) for name, id_ in ids.items()),
        tuple(
            (voice, ids[names.get(voice, voice)])
            for voice in {t.speaker: None for t in diarization.turns}
            if names.get(voice, voice) in ids
        ),
    )


def _line_of(reference: Reference, words: Sequence[Printed]) -> Iterator[Line]:
    """The line of every printed word."""
    of_token = [line for line in reference.talk for _ in line.tokens]
    return (of_token[word.token] for word in words)


def _voices(spans: Sequence[Span | None], turns: Sequence[Turn]) -> list[str | None]:
    """The voice of each word, None for words without a time or far from every turn."""
    ordered = sorted(turns, key=lambda t: t.span)
    return [_voice(span, ordered) if span else None for span in spans]


def _voice(span: Span, turns: Sequence[Turn]) -> str | None:
    near = [t for t in turns if t.span.start < span.end + REACH_MS and t.span.end > span.start - REACH_MS]
    overlap: dict[str, Ms] = defaultdict(int)
    for turn in near:
        overlap[turn.speaker] += turn.span.overlap(span)
    best = max(overlap, key=overlap.__getitem__, default=None)
    if best is None or overlap[best]:
        return best
    return min(near, key=lambda t: max(t.span.start - span.end, span.start - t.span.end)).speaker


def _steady(voices: Sequence[str | None], lines: Sequence[Line]) -> Iterator[str | None]:
    """Voices with short flickers inside a line smoothed to the voice of most of the line."""
    for _, group in groupby(zip(voices, lines, strict=True), key=lambda pair: id(pair[1])):
        mine = [voice for voice, _ in group]
        counted = Counter(v for v in mine if v)
        main = counted.most_common(1)[0][0] if counted else None
        for voice, run in groupby(mine):
            length = len(list(run))
            yield from [main if length <= FLICKER and length < len(mine) / 2 else voice] * length


def assign(votes: Counter[tuple[str, str]]) -> dict[str, str]:
    """One-to-one: the name of each voice, by the most shared words first; a voice most of whose words carry other labels gets none.

    >>> assign(Counter({("A", "Ada"): 90, ("B", "Ada"): 10, ("B", "Bruno"): 50, ("C", "Ada"): 20}))
    {'A': 'Ada', 'B': 'Bruno'}
    """
    total: Counter[str] = Counter()
    for (voice, _), count in votes.items():
        total[voice] += count
    names: dict[str, str] = {}
    for (voice, label), count in sorted(votes.items(), key=lambda item: (-item[1], item[0])):
        if voice not in names and label not in names.values() and count >= OWN_SHARE * total[voice]:
            names[voice] = label
    return names


def _who(voice: str | None, label: str | None, names: dict[str, str]) -> str | None:
    """The name of the voice; the label, where no voice has taken it or no voice is known; else the nameless voice."""
    if label and (voice is None or label not in names.values()):
        return label
    return names.get(voice, voice) if voice else None


def _speaker(name: str, id_: str, names: dict[str, str], words: Iterable[tuple]) -> Speaker:  # type: ignore[type-arg]
    mine = [(voice, label, timed) for who, voice, label, timed in words if who == name]
    speech = sum(timed.span.duration for _, _, timed in mine if timed.span)
    if name in names.values():
        agree = sum(names.get(voice) == label for voice, label, _ in mine if voice and label)
        return Speaker(id_, name, "transcript", round(agree / max(1, sum(bool(v and lb) for v, lb, _ in mine)), 3), speech)
    if any(label == name for _, label, _ in mine):
        return Speaker(id_, name, "transcript", ALONE, speech)
    return Speaker(id_, id_, "diarization", round(sum(v == name for v, _, _ in mine) / max(1, len(mine)), 3), speech)
