"""The stages of a job: their order, their queues and what each waits for. Pure data, shared by the API and the workers.

`workers.pipeline` binds each name to its function; `service.jobs` walks this graph in the database.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

Piece = TypeVar("Piece")


@dataclass(frozen=True, slots=True)
class Stage:
    """`needs` are the stages whose artefacts this one reads, and `after` those that must have looked at the caller's files before it does;
    it may start once all of both are done. Only what it needs decides what comes of it.

    Without an `optional` stage a job is still worth finishing; the result says so in `degraded`. One with a `part_length` is divisible: of
    a long recording it is cut into parts that workers share, so many times as long as the profile says; the stage then only joins them.
    """

    name: str
    queue: str
    needs: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    optional: bool = False
    part_length: int = 0

    @property
    def waits_for(self) -> tuple[str, ...]:
        return (*self.needs, *self.after)


STAGES: tuple[Stage, ...] = (
    Stage("decode", "io"),
    Stage("parse", "io"),
    Stage("transcribe", "gpu", ("decode",), after=("parse",), part_length=1),
    Stage("diarize", "gpu", ("decode",), after=("parse",), optional=True),
    Stage("align", "gpu", ("decode", "parse", "transcribe")),
    Stage("correct", "gpu", ("decode", "parse", "transcribe", "align")),
    Stage("time", "align", ("decode", "parse", "transcribe", "align", "correct"), part_length=3),
    Stage("attribute", "align", ("parse", "diarize", "correct", "time")),
    Stage("assemble", "deliver", ("decode", "parse", "transcribe", "diarize", "align", "correct", "time", "attribute")),
)
"""In the order of `pipeline.run`, in which the stages of a job that wait in the same queue are begun, too (docs/decisions/0195). `diarize`
always runs; when the caller does not want it, it costs nothing and finds nobody.

A stage's queue is kept with its runs: to move a stage to another takes a migration, like `0009_turns`.
"""

QUEUES: tuple[str, ...] = ("io", "cpu", "gpu", "align", "deliver")
"""`cpu` is spare: no stage is on it now, but workers serve it, so that one may be put there without telling each of them."""

BY_NAME: dict[str, Stage] = {stage.name: stage for stage in STAGES}


@dataclass(frozen=True, slots=True)
class Part:
    """The piece `number` (from 0) of `count` into which the work of a stage is cut."""

    number: int
    count: int

    def of(self, pieces: Sequence[Piece]) -> Sequence[Piece]:
        """Those of consecutive pieces that are in this part: as many as in any other, but for one.

        >>> Part(0, 2).of("abcde"), Part(1, 2).of("abcde")
        ('ab', 'cde')
        """
        return pieces[len(pieces) * self.number // self.count : len(pieces) * (self.number + 1) // self.count]


WHOLE = Part(0, 1)


def part_names(stage: str, count: int) -> tuple[str, ...]:
    """What the runs of a stage's parts are called.

    >>> part_names("transcribe", 2)
    ('transcribe:1/2', 'transcribe:2/2')
    """
    return tuple(f"{stage}:{number}/{count}" for number in range(1, count + 1))


def stage_of(run: str) -> Stage:
    """The stage of a run, which is called like its stage or is a part of one.

    >>> stage_of("transcribe:1/2").name
    'transcribe'
    """
    return BY_NAME[run.partition(":")[0]]


def part_of(run: str) -> Part:
    """Which part of its stage a run is.

    >>> part_of("transcribe:2/2"), part_of("align") == WHOLE
    (Part(number=1, count=2), True)
    """
    _, _, part = run.partition(":")
    number, _, count = part.partition("/")
    return Part(int(number) - 1, int(count)) if part else WHOLE
