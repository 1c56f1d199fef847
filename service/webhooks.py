"""Webhooks: who is told that a job has ended, and what (Standard Webhooks 1.0.0, https://www.standardwebhooks.com).

What is to be told is written in the transaction that ends the job. `service.courier` carries it out.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session
from uuid6 import uuid7

from service.belongings import Delivery, Webhook
from service.database import Database, clock
from service.errors import Conflict, NotFound, UrlForbidden
from service.fetch import Policy
from service.tables import Job

T = TypeVar("T", Webhook, Delivery)

TEST = "webhook.test"

MOST = 20
"""Webhooks that one owner may have."""

OLD_SECRET_MS = 24 * 3600 * 1000
"""How long a replaced secret still signs beside the new one."""


@dataclass(frozen=True, slots=True)
class Log:
    """Which deliveries to list, newest first; `cursor` is the id after which the page begins."""

    owner: str
    job_id: str | None = None
    webhook_id: str | None = None
    cursor: str | None = None
    limit: int = 50


class Webhooks:
    """Every method raises `NotFound` for what is not the owner's."""

    def __init__(self, database: Database, policy: Policy) -> None:
        self.database = database
        self.policy = policy

    def create(self, owner: str, url: str, events: list[str]) -> Webhook:
        """Raises `UrlForbidden`, and `Conflict` for one too many."""
        target = self.policy.target(url)
        if target.scheme != "https" and not self.policy.allowed:
            raise UrlForbidden("a webhook's address must begin with https://")
        if len(self.all(owner)) >= MOST:
            raise Conflict(f"there are {MOST} webhooks already; delete one first")
        with self.database.writing() as session:
            webhook = Webhook(id=str(uuid7()), owner=owner, url=url, events=events, secret=_new_secret(), created_ms=clock(session))
            session.add(webhook)
        return webhook

    def all(self, owner: str) -> list[Webhook]:
        with self.database.reading() as session:
            return list(session.scalars(select(Webhook).where(Webhook.owner == owner).order_by(Webhook.id)))

    def delete(self, webhook_id: str, owner: str) -> None:
        with self.database.writing() as session:
            session.delete(_owned(session, Webhook, webhook_id, owner))

    def rotate(self, webhook_id: str, owner: str) -> Webhook:
        """Give the webhook a new secret. For a day both sign."""
        with self.database.writing() as session:
            webhook = _owned(session, Webhook, webhook_id, owner)
            webhook.old_secret, webhook.secret, webhook.rotated_ms = webhook.secret, _new_secret(), clock(session)
            return webhook

    def enable(self, webhook_id: str, owner: str, *, enabled: bool) -> Webhook:
        with self.database.writing() as session:
            webhook = _owned(session, Webhook, webhook_id, owner)
            webhook.disabled_ms = None if enabled else webhook.disabled_ms or clock(session)
            return webhook

    def test(self, webhook_id: str, owner: str) -> Delivery:
        """Send it a message that says nothing, through all that a real one goes through."""
        with self.database.writing() as session:
            delivery = _letter(_owned(session, Webhook, webhook_id, owner), TEST, None, {}, clock(session))
            session.add(delivery)
            return delivery

    def deliveries(self, log: Log) -> tuple[list[Delivery], str | None]:
        """A page of deliveries, and the cursor of the next page if there is one."""
        wanted = select(Delivery).where(Delivery.owner == log.owner).order_by(Delivery.id.desc()).limit(log.limit + 1)
        for column, value in ((Delivery.job_id, log.job_id), (Delivery.webhook_id, log.webhook_id)):
            wanted = wanted if value is None else wanted.where(column == value)
        if log.cursor is not None:
            wanted = wanted.where(Delivery.id < log.cursor)
        with self.database.reading() as session:
            found = list(session.scalars(wanted))
        page = found[: log.limit]
        return page, page[-1].id if len(found) > log.limit else None

    def redeliver(self, delivery_id: str, owner: str) -> Delivery:
        """Send a message once more, now, with all its tries. Its id stays, so that who has it can tell."""
        with self.database.writing() as session:
            delivery = _owned(session, Delivery, delivery_id, owner)
            delivery.attempts, delivery.due_ms, delivery.delivered_ms = 0, clock(session), None
            return delivery


def announce(session: Session, job: Job, now: int) -> None:
    """Write what is to be told of a job that has ended, within the transaction that ends it."""
    event = f"job.{job.state}"
    facts = {"job_id": job.id, "state": str(job.state), "reference": job.reference, "error_code": job.error_code}
    for webhook in session.scalars(select(Webhook).where(Webhook.owner == job.owner, Webhook.disabled_ms.is_(None))):
        if event in webhook.events:
            session.add(_letter(webhook, event, job.id, facts, now))


def signature(secret: str, message_id: str, timestamp: int, body: str) -> str:
    """`v1,` and the HMAC-SHA256 of id, time and body, as the specification has it.

    >>> signature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, '{"test": 2432232314}')
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
    """
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.new(key, f"{message_id}.{timestamp}.{body}".encode(), hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def _letter(webhook: Webhook, event: str, job_id: str | None, facts: Mapping[str, object], now: int) -> Delivery:
    written = datetime.fromtimestamp(now / 1000, UTC).isoformat().replace("+00:00", "Z")
    body = json.dumps({"type": event, "timestamp": written, "data": facts})
    return Delivery(
        id=f"msg_{uuid7().hex}", webhook=webhook, owner=webhook.owner, job_id=job_id, event=event, body=body, created_ms=now, due_ms=now
    )


def _new_secret() -> str:
    return f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"


def _owned(session: Session, kind: type[T], sought: str, owner: str) -> T:
    found = session.get(kind, sought)
    if found is None or found.owner != owner:
        raise NotFound(f"there is no {kind.__name__.lower()} {sought}")
    return found
