"""API keys: who may come in, as whom, and what they may do. Only digests are stored; a key is shown once, when it is made.

A key reads `em_ID_SECRET`. The secret is 32 random bytes, so that a plain SHA-256 keeps it: there is nothing to guess.
"""

from __future__ import annotations

import hashlib
import re
import secrets

from sqlalchemy import exists, select

from service.belongings import ApiKey
from service.callers import LOCAL, Caller, Scope
from service.database import Database, clock
from service.errors import InvalidOptions, NotFound, Unauthorized
from service.limits import DEFAULT, Allowance

_OWNER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_KEY = re.compile(r"em_(?P<id>[0-9a-f]{12})_[A-Za-z0-9_-]{43}")


class Keys:
    """All API keys of this service."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def create(
        self,
        name: str,
        owner: str = LOCAL,
        scopes: frozenset[Scope] = frozenset({Scope.SUBMIT, Scope.READ}),
        allowance: Allowance = DEFAULT,
    ) -> tuple[ApiKey, str]:
        """The record, and the key itself: nobody can read it again. Raises `InvalidOptions` for what cannot be an owner."""
        if not _OWNER.fullmatch(owner):
            raise InvalidOptions(f"{owner!r} cannot be an owner: at most 64 letters, digits, dots, dashes and underscores")
        if not scopes:
            raise InvalidOptions(f"a key needs a scope at least: {', '.join(Scope)}")
        key_id = secrets.token_hex(6)
        key = f"em_{key_id}_{secrets.token_urlsafe(32)}"
        with self.database.writing() as session:
            record = ApiKey(
                id=key_id,
                owner=owner,
                name=name[:200],
                scopes=sorted(scopes),
                secret_sha256=_digest(key),
                created_ms=clock(session),
                requests_per_minute=allowance.requests_per_minute,
                max_active_jobs=allowance.max_active_jobs,
            )
            session.add(record)
        return record, key

    def all(self) -> list[ApiKey]:
        """Every key, revoked ones too, the oldest first."""
        with self.database.reading() as session:
            return list(session.scalars(select(ApiKey).order_by(ApiKey.created_ms, ApiKey.id)))

    def any(self) -> bool:
        """Whether a key was ever made, so that callers need one."""
        with self.database.reading() as session:
            return bool(session.scalar(select(exists().where(ApiKey.id.is_not(None)))))

    def revoke(self, key_id: str) -> ApiKey:
        """Let the key in no more, from the next request on. Again is no error. Raises `NotFound`."""
        with self.database.writing() as session:
            record = session.get(ApiKey, key_id)
            if record is None:
                raise NotFound(f"there is no key {key_id}; `earmark keys list` shows them")
            record.revoked_ms = record.revoked_ms or clock(session)
            return record

    def caller(self, key: str) -> Caller:
        """Whose key this is. Raises `Unauthorized`, in the same words whether it never existed or was revoked."""
        shaped = _KEY.fullmatch(key)
        with self.database.reading() as session:
            record = session.get(ApiKey, shaped["id"]) if shaped else None
        right = secrets.compare_digest(_digest(key), record.secret_sha256 if record else "")
        if record is None or not right or record.revoked_ms is not None:
            raise Unauthorized("this is not an API key of this service")
        return Caller(record.owner, frozenset(Scope(scope) for scope in record.scopes), record.id, record.requests_per_minute)


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
