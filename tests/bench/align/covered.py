"""What becomes of words under music, noise or another's voice, and of advertisements that are written where only music is."""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from models.waveform import Waveform
from service.domain.align import Alignment, align
from service.domain.document import Status, Timing
from service.domain.span import Ms
from tests.bench.align import mixed
from tests.bench.align.mixed import Samples, Scene
from tests.bench.align.runs import KEPT, Run, Runs

SCENES = 1
"""Stretches of each episode; each is recognised once for every cover."""


@dataclass(frozen=True, slots=True)
class Cover:
    """What lies over the middle of a stretch, so much louder than the voice; instead of the voice if `replaces`."""

    name: str
    samples: Callable[[Waveform, Scene], Samples]
    louder_db: float = 0
    replaces: bool = False


def _music(_: Waveform, scene: Scene) -> Samples:
    return mixed.music(scene.covered.duration, len(scene.lines))


def _noise(_: Waveform, scene: Scene) -> Samples:
    return mixed.noise(scene.covered.duration, len(scene.lines))


COVERS = (
    Cover("music as loud as the voice", _music),
    Cover("music, 6 dB louder", _music, 6),
    Cover("music, 12 dB louder", _music, 12),
    Cover("noise, 6 dB louder", _noise, 6),
    Cover("another voice as loud", mixed.voice),
    Cover("music instead of the voice", _music, 0, replaces=True),
)


@dataclass
class Found:
    """Words said but marked unheard, and words only written but taken for said, before and after the second look; and by how much
    the onsets of covered words are off, in milliseconds, by how they were timed.
    """

    said: int = 0
    lost: list[int] = field(default_factory=lambda: [0, 0])
    unsaid: int = 0
    claimed: list[int] = field(default_factory=lambda: [0, 0])
    off: dict[Timing, list[Ms]] = field(default_factory=dict)

    def count(self, scene: Scene, run: Run) -> None:
        truth = [said for line, said in scene.written for _ in line.split()]
        self.said += sum(truth)
        self.unsaid += len(truth) - sum(truth)
        for k, alignment in enumerate((align(run.desk.reference, run.hypothesis), run.alignment)):
            unheard = _unheard(alignment)
            self.lost[k] += sum(u and t for u, t in zip(unheard, truth, strict=True))
            self.claimed[k] += sum(not u and not t for u, t in zip(unheard, truth, strict=True))

    def compare(self, scene: Scene, run: Run, clean: Run) -> None:
        """Onsets of the covered words against those found without the cover, which are forced and within 20 ms of the truth."""
        adverts = sum(len(advert.split()) for advert in scene.adverts)
        first = sum(len(line.split()) for line in scene.lines[: scene.at])
        end = sum(len(line.split()) for line in scene.lines[: scene.end])
        for k in range(first, end):
            ours, true = run.times.printed[k + adverts], clean.times.printed[k]
            if ours.span and true.span and true.timing is Timing.FORCED:
                self.off.setdefault(ours.timing, []).append(abs(ours.span.start - true.span.start))


def _unheard(alignment: Alignment) -> list[bool]:
    return [block.status is Status.UNHEARD for block in alignment.blocks for _ in range(*block.tokens)]


def table(runs: Runs, recordings: dict[Path, Waveform]) -> Iterator[str]:
    """One row per cover; the episodes' recordings by the truth that belongs to them."""
    chance = random.Random(5)
    found = {cover.name: Found() for cover in COVERS}
    for truth, recording in recordings.items():
        for scene in mixed.scenes(truth, SCENES, chance):
            clean = _run(runs, scene, mixed.sound(recording, scene, None, 0), "clean")
            for cover in COVERS:
                case = mixed.with_advert(scene, chance, replaced=cover.replaces)
                run = _run(runs, case, mixed.sound(recording, case, cover.samples(recording, case), cover.louder_db), cover.name)
                found[cover.name].count(case, run)
                if not cover.replaces:
                    found[cover.name].compare(case, run, clean)
    for name, what in found.items():
        yield "| " + " | ".join([name, *_cells(what)]) + " |"


def _run(runs: Runs, scene: Scene, samples: Samples, name: str) -> Run:
    folder = KEPT / "covered" / scene.name.replace(" ", "-")
    sound, text = folder / f"{name.replace(' ', '-')}.wav", folder / f"{name.replace(' ', '-')}.txt"
    mixed.write(sound, samples)
    text.write_text("\n".join(line for line, _ in scene.written), encoding="utf-8")
    return runs.of(sound, text)


def _cells(found: Found) -> Iterator[str]:
    yield from map(str, (found.said, *found.lost, found.unsaid, *found.claimed))
    for timing in (Timing.FORCED, Timing.RECOGNISED, Timing.INTERPOLATED):
        off = found.off.get(timing, [])
        yield f"{len(off)}: {statistics.median(off):.0f} / {statistics.fmean(off):.0f}" if off else "–"
