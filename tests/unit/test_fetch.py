"""Addresses of strangers: what is refused before a connection stands, what a redirect may not do, and where a download is given up."""

from __future__ import annotations

import hashlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from service import fetch
from service.addresses import is_public, parse
from service.errors import AudioTooLarge, InvalidOptions, UrlForbidden, UrlRefused, UrlUnreachable
from service.fetch import Fetcher, Limit, Link, Policy
from service.settings import Settings
from tests.support.memory import growth_of

HERE = ip_network("127.0.0.1/32")

Answer = Callable[[BaseHTTPRequestHandler], None]


class Server:
    """A web server on this machine that remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.answers: dict[str, Answer] = {}
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
                outer.answers[self.path.partition("?")[0]](self)

            def log_message(self, *_: object) -> None: ...

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.http.server_port
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.http.shutdown()
    server.http.server_close()


@pytest.fixture
def friendly(server: Server) -> Fetcher:
    """May reach this machine, at this server's port."""
    return Fetcher(Policy((HERE,), frozenset({80, 443, server.port})))


def says(content: bytes = b"", status: int = 200, **headers: str) -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **{n.replace("_", "-"): v for n, v in headers.items()}}.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(content)

    return answer


def download(fetcher: Fetcher, url: str, tmp_path: Path) -> tuple[bytes, str]:
    limit = Limit(1000, AudioTooLarge, seconds=5)
    stored = fetcher.download(Link(url, {"Authorization": "secret"}), tmp_path / "file", limit)
    return (tmp_path / "file").read_bytes(), stored.sha256


INSIDE = [
    "127.0.0.1", "::1", "::", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "198.18.0.1",  # noqa: S104
    "::ffff:127.0.0.1", "::ffff:7f00:1", "::7f00:1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2002:a9fe:a9fe::1",
    "64:ff9b:1::1", "fec0::1", "fe80::1%eth0", "fc00::1", "ff02::1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.0.192",
    "168.63.129.16", "2001:0:7f00:1::", "2001:db8::1", "192.0.2.1", "203.0.113.9",
]  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_that_leads_inside_is_not_public(address: str) -> None:
    assert not is_public(parse(address))


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(parse(address))


NO_PUBLIC_ADDRESS = "the host of the address has no public address"

HOSTS = [
    "127.0.0.1", "[::1]", "[::]", "0.0.0.0", "2130706433", "0x7f.1", "0177.0.0.1", "127.1", "0x7f000001", "localhost", "localhost.",  # noqa: S104
    "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "169.254.169.254", "168.63.129.16", "224.0.0.1",
]  # fmt: skip


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_no_way_of_writing_an_inner_address_gets_in(tmp_path: Path, scheme: str, host: str) -> None:
    with pytest.raises(UrlForbidden, match="^" + NO_PUBLIC_ADDRESS):
        download(Fetcher(Policy()), f"{scheme}://{host}/latest/meta-data", tmp_path)
    assert not (tmp_path / "file").exists()


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "gopher://example.com/", "ftp://example.com/", "data:audio/mp3;base64,AAAA", "//example.com/", "example.com",
        "http://", "http:///path", "http://user@example.com/", "http://user:word@example.com/", "http://ok#@evil.example/@",
        "http://example.com:6379/", "http://example.com:22/", "http://example.com:0/", "http://example.com:99999/",
        "http://example.com\\@evil.example/", "http://example.com/\r\nX: y", "http://example.com/\ta", "http://exa mple.com/",
        "http://①②⑦.0.0.1/", "http://еxample.com/", "http://example.com/ä", "http://example.com/" + "a" * 2000, "http://[::1/",
        "http://example.com/\x00", "unix:///var/run/docker.sock", "HTTP+UNIX://x/", "",
    ],
)  # fmt: skip
def test_what_two_readers_could_read_differently_is_refused_unlooked(tmp_path: Path, url: str) -> None:
    with pytest.raises(UrlForbidden):
        download(Fetcher(Policy()), url.replace("#@", "@"), tmp_path)


@pytest.mark.parametrize(("number", "error"), [(socket.EAI_NONAME, UrlForbidden), (socket.EAI_AGAIN, UrlUnreachable)])
def test_a_name_that_is_not_there_is_told_from_no_private_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, number: int, error: type[Exception]
) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(number, "")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(error, match=NO_PUBLIC_ADDRESS if error is UrlForbidden else "just now"):
        download(Fetcher(Policy()), "http://metadata.google.internal/", tmp_path)


def test_a_name_with_one_inner_address_among_public_ones_is_refused(
    server: Server, friendly: Fetcher, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    both = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80)) for address in ("127.0.0.1", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)
    with pytest.raises(UrlForbidden):
        download(friendly, server.url("/a", "two.example"), tmp_path)
    assert server.asked == []


def test_a_name_that_changes_its_address_gains_nothing(
    server: Server, friendly: Fetcher, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The answer that was looked at is the one that is connected to: the name is asked once for each connection."""
    answers = iter(["127.0.0.1", "10.0.0.1"])
    real = socket.getaddrinfo

    def flip(host: str, port: int, *rest: Any, **named: Any) -> Any:
        return real(next(answers) if host == "flip.example" else host, port, *rest, **named)

    monkeypatch.setattr(socket, "getaddrinfo", flip)
    server.answers["/a"] = says(b"sound")
    assert download(friendly, server.url("/a", "flip.example"), tmp_path)[0] == b"sound"
    assert server.asked[0][1]["host"] == f"flip.example:{server.port}"
    with pytest.raises(UrlForbidden):
        download(friendly, server.url("/a", "flip.example"), tmp_path)


def test_gives_what_is_there_and_its_digest(server: Server, friendly: Fetcher, tmp_path: Path) -> None:
    server.answers["/e.mp3"] = says(b"sound")
    assert download(friendly, server.url("/e.mp3?token=1"), tmp_path) == (b"sound", hashlib.sha256(b"sound").hexdigest())
    path, headers = server.asked[0]
    assert (path, headers["authorization"], headers["accept-encoding"]) == ("/e.mp3?token=1", "secret", "identity")


class TestARedirect:
    def test_is_followed_three_times(self, server: Server, friendly: Fetcher, tmp_path: Path) -> None:
        for n in range(4):
            server.answers[f"/{n}"] = says(status=302, Location=f"/{n + 1}")
        server.answers["/3"] = says(b"sound")
        assert download(friendly, server.url("/0"), tmp_path)[0] == b"sound"
        server.answers["/3"] = says(status=302, Location="/0")
        with pytest.raises(UrlRefused, match="more than 3 times"):
            download(friendly, server.url("/0"), tmp_path)

    @pytest.mark.parametrize(
        "onward",
        [
            "http://10.0.0.1/",
            "http://169.254.169.254/latest",
            "file:///etc/passwd",
            "gopher://x/",
            "http://127.0.0.1:6379/",
            "http://[::1]/",
        ],
    )
    def test_is_looked_at_like_the_first(self, server: Server, friendly: Fetcher, tmp_path: Path, onward: str) -> None:
        server.answers["/a"] = says(status=307, Location=onward)
        with pytest.raises(UrlForbidden):
            download(friendly, server.url("/a"), tmp_path)

    def test_takes_no_secret_along_to_another_origin(self, server: Server, tmp_path: Path) -> None:
        other = Server()
        both = Fetcher(Policy((HERE,), frozenset({server.port, other.port})))
        server.answers["/a"] = says(status=302, Location=other.url("/b"))
        other.answers["/b"] = says(b"sound")
        assert download(both, server.url("/a"), tmp_path)[0] == b"sound"
        assert "authorization" in server.asked[0][1]
        assert "authorization" not in other.asked[0][1]
        other.http.shutdown()
        other.http.server_close()


class TestADownload:
    @pytest.mark.parametrize(
        ("status", "error"),
        [(404, UrlRefused), (401, UrlRefused), (206, UrlRefused), (410, UrlRefused), (500, UrlUnreachable), (429, UrlUnreachable)],
    )
    def test_of_another_status_is_said(
        self, server: Server, friendly: Fetcher, tmp_path: Path, status: int, error: type[Exception]
    ) -> None:
        server.answers["/a"] = says(b"secret of the house", status)
        with pytest.raises(error, match=f"status {status}") as caught:
            download(friendly, server.url("/a"), tmp_path)
        assert "secret" not in str(caught.value)

    def test_that_is_too_large_is_broken_off(self, server: Server, friendly: Fetcher, tmp_path: Path) -> None:
        server.answers["/a"] = says(b"x" * 1001)
        with pytest.raises(AudioTooLarge, match="1,000 bytes"):
            download(friendly, server.url("/a"), tmp_path)

    def test_without_an_end_is_broken_off(self, server: Server, friendly: Fetcher, tmp_path: Path) -> None:
        def endless(request: BaseHTTPRequestHandler) -> None:
            request.send_response(200)
            request.end_headers()
            try:
                while True:
                    request.wfile.write(b"x" * 100)
            except OSError:
                pass

        server.answers["/a"] = endless
        with pytest.raises(AudioTooLarge):
            download(friendly, server.url("/a"), tmp_path)

    def test_that_ends_early_is_no_file(self, server: Server, friendly: Fetcher, tmp_path: Path) -> None:
        server.answers["/a"] = says(b"half", Content_Length="1000")
        with pytest.raises(UrlUnreachable):
            download(friendly, server.url("/a"), tmp_path)

    def test_that_is_packed_is_not_unpacked(self, server: Server, friendly: Fetcher, tmp_path: Path) -> None:
        server.answers["/a"] = says(b"\x1f\x8b", Content_Encoding="gzip")
        with pytest.raises(UrlRefused, match="compressed"):
            download(friendly, server.url("/a"), tmp_path)

    def test_that_trickles_is_given_up(self, server: Server, friendly: Fetcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def trickle(request: BaseHTTPRequestHandler) -> None:
            request.send_response(200)
            request.end_headers()
            for _ in range(100):
                request.wfile.write(b"x")
                time.sleep(0.02)

        server.answers["/a"] = trickle
        monkeypatch.setattr(fetch, "PATIENCE_SECONDS", 0.1)
        with pytest.raises(UrlUnreachable, match="too slowly"):
            download(friendly, server.url("/a"), tmp_path)

    def test_goes_through_no_proxy_of_the_environment(
        self, server: Server, friendly: Fetcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, "http://127.0.0.1:1")
        server.answers["/a"] = says(b"sound")
        assert download(friendly, server.url("/a"), tmp_path)[0] == b"sound"

    def test_of_nobody_is_unreachable(self, tmp_path: Path) -> None:
        with pytest.raises(UrlUnreachable):
            download(Fetcher(Policy((HERE,), frozenset({1}))), "http://127.0.0.1:1/", tmp_path)


def test_networks_and_ports_are_added_by_settings() -> None:
    policy = Policy.of(Settings(fetch_allow="10.1.0.0/16, fd00::/8", fetch_ports="8080"))
    assert policy.may_reach(parse("10.1.2.3"))
    assert policy.may_reach(parse("fd00::1"))
    assert not policy.may_reach(parse("10.2.0.1"))
    assert policy.target("http://media.example:8080/a").port == 8080
    with pytest.raises(InvalidOptions, match="EARMARK_FETCH_ALLOW"):
        Policy.of(Settings(fetch_allow="everything"))


def test_a_large_file_is_not_held_in_memory(server: Server, friendly: Fetcher, tmp_path: Path) -> None:
    size, piece = 200 * 1024**2, bytes(1024**2)

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", str(size))
        request.end_headers()
        for _ in range(size // len(piece)):
            request.wfile.write(piece)

    server.answers["/large"] = answer
    with growth_of() as growth:
        assert friendly.download(Link(server.url("/large")), tmp_path / "file", Limit(size, AudioTooLarge)).size == size
        assert growth() < size // 10
    (tmp_path / "file").unlink()
