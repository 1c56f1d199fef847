"""`earmark voices enrol|list|delete`: whom to expect in your episodes. Works on this machine's database, as /v1/voices does over REST."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from service.callers import LOCAL
from service.domain.speech import KnownVoice
from service.errors import NotFound
from service.settings import Settings
from workers import cli_options as o
from workers.cli_show import print_json, print_table, write

if TYPE_CHECKING:
    from service.belongings import Voice
    from service.voices import Roster

app = typer.Typer(no_args_is_help=True, help="The voices of people whom your episodes are known to have.")

Name = Annotated[str, typer.Argument(help="Whose voice it is.")]
Show = Annotated[str, typer.Option(callback=o.show_name, help="Of which show; of all, without it.")]


@app.command()
def enrol(
    name: Name,
    clip: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A recording in which nobody else speaks, 20 seconds or more.")],
    *,
    show: Show = "",
) -> None:
    """Learn a voice from a clip. What is kept is a vector of numbers, not the sound. Enrol nobody who has not agreed."""
    from models.kit import Kit  # noqa: PLC0415 - `--help` does without
    from workers.enrolment import voice_of  # noqa: PLC0415

    settings = Settings()
    voice = voices(settings).add(LOCAL, name, show, voice_of(clip, Kit(settings)))
    write(f"{name} is known by voice in {f'episodes of {show}' if show else 'all episodes'} (voice {voice.id})", None)


@app.command("list")
def listed(*, as_json: o.AsJson = False) -> None:
    """Show whose voices are known."""
    known = [_shown(voice) for voice in voices(Settings()).all(LOCAL)]
    if as_json:
        print_json(known)
        return
    table = Table("name", "show", "model", "enrolled", "id", box=None, pad_edge=False)
    for voice in known:
        table.add_row(voice["name"], voice["show"], voice["model"] or voice["error"] or "waiting", voice["created_at"], voice["id"])
    print_table(table, "nobody is known by voice yet; `earmark voices enrol NAME CLIP` learns a voice")


@app.command()
def delete(
    name: Name,
    *,
    show: Annotated[str | None, typer.Option(help='Only of this show; "" for those of all. Of every show, without it.')] = None,
) -> None:
    """Forget a voice. Raises `NotFound` where nobody of this name is known."""
    known = voices(Settings())
    found = [voice for voice in known.all(LOCAL) if voice.name == name and show in {None, voice.show}]
    if not found:
        raise NotFound(f"no voice of {name!r} is known; `earmark voices list` shows them")
    for voice in found:
        known.delete(voice.id, LOCAL)
    write(f"{len(found)} of {name} forgotten", None)


def known_here(settings: Settings, show: str) -> tuple[KnownVoice, ...]:
    """The voices that this machine knows in episodes of the show. Makes no database where there is none yet."""
    if settings.database_url is None and not (settings.data_dir / "earmark.db").is_file():
        return ()
    return voices(settings).known(LOCAL, show)


def voices(settings: Settings) -> Roster:
    """Those of this machine."""
    from service.database import Database  # noqa: PLC0415 - `--help` does without
    from service.store import FolderStore  # noqa: PLC0415
    from service.voices import Roster  # noqa: PLC0415

    database = Database(settings.database)
    database.migrate()
    return Roster(database, FolderStore(settings.store))


def _shown(voice: Voice) -> dict[str, Any]:
    return {
        "id": voice.id,
        "name": voice.name,
        "show": voice.show,
        "model": voice.print["model"] if voice.print else None,
        "error": voice.error,
        "created_at": datetime.fromtimestamp(voice.created_ms / 1000, UTC).isoformat(timespec="seconds"),
    }
