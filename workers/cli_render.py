"""`earmark render` and `earmark name`: a result that is there already, in another form or with names, without a model or the service."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from service.errors import InvalidOptions, NotFound
from workers import cli_options as o
from workers.cli_corrections import Into, Result, read
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


@app.command()
def name(
    result: Result,
    names: Annotated[list[str], typer.Argument(help="Who the voices are: `S1=Ada S2='Mary Somerville'`. Two with one name become one.")],
    *,
    output: Into = None,
) -> None:
    """Name the speakers of a result."""
    from service.domain import render as forms  # noqa: PLC0415 - `--help` does without
    from service.domain.amend import Amendments, amend  # noqa: PLC0415

    document = read(result)
    known = [speaker.id for speaker in document.speakers]
    wanted = dict(_named(pair) for pair in names)
    if unknown := [voice for voice in wanted if voice not in known]:
        raise NotFound(f"{result} has no speaker {', '.join(unknown)}, but {', '.join(known) or 'none'}")
    decided = amend(document, Amendments({}, wanted))
    write(forms.render(decided, "json"), output or result)
    write(f"speakers: {', '.join(speaker.name for speaker in decided.speakers)}; written to {output or result}", None)


def _named(pair: str) -> tuple[str, str]:
    voice, _, wanted = (part.strip() for part in pair.partition("="))
    if not wanted:
        raise InvalidOptions(f"a speaker is named like S1=Ada, not {pair!r}")
    return voice, wanted
