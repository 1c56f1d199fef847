"""`earmark render`: a result that is there already, in another form, without a model and without the service."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from service.errors import InvalidOptions
from workers import cli_options as o
from workers.cli_corrections import Result, read
from workers.cli_show import write

app = typer.Typer()

Transcript = Annotated[
    Path | None,
    typer.Option(exists=True, dir_okay=False, help="The transcript that the result was made from; the form `source` needs it."),
]


@app.command()
def render(
    result: Result,
    *,
    output: o.Output = None,
    format: o.Format = None,  # noqa: A002 - the option's name
    transcript: Transcript = None,
) -> None:
    """Write a result in another form, such as after `corrections accept`. No model is needed."""
    from service.domain import render as forms  # noqa: PLC0415 - `--help` does without
    from service.domain.restore import restored  # noqa: PLC0415

    form = o.format_of(format, output)
    document = read(result)
    if transcript is not None:
        document = restored(document, transcript.read_bytes())
    elif form == "source":
        raise InvalidOptions("the form `source` is your own file, corrected: say with --transcript where it is")
    write(forms.render(document, form), output)
