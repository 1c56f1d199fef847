"""The tables of what an owner has beside jobs: glossaries, voices, keys, and webhooks with their messages. Times are as in `tables`."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from service.tables import Base


class ShowGlossary(Base):
    """What an owner's show has learned. `terms` and `leave_alone` are those of `service.domain.glossary.Glossary`, as JSON."""

    __tablename__ = "glossaries"

    owner: Mapped[str] = mapped_column(String(64), primary_key=True)
    show: Mapped[str] = mapped_column(String(100), primary_key=True)
    terms: Mapped[list[dict[str, object]]] = mapped_column(JSON)
    leave_alone: Mapped[list[dict[str, object]]] = mapped_column(JSON)
    changed_ms: Mapped[int] = mapped_column(BigInteger)


class Voice(Base):
    """A voice that its owner enrolled. `print` is a `service.domain.speech.Voiceprint` as JSON, None until a worker has listened to the
    clip, or for good where `error` says why. `tries` counts how often a worker began to listen, `tried_ms` is when one did last.
    """

    __tablename__ = "voices"
    __table_args__ = (Index("ix_voices_owner_show", "owner", "show"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    owner: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    show: Mapped[str] = mapped_column(String(100))
    """Of which show; empty for all of the owner's."""
    print: Mapped[dict[str, object] | None] = mapped_column(JSON(none_as_null=True))
    error: Mapped[str | None] = mapped_column(Text)
    tries: Mapped[int] = mapped_column(default=0)
    tried_ms: Mapped[int | None] = mapped_column(BigInteger)
    created_ms: Mapped[int] = mapped_column(BigInteger)

    @property
    def waits(self) -> bool:
        """Whether its clip has still to be listened to."""
        return self.print is None and self.error is None


class ApiKey(Base):
    """A key that lets callers in as `owner`. The key itself is not here, only its digest (`service.keys`)."""

    __tablename__ = "keys"

    id: Mapped[str] = mapped_column(String(12), primary_key=True)
    """Stands in the key itself, and in logs."""
    owner: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    scopes: Mapped[list[str]] = mapped_column(JSON)
    secret_sha256: Mapped[str] = mapped_column(String(64))
    created_ms: Mapped[int] = mapped_column(BigInteger)
    revoked_ms: Mapped[int | None] = mapped_column(BigInteger)
    requests_per_minute: Mapped[int | None]
    max_active_jobs: Mapped[int | None]
    """None for what the settings say."""


class Webhook(Base):
    """An address that is told when jobs of its owner end. Its secret is kept as it is: it signs."""

    __tablename__ = "webhooks"
    __table_args__ = (Index("ix_webhooks_owner", "owner"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    owner: Mapped[str] = mapped_column(String(64))
    url: Mapped[str] = mapped_column(String(2000))
    events: Mapped[list[str]] = mapped_column(JSON)
    secret: Mapped[str] = mapped_column(String(80))
    old_secret: Mapped[str | None] = mapped_column(String(80))
    """Signs as well for a day after the secret was replaced."""
    rotated_ms: Mapped[int | None] = mapped_column(BigInteger)
    created_ms: Mapped[int] = mapped_column(BigInteger)
    disabled_ms: Mapped[int | None] = mapped_column(BigInteger)


class Delivery(Base):
    """One message to one webhook: written with the change it tells of, so that it is sent whatever dies in between."""

    __tablename__ = "deliveries"
    __table_args__ = (Index("ix_deliveries_due_ms", "due_ms"), Index("ix_deliveries_owner_id", "owner", "id"))

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    """The message's own id (`webhook-id`): the same in every attempt, for receivers to tell repetitions."""
    webhook_id: Mapped[str] = mapped_column(ForeignKey("webhooks.id", ondelete="CASCADE"))
    owner: Mapped[str] = mapped_column(String(64))
    job_id: Mapped[str | None] = mapped_column(String(36))
    event: Mapped[str] = mapped_column(String(32))
    body: Mapped[str] = mapped_column(Text)
    created_ms: Mapped[int] = mapped_column(BigInteger)
    attempts: Mapped[int] = mapped_column(default=0)
    due_ms: Mapped[int | None] = mapped_column(BigInteger)
    """When it is to be sent next; None once it has arrived or was given up."""
    delivered_ms: Mapped[int | None] = mapped_column(BigInteger)
    last_status: Mapped[int | None]
    last_error: Mapped[str | None] = mapped_column(String(200))

    webhook: Mapped[Webhook] = relationship(lazy="joined")
