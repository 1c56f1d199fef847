"""The `earmark` command. What a command needs beyond its own options is imported when it runs: `--help` must be quick."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

import typer
from pydantic import ValidationError

from service.errors import EarmarkError, InputError, ModelError, Unavailable
from workers import cli_align, cli_client, cli_corrections, cli_glossary, cli_keys, cli_models, cli_render, cli_serve, cli_voices
from workers.cli_show import JobFailed, complain

EXIT_CODES: dict[type[EarmarkError], int] = {InputError: 3, ModelError: 4, Unavailable: 5, JobFailed: 6}
"""What the program ends with; every other error is 1, wrong usage 2, Ctrl-C 130."""

EPILOG = (
    "Exit codes: 0 done, 1 something unexpected, 2 wrong usage, 3 the input cannot be used, 4 a model is missing or damaged, "
    "5 the service, its database, broker or disk cannot be used, 6 the job failed or was cancelled, 130 interrupted. "
    "Settings are environment variables, EARMARK_...; EARMARK_DEBUG=1 shows tracebacks."
)

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    epilog=EPILOG,
    help="Give a podcast's own transcript back corrected, with a time for every word and a speaker for every line.",
)
for commands in (cli_align.app, cli_render.app, cli_serve.app, cli_client.app):
    app.add_typer(commands)
app.add_typer(cli_corrections.app, name="corrections")
app.add_typer(cli_glossary.app, name="glossary")
app.add_typer(cli_keys.app, name="keys")
app.add_typer(cli_models.app, name="models")
app.add_typer(cli_voices.app, name="voices")


def main() -> None:
    """Run the command line; errors become one readable line and an exit code."""
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # models share the cores: a thread that waits must not spin
    try:
        app()
    except ValidationError as error:
        wrong = "; ".join(f"EARMARK_{str(fault['loc'][0]).upper()}: {fault['msg']}" for fault in error.errors())
        _end(f"the settings are not valid: {wrong}", 2)
    except Exception as error:
        if os.environ.get("EARMARK_DEBUG"):
            raise
        _end(_story_of(error), exit_code(error))


def _story_of(error: Exception) -> str:
    if isinstance(error, EarmarkError):
        return str(error)
    return f"something unexpected went wrong ({type(error).__name__}: {error}); EARMARK_DEBUG=1 shows where"


def exit_code(error: Exception) -> int:
    """The exit code that says what kind of error it was.

    >>> exit_code(InputError())
    3
    """
    return next((code for kind, code in EXIT_CODES.items() if isinstance(error, kind)), 1)


def _end(message: str, code: int) -> NoReturn:
    complain(message)
    sys.exit(code)
