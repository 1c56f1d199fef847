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


def serve(settings: Settings) -> None:
    """Serve until told to stop. Raises `EarmarkError` for settings that cannot be served."""
    configure(settings)
    end_with_parent()
    telemetry.start(settings, "api")
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
