"""The shape of subtitles: few short lines, cut where sentences, clauses or breaths end, never across two speakers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from service.domain.document import Document
from service.domain.formats.tokens import joined
from service.domain.render.options import RenderOptions
from service.domain.render.talk import Voices, spoken
from service.domain.span import Ms, Span

LONGEST_MS = 7_000
"""Milliseconds a cue stays at most, as broadcasters have it, unless a single word lasts longer."""

LONGEST_PAUSE_MS = 1_500
"""A longer silence ends a cue; after the end of a sentence, half of it does."""

BREATH_MS = 250
"""A silence of this length is as good as a comma to cut at."""

SENTENCE_ENDS = ".?!…。！？"
CLAUSE_ENDS = ",;:—–、，；："
QUOTES = "\"'”’)]»"


@dataclass(frozen=True, slots=True)
class Cue:
    """A subtitle: when, who (a name, or None), and its lines of text. `changes` tells that someone else begins to speak."""

    span: Span
    speaker: str | None
    lines: tuple[str, ...]
    changes: bool


@dataclass(frozen=True, slots=True)
class _Word:
    """A word to be shown, its time and its speaker's name."""

    text: str
    span: Span
    speaker: str | None


def cues(document: Document, options: RenderOptions, *, prefixed: bool = False) -> list[Cue]:
    """The cues of all heard words, in order; they never overlap and never run backwards.

    `prefixed` puts "Name: " before the first word where the speaker changes. Words without a time are in no cue.
    A word longer than a line has a line of its own.
    """
    voices = Voices(document, options)
    words = [_Word(" ".join(word.text.split()), span, voices.name(word.speaker)) for word, span in spoken(document, options)]
    found: list[Cue] = []
    at, last = 0, None
    for run in _runs(words):
        changes = run[0].speaker != last
        if changes and prefixed and run[0].speaker:
            run[0] = replace(run[0], text=f"{run[0].speaker}: {run[0].text}")
        for part in _parts(run, options):
            start = max(at, part[0].span.start)
            at = max(start + 1, *(word.span.end for word in part))
            found.append(Cue(Span(start, at), part[0].speaker, _wrapped(part, options), changes))
            changes = False
        last = run[0].speaker
    return found


def _runs(words: Sequence[_Word]) -> Iterator[list[_Word]]:
    """Stretches of one speaker without a long pause."""
    run: list[_Word] = []
    for word in words:
        if run and (word.speaker != run[-1].speaker or word.span.start - run[-1].span.end > _patience(run[-1])):
            yield run
            run = []
        run.append(word)
    if run:
        yield run


def _patience(word: _Word) -> Ms:
    """How long a silence after the word may last without ending the cue."""
    return LONGEST_PAUSE_MS // 2 if _rank(word, None) == _SENTENCE else LONGEST_PAUSE_MS


def _parts(run: Sequence[_Word], options: RenderOptions) -> Iterator[list[_Word]]:
    """The run cut into pieces that fit a cue; a sentence that fills half of one ends it."""
    if options.word_cues:
        yield from ([word] for word in run)
        return
    part: list[_Word] = []
    for n, word in enumerate(run):
        while part and not _fits([*part, word], options):
            cut = _best_cut(part, _rest_of_sentence(run, n, options.max_chars // 2))
            yield part[:cut]
            part = part[cut:]
        part.append(word)
        if _rank(part[-1], None) == _SENTENCE and 2 * _length(part) >= options.max_chars * options.max_lines:
            yield part
            part = []
    if part:
        yield part


def _fits(part: Sequence[_Word], options: RenderOptions) -> bool:
    lasts: Ms = part[-1].span.end - part[0].span.start
    return lasts <= LONGEST_MS and len(_lines([w.text for w in part], options.max_chars)) <= options.max_lines


_SENTENCE, _CLAUSE, _WORD = 2, 1, 0


def _rest_of_sentence(run: Sequence[_Word], at: int, most: int) -> list[_Word]:
    """The words from `at` to the end of their sentence; none if they are more than `most` characters."""
    rest: list[_Word] = []
    for word in run[at:]:
        rest.append(word)
        if _length(rest) > most:
            return []
        if _rank(word, None) == _SENTENCE:
            break
    return rest


def _best_cut(part: Sequence[_Word], rest: Sequence[_Word]) -> int:
    """How many words to keep: up to the end of a sentence, or of a clause in the second half, the last of equals.

    Where only the short `rest` of a sentence would be left for the next cue, both get about half of it.
    """
    half = len(part) // 2
    ranks = [_rank(word, after) for word, after in zip_longest(part, part[1:])]
    worths = [rank if i >= half or rank == _SENTENCE else _WORD for i, rank in enumerate(ranks)]

    def nearness(kept: int) -> int:
        return -abs(_length(part[:kept]) - _length([*part[kept:], *rest])) if rest else kept

    return max(range(1, len(part) + 1), key=lambda kept: (worths[kept - 1], nearness(kept)))


def _rank(word: _Word, after: _Word | None) -> int:
    """How good a place it is to cut after a word."""
    last = word.text.rstrip(QUOTES)[-1:]
    if last and last in SENTENCE_ENDS:
        return _SENTENCE
    breath = after is not None and after.span.start - word.span.end >= BREATH_MS
    return _CLAUSE if (last and last in CLAUSE_ENDS) or breath else _WORD


def _wrapped(part: Sequence[_Word], options: RenderOptions) -> tuple[str, ...]:
    """The lines of a cue. Two lines are made about equally long, cut at a comma or full stop where one is near the middle."""
    texts = [word.text for word in part]
    lines = _lines(texts, options.max_chars)
    if len(lines) != 2:
        return tuple(lines)
    cuts = [(joined(texts[:i]), joined(texts[i:]), _rank(part[i - 1], None)) for i in range(1, len(texts))]
    fitting = [cut for cut in cuts if max(len(cut[0]), len(cut[1])) <= options.max_chars]
    if not fitting:
        return tuple(lines)
    above, below, _ = min(fitting, key=lambda cut: abs(len(cut[0]) - len(cut[1])) - (options.max_chars // 4) * cut[2])
    return above, below


def _lines(texts: Sequence[str], width: int) -> list[str]:
    """Words filled into lines, each as long as it may be."""
    lines: list[str] = []
    line: list[str] = []
    for text in texts:
        if line and len(joined([*line, text])) > width:
            lines.append(joined(line))
            line = []
        line.append(text)
    return [*lines, joined(line)] if line else lines


def _length(part: Sequence[_Word]) -> int:
    return len(joined([word.text for word in part]))
