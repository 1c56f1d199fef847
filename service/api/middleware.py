"""What stands before every route: the request's id, and the limit on its body. Plain ASGI, so that nothing is buffered."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.api.errors import REQUEST_ID, problem_of, respond
from service.errors import AudioTooLarge
from service.limits import Left
from service.logs import about
from service.telemetry import span

_GOOD_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")

LINGER_SECONDS = 2
"""How long the rest of a refused upload is read and thrown away, so that the caller gets to see why: a connection that
is closed with bytes unread is reset, and the answer may be lost with it."""


class RequestId:
    """Gives each request an id (the caller's own, if it sends a harmless one) and echoes it, with what the caller may still ask."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        sent = Headers(scope=scope).get(REQUEST_ID, "")
        request_id = sent if _GOOD_ID.fullmatch(sent) else str(uuid4())
        scope.setdefault("state", {})["request_id"] = request_id

        async def with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault(REQUEST_ID, request_id)
                headers.update(_said(scope["state"].get("left")))
            await send(message)

        with about(request_id=request_id), span("request", method=scope["method"], path=scope["path"]):
            await self.app(scope, receive, with_id)


def _said(left: Left | None) -> dict[str, str]:
    """What the caller may still ask, as draft-ietf-httpapi-ratelimit-headers has it."""
    if left is None:
        return {}
    return {"RateLimit-Policy": f'"key";q={left.rate};w=60', "RateLimit": f'"key";r={left.requests};t={left.seconds}'}


class BodyLimit:
    """Refuses a body over `limit` bytes: at once when it says its length, else as soon as it has sent too much."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        body = _Body(Headers(scope=scope), receive, send, self.limit)
        if not body.too_large:
            with suppress(_TooLargeError):
                await self.app(scope, body.receive, body.send)
        if body.too_large and not body.answered:
            error = AudioTooLarge(f"the request is larger than the {self.limit:,} bytes that this service accepts")
            await respond(problem_of(error), scope)(scope, receive, body.answer)


class _TooLargeError(Exception):
    """Breaks off whoever reads a body that is too large."""


class _Body:
    """A request's body, counted as it comes in; and the answer, which waits a moment for a caller that is still sending."""

    def __init__(self, headers: Headers, receive: Receive, send: Send, limit: int) -> None:
        declared = headers.get("content-length", "0")
        self._receive = receive
        self._send = send
        self._left = limit
        self._more = declared != "0" or "transfer-encoding" in headers
        self.too_large = declared.isdecimal() and int(declared) > limit
        self.answered = False

    async def receive(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        self._more = bool(message.get("more_body"))
        if self._left < 0:
            self.too_large = True
            raise _TooLargeError
        return message

    async def send(self, message: Message) -> None:
        """The application's answer; dropped when it only stumbled over the body being too large."""
        if self.answered or not self.too_large:
            await self.answer(message)

    async def answer(self, message: Message) -> None:
        self.answered = True
        if not self._more:
            await self._send(message)
        elif message["type"] == "http.response.start":
            MutableHeaders(scope=message)["Connection"] = "close"
            await self._send(message)
        else:
            await self._send({**message, "more_body": True})
            if not message.get("more_body"):
                await self._throw_away_the_rest()
                await self._send({"type": "http.response.body", "body": b""})

    async def _throw_away_the_rest(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(LINGER_SECONDS):
                while (await self._receive()).get("more_body"):
                    pass
