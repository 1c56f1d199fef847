"""Webhooks and their deliveries."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, get_args

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from service.api import examples
from service.api.deps import ENTRANCE, Reader, Service, Submitter
from service.api.errors import problems
from service.api.schemas import instant
from service.belongings import Delivery, Webhook
from service.webhooks import Log

router = APIRouter(prefix="/v1", tags=["webhooks"], dependencies=ENTRANCE)

Event = Literal["job.succeeded", "job.failed", "job.cancelled"]


class WebhookIn(BaseModel):
    """An address to be told."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"url": "https://example.com/earmark"}]})

    url: str = Field(max_length=2_000, description="https://, reachable from the Internet.")
    events: list[Event] = Field(list(get_args(Event)), min_length=1, max_length=3, description="What it is told of; everything by default.")


class WebhookView(BaseModel):
    """A webhook."""

    model_config = ConfigDict(json_schema_extra={"example": examples.WEBHOOK})

    id: str
    url: str
    events: list[str]
    enabled: bool = Field(description="false after its receiver has answered 410 Gone, or by your wish.")
    created_at: datetime


class NewWebhookView(WebhookView):
    """A webhook with its secret, which is shown this once."""

    model_config = ConfigDict(json_schema_extra={"example": examples.WEBHOOK | {"secret": "whsec_..."}})

    secret: str = Field(description="Verifies what it is sent (Standard Webhooks).", examples=["whsec_..."])


class WebhookChange(BaseModel):
    """What may be changed of a webhook."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"enabled": True}]})

    enabled: bool


class DeliveryView(BaseModel):
    """A message to a webhook, and what became of it."""

    model_config = ConfigDict(json_schema_extra={"example": examples.DELIVERY})

    id: str = Field(description="The message's webhook-id: the same in every attempt.")
    webhook_id: str
    job_id: str | None
    event: str
    state: Literal["waiting", "delivered", "given_up"]
    attempts: int
    last_status: int | None
    last_error: str | None
    created_at: datetime
    delivered_at: datetime | None
    next_attempt_at: datetime | None


class DeliveryPage(BaseModel):
    """Deliveries, newest first."""

    items: list[DeliveryView]
    next_cursor: str | None


class Wanted(BaseModel):
    """Which deliveries to list."""

    job_id: str | None = Field(None, max_length=36)
    webhook_id: str | None = Field(None, max_length=36)
    cursor: str | None = Field(None, max_length=40, description="The next_cursor of the page before.")
    limit: int = Field(50, ge=1, le=100)


@router.post("/webhooks", status_code=201, summary="Add a webhook", responses=problems(401, 403, 409, 422))
def create(wanted: WebhookIn, caller: Submitter, service: Service) -> NewWebhookView:
    """It is told when a job of yours ends: `{"type": "job.succeeded", "timestamp": ..., "data": {"job_id": ...}}`."""
    return _with_secret(service.webhooks.create(caller.owner, wanted.url, list(wanted.events)))


@router.get("/webhooks", summary="List the webhooks", responses=problems(401, 403))
def listed(caller: Reader, service: Service) -> list[WebhookView]:
    return [_view(webhook) for webhook in service.webhooks.all(caller.owner)]


@router.patch("/webhooks/{webhook_id}", summary="Stop or start a webhook", responses=problems(401, 403, 404, 422))
def changed(webhook_id: str, change: WebhookChange, caller: Submitter, service: Service) -> WebhookView:
    return _view(service.webhooks.enable(webhook_id, caller.owner, enabled=change.enabled))


@router.delete("/webhooks/{webhook_id}", status_code=204, summary="Remove a webhook", responses=problems(401, 403, 404))
def delete(webhook_id: str, caller: Submitter, service: Service) -> None:
    service.webhooks.delete(webhook_id, caller.owner)


@router.post("/webhooks/{webhook_id}/rotate", summary="Replace a webhook's secret", responses=problems(401, 403, 404))
def rotate(webhook_id: str, caller: Submitter, service: Service) -> NewWebhookView:
    """For a day every message is signed with both secrets."""
    return _with_secret(service.webhooks.rotate(webhook_id, caller.owner))


@router.post("/webhooks/{webhook_id}/test", status_code=202, summary="Try a webhook", responses=problems(401, 403, 404))
def test(webhook_id: str, caller: Submitter, service: Service) -> DeliveryView:
    return _delivery_view(service.webhooks.test(webhook_id, caller.owner))


@router.get("/webhook-deliveries", summary="List deliveries", responses=problems(401, 403, 422))
def deliveries(caller: Reader, service: Service, wanted: Annotated[Wanted, Query()]) -> DeliveryPage:
    page, cursor = service.webhooks.deliveries(Log(caller.owner, wanted.job_id, wanted.webhook_id, wanted.cursor, wanted.limit))
    return DeliveryPage(items=[_delivery_view(delivery) for delivery in page], next_cursor=cursor)


@router.post("/webhook-deliveries/{delivery_id}/redeliver", status_code=202, summary="Send once more", responses=problems(401, 403, 404))
def redeliver(delivery_id: str, caller: Submitter, service: Service) -> DeliveryView:
    return _delivery_view(service.webhooks.redeliver(delivery_id, caller.owner))


def _view(webhook: Webhook) -> WebhookView:
    return WebhookView(
        id=webhook.id,
        url=webhook.url,
        events=webhook.events,
        enabled=webhook.disabled_ms is None,
        created_at=instant(webhook.created_ms),
    )


def _with_secret(webhook: Webhook) -> NewWebhookView:
    return NewWebhookView(**_view(webhook).model_dump(), secret=webhook.secret)


def _delivery_view(delivery: Delivery) -> DeliveryView:
    over = "delivered" if delivery.delivered_ms else "given_up"
    return DeliveryView(
        id=delivery.id,
        webhook_id=delivery.webhook_id,
        job_id=delivery.job_id,
        event=delivery.event,
        state="waiting" if delivery.due_ms else over,
        attempts=delivery.attempts,
        last_status=delivery.last_status,
        last_error=delivery.last_error,
        created_at=instant(delivery.created_ms),
        delivered_at=instant(delivery.delivered_ms) if delivery.delivered_ms else None,
        next_attempt_at=instant(delivery.due_ms) if delivery.due_ms else None,
    )
