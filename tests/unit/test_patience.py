"""A worker that starts before what it needs waits for it, and says so; not for ever."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

import pytest

from service.database import Database
from service.errors import BrokerUnavailable, Unavailable
from service.queue import Broker
from service.settings import Settings
from workers.app import RETRY_SECONDS, await_both
from workers.broker import embedded_broker


def test_a_database_that_comes_late_is_waited_for(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    in_the_way = tmp_path / "earmark.db"
    in_the_way.mkdir()
    database = Database(f"sqlite:///{in_the_way}")
    coming = threading.Timer(RETRY_SECONDS / 2, in_the_way.rmdir)
    with embedded_broker() as url, caplog.at_level(logging.WARNING):
        coming.start()
        await_both(database, Broker(Settings(broker_url=url)), 60)
    database.ping()
    assert "trying again" in caplog.text


def test_patience_has_an_end(tmp_path: Path) -> None:
    (tmp_path / "earmark.db").mkdir()
    with pytest.raises(Unavailable, match="cannot be used"):
        await_both(Database(f"sqlite:///{tmp_path}/earmark.db"), Broker(Settings(broker_url="redis://127.0.0.1:1/0")), 0)


def test_a_broker_is_waited_for_as_long(tmp_path: Path) -> None:
    with pytest.raises(BrokerUnavailable):
        await_both(Database(f"sqlite:///{tmp_path}/earmark.db"), Broker(Settings(broker_url="redis://127.0.0.1:1/0")), 0)
