"""Who calls the API, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

LOCAL = "local"
"""The owner of what the service's own key (EARMARK_API_KEY) submits, or this machine where no key is needed."""


class Scope(StrEnum):
    """What a key allows. `admin` allows all that the others do, and looking at the service itself."""

    SUBMIT = "submit"
    READ = "read"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever sent a request: only what belongs to `owner` exists for it. `key_id` is empty for the service's own key."""

    owner: str
    scopes: frozenset[Scope]
    key_id: str = ""
    requests_per_minute: int | None = None

    def may(self, scope: Scope) -> bool:
        return scope in self.scopes or Scope.ADMIN in self.scopes


MASTER = Caller(LOCAL, frozenset(Scope))
