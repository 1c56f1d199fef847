"""The API as an ASGI application: `create_app(Settings())`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from functools import partial

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from service.api import amendments, errors, events, glossaries, health, jobs, rebase, results, status, uploads, voices, webhooks
from service.api.deps import Parts, is_loopback
from service.api.middleware import BodyLimit, RequestId
from service.api.openapi import describe
from service.api.upload import FORM_BYTES
from service.chores import Chore
from service.courier import Courier
from service.database import Database
from service.errors import InvalidOptions
from service.eviction import Bounds, Eviction
from service.fetch import Fetcher
from service.keys import Keys
from service.reaper import Reaper
from service.runs import Rules
from service.settings import Settings
from service.sweeper import Sweeper, needed_by_jobs
from service.voices import REMIND_SECONDS

SWEEP_SECONDS, EVICT_SECONDS, DELIVER_SECONDS = 60, 600, 2

DESCRIPTION = """Send an episode's audio and the transcript it already has; get the transcript back corrected, with a time for
every word and a speaker for every line. Errors are `application/problem+json` (RFC 9457) with a stable `code`."""


def create_app(settings: Settings) -> FastAPI:
    """Connects to nothing before it is started, but to look for stored keys where others could reach it.

    Raises `InvalidOptions` for settings that would serve strangers.
    """
    check(settings)
    parts = Parts.of(settings)
    app = FastAPI(
        title="Earmark",
        version=status.installed_version(),
        description=DESCRIPTION,
        lifespan=_lifespan,
        generate_unique_id_function=_call_name,
    )
    app.state.parts = parts
    errors.install(app)
    app.add_middleware(BodyLimit, limit=settings.max_upload_bytes + settings.max_transcript_bytes + FORM_BYTES)
    app.add_middleware(RequestId)
    for router in (
        jobs.router,
        rebase.router,
        events.router,
        results.router,
        amendments.router,
        glossaries.router,
        voices.router,
        uploads.router,
        webhooks.router,
        status.router,
        health.router,
    ):
        app.include_router(router)
    app.openapi = lambda: describe(app)  # type: ignore[method-assign]
    return app


def _call_name(route: APIRoute) -> str:
    """What programs that are made from the description call it, as `jobs_submit`."""
    return "_".join([*map(str, route.tags[:1]), route.name])


def check(settings: Settings) -> None:
    """Raises `InvalidOptions` when others could reach the service and need no key."""
    if settings.api_key is not None and not settings.api_key.strip():
        raise InvalidOptions("EARMARK_API_KEY is set but empty")
    if settings.api_key is None and not is_loopback(settings.host) and not _has_keys(settings):
        raise InvalidOptions(
            f"the API will not listen on {settings.host} without a key: set EARMARK_API_KEY, run `earmark keys create`,"
            " or listen on 127.0.0.1"
        )


def _has_keys(settings: Settings) -> bool:
    database = Database(settings.database)
    database.migrate()
    return Keys(database).any()


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    parts: Parts = app.state.parts
    await run_in_threadpool(parts.store.prepare)
    await run_in_threadpool(parts.database.migrate)
    reaper = Reaper(parts.database, parts.broker, Rules.of(parts.settings))
    settings = parts.settings
    sweeper = Sweeper(parts.database, parts.jobs, parts.store, parts.uploads, settings)
    eviction = Eviction(parts.store, Bounds.of(settings), partial(needed_by_jobs, parts.database))
    courier = Courier(parts.database, Fetcher(parts.webhooks.policy))
    chores = ExitStack()
    for chore in (
        reaper.chore(),
        Chore("sweeper", sweeper.sweep, SWEEP_SECONDS),
        Chore("eviction", eviction.evict, EVICT_SECONDS),
        Chore("courier", courier.deliver, DELIVER_SECONDS),
        Chore("reminder of voices", lambda: parts.voices.remind(parts.broker), REMIND_SECONDS),
    ):
        chores.enter_context(chore)
    yield
    await run_in_threadpool(chores.close)
