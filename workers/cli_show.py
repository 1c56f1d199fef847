"""What the command line shows: progress as bars on a terminal or lines in a log, results as a few lines, errors as one."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

import msgspec
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from service.errors import EarmarkError

FIRST_CORRECTIONS = 10
"""How many corrections a summary shows."""

LONGEST_ROW = 1000
"""Characters of a row of a table that no terminal shows."""

LINE_SECONDS = 10
"""In a log: how often a stage says how far it is."""


class JobFailed(EarmarkError):
    """A job that ended without a result."""

    code, title = "job_failed", "The job failed"


def complain(message: str) -> None:
    """One line on standard error."""
    Console(stderr=True).print(f"[red]earmark:[/red] {escape(message)}", highlight=False, soft_wrap=True)


class Bars:
    """Progress by stage, on standard error. `quiet` shows nothing."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._console = Console(stderr=True, quiet=quiet)
        columns = (TextColumn("{task.description:<12}"), BarColumn(), TextColumn("{task.fields[note]}"), TimeElapsedColumn())
        self._progress = Progress(*columns, console=self._console, disable=quiet or not self._console.is_terminal)
        self._tasks: dict[str, TaskID] = {}
        self._said: dict[str, float] = {}
        self._done: set[str] = set()

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def hook(self, stage: str, artifact: object | None, /, *, completed: int | None = None, total: int | None = None) -> None:
        """The pipeline's hook."""
        if artifact is not None:
            self.done(stage)
        elif completed is not None and total:
            self.show(stage, completed / 1000, total / 1000)

    def show(self, stage: str, done: float, total: float, unit: str = "s of audio") -> None:
        """A stage is this far."""
        note = f"{done:,.0f}/{total:,.0f} {unit}"
        if stage not in self._tasks:
            self._tasks[stage] = self._progress.add_task(stage, note="")
        self._progress.update(self._tasks[stage], completed=done, total=total, note=note)
        if time.monotonic() - self._said.get(stage, 0) > LINE_SECONDS:
            self._said[stage] = time.monotonic()
            self._line(f"{stage}: {note}")

    def done(self, stage: str) -> None:
        """A stage is finished."""
        if stage not in self._tasks:
            self._tasks[stage] = self._progress.add_task(stage, note="", total=1)
        if stage not in self._done:
            self._done.add(stage)
            task = self._progress.tasks[self._tasks[stage]]
            self._progress.update(task.id, completed=task.total or 1, total=task.total or 1, note="done")
            self._line(f"{stage}: done")

    def say(self, text: str) -> None:
        """A line between the bars."""
        self._console.print(text, highlight=False, markup=False)

    def _line(self, text: str) -> None:
        if not self._console.is_terminal:
            self.say(text)


class _Speaker(msgspec.Struct):
    id: str
    name: str


class _Word(msgspec.Struct):
    status: str


class _Segment(msgspec.Struct):
    id: int
    words: list[_Word]
    speaker: str | None = None


class _Correction(msgspec.Struct):
    segment: int
    before: str
    after: str
    applied: bool
    decided: bool = False
    start: float | None = None


class _Verdict(msgspec.Struct):
    accepted: bool
    coverage: float
    reason: str | None = None


class _Result(msgspec.Struct):
    """What a summary reads of a result."""

    verdict: _Verdict
    speakers: list[_Speaker]
    segments: list[_Segment]
    corrections: list[_Correction]
    degraded: list[str]
    warnings: list[str]


@dataclass(frozen=True, slots=True)
class Summary:
    """A result in a few numbers and lines."""

    corrected: int
    suggested: int
    unheard: int
    unwritten: int
    coverage: float
    speakers: tuple[str, ...]
    first: tuple[str, ...]
    remarks: tuple[str, ...]

    @classmethod
    def of(cls, result_json: str) -> Summary:
        """From a result in its JSON form."""
        result = msgspec.json.decode(result_json, type=_Result)
        statuses = [word.status for segment in result.segments for word in segment.words]
        applied = [correction for correction in result.corrections if correction.applied]
        names = {speaker.id: speaker.name for speaker in result.speakers}
        said_by = {segment.id: names.get(segment.speaker or "", "") for segment in result.segments}
        return cls(
            corrected=len(applied),
            suggested=sum(not (correction.applied or correction.decided) for correction in result.corrections),
            unheard=statuses.count("unheard"),
            unwritten=statuses.count("unwritten"),
            coverage=result.verdict.coverage,
            speakers=tuple(names.values()),
            first=tuple(_line_of(correction, said_by) for correction in applied[:FIRST_CORRECTIONS]),
            remarks=(*(f"without {stage}" for stage in result.degraded), *result.warnings),
        )

    def print(self, console: Console, output: Path | None) -> None:
        console.print(f"{self.corrected} corrected, {self.suggested} suggested")
        console.print(f"{self.unheard} words are written and not heard, {self.unwritten} heard and not written")
        console.print(f"{self.coverage:.0%} of the transcript was heard; speakers: {', '.join(self.speakers) or 'not told apart'}")
        more = self.corrected - len(self.first)
        for line in (*self.first, *([f"    and {more} more"] if more else ()), *(f"note: {remark}" for remark in self.remarks)):
            console.print(f"  {line}", markup=False)
        if output is not None:
            console.print(f"written to {output}", markup=False)


def _line_of(correction: _Correction, said_by: dict[int, str]) -> str:
    return f"{clock(correction.start):>8}  {said_by.get(correction.segment, ''):<16} {correction.before} -> {correction.after}"


def clock(seconds: float | None) -> str:
    """A time as people write it.

    >>> clock(3723.4), clock(9.5), clock(None)
    ('1:02:03', '0:09', '?')
    """
    if seconds is None:
        return "?"
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where a result goes, in which form, and what is said about it."""

    form: str
    output: Path | None
    as_json: bool = False
    quiet: bool = False

    def make(self, result_as: Callable[[str], str], **facts: str) -> None:
        """Write the result, of which `result_as` gives any form, and sum it up: for people, or with `facts` as JSON."""
        text = result_as(self.form)
        write(text, self.output)
        told_as_json = self.as_json and self.output is not None
        if self.quiet and not told_as_json:
            return
        summary = Summary.of(text if self.form == "json" else result_as("json"))
        if told_as_json:
            print_json({**facts, "output": str(self.output), "format": self.form, **asdict(summary)})
        else:
            summary.print(Console(stderr=self.output is None, highlight=False), self.output)


def write(text: str, output: Path | None) -> None:
    """The result, whole or not at all: beside its place, then renamed."""
    if output is None:
        sys.stdout.write(text if text.endswith("\n") else f"{text}\n")
        return
    beside = output.with_name(f".{output.name}.part")
    beside.write_text(text, encoding="utf-8", newline="")
    beside.replace(output)


def print_json(value: object) -> None:
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n")


def print_table(table: Table, none: str = "") -> None:
    """On a terminal as wide as that is; for another program a row a line, however long. `none` is said where there is no row."""
    if none and not table.rows:
        Console(stderr=True).print(none, highlight=False, soft_wrap=True)
        return
    Console(width=None if sys.stdout.isatty() else LONGEST_ROW).print(table)
