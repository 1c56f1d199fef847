"""`earmark align`: the whole pipeline in this process, without server or broker."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from service.domain.options import Options
from service.settings import Settings
from workers import cli_options as o
from workers import cli_voices
from workers.cli_show import Bars, Delivery

app = typer.Typer()

Keep = Annotated[
    Path | None,
    typer.Option(
        file_okay=False,
        help="Keep here what is found out: with an edited transcript only what is new is done. A folder for this alone: what was not used"
        " for EARMARK_ARTIFACTS_KEEP_SECONDS (30 days) is removed from it, and what is beyond EARMARK_ARTIFACTS_MAX_BYTES (no bound).",
    ),
]
Device = Annotated[str | None, typer.Option(help="auto, cpu, cuda or cuda:N.")]


@app.command()
def align(  # noqa: PLR0913 - the options of a command
    audio: o.Audio,
    transcript: o.Transcript,
    *,
    output: o.Output = None,
    format: o.Format = None,  # noqa: A002 - the option's name
    glossary: o.Glossary = None,
    title: o.Title = "",
    description: o.Description = "",
    details: o.Details = "",
    language: o.Language = None,
    speakers: o.Speakers = None,
    min_speakers: o.MinSpeakers = None,
    max_speakers: o.MaxSpeakers = None,
    show: o.Show = "",
    no_diarize: o.NoDiarize = False,
    device: Device = None,
    keep: Keep = None,
    as_json: o.AsJson = False,
    quiet: o.Quiet = False,
) -> None:
    """Correct a transcript from its audio, here and now."""
    from models import profiles  # noqa: PLC0415 - `--help` does without
    from models.kit import Kit  # noqa: PLC0415
    from models.memory import collect_seldom, hold_little  # noqa: PLC0415
    from service.domain.render import RenderOptions, render  # noqa: PLC0415
    from service.eviction import Bounds  # noqa: PLC0415
    from workers import pipeline  # noqa: PLC0415
    from workers.desk import Desk, Episode  # noqa: PLC0415
    from workers.shelf import shelf_in  # noqa: PLC0415

    delivery = Delivery(o.format_of(format, output), output, as_json, quiet)
    options = o.wishes(
        glossary=glossary,
        diarize=not no_diarize,
        title=title,
        description=description,
        details=details,
        language=language,
        num_speakers=speakers,
        min_speakers=min_speakers,
        max_speakers=max_speakers,
        show=show,
    )
    if show:
        options = _as_the_show_says(options)
    settings = Settings().model_copy(update={"idle_seconds": 0} | ({"device": device} if device else {}))
    profiles.of(settings)  # a device that is not there is said before the work
    hold_little()
    collect_seldom()
    with shelf_in(keep, Bounds.of(settings)) as shelf, Bars(quiet=quiet) as bars:
        known = cli_voices.known_here(settings, show)
        desk = Desk(Episode(audio, transcript.read_bytes(), options, known), Kit(settings), shelf)
        document = pipeline.run(desk, bars.hook)
    delivery.make(lambda form: render(document, form, RenderOptions()))


def _as_the_show_says(options: Options) -> Options:
    from workers.shows import LocalShows  # noqa: PLC0415 - `--help` does without

    with LocalShows() as shows:
        return shows.lend(options)
