"""The options that `align` and `submit` share, and the glossary file."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated, Any

import typer

from service.domain.options import LANGUAGE_PATTERN, SHOW_PATTERN, Options, Term
from service.errors import InvalidOptions


def show_name(name: str) -> str:
    """The name, if a show can have it. Raises `InvalidOptions`."""
    if name and not re.fullmatch(SHOW_PATTERN, name):
        raise InvalidOptions(f"{name!r} cannot be a show: at most 100 letters, digits, dots, dashes and underscores")
    return name


def language_code(code: str | None) -> str | None:
    """The code, if it can be one. Raises `InvalidOptions`."""
    if code is not None and not re.fullmatch(LANGUAGE_PATTERN, code):
        raise InvalidOptions(f"{code!r} is not an ISO 639 code, such as en or de")
    return code


def writable(output: Path | None) -> Path | None:
    """The output, if it can be written: to learn it when all work is done would be too late. Raises `InvalidOptions`."""
    if output is not None and not os.access(output.absolute().parent, os.W_OK):
        raise InvalidOptions(f"nothing can be written to the folder {output.absolute().parent}: is it there?")
    return output


Audio = Annotated[
    Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="The recording: MP3, M4A, Ogg, Opus, FLAC, WAV, WebM, and more.")
]
Transcript = Annotated[
    Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="Its transcript: text, Markdown, SRT, WebVTT.")
]
FORMS = (
    "Form of the result: json, txt, md, srt, vtt, html, diff (the corrections, for people), source (your own file, corrected), and more in "
    "docs/formats.md. By default what the output's name says, else json."
)
Output = Annotated[
    Path | None,
    typer.Option("-o", "--output", dir_okay=False, callback=writable, help="Where to write the result; standard output without it."),
]
Format = Annotated[str | None, typer.Option(help=FORMS)]
Glossary = Annotated[
    Path | None,
    typer.Option(exists=True, dir_okay=False, help="Names and terms, one a line: `Minitel` or `Minitel = Minutel, Mini tell`."),
]
Title = Annotated[str, typer.Option(help="The episode's title: a source of right spellings.")]
Description = Annotated[str, typer.Option(help="The episode's description: another. A file's text: --description \"$(cat notes.txt)\".")]
Details = Annotated[str, typer.Option(help="What else the feed says: author, show, chapters, links. Also read for spellings.")]
Show = Annotated[
    str, typer.Option(callback=show_name, help="Your name for the show; its glossary (`earmark glossary`) is used beside --glossary.")
]
Language = Annotated[str | None, typer.Option(callback=language_code, help="ISO 639 code, such as en; detected without it.")]
Speakers = Annotated[int | None, typer.Option(min=1, help="How many speakers there are.")]
MinSpeakers = Annotated[int | None, typer.Option(min=1, help="How many there are at least.")]
MaxSpeakers = Annotated[int | None, typer.Option(min=1, help="How many there are at most.")]
NoDiarize = Annotated[bool, typer.Option("--no-diarize", help="Do not tell speakers apart.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON on standard output, for programs.")]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="Print no progress and no summary.")]


def read_glossary(path: Path | None) -> tuple[Term, ...]:
    """One term a line; after `=` spellings that show how it sounds; `#` begins a comment. Raises `InvalidOptions`."""
    if path is None:
        return ()
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise InvalidOptions(f"the glossary {path} is not UTF-8 text") from error
    return tuple(_term(line) for line in lines if line.partition("#")[0].strip())


def _term(line: str) -> Term:
    """A line of a glossary.

    >>> _term("Minitel = Minutel, Mini tell  # the French network")
    Term(text='Minitel', sounds_like=('Minutel', 'Mini tell'))
    """
    text, _, sounds = line.partition("#")[0].partition("=")
    return Term(text.strip(), tuple(sound.strip() for sound in sounds.split(",") if sound.strip()))


def wishes(*, glossary: Path | None, **fields: Any) -> Options:
    """The options of the job. Raises `InvalidOptions` for numbers of speakers that contradict each other."""
    options = Options(glossary=read_glossary(glossary), **fields)
    if options.min_speakers and options.max_speakers and options.min_speakers > options.max_speakers:
        raise InvalidOptions("--min-speakers is more than --max-speakers")
    return options


def format_of(name: str | None, output: Path | None) -> str:
    """The form of the result: as asked for, or as the output's suffix says, or json. Raises `UnknownFormat`."""
    from service.domain.render import FORMATS  # noqa: PLC0415 - `--help` does without
    from service.errors import UnknownFormat  # noqa: PLC0415

    if name is not None and name not in FORMATS:
        raise UnknownFormat(f"there is no format {name!r}; known are {', '.join(FORMATS)}")
    longest_first = sorted(FORMATS, key=lambda known: len(FORMATS[known].extension), reverse=True)
    said = (known for known in longest_first if output and output.name.lower().endswith(f".{FORMATS[known].extension.lower()}"))
    return name or next(said, "json")
