"""The second look of the `align` stage: what was not recognised is looked for in the sound where it could be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias

from models.protocols import Report, Seeker, Sought
from service.domain.align import Alignment
from service.domain.secondlook import Trace, amended, holes, search
from service.domain.span import Span
from workers.desk import Desk
from workers.recall import Recall

Traces: TypeAlias = tuple[Trace, ...]
"""One for each word that was looked for."""


def look_again(desk: Desk, alignment: Alignment, report: Report) -> Alignment:
    """The alignment, amended by what the recogniser finds when it is told what to look for."""
    seeker = desk.kit.seeker(desk.hypothesis.language)
    with desk.recalling("looks", Traces, seeker.uses) as recall:

        def look(span: Span, which: Sequence[int]) -> Traces:
            report(span.start, desk.waveform.duration_ms)
            words = tuple(desk.reference.tokens[k].text for k in which)
            return _found(seeker, recall, Sought(desk.waveform, span, words, desk.hypothesis.language))

        return amended(alignment, {hole: search(hole, look) for hole in holes(alignment, desk.hypothesis)})


def _found(seeker: Seeker, recall: Recall[Traces], sought: Sought) -> Traces:
    """What was found is kept without its words: the transcript may have to be forgotten before the recording."""

    def ask(_: object) -> Iterator[Traces]:
        yield tuple(_saying("", trace) for trace in seeker.seek(sought))

    traces = recall.answers([(sought.span.start, sought.span.end, sought.words, sought.language)], ask)[0]
    return tuple(map(_saying, sought.words, traces))


def _saying(text: str, trace: Trace) -> Trace:
    return replace(trace, word=replace(trace.word, text=text))
