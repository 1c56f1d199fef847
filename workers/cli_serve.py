"""`earmark up`, `api`, `worker`, `migrate`, `doctor`: running the service, in one piece or in halves."""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from service.errors import InvalidOptions, Unavailable
from service.settings import Settings
from service.stages import QUEUES
from workers import cli_options as o
from workers.cli_show import print_json

if TYPE_CHECKING:
    from models.profiles import Profile

app = typer.Typer()

Host = Annotated[str | None, typer.Option(help="Address to listen on; by default EARMARK_HOST, 127.0.0.1.")]
Port = Annotated[int | None, typer.Option(min=0, max=65535, help="Port to listen on; by default EARMARK_PORT, 8300; 0 for any.")]
Device = Annotated[str | None, typer.Option(help="auto, cpu, cuda or cuda:N.")]

CURL = """curl -F audio=@EPISODE.mp3 -F transcript=@EPISODE.txt {url}/v1/jobs"""


@app.command()
def up(*, host: Host = None, port: Port = None, device: Device = None) -> None:
    """Run the whole service on this machine: API, worker, broker, database. Ctrl-C stops it."""
    from workers.up import Deployment, stopped_by_signals  # noqa: PLC0415 - `--help` does without

    console = Console(highlight=False)
    settings = _settings(host=host, port=port, device=device)
    try:
        with stopped_by_signals(), ExitStack() as stack:
            with console.status("starting"):
                deployment = stack.enter_context(Deployment(settings))
            console.print(f"Earmark is ready at {deployment.url} (documentation: {deployment.url}/docs)", soft_wrap=True)
            console.print(f"Try it:  {CURL.format(url=deployment.url)}", soft_wrap=True)
            console.print(f"Its data and logs are in {settings.data_dir}. Ctrl-C stops it.", soft_wrap=True)
            deployment.watch()
    except KeyboardInterrupt:
        console.print("stopped")


@app.command()
def api(*, host: Host = None, port: Port = None) -> None:
    """Run the REST API alone. It needs a broker (EARMARK_BROKER_URL), and workers somewhere."""
    from service.__main__ import serve  # noqa: PLC0415 - `--help` does without

    serve(_settings(host=host, port=port))


@app.command()
def worker(
    *,
    queues: Annotated[
        str | None, typer.Option(help=f"Which queues to serve, of {', '.join(QUEUES)}; by default all, and on a GPU the queue gpu alone.")
    ] = None,
    concurrency: Annotated[int, typer.Option(min=1, help="Stages at a time; each process has models of its own.")] = 1,
    device: Device = None,
) -> None:
    """Run a worker. SIGTERM hands its stage back to the others within seconds."""
    os.environ.setdefault("REMAP_SIGTERM", "SIGQUIT")  # before Celery is imported
    settings = _settings(device=device)
    if device is not None:
        os.environ["EARMARK_DEVICE"] = device  # for the processes of its pool
    from models import profiles  # noqa: PLC0415 - `--help` does without
    from workers.app import Duty, serve  # noqa: PLC0415 - see above
    from workers.doctor import missing_packages  # noqa: PLC0415

    if missing := missing_packages():
        raise Unavailable(f"no worker can run here without {', '.join(missing)}: pip install 'earmark[worker]'")
    profile = profiles.of(settings)
    wanted = served(profile, queues, concurrency)
    os.environ["EARMARK_THREADS"] = str(settings.threads or max(1, profile.threads // concurrency))
    serve(settings, Duty(wanted, concurrency))


def served(profile: Profile, queues: str | None, concurrency: int) -> tuple[str, ...]:
    """The queues of a worker. Raises `InvalidOptions` for one that there is not, and for several processes on one GPU."""
    if concurrency > 1 and profile.device.startswith("cuda"):
        raise InvalidOptions("one process serves a GPU: leave --concurrency out, and start a worker for each GPU (--device cuda:0, cuda:1)")
    wanted = tuple(name.strip() for name in queues.split(",")) if queues else profile.queues
    if unknown := set(wanted) - set(QUEUES):
        raise InvalidOptions(f"there is no queue {', '.join(sorted(unknown))}; known are {', '.join(QUEUES)}")
    return wanted


@app.command()
def migrate() -> None:
    """Bring the database's tables to this version. `up`, `api` and `worker` do it by themselves."""
    from service.database import Database  # noqa: PLC0415 - `--help` does without

    database = Database(Settings().database)
    database.migrate()
    Console(highlight=False).print(f"the database at {database.place} is up to date", soft_wrap=True)


@app.command()
def doctor(
    *,
    url: Annotated[str | None, typer.Option(help="Where the API is; by default at EARMARK_HOST and EARMARK_PORT.")] = None,
    as_json: o.AsJson = False,
) -> None:
    """What works here and what does not, of this machine and of the running service. Exit code 5 when something needed is missing."""
    from workers.doctor import examine  # noqa: PLC0415 - `--help` does without

    findings = examine(Settings(), url)
    if as_json:
        print_json(findings)
    else:
        colours = {"ok": "green", "note": "yellow", "wrong": "red"}
        for finding in findings:
            mark = f"[{colours[finding.verdict]}]{finding.verdict:<5}[/]"
            Console(highlight=False).print(f"{mark} {finding.what}: {finding.said}", soft_wrap=True)
    if any(finding.verdict == "wrong" for finding in findings):
        raise typer.Exit(5)


def _settings(**changes: object) -> Settings:
    """The settings, with what the command line says otherwise."""
    return Settings().model_copy(update={name: value for name, value in changes.items() if value is not None})
