"""What three hours of talk take beside the models: frames, stretches, voices."""

from __future__ import annotations

import tracemalloc

import numpy as np

from models.stretches import Frames, active, carried, doubted, exclusive, matched, stretches, voiced
from models.voices import Bounds, Embeddings, voices

FRAME_SECONDS = 0.016978
NUM_FRAMES = round(3 * 3600 / FRAME_SECONDS)
WINDOW, STEP = 589, 147
"""Frames of a window of segmentation, and from the start of one to the next."""

NUM_VOICES = 8
TURN_FRAMES = 236
"""Four seconds, a fifth of which is a pause."""


def talk() -> Frames:
    """Turns of two columns in turn."""
    frame = np.arange(NUM_FRAMES)
    column, spoken = frame // TURN_FRAMES % 2, frame % TURN_FRAMES < 0.8 * TURN_FRAMES
    return np.asarray((column[:, None] == np.arange(3)) & spoken[:, None], np.float32)


def heard(count: int) -> Embeddings:
    """Of eight people in turn."""
    random = np.random.default_rng(0)
    people = random.standard_normal((NUM_VOICES, 192))
    return np.asarray(people[np.arange(count) % NUM_VOICES] + 0.4 * random.standard_normal((count, 192)), np.float32)


def test_three_hours_take_less_than_sixty_megabytes_beside_the_models() -> None:
    said = talk()
    windows = ((start, said[start : start + WINDOW]) for start in range(0, NUM_FRAMES, STEP))
    tracemalloc.start()
    activity = matched(windows, NUM_FRAMES, 3)
    speaking = active(activity)
    found = stretches(speaking, doubted(activity), FRAME_SECONDS)
    times = np.array([(stretch.start, stretch.end) for stretch in found]) * FRAME_SECONDS
    told = voices(heard(len(found)), times, Bounds())
    alone = exclusive(voiced(speaking, found, carried(found, told, FRAME_SECONDS)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (len(found), set(told)) == (2696, set(range(NUM_VOICES)))
    assert alone.any(axis=1).mean() > 0.75
    assert peak < 60e6
