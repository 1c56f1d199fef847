"""Whether the service lives, and whether it can take work."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from service.api.deps import Service
from service.errors import EarmarkError

router = APIRouter(tags=["health"])


class Alive(BaseModel):
    """The process answers."""

    status: str = Field("alive", examples=["alive"])


class Readiness(BaseModel):
    """Whether what the service stands on can be used. Each check is "ok" or says what is wrong."""

    ready: bool
    checks: dict[str, str] = Field(examples=[{"database": "ok", "broker": "ok", "store": "ok"}])


@router.get("/livez", summary="Is the process alive?")
async def livez() -> Alive:
    return Alive()


@router.get("/readyz", summary="Can it take work?", responses={503: {"model": Readiness}})
def readyz(service: Service, response: Response) -> Readiness:
    """Checks the database, the broker and the store's disk; not whether a worker is free: jobs wait for one."""
    checks = {
        "database": _check(service.database.ping),
        "broker": _check(service.broker.ping),
        "store": _check(lambda: service.store.require(0)),
    }
    ready = all(said == "ok" for said in checks.values())
    response.status_code = 200 if ready else 503
    return Readiness(ready=ready, checks=checks)


def _check(look: Callable[[], None]) -> str:
    try:
        look()
    except EarmarkError as error:
        return str(error)
    except OSError as error:
        return f"the store cannot be used: {error}"
    return "ok"
