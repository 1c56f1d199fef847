"""`python -m service`: the API alone, without anything a worker needs."""

from __future__ import annotations

import sys

import uvicorn

from service import telemetry
from service.app import create_app
from service.errors import EarmarkError
from service.logs import configure
from service.orphans import end_with_parent
from service.settings import Settings

SWITCH_SECONDS = 0.001
"""How long a thread may keep the interpreter from the others: a fifth of Python's own choice, for short answers beside long work."""


def serve(settings: Settings) -> None:
    """Serve until told to stop. Raises `EarmarkError` for settings that cannot be served."""
    configure(settings)
    end_with_parent()
    telemetry.start(settings, "api")
    sys.setswitchinterval(SWITCH_SECONDS)
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        server_header=False,
        timeout_graceful_shutdown=10,
        log_config=None,
    )


if __name__ == "__main__":
    try:
        serve(Settings())
    except EarmarkError as error:
        sys.exit(f"earmark: {error}")
