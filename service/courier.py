"""The courier: sends what webhooks are to be told, again and again until it has arrived. Safe to run in several places."""

from __future__ import annotations

import logging
import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus

from sqlalchemy import select

from service.belongings import Delivery, Webhook
from service.database import Database, clock
from service.errors import EarmarkError
from service.fetch import Fetcher
from service.webhooks import OLD_SECRET_MS, signature

logger = logging.getLogger(__name__)

BACKOFF_SECONDS = (5, 30, 120, 600, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 24 * 3600)
"""Pauses after each failed attempt, two days in all; then a delivery is given up, and can be sent again by hand."""

JITTER = 0.2
"""Pauses vary by this share, so that what failed together does not come back together."""

HOLD_MS = 5 * 60_000
"""How long a delivery is one courier's: longer than any attempt. A courier that died gives it up then."""

AT_ONCE = 8
PATIENT = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
"""Statuses whose Retry-After is honoured."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of an attempt: a status, or an error's words; and when the receiver wants to be asked again."""

    status: int | None = None
    error: str | None = None
    retry_after: int | None = None

    @property
    def arrived(self) -> bool:
        return self.status is not None and HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES


class Courier:
    def __init__(self, database: Database, fetcher: Fetcher) -> None:
        self.database = database
        self.fetcher = fetcher

    def deliver(self) -> None:
        """Send whatever is due, some at once. Raises `Unavailable`."""
        due = self._take()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for delivery, reply in zip(due, pool.map(self._send, due), strict=True):
                self._note(delivery, reply)

    def _take(self) -> list[Delivery]:
        """What is due, held so that no other courier takes it."""
        with self.database.writing() as session:
            now = clock(session)
            wanted = (Delivery.due_ms <= now, Webhook.disabled_ms.is_(None))
            is_due = select(Delivery).join(Delivery.webhook).where(*wanted).order_by(Delivery.due_ms).limit(AT_ONCE * 4)
            taken = list(session.scalars(is_due.with_for_update(skip_locked=True, of=Delivery)))
            for delivery in taken:
                delivery.due_ms, delivery.attempts = now + HOLD_MS, delivery.attempts + 1
            return taken

    def _send(self, delivery: Delivery) -> Reply:
        """One attempt: signed, no redirects, the answer's body unread."""
        now = (delivery.due_ms or 0) - HOLD_MS
        headers = {"Content-Type": "application/json", "webhook-id": delivery.id, "webhook-timestamp": str(now // 1000)}
        headers["webhook-signature"] = _signatures(delivery, now)
        try:
            with self.fetcher.ask("POST", delivery.webhook.url, headers, delivery.body.encode()) as response:
                asked = next((value.decode("latin-1") for name, value in response.headers if name.lower() == b"retry-after"), "")
                patient = response.status in PATIENT and asked.isdecimal()
                return Reply(response.status, retry_after=int(asked[:6]) if patient else None)
        except EarmarkError as error:
            return Reply(error=str(error)[:200])

    def _note(self, sent: Delivery, reply: Reply) -> None:
        with self.database.writing() as session:
            delivery = session.get(Delivery, sent.id)
            if delivery is None:
                return
            now = clock(session)
            delivery.last_status, delivery.last_error = reply.status, reply.error
            if reply.arrived:
                delivery.delivered_ms, delivery.due_ms = now, None
            elif reply.status == HTTPStatus.GONE:
                delivery.webhook.disabled_ms, delivery.due_ms = now, None
                logger.warning("webhook %s is gone and gets no more", delivery.webhook_id)
            else:
                delivery.due_ms = _next(delivery.attempts, reply, now)


def _signatures(delivery: Delivery, now: int) -> str:
    webhook = delivery.webhook
    fresh = webhook.old_secret and (webhook.rotated_ms or 0) > now - OLD_SECRET_MS
    signing = [webhook.secret, webhook.old_secret or ""] if fresh else [webhook.secret]
    return " ".join(signature(secret, delivery.id, now // 1000, delivery.body) for secret in signing)


def _next(attempts: int, reply: Reply, now: int) -> int | None:
    """When to try again; None when it has been tried often enough."""
    if attempts > len(BACKOFF_SECONDS):
        return None
    pause = max(BACKOFF_SECONDS[attempts - 1], min(reply.retry_after or 0, BACKOFF_SECONDS[-1]))
    return now + round(pause * 1000 * (1 + JITTER * (secrets.randbelow(2001) / 1000 - 1)))
