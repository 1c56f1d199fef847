"""Who says each word, and by what name: voices from diarization, reconciled with the labels of the transcript."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from service.domain.document import Speaker
from service.domain.floor import FLICKER, TELLING_MS, Heard, heard, smoothed
from service.domain.printed import Printed
from service.domain.script import Reference
from service.domain.span import Ms
from service.domain.speech import Diarization
from service.domain.timing import Times

OWN_SHARE = 0.4
"""Share of a voice's labelled words that must carry a label before the voice takes its name."""

LABEL_SHARE = 1 / 3
"""Share of a sentence that the label's own voice must say for the whole of it to be believed to be his."""

CAREFUL = 0.95
"""Share of labels that agree with telling turns from which on a label is believed in all turns that are not telling."""

SCRAP_MS = 400
"""Where labels are careless, they are believed only in turns shorter than this."""

AT_HOME = 0.5
"""A label that names no voice may be that of somebody who shares one. On another voice it is an error, unless its share of that voice's
words is at least half as large.
"""

STRANGE_MS = 4_000
"""A voice without a name that says less than this in a line with a label is taken for an error of diarization."""

ALONE = 0.5
"""Confidence of a speaker known by label only, with no voice found for it."""

UNMATCHED = 0.3
"""Confidence, at most, of a voice that no label fits, in a transcript with labels."""

WORTH_TELLING = 20
"""Words from which a contradiction between labels and voices is reported, if they are also `OWN_SHARE` of the voice's."""


SPEAKS = 30
"""Words (some ten seconds) with a label that make it one whose voice is expected."""


@dataclass(frozen=True, slots=True)
class Attribution:
    """Speaker ids of every printed and every unwritten word (parallel to `Times`; None where unknown), and what is known of each."""

    printed: tuple[str | None, ...]
    unwritten: tuple[str | None, ...]
    speakers: tuple[Speaker, ...]
    voices: tuple[tuple[str, str], ...] = ()
    """Pairs (voice of the diarization, speaker id)."""
    warnings: tuple[str, ...] = ()


_Line = tuple[str | None, list[list[Heard]]]
"""A line's label and its pieces."""


@dataclass(frozen=True, slots=True)
class _Said:
    """One printed word: what is heard of it, the label of its line, and who is believed to say it (a name, or a voice without one)."""

    heard: Heard
    label: str | None
    who: str | None


def attribute(reference: Reference, words: Sequence[Printed], times: Times, diarization: Diarization) -> Attribution:
    """Give every word to the voice with the largest overlap, and every voice the name that its lines carry.

    A label of the transcript is believed against its voice's sound only where there is little of that sound.
    """
    spoken = heard([(word.text, timed.span) for word, timed in zip(words, times.printed, strict=True)], diarization.exclusive)
    lines = list(_by_line(reference, words, spoken))
    votes = Counter((w.voice, label) for label, parts in lines for part in parts for w in part if w.voice and label)
    names = assign(votes)
    court = _Court.over(lines, votes, names)
    said = [one for line in lines for one in court.line(*line)]
    extra = heard([("", timed.span) for _, timed in times.unwritten], diarization.exclusive)
    known = [one.who if one.heard.span else None for one in said]
    others = [names.get(w.voice, w.voice) if w.voice else None for w in extra]
    ids = {name: f"S{n}" for n, name in enumerate(dict.fromkeys(n for n in [*known, *others] if n), 1)}
    channels = {names.get(voice, voice): channel for voice, channel in diarization.channels}
    voices = {voice: ids[name] for voice in {t.speaker: None for t in diarization.turns} if (name := names.get(voice, voice)) in ids}
    return Attribution(
        tuple(ids[n] if n else None for n in known),
        tuple(ids[n] if n else None for n in others),
        tuple(replace(_speaker(name, id_, names, said), channel=channels.get(name)) for name, id_ in ids.items()),
        tuple(voices.items()),
        tuple(_contradictions(votes, names, voices)),
    )


def expected_voices(reference: Reference) -> int:
    """How many voices the labels of a transcript let expect: those with something to say."""
    words: Counter[str] = Counter()
    for line in reference.talk:
        words[line.label or ""] += len(line.tokens)
    return sum(count >= SPEAKS for label, count in words.items() if label)


def _by_line(reference: Reference, words: Sequence[Printed], spoken: Sequence[Heard]) -> Iterator[_Line]:
    """The label and the pieces of every line, flickers smoothed."""
    of_token = [line for line in reference.talk for _ in line.tokens]
    for _, group in groupby(zip(words, spoken, strict=True), key=lambda pair: id(of_token[pair[0].token])):
        line = list(group)
        yield of_token[line[0][0].token].label, smoothed([word for _, word in line])


def assign(votes: Counter[tuple[str, str]]) -> dict[str, str]:
    """One-to-one: the name of each voice, by the most shared words first; a voice most of whose words carry other labels gets none.

    >>> assign(Counter({("A", "Ada"): 90, ("B", "Ada"): 10, ("B", "Bruno"): 50, ("C", "Ada"): 20}))
    {'A': 'Ada', 'B': 'Bruno'}
    """
    total = _by_voice(votes)
    names: dict[str, str] = {}
    for (voice, label), count in sorted(votes.items(), key=lambda item: (-item[1], item[0])):
        if voice not in names and label not in names.values() and count >= OWN_SHARE * total[voice]:
            names[voice] = label
    return names


def _by_voice(votes: Counter[tuple[str, str]]) -> Counter[str]:
    """How many words of each voice carry a label."""
    total: Counter[str] = Counter()
    for (voice, _), count in votes.items():
        total[voice] += count
    return total


def _slips(votes: Counter[tuple[str, str]], names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The voices with a name, and labels that name no voice, which are errors there: they are more at home on another voice.

    >>> votes = Counter({("A", "Ada"): 90, ("A", "Bo"): 40, ("C", "Cy"): 90, ("C", "Bo"): 8})
    >>> list(_slips(votes, {"A": "Ada", "C": "Cy"}))
    [('C', 'Bo')]
    """
    total = _by_voice(votes)
    shares = {(voice, label): count / total[voice] for (voice, label), count in votes.items()}
    homes = {pair[1]: shares[pair] for pair in sorted(votes, key=lambda pair: votes[pair] * shares[pair])}
    for (voice, label), share in shares.items():
        if voice in names and label not in names.values() and share < AT_HOME * homes[label]:
            yield voice, label


@dataclass(frozen=True, slots=True)
class _Court:
    """Decides between voice and label, line by line.

    `names` are the voices' names, `telling_ms` is what makes a turn believable, `slips` are the labels, by voice, that are errors on it.
    """

    names: Mapping[str, str]
    telling_ms: Ms
    slips: frozenset[tuple[str, str]]

    @classmethod
    def over(cls, lines: Sequence[_Line], votes: Counter[tuple[str, str]], names: Mapping[str, str]) -> _Court:
        """Labels that are right where the voice is clear are believed where it is less so."""
        clear = [(word, label) for label, parts in lines for part in parts for word in part if word.turn_ms >= TELLING_MS and label]
        agree = sum(names.get(word.voice or "") == label for word, label in clear)
        return cls(names, TELLING_MS if agree >= CAREFUL * len(clear) else SCRAP_MS, frozenset(_slips(votes, names)))

    def line(self, label: str | None, parts: Sequence[Sequence[Heard]]) -> Iterator[_Said]:
        """Who says each word of a line."""
        in_line: Counter[str | None] = Counter()
        for word in (word for part in parts for word in part):
            in_line[word.voice] += word.speech_ms
        for part in parts:
            whole = self._own(label, part) > LABEL_SHARE
            for voice, group in groupby(part, key=lambda word: word.voice):
                run = list(group)
                by_label = label and (whole or self._is_doubtful(run, label, in_line))
                who = label if by_label or voice is None else self.names.get(voice, voice)
                yield from (_Said(word, label, who) for word in run)

    def _own(self, label: str | None, words: Sequence[Heard]) -> float:
        """Share of the words' sound that is in their label's voice."""
        own = sum(word.speech_ms for word in words if word.voice and self.names.get(word.voice) == label)
        return own / max(1, sum(word.speech_ms for word in words))

    def _is_doubtful(self, run: Sequence[Heard], label: str, in_line: Counter[str | None]) -> bool:
        """Whether the words of one voice are likelier said by the label of their line, of which each voice says so much."""
        voice = run[0].voice
        if voice is None or (label not in self.names.values() and (voice, label) not in self.slips):
            return True
        own = sum(spoken for other, spoken in in_line.items() if other and self.names.get(other) == label)
        if len(run) <= FLICKER and own > in_line.total() / 2:
            return True
        return in_line[voice] < STRANGE_MS if voice not in self.names else max(word.turn_ms for word in run) < self.telling_ms


def _speaker(name: str, id_: str, names: Mapping[str, str], said: Iterable[_Said]) -> Speaker:
    words = list(said)
    mine = [one for one in words if one.who == name]
    speech = sum(one.heard.speech_ms for one in mine)
    if name in names.values():
        told = [one for one in mine if one.heard.voice and one.label]
        agree = sum(names.get(one.heard.voice or "") == one.label for one in told)
        return Speaker(id_, name, "transcript", round(agree / max(1, len(told)), 3), speech)
    if any(one.label == name for one in mine):
        return Speaker(id_, name, "transcript", ALONE, speech)
    sure = UNMATCHED if any(one.label for one in words) else 1.0
    steady_share = sum(one.heard.voice == name for one in mine) / max(1, len(mine))
    return Speaker(id_, id_, "diarization", round(min(sure, steady_share), 3), speech)


def _contradictions(votes: Counter[tuple[str, str]], names: Mapping[str, str], voices: Mapping[str, str]) -> Iterator[str]:
    """One voice under two labels, and one label for two voices: where the words of a voice often carry a label that is not its name."""
    total = _by_voice(votes)
    for (voice, label), count in votes.items():
        if names.get(voice) == label or count < max(WORTH_TELLING, OWN_SHARE * total[voice]):
            continue
        if label not in names.values():
            yield f"{names.get(voice, voice)} and {label} sound like one voice: it says {count} words with the label {label}"
        elif voice not in names:
            yield f"the label {label} is on two voices: {count} words with it are said by {voices.get(voice, voice)}"
