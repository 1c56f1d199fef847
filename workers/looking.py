"""The second look of the `align` stage: what was not recognised is looked for in the sound where it could be."""

from __future__ import annotations

from collections.abc import Sequence

from models.protocols import Report, Sought
from service.domain.align import Alignment
from service.domain.secondlook import Trace, amended, holes, search
from service.domain.span import Span
from workers.desk import Desk


def look_again(desk: Desk, alignment: Alignment, report: Report) -> Alignment:
    """The alignment, amended by what the recogniser finds when it is told what to look for."""
    language = desk.hypothesis.language
    tokens = desk.reference.tokens

    def look(span: Span, which: Sequence[int]) -> tuple[Trace, ...]:
        report(span.start, desk.waveform.duration_ms)
        return desk.kit.seeker(language).seek(Sought(desk.waveform, span, tuple(tokens[k].text for k in which), language))

    return amended(alignment, {hole: search(hole, look) for hole in holes(alignment, desk.hypothesis)})
