"""Who is refused where loud music makes the recogniser hear other words than are said: by the words alone, and with the sound."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from models.waveform import Waveform
from service.domain.align import align
from service.domain.options import Options
from service.errors import TranscriptMismatch
from tests.bench.align import mixed
from tests.bench.align.mixed import Scene
from tests.bench.align.runs import KEPT, Runs
from workers import pipeline
from workers.desk import Desk, Episode

LOUDER_DB = (8, 12)
"""Than the voice, over the whole stretch."""

SCENES = 2


def table(runs: Runs, recordings: dict[Path, Waveform]) -> Iterator[str]:
    """One row per loudness and transcript: the stretch's own, that of another stretch of its episode, that of the other episode."""
    chance = random.Random(11)
    scenes = {truth: list(mixed.scenes(truth, SCENES, chance)) for truth in recordings}
    for louder in LOUDER_DB:
        decided: dict[tuple[str, bool], list[tuple[bool, bool]]] = {}
        for truth, recording in recordings.items():
            other = next(there for where, there in scenes.items() if where != truth)
            for n, scene in enumerate(scenes[truth]):
                sound = _drowned(recording, scene, louder)
                for what, wanted, text in (
                    ("its own", True, scene),
                    ("of another part of the episode", False, scenes[truth][n - 1]),
                    ("of another show", False, other[n]),
                ):
                    decided.setdefault((what, wanted), []).append(_decided(runs, sound, text))
        for (what, wanted), verdicts in decided.items():
            words, both = (sum(verdict[k] is wanted for verdict in verdicts) for k in (0, 1))
            yield f"| {louder} dB | {what} | {'accept' if wanted else 'refuse'} | {words} of {len(verdicts)} | {both} of {len(verdicts)} |"


def _drowned(recording: Waveform, scene: Scene, louder_db: float) -> Path:
    """The stretch with music over all of it."""
    path = KEPT / "drowned" / f"{scene.name.replace(' ', '-')}-{louder_db}.wav"
    whole = replace(scene, at=0, end=len(scene.spans))
    mixed.write(path, mixed.sound(recording, whole, mixed.music(whole.covered.duration, len(scene.lines)), louder_db))
    return path


def _decided(runs: Runs, sound: Path, text: Scene) -> tuple[bool, bool]:
    """Whether the transcript is accepted by the words alone, and with the sound."""
    desk = Desk(Episode(sound, "\n".join(text.lines).encode(), Options(language="en", diarize=False)), runs.kit, runs.shelf)
    for stage in ("decode", "parse", "transcribe"):
        pipeline.run_stage(stage, desk)
    alone = align(desk.reference, desk.hypothesis).verdict.accepted
    try:
        return alone, pipeline.align(desk, lambda *_: None).verdict.accepted
    except TranscriptMismatch:
        return alone, False
