"""`earmark models`: what models there are, getting them, checking them."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from typing import Annotated, Self

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table

from models.catalog import Catalog, State
from models.entries import SMOLLM2, Entry
from service.errors import ModelCorrupt, ModelMissing
from service.settings import Settings
from workers.cli_show import print_table

app = typer.Typer(no_args_is_help=True, help="The models on this machine: list, pull, verify.")


class Profile(StrEnum):
    """The models that a kind of machine uses by default."""

    CPU = "cpu"
    GPU = "gpu"


AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
Names = Annotated[list[str] | None, typer.Argument(help="Names of the catalog.")]


@app.command("list")
def list_models(*, as_json: AsJson = False) -> None:
    """Every model of the catalog and whether it is on this machine."""
    _show(_catalog(), as_json=as_json)


@app.command()
def pull(
    names: Names = None,
    *,
    profile: Annotated[Profile, typer.Option(help="Without names: the models this kind of machine uses.")] = Profile.CPU,
    as_json: AsJson = False,
) -> None:
    """Download models and check them. Nothing else in Earmark ever downloads one. The index of the lexicon is made, too, and the language
    model is put into the form in which it is used.
    """
    from models.language import converted  # noqa: PLC0415 - `--help` does without
    from models.lexicon import load  # noqa: PLC0415 - the same

    catalog = _catalog()
    wanted = names or [entry.name for entry in catalog.entries.values() if profile in entry.profiles]
    with Bars() as bars:
        catalog.pull(*wanted, progress=bars.told)
    load()
    if SMOLLM2.name in wanted:
        converted(catalog.find(SMOLLM2.name) / SMOLLM2.files[0].name)
    _show(catalog, wanted, as_json=as_json)


@app.command()
def verify(names: Names = None, *, as_json: AsJson = False) -> None:
    """Read every byte of the installed models (or of those named) and compare it with the pinned digests."""
    catalog = _catalog()
    wanted = names or [name for name in catalog.entries if catalog.state(name) is not State.MISSING]
    faults = [fault for fault in (_fault(catalog, name) for name in wanted) if fault]
    _show(catalog, wanted, as_json=as_json)
    if faults:
        raise ModelCorrupt(" ".join(faults))


def _fault(catalog: Catalog, name: str) -> str | None:
    try:
        catalog.verify(name)
    except (ModelMissing, ModelCorrupt) as error:
        return str(error)
    return None


def _catalog() -> Catalog:
    settings = Settings()
    return Catalog(settings.models_dir, settings.hf_token)


def _show(catalog: Catalog, names: list[str] | None = None, *, as_json: bool) -> None:
    entries = [catalog.entry(name) for name in names or catalog.entries]
    if as_json:
        models = [_facts(entry) | {"state": catalog.state(entry.name)} for entry in entries]
        sys.stdout.write(json.dumps({"folder": str(catalog.folder), "models": models}, indent=2) + "\n")
        return
    table = Table("model", "for", "licence", "MB", "state", box=None, pad_edge=False, caption=f"in {catalog.folder}")
    for entry in entries:
        table.add_row(entry.name, entry.use, entry.licence, f"{entry.size / 1e6:,.0f}", catalog.state(entry.name))
    print_table(table)


def _facts(entry: Entry) -> dict[str, object]:
    return {
        "name": entry.name,
        "use": entry.use,
        "licence": entry.licence,
        "revision": entry.revision,
        "bytes": entry.size,
        "profiles": entry.profiles,
    }


class Bars:
    """One progress bar per download on a terminal, one line per download in a log; on standard error either way."""

    def __init__(self) -> None:
        console = Console(stderr=True)
        columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
        self._progress = Progress(*columns, console=console, disable=not console.is_terminal)
        self._tasks: dict[str, TaskID] = {}
        self._console = console

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def told(self, what: str, done: int, total: int) -> None:
        if what not in self._tasks:
            self._tasks[what] = self._progress.add_task(what, total=total)
            if not self._console.is_terminal:
                self._console.print(f"fetching {what} ({total / 1e6:,.0f} MB)", highlight=False)
        self._progress.update(self._tasks[what], completed=done)
