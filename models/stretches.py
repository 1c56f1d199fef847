"""From windows of local speakers to stretches of one voice: what is embedded, once, and which frames it speaks for.

pyannote's segmentation looks at windows that overlap, and numbers the speakers of each anew. Here their columns are matched window by
window, so that a column is followed as long as its speaker is in sight; a stretch is what one column says alone between two pauses.
Arrays of frames have shape (num_frames, num_columns); `seconds` is always the step of a frame.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, permutations

import numpy as np
import numpy.typing as npt

Frames = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

PAUSE_SECONDS = 0.2
"""Silence at which a stretch ends: another voice may begin there, and segmentation is not always told."""

SHORT_SECONDS = 0.8
"""A stretch shorter than this is believed about its voice only when its column says nothing else within `NEIGHBOUR_SECONDS`."""

NEIGHBOUR_SECONDS = 1.0

LONGEST_SECONDS = 5.0
"""Longer stretches are cut into equal parts: CAM++ tells voices apart from two seconds on, and gains little beyond five."""

NOBODY_MISSED = 0.99
"""Mean activity, of all columns, of a frame in which every window hears somebody."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Frames [start, end) that one column speaks alone."""

    column: int
    start: int
    end: int

    @property
    def num_frames(self) -> int:
        return self.end - self.start


def matched(windows: Iterable[tuple[int, Frames]], num_frames: int, num_columns: int) -> Frames:
    """Mean activity of every column, from windows (first frame, activity) in order of time, their columns put in the order that agrees best
    with the windows before.
    """
    total = np.zeros((num_frames, num_columns), np.float32)
    seen = np.zeros((num_frames, 1), np.float32)
    orders = [list(order) for order in permutations(range(num_columns))]
    for first, window in windows:
        part = slice(first, min(num_frames, first + len(window)))
        local = window[: part.stop - first]
        before = total[part] / np.maximum(seen[part], 1)
        agreement = before.T @ local
        best = max(orders, key=lambda order: float(agreement[range(num_columns), order].sum()))
        total[part] += local[:, best]
        seen[part] += 1
    total /= np.maximum(seen, 1)
    return total


def active(activity: Frames) -> Mask:
    """Who speaks in each frame: as many columns as speak on average, the most active first."""
    count = np.rint(activity.sum(axis=1, keepdims=True))
    speaking = activity > 0
    for column, own in enumerate(activity.T):
        ahead = (activity > own[:, None]).sum(axis=1) + (activity[:, :column] == own[:, None]).sum(axis=1)
        speaking[:, column] &= ahead < count[:, 0]
    return speaking


def runs(mask: Mask) -> list[tuple[int, int]]:
    """Where a mask (num_frames,) is true, as [start, end).

    >>> runs(np.array([True, True, False, True]))
    [(0, 2), (3, 4)]
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return [(int(start), int(end)) for start, end in edges.reshape(-1, 2)]


def doubted(activity: Frames) -> Mask:
    """The frames in which at least one window hears nobody, shape (num_frames,)."""
    return np.asarray(activity.sum(axis=1) < NOBODY_MISSED)


def stretches(speaking: Mask, doubt: Mask, seconds: float) -> list[Stretch]:
    """What each column says alone, cut at pauses, where one is suspected (`doubt`) and where it grows too long, in order of time."""
    alone = speaking.sum(axis=1) == 1
    found = [
        Stretch(column, *part)
        for column in range(speaking.shape[1])
        for run in _bridged(runs(speaking[:, column] & alone), speaking, round(PAUSE_SECONDS / seconds))
        for sure in _cut(run, doubt, SHORT_SECONDS / seconds)
        for part in _parts(sure, LONGEST_SECONDS / seconds)
    ]
    return sorted(found, key=lambda stretch: (stretch.start, stretch.column))


def _cut(run: tuple[int, int], doubt: Mask, shortest: float) -> Iterator[tuple[int, int]]:
    """A run cut in the middle of each doubt that leaves enough on both sides."""
    begin, end = run
    for first, last in runs(doubt[begin:end]):
        middle = run[0] + (first + last) // 2
        if min(middle - begin, end - middle) >= shortest:
            yield begin, middle
            begin = middle
    yield begin, end


def _bridged(found: Sequence[tuple[int, int]], speaking: Mask, longest: int) -> list[tuple[int, int]]:
    """Runs joined over gaps of fewer than `longest` frames in which nobody else speaks."""
    out: list[tuple[int, int]] = []
    for start, end in found:
        if out and start - out[-1][1] < longest and not speaking[out[-1][1] : start].any():
            out[-1] = (out[-1][0], end)
        else:
            out.append((start, end))
    return out


def _parts(run: tuple[int, int], longest: float) -> list[tuple[int, int]]:
    count = math.ceil((run[1] - run[0]) / longest)
    cuts = np.linspace(*run, count + 1).round().astype(int).tolist()
    return list(pairwise(cuts))


def carried(found: Sequence[Stretch], voices: Sequence[int], seconds: float) -> list[int]:
    """The voices, short stretches and those of no known voice (-1) taking the one of the nearest longer stretch in their column."""
    sure = [n for n, stretch in enumerate(found) if voices[n] >= 0 and stretch.num_frames * seconds >= SHORT_SECONDS]
    out = list(voices)
    for n in sorted(set(range(len(found))) - set(sure)):
        near = [(_apart(found[n], found[m]) * seconds, m) for m in sure if found[m].column == found[n].column]
        gap, nearest = min(near, default=(math.inf, n))
        if gap <= NEIGHBOUR_SECONDS or out[n] < 0:
            out[n] = max(voices[nearest], 0)
    return out


def _apart(one: Stretch, other: Stretch) -> int:
    """Frames between two stretches."""
    return max(other.start - one.end, one.start - other.end, 0)


def voiced(speaking: Mask, found: Sequence[Stretch], voices: Sequence[int]) -> Mask:
    """Who speaks in each frame, by voice: shape (num_frames, num_voices).

    A frame of a column has the voice of that column's nearest stretch; where two columns would be one voice, the second is the voice
    nearest in time among the others.
    """
    out = np.zeros((len(speaking), max(voices, default=-1) + 1), np.bool_)
    for column in range(speaking.shape[1]):
        mine = [(stretch, voice) for stretch, voice in zip(found, voices, strict=True) if stretch.column == column]
        if not mine:
            continue
        halfway = [(a.end + b.start) // 2 for (a, _), (b, _) in pairwise(mine)]
        for (stretch, voice), begin, end in zip(mine, [0, *halfway], [*halfway, len(speaking)], strict=True):
            out[begin:end, voice] |= speaking[begin:end, column]
            out[stretch.start : stretch.end, voice] = True
    return _two_at_once(out, speaking.sum(axis=1))


def _two_at_once(out: Mask, count: npt.NDArray[np.int_]) -> Mask:
    lacking = np.flatnonzero((count > 1) & (out.sum(axis=1) == 1))
    if not len(lacking) or out.shape[1] == 1:
        return out
    distance = np.stack([_distance(out[:, voice], lacking) for voice in range(out.shape[1])], axis=1)
    distance[out[lacking]] = len(out)
    both = out.copy()
    both[lacking, distance.argmin(axis=1)] = True
    return both


def _distance(mask: Mask, frames: npt.NDArray[np.int_]) -> npt.NDArray[np.int_]:
    """How many frames it is from each of `frames` to the nearest true one, before or after."""
    true = np.flatnonzero(mask)
    if not len(true):
        return np.full(len(frames), len(mask))
    at = np.searchsorted(true, frames)
    return np.asarray(np.minimum(np.abs(frames - true[np.maximum(at - 1, 0)]), np.abs(frames - true[np.minimum(at, len(true) - 1)])))


def exclusive(out: Mask) -> Mask:
    """One voice at a time: where two speak, the one who holds the floor longer."""
    longest = np.zeros(len(out), np.int32)
    holder = np.zeros(len(out), np.int16)
    for voice in range(out.shape[1]):
        for start, end in runs(out[:, voice]):
            longer = longest[start:end] < end - start
            longest[start:end][longer] = end - start
            holder[start:end][longer] = voice
    return np.asarray(out & (holder[:, None] == np.arange(out.shape[1])))
