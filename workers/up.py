"""The whole service on this machine: broker, API and worker as child processes, started together and stopped together."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import httpx

from service.app import check
from service.errors import EarmarkError, Unavailable
from service.orphans import PARENT
from service.queue import Broker
from service.settings import Settings
from service.stages import QUEUES
from workers.broker import embedded_broker

START_SECONDS = 120
"""How long the service may take to be ready: a cold disk and a busy machine make imports slow."""

STOP_SECONDS = 20
"""How long a child may take to stop before it is killed: longer than a worker takes to hand its stage back."""

NICER = 5
"""How much less of the processor workers are given than the API, which needs little of it, and whose answers somebody waits for."""

TAIL_LINES = 15

API = (sys.executable, "-m", "service")
WORKER = (sys.executable, "-m", "workers", "worker", f"--queues={','.join(QUEUES)}")


@dataclass
class Child:
    """A process of ours, its log in a file."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def tail(self) -> str:
        """The last lines it said."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-TAIL_LINES:])

    def stop(self) -> None:
        """Ask it to stop; if it does not, or a second signal cuts the waiting short, kill it and whatever it started."""
        try:
            self.process.terminate()
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
        except KeyboardInterrupt:
            self.kill()
            raise

    def kill(self) -> None:
        """SIGKILL for it and all that it started."""
        if self.alive:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Deployment:
    """`with Deployment(settings) as service:` runs the service for the length of the block, reachable at `service.url`.

    A broker is embedded unless the settings name one; port 0 takes any that is free. Logs are in `data_dir/logs`.
    Raises `Unavailable`, with the last lines of its log, when a part of it does not start.
    """

    def __init__(self, settings: Settings, worker: Sequence[str] = WORKER) -> None:
        check(settings)
        self.settings = settings if settings.port else settings.model_copy(update={"port": free_port(settings.host)})
        self.children: list[Child] = []
        self._worker = worker
        self._stack = ExitStack()

    @property
    def url(self) -> str:
        return f"http://{self.settings.host}:{self.settings.port}"

    @property
    def logs(self) -> Path:
        return self.settings.data_dir / "logs"

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            if not self.settings.broker_url:
                self.settings = self.settings.model_copy(update={"broker_url": stack.enter_context(embedded_broker())})
            self._start("api", API, stack)
            self._wait_for("the API", self._api_is_ready)
            self.start_worker(stack)
            self._wait_for("the worker", self._a_worker_answers)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def start_worker(self, stack: ExitStack | None = None) -> Child:
        """Another worker, stopped with the rest."""
        worker = self._start("worker", self._worker, stack or self._stack)
        os.setpriority(os.PRIO_PGRP, worker.process.pid, os.getpriority(os.PRIO_PROCESS, 0) + NICER)
        return worker

    def watch(self) -> None:
        """Return only by raising `Unavailable`, once a part of the service has died."""
        while True:
            self._all_alive()
            time.sleep(0.5)

    def _start(self, name: str, command: Sequence[str], stack: ExitStack) -> Child:
        self.logs.mkdir(parents=True, exist_ok=True)
        log = self.logs / f"{name}.log"
        with log.open("ab") as output:
            process = subprocess.Popen(  # noqa: S603 - our own commands
                command,
                env=environment(self.settings) | {PARENT: str(os.getpid())},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        child = Child(name, process, log)
        self.children.append(child)
        stack.callback(child.stop)
        return child

    def _wait_for(self, what: str, ready: Callable[[], bool]) -> None:
        until = time.monotonic() + START_SECONDS
        while not ready():
            self._all_alive()
            if time.monotonic() > until:
                raise Unavailable(f"{what} was not ready within {START_SECONDS} seconds; its log is in {self.logs}")
            time.sleep(0.2)

    def _all_alive(self) -> None:
        for child in self.children:
            if not child.alive:
                raise Unavailable(f"the {child.name} stopped (exit code {child.process.returncode}); it said last:\n{child.tail()}")

    def _api_is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/readyz", timeout=5, trust_env=False).is_success
        except httpx.TransportError:
            return False

    def _a_worker_answers(self) -> bool:
        try:
            return bool(Broker(self.settings).workers())
        except EarmarkError:
            return False


def environment(settings: Settings) -> dict[str, str]:
    """The environment that gives a child process exactly these settings, whatever ours says."""
    names = {f"EARMARK_{name.upper()}": name for name in Settings.model_fields}
    others = {name: value for name, value in os.environ.items() if name not in names}
    fields = settings.model_dump(mode="json", exclude_none=True)
    return others | {name: str(fields[field]) for name, field in names.items() if field in fields} | {"REMAP_SIGTERM": "SIGQUIT"}


def free_port(host: str) -> int:
    """A TCP port that nobody listens on just now."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


@contextmanager
def stopped_by_signals() -> Iterator[None]:
    """Within the block SIGTERM and SIGINT end the program as Ctrl-C does, so that what it started is stopped too.

    SIGINT is set as well because a program that was started in the background is born ignoring it.
    """

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
