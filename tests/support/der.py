"""Errors of diarization, by pyannote.metrics: how much of the speech is given to nobody, to the wrong voice, or invented."""

from __future__ import annotations

from pyannote.core import Annotation, Segment, Timeline
from pyannote.metrics.diarization import DiarizationErrorRate, JaccardErrorRate

from service.domain.speech import Turn


def errors(truth: tuple[Turn, ...], turns: tuple[Turn, ...]) -> dict[str, float]:
    """The kinds of error as shares of all speech, without a collar, overlap included; their sum is the error rate."""
    found = DiarizationErrorRate()(_annotation(truth), _annotation(turns), uem=_everything(truth, turns), detailed=True)
    return {kind: found[kind] / found["total"] for kind in ("confusion", "false alarm", "missed detection")}


def jaccard_error_rate(truth: tuple[Turn, ...], turns: tuple[Turn, ...]) -> float:
    """Each speaker counts the same, however little he says; without a collar, overlap included."""
    return float(JaccardErrorRate()(_annotation(truth), _annotation(turns), uem=_everything(truth, turns)))


def _everything(truth: tuple[Turn, ...], turns: tuple[Turn, ...]) -> Timeline:
    return Timeline([Segment(0, max(turn.span.end for turn in (*truth, *turns)) / 1000)])


def _annotation(turns: tuple[Turn, ...]) -> Annotation:
    found = Annotation()
    for track, turn in enumerate(turns):
        found[Segment(turn.span.start / 1000, turn.span.end / 1000), track] = turn.speaker
    return found
