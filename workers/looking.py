"""The second look of the `align` stage: what was not recognised is looked for in the sound where it could be, and a transcript that would
be refused is heard out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TypeAlias

from models.protocols import Report, Seeker, Sought
from service.domain.align import Alignment
from service.domain.appeal import samples, upheld
from service.domain.secondlook import Look, Trace, amended, holes, search
from service.domain.span import Span
from service.domain.speech import Hypothesis
from service.errors import TranscriptMismatch
from workers.desk import Desk
from workers.recall import Recall

Traces: TypeAlias = tuple[Trace, ...]
"""One for each word that was looked for."""


def look_again(desk: Desk, alignment: Alignment, report: Report) -> Alignment:
    """The alignment, amended by what the recogniser finds when it is told what to look for. Raises `TranscriptMismatch`."""
    with _looking(desk, report) as look:
        doubted = not alignment.verdict.accepted
        if doubted:
            alignment = _heard_out(alignment, desk.hypothesis, look)
        return amended(alignment, {hole: search(hole, look) for hole in holes(alignment, desk.hypothesis, doubted=doubted)})


def _heard_out(alignment: Alignment, hypothesis: Hypothesis, look: Look) -> Alignment:
    """The alignment, accepted, if the sound speaks for the transcript where other words were recognised."""
    found = {hole: search(hole, look) for hole in samples(alignment, hypothesis)}
    if not upheld(found):
        looked = f" {len(found)} of its passages were looked for in the sound, too, and are not said there." if found else ""
        told = f"The transcript does not seem to be of this audio: {alignment.verdict.reason}.{looked}"
        raise TranscriptMismatch(f"{told} Check that both belong to the same episode.", alignment.verdict.coverage)
    return replace(alignment, verdict=replace(alignment.verdict, accepted=True, reason=None))


@contextmanager
def _looking(desk: Desk, report: Report) -> Iterator[Look]:
    """Looks into the recording; what was looked for before is not asked again."""
    seeker = desk.kit.seeker(desk.hypothesis.language)
    with desk.recalling("looks", Traces, seeker.uses) as recall:

        def look(span: Span, which: Sequence[int]) -> Traces:
            report(span.start, desk.waveform.duration_ms)
            words = tuple(desk.reference.tokens[k].text for k in which)
            return _found(seeker, recall, Sought(desk.waveform, span, words, desk.hypothesis.language))

        yield look


def _found(seeker: Seeker, recall: Recall[Traces], sought: Sought) -> Traces:
    """What was found is kept without its words: the transcript may have to be forgotten before the recording."""

    def ask(_: object) -> Iterator[Traces]:
        yield tuple(_saying("", trace) for trace in seeker.seek(sought))

    traces = recall.answers([(sought.span.start, sought.span.end, sought.words, sought.language)], ask)[0]
    return tuple(map(_saying, sought.words, traces))


def _saying(text: str, trace: Trace) -> Trace:
    return replace(trace, word=replace(trace.word, text=text))
