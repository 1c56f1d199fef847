"""`earmark corrections list|accept|reject`: decide on a result's corrections afterwards, without a model and without the service."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from workers import cli_options as o
from workers.cli_show import print_json, print_table, write

if TYPE_CHECKING:
    from service.domain.document import Document

app = typer.Typer(no_args_is_help=True, help="List, accept and reject the corrections of a result (its JSON).")

Result = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="The JSON that `align` or `fetch` wrote.")]
Numbers = Annotated[list[int], typer.Argument(min=0, help="The corrections' numbers, as `list` shows them.")]
Teach = Annotated[str, typer.Option(callback=o.show_name, help="The show whose glossary on this machine is to learn from it.")]
Into = Annotated[
    Path | None,
    typer.Option("-o", "--output", dir_okay=False, callback=o.writable, help="Where to write the result, as JSON; else over the old one."),
]


@app.command("list")
def listed(result: Result, *, as_json: o.AsJson = False) -> None:
    """Show every correction: whether it is applied or suggested, or was accepted or rejected since; what stood there, what is to stand
    there, when it is heard, how sure it is and why.
    """
    from service.domain.render import to_wire  # noqa: PLC0415 - `--help` does without
    from service.domain.render.clock import clock  # noqa: PLC0415

    document = read(result)
    if as_json:
        print_json(to_wire(document)["corrections"])
        return
    table = Table("number", "state", "at", "before", "after", "sure", "witnesses", box=None, pad_edge=False)
    for c in document.corrections:
        at = clock(c.span.start) if c.span else ""
        table.add_row(str(c.id), c.state, at, escape(c.before), escape(c.after), f"{c.confidence:.0%}", ", ".join(c.witnesses))
    print_table(table, "nothing was corrected or suggested")


@app.command()
def accept(result: Result, numbers: Numbers, *, output: Into = None, show: Teach = "") -> None:
    """Apply corrections that were only suggested, or had been rejected."""
    _decide(result, numbers, output or result, applied=True)
    _teach(show, result, numbers, accepted=True)


@app.command()
def reject(result: Result, numbers: Numbers, *, output: Into = None, show: Teach = "") -> None:
    """Put back what was supplied."""
    _decide(result, numbers, output or result, applied=False)
    _teach(show, result, numbers, accepted=False)


def _decide(result: Path, numbers: list[int], output: Path, *, applied: bool) -> None:
    from service.domain.amend import Amendments, amend  # noqa: PLC0415 - `--help` does without
    from service.domain.render import RenderOptions, render  # noqa: PLC0415
    from service.errors import InvalidOptions, NotFound  # noqa: PLC0415

    if (form := o.format_of(None, output)) != "json":
        raise InvalidOptions(f"decisions are kept in the result, which is JSON; afterwards `earmark render` writes it as {form}")
    document = read(result)
    known = {correction.id for correction in document.corrections}
    if unknown := set(numbers) - known:
        raise NotFound(f"{result} has no correction {', '.join(map(str, sorted(unknown)))}; `earmark corrections list` shows them")
    decided = amend(document, Amendments(dict.fromkeys(numbers, applied), {}))
    write(render(decided, "json", RenderOptions()), output)
    count = sum(correction.applied for correction in decided.corrections)
    write(f"{count} applied, {len(decided.corrections) - count} not; written to {output}", None)


def _teach(show: str, result: Path, numbers: list[int], *, accepted: bool) -> None:
    if not show:
        return
    from service.glossaries import Lesson  # noqa: PLC0415 - `--help` does without
    from workers.shows import LocalShows  # noqa: PLC0415

    decided = [c for c in read(result).corrections if c.id in numbers]
    with LocalShows() as shows:
        for correction in decided:
            if lesson := Lesson.of(show, correction, accepted=accepted):
                shows.teach(lesson)


def read(result: Path) -> Document:
    """The result in a file. Raises `InputError` for a file that holds none."""
    from service.domain.render import from_wire  # noqa: PLC0415 - `--help` does without
    from service.errors import InputError  # noqa: PLC0415

    try:
        return from_wire(json.loads(result.read_text(encoding="utf-8")))
    except (ValueError, InputError) as error:
        raise InputError(f"{result} is not a result as `earmark align -o result.json` writes it: {error}") from error
