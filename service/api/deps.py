"""What routes ask for: the parts of the service, and a caller who may come in.

What never waits is `async` here: everything else costs a turn in the thread pool, behind the uploads.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Annotated, cast
from urllib.parse import urlsplit

from fastapi import Depends, Request
from fastapi.security import APIKeyHeader, HTTPBearer

from service.api.counter import Counter
from service.callers import MASTER, Caller, Scope
from service.database import Database
from service.errors import Forbidden, Unauthorized
from service.fetch import Policy
from service.glossaries import Glossaries
from service.intake import Intake
from service.jobs import Jobs
from service.keys import Keys
from service.limits import Admission, Rates
from service.queue import Broker
from service.results import Results
from service.settings import Settings
from service.store import FolderStore
from service.uploads import Uploads
from service.voices import Roster
from service.webhooks import Webhooks


@dataclass(frozen=True, slots=True)
class Parts:
    """The service, assembled once when the application is made."""

    settings: Settings
    database: Database
    store: FolderStore
    broker: Broker
    jobs: Jobs
    intake: Intake
    keys: Keys
    uploads: Uploads
    results: Results
    glossaries: Glossaries
    rates: Rates
    webhooks: Webhooks
    counter: Counter
    voices: Roster

    @classmethod
    def of(cls, settings: Settings) -> Parts:
        """Connects to nothing yet. Raises `Unavailable` for a database or broker URL that is none."""
        database, broker = Database(settings.database), Broker(settings)
        store = FolderStore(settings.store, settings.min_free_bytes)
        jobs = Jobs(database, broker, Admission(settings))
        return cls(
            settings=settings,
            database=database,
            store=store,
            broker=broker,
            jobs=jobs,
            intake=Intake(store, jobs),
            keys=Keys(database),
            uploads=Uploads(database, store, settings.max_upload_bytes),
            results=Results(jobs, store),
            glossaries=Glossaries(database),
            rates=Rates(settings.requests_per_minute),
            webhooks=Webhooks(database, Policy.of(settings)),
            counter=Counter(),
            voices=Roster(database, store),
        )


async def _parts(request: Request) -> Parts:
    return cast("Parts", request.app.state.parts)


Service = Annotated[Parts, Depends(_parts)]

_SCHEMES = (
    Depends(
        APIKeyHeader(
            name="X-API-Key", auto_error=False, description="A key of `earmark keys create`, or the service's own (EARMARK_API_KEY)."
        )
    ),
    Depends(HTTPBearer(auto_error=False, description="The same key as a bearer token.")),
)
"""Only described here, for OpenAPI; `let_in` decides."""


def let_in(request: Request, service: Service) -> Caller:
    """Who calls. Raises `Unauthorized` without a key that is good here; where there are none at all, unless it is this machine."""
    given = request.headers.get("x-api-key") or request.headers.get("authorization", "").removeprefix("Bearer ")
    expected = service.settings.api_key
    if given and expected is not None and secrets.compare_digest(given.encode(), expected.encode()):
        return MASTER
    if given:
        caller = service.keys.caller(given)
        request.state.left = service.rates.take(caller.key_id, caller.requests_per_minute)
        return caller
    if expected is not None or service.keys.any():
        raise Unauthorized("send the API key as X-API-Key or as Authorization: Bearer")
    if not _is_of_this_machine(request):
        raise Unauthorized(
            "this service has no API keys, so it serves its own machine only; set EARMARK_API_KEY or run `earmark keys create`"
        )
    return MASTER


def _is_of_this_machine(request: Request) -> bool:
    """Whether it comes from here, asks for here, and was not put into a browser by somebody else's page."""
    origin = request.headers.get("origin")
    hosts = [request.client.host if request.client else "", request.url.hostname or ""]
    return all(is_loopback(host) for host in (*hosts, *([urlsplit(origin).hostname or ""] if origin else [])))


def is_loopback(host: str) -> bool:
    """Whether only this machine can be meant.

    >>> [is_loopback(host) for host in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "10.0.0.1")]
    [True, True, True, False, False]
    """
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _may(scope: Scope) -> Callable[[Caller], Awaitable[Caller]]:
    async def check(caller: Annotated[Caller, Depends(let_in)]) -> Caller:
        if not caller.may(scope):
            raise Forbidden(f"this key may not do that: it lacks the scope {scope}")
        return caller

    return check


Reader = Annotated[Caller, Depends(_may(Scope.READ))]
Submitter = Annotated[Caller, Depends(_may(Scope.SUBMIT))]
Admin = Annotated[Caller, Depends(_may(Scope.ADMIN))]

ENTRANCE = [Depends(let_in), *_SCHEMES]
"""The dependencies of every route that needs a key."""
