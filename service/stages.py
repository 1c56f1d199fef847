"""The stages of a job: their order, their queues and what each waits for. Pure data, shared by the API and the workers.

`workers.pipeline` binds each name to its function; `service.jobs` walks this graph in the database.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stage:
    """`needs` are the stages whose artefacts this one reads; it may start once all of them are done.

    Without an `optional` stage a job is still worth finishing; the result says so in `degraded`.
    """

    name: str
    queue: str
    needs: tuple[str, ...] = ()
    optional: bool = False


STAGES: tuple[Stage, ...] = (
    Stage("decode", "io"),
    Stage("parse", "io"),
    Stage("transcribe", "gpu", ("decode",)),
    Stage("diarize", "gpu", ("decode",), optional=True),
    Stage("align", "align", ("parse", "transcribe")),
    Stage("correct", "gpu", ("decode", "parse", "transcribe", "align")),
    Stage("time", "align", ("decode", "parse", "transcribe", "align", "correct")),
    Stage("attribute", "align", ("parse", "diarize", "correct", "time")),
    Stage("assemble", "deliver", ("decode", "parse", "transcribe", "diarize", "align", "correct", "time", "attribute")),
)
"""In the order of `pipeline.run`. `diarize` always runs; when the caller does not want it, it costs nothing and finds nobody."""

QUEUES: tuple[str, ...] = ("io", "cpu", "gpu", "align", "deliver")

BY_NAME: dict[str, Stage] = {stage.name: stage for stage in STAGES}
