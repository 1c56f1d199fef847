"""The stages of one episode strictly one after the other, so that what each costs can be told: `earmark align` does some side by side.

python -m tests.bench.in_order AUDIO TRANSCRIPT RESULT
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from time import perf_counter

from models.kit import Kit
from models.memory import collect_seldom, hold_little
from service.domain.render import RenderOptions, render
from service.settings import Settings
from service.stages import STAGES
from workers import pipeline
from workers.desk import Desk, Episode
from workers.shelf import MemoryShelf


def main() -> None:
    audio, transcript, result = map(Path, sys.argv[1:])
    seconds: dict[str, float] = {}
    hold_little()
    collect_seldom()
    with MemoryShelf() as shelf:
        desk = Desk(Episode(audio, transcript.read_bytes()), Kit(Settings().model_copy(update={"idle_seconds": 0})), shelf)
        for stage in STAGES:
            begun = perf_counter()
            pipeline.run_stage(stage.name, desk)
            seconds[stage.name] = perf_counter() - begun
        document = replace(desk.document, seconds_by_stage=seconds)
    result.write_text(render(document, "json", RenderOptions()), encoding="utf-8")


if __name__ == "__main__":
    main()
