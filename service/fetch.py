"""Speaks to addresses that callers name, and to nothing they should not reach: audio, transcripts and callbacks all go through here.

A name is resolved once, every address it has must be public, and the connection goes to the very address that was looked at;
so does each redirect's. Nothing of an answer or of the network is repeated in a message.
"""

from __future__ import annotations

import hashlib
import logging
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http import HTTPStatus
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpcore

from service.addresses import Address, Network, is_public, parse
from service.errors import EarmarkError, InvalidOptions, UrlForbidden, UrlRefused, UrlUnreachable
from service.settings import Settings
from service.store import Stored, room_on_disk

logger = logging.getLogger(__name__)

MAX_REDIRECTS = 3
CONNECT_SECONDS = 10
READ_SECONDS = 30
"""Seconds until a connection stands, and between two pieces of an answer."""

SLOWEST_BYTES_PER_SECOND = 8_000
PATIENCE_SECONDS = 30
"""After half a minute an answer must have come at the rate of a telephone's sound, or it is given up."""

MAX_URL_CHARS = 2_000
REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Link:
    """A file by its address. `headers` go to that origin only; `sha256` is what the caller says it is, or empty."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    sha256: str = ""

    @property
    def shown(self) -> str:
        """The address without what may be secret in it.

        >>> Link("https://example.com/e.mp3?token=abc").shown
        'https://example.com/e.mp3'
        """
        return self.url.partition("?")[0]


@dataclass(frozen=True, slots=True)
class Target:
    """An address taken apart."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def origin(self) -> tuple[str, str, int]:
        return self.scheme, self.host, self.port

    @property
    def authority(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Policy:
    """What may be reached beside public addresses on the usual ports: networks that the operator allows, and further ports."""

    allowed: tuple[Network, ...] = ()
    ports: frozenset[int] = frozenset(PORTS.values())
    tls: ssl.SSLContext | None = None

    @classmethod
    def of(cls, settings: Settings) -> Policy:
        """Raises `InvalidOptions` for settings that are no networks or ports."""
        try:
            networks = tuple(ip_network(network.strip()) for network in settings.fetch_allow.split(",") if network.strip())
            ports = frozenset(int(port) for port in settings.fetch_ports.split(",") if port.strip())
        except ValueError as error:
            raise InvalidOptions(f"EARMARK_FETCH_ALLOW or EARMARK_FETCH_PORTS is not valid: {error}") from error
        return cls(networks, frozenset(PORTS.values()) | ports)

    def target(self, url: str) -> Target:
        """Take an address apart, refusing whatever two readers could read differently. Raises `UrlForbidden`."""
        if len(url) > MAX_URL_CHARS or not url.isascii() or any(c <= " " or c in "\\\x7f" for c in url):
            raise UrlForbidden(f"the address is longer than {MAX_URL_CHARS} characters, or has characters that belong into no address")
        try:
            parts = urlsplit(url)
            scheme, host, port = parts.scheme, parts.hostname or "", parts.port
        except ValueError as error:
            raise UrlForbidden("the address cannot be read") from error
        if scheme not in PORTS or not host:
            raise UrlForbidden("the address must begin with https:// or http:// and name a host")
        if "@" in parts.netloc:
            raise UrlForbidden("the address must not carry a user or a password; send them in headers")
        port = PORTS[scheme] if port is None else port
        if port not in self.ports:
            raise UrlForbidden(f"port {port} may not be asked; EARMARK_FETCH_PORTS adds ports")
        return Target(scheme, host, port, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))

    def may_reach(self, address: Address) -> bool:
        return is_public(address) or any(address.version == network.version and address in network for network in self.allowed)


class _Checked(httpcore.SyncBackend):
    """Resolves, checks, and connects to what was checked."""

    def __init__(self, policy: Policy) -> None:
        super().__init__()
        self._policy = policy

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = _resolved(host, port)
        if not addresses or not all(self._policy.may_reach(address) for address in addresses):
            logger.warning("refused to connect to %s (%s)", host, ", ".join(map(str, addresses)) or "no address")
            raise UrlForbidden("the host of the address has no public address")
        return super().connect_tcp(str(addresses[0]), port, timeout, local_address, socket_options)


def _resolved(host: str, port: int) -> list[Address]:
    """Every address of a name. None at all where there is no such name: a private name must not be told from one that is not there."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        if error.errno == socket.EAI_AGAIN:
            raise UrlUnreachable("the host of the address cannot be looked up just now") from error
        return []
    except (UnicodeError, OSError):
        return []
    return [parse(str(info[4][0])) for info in found]


@cache
def _usual_tls() -> ssl.SSLContext:
    """Made once: reading the system's certificates takes tens of milliseconds, in which no other thread of the process gets on."""
    return ssl.create_default_context()


class Fetcher:
    """Asks addresses of strangers, under one policy."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy

    @contextmanager
    def ask(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None) -> Iterator[httpcore.Response]:
        """One request, no redirects. Raises `UrlForbidden`, `UrlUnreachable`."""
        target = self.policy.target(url)
        every = {"Host": target.authority, "User-Agent": "Earmark", "Accept": "*/*", "Accept-Encoding": "identity", **headers}
        if body is not None:
            every["Content-Length"] = str(len(body))
        timeouts = {"connect": CONNECT_SECONDS, "read": READ_SECONDS, "write": READ_SECONDS, "pool": CONNECT_SECONDS}
        with httpcore.ConnectionPool(self.policy.tls or _usual_tls(), network_backend=_Checked(self.policy)) as pool:
            asked = httpcore.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path)
            try:
                with pool.stream(method, asked, headers=list(every.items()), content=body, extensions={"timeout": timeouts}) as response:
                    yield response
            except EarmarkError:
                raise
            except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, OSError, ValueError) as error:
                logger.info("%s %s://%s: %s", method, target.scheme, target.host, type(error).__name__)
                raise UrlUnreachable("the address did not answer as it should, or not in time") from error

    def download(self, link: Link, into: Path, limit: Limit) -> Stored:
        """Write what is at the link, and what it was. Follows three redirects; headers stay with their origin.

        Raises `UrlForbidden`, `UrlRefused`, `UrlUnreachable`, `limit.too_large`, `StoreFull`, and whatever `limit.report` raises.
        """
        url, headers = link.url, dict(link.headers)
        for _ in range(MAX_REDIRECTS + 1):
            with self.ask("GET", url, headers) as response:
                if response.status not in REDIRECTS:
                    return _written(response, into, limit)
                onward = urljoin(url, _header(response, b"location"))
            if self.policy.target(onward).origin != self.policy.target(url).origin:
                headers = {}
            url = onward
        raise UrlRefused(f"the address leads on more than {MAX_REDIRECTS} times")


@dataclass(frozen=True, slots=True)
class Limit:
    """`size` in bytes, the error for more, seconds in all, and whom to tell of the bytes so far (who may raise to stop)."""

    size: int
    too_large: type[EarmarkError]
    seconds: float = 3600
    report: Callable[[int], None] = lambda _: None


def _written(response: httpcore.Response, into: Path, limit: Limit) -> Stored:
    if response.status >= HTTPStatus.INTERNAL_SERVER_ERROR or response.status == HTTPStatus.TOO_MANY_REQUESTS:
        raise UrlUnreachable(f"the address answers with status {response.status}")
    if response.status != HTTPStatus.OK:
        raise UrlRefused(f"the address answers with status {response.status} instead of the file")
    if _header(response, b"content-encoding") not in {"", "identity"}:
        raise UrlRefused("the address answers with a compressed file though it was asked not to")
    digest, size, begun = hashlib.sha256(), 0, time.monotonic()
    with into.open("wb") as file:
        for chunk in response.iter_stream():
            size += len(chunk)
            spent = time.monotonic() - begun
            if size > limit.size:
                raise limit.too_large(f"what is at the address is larger than the {limit.size:,} bytes that are accepted")
            if spent > limit.seconds or (spent > PATIENCE_SECONDS and size < spent * SLOWEST_BYTES_PER_SECOND):
                raise UrlUnreachable("the address answers too slowly")
            digest.update(chunk)
            with room_on_disk():
                file.write(chunk)
            limit.report(size)
    return Stored(digest.hexdigest(), size)


def _header(response: httpcore.Response, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in response.headers if key.lower() == name), "")
