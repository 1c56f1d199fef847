"""Cutting a recording at its pauses, so that each model works in bounded memory and no word is cut in two."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from models.waveform import SAMPLE_RATE, Waveform
from service.domain.span import Ms, Span
from service.stages import Part

FRAME_MS = 20
"""Step of the loudness curve."""

PAUSE_FRAMES = 15
"""A cut is placed in the middle of the quietest 300 ms."""


def loudness(waveform: Waveform, span: Span) -> npt.NDArray[np.float32]:
    """Root mean square per 20 ms frame of `span`, shape (num_frames,)."""
    samples = waveform.crop(span)
    size = SAMPLE_RATE * FRAME_MS // 1000
    frames = samples[: len(samples) // size * size].reshape(-1, size)
    return np.asarray(np.sqrt(np.einsum("ij,ij->i", frames, frames) / np.float32(size)), np.float32)


def quietest(waveform: Waveform, span: Span) -> Ms:
    """The middle of the quietest 300 ms of `span`; its end when the span is shorter than that."""
    level = loudness(waveform, span)
    if len(level) < PAUSE_FRAMES:
        return span.end
    smooth = np.convolve(level, np.ones(PAUSE_FRAMES) / PAUSE_FRAMES, "valid")
    return span.start + (int(smooth.argmin()) + PAUSE_FRAMES // 2) * FRAME_MS


def windows(waveform: Waveform, longest_ms: Ms, search_ms: Ms, within: Span | None = None) -> Iterator[Span]:
    """Consecutive spans that cover the recording, or what is `within`, none longer than `longest_ms`, each cut at the quietest place of
    its last `search_ms`.
    """
    start, end = (within.start, within.end) if within else (0, waveform.duration_ms)
    while end - start > longest_ms:
        cut = quietest(waveform, Span(start + longest_ms - search_ms, start + longest_ms))
        yield Span(start, cut)
        start = cut
    if end > start:
        yield Span(start, end)


def share(spans: Sequence[Span], part: Part) -> list[Span]:
    """Those of consecutive spans that begin in this part of the time they cover: each span is in exactly one part."""
    end = spans[-1].end if spans else 0
    return [span for span in spans if span.start * part.count // end == part.number]


def merged(spans: Sequence[Span], longest_ms: Ms) -> Iterator[Span]:
    """Consecutive spans put together, as many as are not longer than `longest_ms`."""
    whole: Span | None = None
    for span in spans:
        if whole and span.end - whole.start <= longest_ms:
            whole = Span(whole.start, span.end)
        else:
            if whole:
                yield whole
            whole = span
    if whole:
        yield whole


PAUSE_MS = 200
"""Between phrases; shorter silences may be the closures of stops."""

HUSH_MS = 140
"""Closures of stops last up to about 120 ms: a longer silence at the edge of a word is no part of it."""


def pauses(silences: Iterable[Span]) -> tuple[Span, ...]:
    """The silences between phrases among all of them: those of at least `PAUSE_MS`."""
    return tuple(hush for hush in silences if hush.duration >= PAUSE_MS)


def hushes(waveform: Waveform) -> tuple[Span, ...]:
    """The silences of at least `HUSH_MS`, in order.

    A frame is silent below a level between the quiet and the loud of its minute: three times the 10th percentile,
    but never above 8 % of the 90th, so that neither steady noise nor a whole minute of silence misleads it.
    """
    out: list[Span] = []
    for minute in windows(waveform, 60_000, 10_000):
        level = loudness(waveform, minute)
        if not len(level):
            continue
        floor, speech = np.percentile(level, [10, 90])
        silent = level < max(min(3 * floor, 0.08 * speech), 0.02 * speech)
        edges = np.flatnonzero(np.diff(np.concatenate([[False], silent, [False]]).astype(np.int8)))
        runs = edges.reshape(-1, 2)
        out += [Span(minute.start + int(a) * FRAME_MS, minute.start + int(b) * FRAME_MS) for a, b in runs if (b - a) * FRAME_MS >= HUSH_MS]
    return tuple(out)
