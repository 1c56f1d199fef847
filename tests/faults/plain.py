"""The least that could take an upload: writes the body of each request to a file. What the service's throughput is compared with."""

from __future__ import annotations

import tempfile
from collections.abc import Awaitable, Callable
from typing import Any

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


async def app(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """ASGI; run by `uvicorn tests.faults.plain:app --lifespan off`."""
    assert scope["type"] == "http"
    with tempfile.TemporaryFile() as file:
        more = True
        while more:
            message = await receive()
            file.write(message.get("body", b""))
            more = message.get("more_body", False)
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body"})
