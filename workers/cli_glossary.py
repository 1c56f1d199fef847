"""`earmark glossary list|show|add|remove|import`: what shows have learned. Works on the database, or over REST with --url."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from service.domain.options import LeftAlone, Term
from workers import cli_options as o
from workers.cli_show import print_json, print_table, write

if TYPE_CHECKING:
    from workers.shows import Shows

app = typer.Typer(no_args_is_help=True, help="The glossaries of shows: terms of all episodes, and corrections to leave alone.")

Url = Annotated[
    str | None, typer.Option(envvar="EARMARK_URL", help="Where the service is whose glossaries are meant; without it, this machine's.")
]
Show = Annotated[str, typer.Argument(callback=o.show_name, help="Your name for the show.")]


@app.command("list")
def listed(*, url: Url = None, as_json: o.AsJson = False) -> None:
    """Show which shows have a glossary, and how much is in each."""
    with _shows(url) as shows:
        known = shows.glossaries()
    if as_json:
        print_json(known)
        return
    table = Table("show", "terms", "left alone", box=None, pad_edge=False)
    for show in known:
        table.add_row(show["show"], str(show["terms"]), str(show["leave_alone"]))
    print_table(table, "no show has a glossary yet; `earmark glossary add SHOW TERM` begins one")


@app.command()
def show(show: Show, *, url: Url = None, as_json: o.AsJson = False) -> None:
    """Print a show's glossary, in the form that `import` reads."""
    with _shows(url) as shows:
        glossary = shows.glossary(show)
    print_json(glossary) if as_json else write(_as_file(glossary), None)


@app.command()
def add(
    show: Show,
    term: Annotated[str, typer.Argument(help="The right spelling.")],
    *,
    sounds_like: Annotated[list[str] | None, typer.Option(help="How it is misheard; may be given again.")] = None,
    url: Url = None,
) -> None:
    """Add a term, in place of one of the same spelling."""
    with _shows(url) as shows:
        shows.add_terms(show, [Term(term, tuple(sounds_like or ()))])
    write(f"{term} is in the glossary of {show}", None)


@app.command()
def remove(show: Show, term: Annotated[str, typer.Argument(help="A term, or `BEFORE -> AFTER`.")], *, url: Url = None) -> None:
    """Remove a term, or let a rejected correction be proposed again."""
    before, arrow, after = (part.strip() for part in term.partition("->"))
    with _shows(url) as shows:
        if arrow:
            shows.allow(show, LeftAlone(before, after))
        else:
            shows.remove_term(show, term)
    write(f"{term} is not in the glossary of {show} any more", None)


@app.command("import")
def imported(
    show: Show,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Terms, one a line: `Minitel` or `Minitel = Minutel`.")],
    *,
    url: Url = None,
) -> None:
    """Add the terms of a file, each in place of one of the same spelling."""
    terms = o.read_glossary(file)
    with _shows(url) as shows:
        shows.add_terms(show, terms)
    write(f"{len(terms)} terms are in the glossary of {show}", None)


def _shows(url: str | None) -> Shows:
    from workers.shows import shows_at  # noqa: PLC0415 - `--help` does without

    return shows_at(url)


def _as_file(glossary: Any) -> str:
    terms = [" = ".join(filter(None, (term["text"], ", ".join(term["sounds_like"])))) for term in glossary["terms"]]
    return "\n".join([*terms, *(f"# left alone: {pair['before']} -> {pair['after']}" for pair in glossary["leave_alone"])])
