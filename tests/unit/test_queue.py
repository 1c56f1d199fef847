"""What API and workers must agree on: names, queues, limits, and that messages are harmless."""

from __future__ import annotations

import json

import pytest

from service.errors import BrokerUnavailable
from service.queue import AFTER_THE_LIMIT_SECONDS, ENROL, Broker, Message, celery_settings, task_name, time_limit
from service.settings import Settings
from service.stages import QUEUES, STAGES
from workers.app import WORKER_SETTINGS, build

NOWHERE = Settings(broker_url="redis://127.0.0.1:1/0")


def test_every_task_of_a_worker_has_a_queue_that_is_declared() -> None:
    app = build(NOWHERE, ["workers.tasks"])
    app.loader.import_default_modules()
    tasks = {name for name in app.tasks if name.startswith("earmark.")}
    assert tasks == {ENROL, *(task_name(stage.name) for stage in STAGES)} == set(app.conf.task_routes)
    assert {route["queue"] for route in app.conf.task_routes.values()} <= {queue.name for queue in app.conf.task_queues} == set(QUEUES)
    assert app.conf.task_create_missing_queues is False


def test_a_message_is_redelivered_only_after_the_longest_stage() -> None:
    options = celery_settings(NOWHERE)["broker_transport_options"]
    assert isinstance(options, dict)
    assert isinstance(options["visibility_timeout"], int), "Celery's documents ask for whole seconds"
    assert options["visibility_timeout"] > time_limit(NOWHERE.max_audio_seconds) + AFTER_THE_LIMIT_SECONDS


def test_nothing_but_json_is_read_and_no_result_is_kept() -> None:
    conf = build(NOWHERE, []).conf
    assert conf.accept_content == conf.result_accept_content == ["json"]
    assert conf.task_ignore_result
    assert conf.result_backend is None
    assert conf.worker_pool_start_method == "spawn"
    assert not conf.task_reject_on_worker_lost
    assert set(WORKER_SETTINGS) <= set(conf)


def test_a_longer_recording_may_take_longer() -> None:
    assert time_limit(0) < time_limit(600) < time_limit(6000)


def test_a_broker_that_does_not_answer_is_said_to_be_unreachable() -> None:
    broker = Broker(NOWHERE)
    with pytest.raises(BrokerUnavailable, match="cannot be reached"):
        broker.send(Message("job", "decode"))
    with pytest.raises(BrokerUnavailable):
        broker.waiting("io")
    with pytest.raises(BrokerUnavailable):
        broker.ping()


def test_without_a_broker_the_way_to_one_is_said() -> None:
    with pytest.raises(BrokerUnavailable, match="EARMARK_BROKER_URL"):
        Broker(Settings(broker_url=None))


def test_settings_of_celery_can_be_written_down() -> None:
    """No live objects in what spawned processes are given, but the queues."""
    plain = {name: value for name, value in celery_settings(NOWHERE).items() if name != "task_queues"}
    assert json.loads(json.dumps(plain)) == plain
