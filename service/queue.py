"""The post: starts a stage's task by name, so that whoever sends needs none of the code that runs it.

Messages carry ids only and may be lost or doubled without harm: the database knows what is to be done.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

import msgspec
import redis
from celery import Celery
from kombu import Queue
from kombu.exceptions import KombuError, OperationalError

from service.domain.document import ModelUse
from service.errors import BrokerUnavailable
from service.settings import Settings
from service.stages import QUEUES, STAGES, stage_of

CONNECT_SECONDS = 3
"""How long a caller waits for a broker that does not answer."""

SPARE_SECONDS = 900
SECONDS_PER_AUDIO_SECOND = 4
"""A stage may take a quarter of an hour and four times the recording's length: slower than large models on two cores."""

VERIFIED = {"ssl_cert_reqs": "required", "ssl_check_hostname": True}
"""What `rediss://` means unless its query says otherwise (`?ssl_ca_certs=FILE` names an authority): kombu would take any certificate."""

AFTER_THE_LIMIT_SECONDS = 60
"""A process that outlives the limit of the longest recording by this is killed by Celery, whatever our own heart beats."""

logging.getLogger("kombu").setLevel(logging.ERROR)


def task_name(stage: str) -> str:
    return f"earmark.{stage}"


ENROL = "earmark.enrol"
"""The task that listens to the clip of a voice. It is no stage of a job."""

ENROL_QUEUE = "gpu"
ENROL_SECONDS = 900

ABILITIES = "abilities"
"""What a worker is asked by Celery's remote control; it answers with `Abilities`."""


def time_limit(audio_seconds: float) -> int:
    """Seconds after which a stage of a recording of this length is stopped.

    >>> time_limit(3600)
    15300
    """
    return SPARE_SECONDS + round(SECONDS_PER_AUDIO_SECOND * audio_seconds)


@dataclass(frozen=True, slots=True)
class Message:
    """A stage, or a part of one, that may be claimed; in the hands of a worker a ticket for whatever is next in its queue."""

    job_id: str
    stage: str
    delay_seconds: float = 0


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a worker says of itself, as it was when it started. `models` are installed weights that it would use, `languages` what its
    recognisers understand: "en", or "any" with multilingual weights. Of its `slots` so many are `busy` now; the others are free for
    what comes by its `queues`.
    """

    device: str
    profile: str
    models: tuple[ModelUse, ...]
    languages: tuple[str, ...]
    queues: tuple[str, ...]
    slots: int
    busy: int = 0


class Post(Protocol):
    """Where messages go. Raises `BrokerUnavailable`."""

    def send(self, message: Message) -> None: ...

    def enrol(self, voice_id: str) -> None:
        """Have the clip of a voice listened to."""
        ...

    def waiting(self, queue: str) -> int:
        """How many messages of the queue no worker has taken yet."""
        ...


def celery_settings(settings: Settings) -> dict[str, object]:
    """What the API and the workers must agree on. The measurements behind it are in docs/decisions/0021."""
    longest = time_limit(settings.max_audio_seconds) + AFTER_THE_LIMIT_SECONDS
    return {
        "broker_url": settings.broker_url,
        "broker_use_ssl": VERIFIED if str(settings.broker_url).startswith("rediss:") else False,
        "broker_connection_timeout": CONNECT_SECONDS,
        "broker_transport_options": {
            "visibility_timeout": longest + 3600,
            "health_check_interval": 25,
            "socket_connect_timeout": CONNECT_SECONDS,
        },
        "accept_content": ["json"],
        "result_accept_content": ["json"],
        "task_serializer": "json",
        "task_ignore_result": True,
        "task_create_missing_queues": False,
        "task_default_queue": "io",
        "task_queues": [Queue(name, routing_key=name) for name in QUEUES],
        "task_routes": {task_name(stage.name): {"queue": stage.queue} for stage in STAGES} | {ENROL: {"queue": ENROL_QUEUE}},
    }


class Broker:
    """The post by Celery, over Redis or Valkey."""

    def __init__(self, settings: Settings) -> None:
        if not settings.broker_url:
            raise BrokerUnavailable("no broker is configured: set EARMARK_BROKER_URL (redis://HOST:PORT/0), or use `earmark up`")
        self._longest_seconds = time_limit(settings.max_audio_seconds) + AFTER_THE_LIMIT_SECONDS
        self._app = Celery("earmark", set_as_current=False)
        self._app.conf.update(celery_settings(settings))
        self._app.conf.broker_transport_options["max_retries"] = 0

    def send(self, message: Message) -> None:
        stage = stage_of(message.stage)
        with _reachable():
            self._app.send_task(
                task_name(stage.name),
                args=[message.job_id, message.stage],
                queue=stage.queue,
                countdown=message.delay_seconds or None,
                time_limit=self._longest_seconds,
                retry=False,
            )

    def enrol(self, voice_id: str) -> None:
        with _reachable():
            self._app.send_task(ENROL, args=[voice_id], queue=ENROL_QUEUE, time_limit=ENROL_SECONDS, retry=False)

    def waiting(self, queue: str) -> int:
        with _reachable(), self._app.connection_for_write() as connection:
            return int(connection.default_channel.client.llen(queue))

    def workers(self, within_seconds: float = 1) -> list[str]:
        """The names of the workers that answer in this time."""
        with _reachable():
            return [name for answer in self._app.control.ping(timeout=within_seconds) for name in answer]

    def abilities(self, within_seconds: float = 1) -> dict[str, Abilities]:
        """What the workers that answer in this time say of themselves, by name."""
        with _reachable():
            answers = self._app.control.broadcast(ABILITIES, reply=True, timeout=within_seconds)
        return {name: msgspec.convert(said, Abilities) for answer in answers for name, said in answer.items()}

    def ping(self) -> None:
        """Raises `BrokerUnavailable` when nothing answers."""
        with _reachable(), self._app.connection_for_write() as connection:
            connection.default_channel.client.ping()


@contextmanager
def _reachable() -> Iterator[None]:
    try:
        yield
    except (OperationalError, KombuError, redis.RedisError, OSError) as error:
        raise BrokerUnavailable(f"the message broker cannot be reached: {error}") from error
