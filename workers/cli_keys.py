"""`earmark keys create|list|revoke`: who may use the REST API. Works on the database, so it needs no running service."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from service.callers import LOCAL, Scope
from service.settings import Settings
from workers import cli_options as o
from workers.cli_show import print_json, print_table, write

if TYPE_CHECKING:
    from service.belongings import ApiKey
    from service.keys import Keys

app = typer.Typer(no_args_is_help=True, help="Make, list and revoke keys of the REST API.")


@app.command()
def create(  # noqa: PLR0913 - the options of a command
    name: Annotated[str, typer.Argument(help="What the key is for; only ever shown.")],
    *,
    owner: Annotated[str, typer.Option(help="Whose jobs it makes and sees. Owners never see each other's.")] = LOCAL,
    scope: Annotated[list[Scope] | None, typer.Option(help="What it may do, once for each; submit and read by default.")] = None,
    requests_per_minute: Annotated[int | None, typer.Option(min=0, help="How often it may call; 0 for no limit.")] = None,
    max_active_jobs: Annotated[int | None, typer.Option(min=0, help="How many jobs it may have under way; 0 for no limit.")] = None,
    as_json: o.AsJson = False,
) -> None:
    """Make a key and print it. It cannot be shown again: only its digest is stored."""
    from service.limits import Allowance  # noqa: PLC0415 - `--help` does without

    allowance = Allowance(requests_per_minute, max_active_jobs)
    record, key = _keys().create(name, owner, frozenset(scope or (Scope.SUBMIT, Scope.READ)), allowance)
    print_json(_shown(record) | {"key": key}) if as_json else write(key, None)


@app.command("list")
def listed(*, as_json: o.AsJson = False) -> None:
    """Show every key, without its secret."""
    keys = [_shown(record) for record in _keys().all()]
    if as_json:
        print_json(keys)
        return
    table = Table("id", "name", "owner", "scopes", "created", "revoked", box=None, pad_edge=False)
    for key in keys:
        table.add_row(key["id"], key["name"], key["owner"], ",".join(key["scopes"]), key["created_at"], key["revoked_at"] or "")
    print_table(table, "there is no key yet; `earmark keys create NAME` makes one")


@app.command()
def revoke(key_id: Annotated[str, typer.Argument(help="The key's id: the part after `em_`.")]) -> None:
    """Let a key in no more, from the next request on. Its jobs stay."""
    record = _keys().revoke(key_id)
    write(f"key {record.id} ({record.name}) is revoked", None)


def _keys() -> Keys:
    from service.database import Database  # noqa: PLC0415 - `--help` does without
    from service.keys import Keys  # noqa: PLC0415

    database = Database(Settings().database)
    database.migrate()
    return Keys(database)


def _shown(record: ApiKey) -> dict[str, Any]:
    return {
        "id": record.id,
        "name": record.name,
        "owner": record.owner,
        "scopes": record.scopes,
        "created_at": _instant(record.created_ms),
        "revoked_at": _instant(record.revoked_ms) if record.revoked_ms else None,
    }


def _instant(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="seconds")
