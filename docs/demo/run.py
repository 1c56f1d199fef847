"""What `make demo` runs: the whole service on this machine, the demo episode through its REST interface, and what came of it.

API, worker, broker and database run in a temporary folder and on a free port, and are gone afterwards. The result is left in `out/demo`.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from service.domain.options import Options
from service.errors import EarmarkError
from service.settings import Settings
from workers.cli import exit_code
from workers.cli_client import follow
from workers.cli_show import Bars, JobFailed, clock, complain, write
from workers.client import Client
from workers.up import Deployment, stopped_by_signals

DEMO = Path(__file__).parent
OUT = DEMO.parents[1] / "out" / "demo"
NOT_OURS = ("EARMARK_DATABASE_URL", "EARMARK_BROKER_URL", "EARMARK_STORE_DIR", "EARMARK_API_KEY")
"""Variables of a real deployment, which the demo must not touch."""

LINES_SHOWN = 8

console = Console(highlight=False, soft_wrap=True)


class Speaker(msgspec.Struct):
    id: str
    name: str


class Segment(msgspec.Struct):
    id: int
    text: str
    status: str
    words: list[object]
    start: float | None = None
    speaker: str | None = None


class Correction(msgspec.Struct):
    segment: int
    before: str
    after: str
    applied: bool
    confidence: float
    start: float | None = None


class Gap(msgspec.Struct):
    kind: str
    text: str
    start: float | None = None


class Result(msgspec.Struct):
    """What the demo shows of a result."""

    speakers: list[Speaker]
    segments: list[Segment]
    corrections: list[Correction]
    gaps: list[Gap]

    def name(self, speaker: str | None) -> str:
        return next((known.name for known in self.speakers if known.id == speaker), "")

    def said_by(self, correction: Correction) -> str:
        return next(self.name(segment.speaker) for segment in self.segments if segment.id == correction.segment)


def main() -> None:
    try:
        with tempfile.TemporaryDirectory(prefix="earmark-demo-") as folder, stopped_by_signals():
            show(demonstrate(Path(folder)))
    except EarmarkError as error:
        complain(str(error))
        sys.exit(exit_code(error))
    except KeyboardInterrupt:
        complain("stopped")
        sys.exit(130)


def demonstrate(folder: Path) -> Result:
    """Start everything, send the episode, wait, keep the result, stop everything."""
    for variable in NOT_OURS:
        os.environ.pop(variable, None)
    began = time.monotonic()
    console.print("Starting an API, a worker, a broker and a database for this demo ...")
    with Deployment(Settings(data_dir=folder, host="127.0.0.1", port=0)) as service, Client(service.url) as client:
        console.print(f"They run at {service.url}, after {time.monotonic() - began:.0f} s. Sending episode.mp3 and transcript.md ...")
        job_id = client.submit(DEMO / "episode.mp3", DEMO / "transcript.md", Options())["id"]
        with Bars() as bars:
            try:
                follow(client, job_id, bars)
            except JobFailed:
                console.print(*(child.tail() for child in service.children), sep="\n", markup=False)
                raise
        keep(client, job_id)
        return msgspec.json.decode(client.result(job_id, "json"), type=Result)


def keep(client: Client, job_id: str) -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    for form in ("json", "vtt", "source"):
        write(client.result(job_id, form), OUT / ("transcript.md" if form == "source" else f"result.{form}"))


def show(result: Result) -> None:
    applied = [correction for correction in result.corrections if correction.applied]
    suggested = [correction for correction in result.corrections if not correction.applied]
    section(f"Corrected ({len(applied)})", (row(result, correction) for correction in applied))
    section(f"Suggested, and left as it was ({len(suggested)})", (row(result, correction) for correction in suggested))
    for kind, heading in (("unheard", "Written, but not in the recording"), ("unwritten", "In the recording, but not written")):
        section(heading, ((clock(gap.start), gap.text) for gap in result.gaps if gap.kind == kind))
    talk = [segment for segment in result.segments if segment.start is not None and segment.status != "unwritten"]
    section("The transcript now", ((clock(line.start), result.name(line.speaker), line.text) for line in talk[:LINES_SHOWN]))
    console.print(f"\nAll of it is in {OUT}: result.json, result.vtt, and transcript.md, your file with only the corrections applied.")


def row(result: Result, correction: Correction) -> tuple[str, ...]:
    """Time, speaker, change, confidence. Nothing is called 100 % sure."""
    change = f"{correction.before} -> {correction.after}"
    return clock(correction.start), result.said_by(correction), change, f"{min(correction.confidence, 0.99):.0%}"


def section(heading: str, rows: Iterator[tuple[str, ...]]) -> None:
    """A heading and a table without lines; nothing when there are no rows."""
    cells = list(rows)
    if not cells:
        return
    console.print(f"\n[bold]{heading}[/bold]")
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for cell in cells:
        table.add_row(*(Text(text) for text in cell))
    console.print(table)


if __name__ == "__main__":
    main()
