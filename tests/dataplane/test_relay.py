"""Calls passed on over real sockets: what the client gets, and what is left when it leaves."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from postiche.core.recording.addresses import Allowed
from postiche.core.recording.upstream import Target
from postiche.dataplane.proxy import Proxy
from postiche.dataplane.relay import Passage, passage_to, relay
from postiche.dataplane.upstream import Forwarder
from postiche.model import Exchange, Request, Upstream
from tests.dataplane.serving import Connection, RawReply, served
from tests.services import Asked, Told, raw_service, service

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@dataclass
class Relaying:
    """A proxy in front of a service: where it answers, and what it told of."""

    address: tuple[str, int]
    told: list[Exchange] = field(default_factory=list)

    def ask(self, head: str, body: bytes = b"") -> RawReply:
        with Connection(self.address) as connection:
            connection.send(f"{head}\r\nHost: mock.test\r\n\r\n".encode() + body)
            return connection.reply(to_head=head.startswith("HEAD"))

    def exchange(self) -> Exchange:
        eventually(lambda: bool(self.told))
        return self.told[-1]


@contextmanager
def relaying(port: int, **more: Any) -> Iterator[Relaying]:
    forwarder = Forwarder(Allowed(private=True))
    target = Target("http", "127.0.0.1", port, more.pop("path", ""))
    passage = Passage(forwarder, target, lambda: NOON, **more)
    told: list[Exchange] = []
    proxy = Proxy(passage, told.append)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await proxy(scope, receive, send)
        if scope["type"] == "lifespan":
            await forwarder.close()

    with served(app) as address:  # type: ignore[arg-type]
        yield Relaying(address, told)


def eventually(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.01)


def echo(asked: Asked) -> Told:
    headers = [("X-Two", "a"), ("X-Two", "b"), ("Keep-Alive", "timeout=5"), ("X-Mock-Odd", "1")]
    return Told(200, headers, asked.body or asked.target.encode())


def test_a_call_and_its_reply_pass_whole() -> None:
    with service(echo) as running, relaying(running.port) as proxy:
        reply = proxy.ask("POST /a/../b?c=%20 HTTP/1.1\r\nContent-Length: 4", b"body")
        assert (reply.status, reply.body, reply.all("x-two")) == (200, b"body", ["a", "b"])
        assert reply.all("keep-alive") == []
        assert reply.all("x-mock-odd") == ["1"]
        exchange = proxy.exchange()
    assert running.asked[0].target == "/a/../b?c=%20"
    assert (exchange.request.body, exchange.reply.body) == (b"body", b"body")
    assert (exchange.reason, exchange.flaw) == ("OK", None)


def test_a_body_in_chunks_passes() -> None:
    with service(echo) as running, relaying(running.port) as proxy:
        chunks = b"3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n"
        reply = proxy.ask("POST / HTTP/1.1\r\nTransfer-Encoding: chunked", chunks)
        assert reply.body == b"onetwo"
        assert proxy.exchange().request.body == b"onetwo"


def test_a_reply_to_head_and_one_without_body_are_framed() -> None:
    def answer(asked: Asked) -> Told:
        return Told(204) if asked.target == "/none" else Told(200, [], b"12345")

    with service(answer) as running, relaying(running.port) as proxy:
        assert proxy.ask("HEAD / HTTP/1.1").all("content-length") == ["5"]
        assert proxy.ask("GET /none HTTP/1.1").status == 204


@pytest.mark.parametrize(
    ("location", "there"),
    [
        ("http://{host}/v1/users/7?a=b#c", "/m/1/users/7?a=b#c"),
        ("HTTP://{host}/v1", "/m/1"),
        ("/v1/users", "/m/1/users"),
        ("/v2/users", "/v2/users"),
        ("/v10", "/v10"),
        ("http://{host}/v2", "http://{host}/v2"),
        ("http://{host}//evil.test/", "http://{host}//evil.test/"),
        ("//evil.test/", "//evil.test/"),
        ("https://elsewhere.test/v1/x", "https://elsewhere.test/v1/x"),
        ("users/7", "users/7"),
    ],
)
def test_redirects_are_the_clients_and_stay_where_they_lead_to_the_service(
    location: str, there: str
) -> None:
    host = ""

    def answer(_: Asked) -> Told:
        return Told(302, [("Location", location.format(host=host))])

    with service(answer) as running, relaying(running.port, base="/m/1", path="/v1") as proxy:
        host = f"127.0.0.1:{running.port}"
        assert proxy.ask("GET /x HTTP/1.1").all("location") == [there.format(host=host)]
        assert len(running.asked) == 1


def test_a_mock_opens_what_it_passes_on_to_browsers() -> None:
    with service(echo) as running, relaying(running.port, cors=True) as proxy:
        assert proxy.ask("GET / HTTP/1.1").all("access-control-allow-origin") == ["*"]


def test_the_upstream_of_a_mock_says_how_calls_are_passed_on() -> None:
    upstream = Upstream("https://shop.test/v1", timeout=3)
    passage = passage_to(upstream, Forwarder(), lambda: NOON, "/m/1")
    assert passage.target == Target("https", "shop.test", 443, "/v1")
    assert (passage.base, passage.cors, passage.timeout) == ("/m/1", True, 3)


def test_a_service_that_is_not_there_is_a_bad_gateway() -> None:
    with relaying(1) as proxy:
        reply = proxy.ask("GET / HTTP/1.1")
        assert reply.status == 502
        assert b'{"error":{"name":"upstreamError","message":' in reply.body
        assert "cannot be reached" in str(proxy.exchange().flaw)


def test_a_reply_that_breaks_off_breaks_off_for_the_client_too() -> None:
    def converse(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")

    with raw_service(converse) as port, relaying(port) as proxy:
        assert proxy.ask("GET / HTTP/1.1").body == b"half"  # of nine, and then the end
        assert "broke off" in str(proxy.exchange().flaw)


def test_a_body_that_is_too_large_to_keep_still_passes() -> None:
    with service(echo) as running, relaying(running.port, limit=3) as proxy:
        reply = proxy.ask("POST / HTTP/1.1\r\nContent-Length: 4", b"body")
        assert reply.body == b"body"
        assert "larger than 3 bytes" in str(proxy.exchange().flaw)


def test_a_reply_is_passed_on_as_it_comes() -> None:
    go_on = threading.Event()

    def converse(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfirst")
        go_on.wait(10)
        connection.sendall(b"later")

    with (
        raw_service(converse) as port,
        relaying(port) as proxy,
        Connection(proxy.address) as client,
    ):
        client.send(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        seen = b""
        while b"first" not in seen:
            seen += client.socket.recv(65536)
        assert b"later" not in seen
        go_on.set()
        assert client.socket.recv(65536) == b"later"


def test_a_client_that_leaves_takes_its_call_to_the_service_along() -> None:
    """While the service thinks, and while it sends."""
    left: list[bytes] = []

    def converse(connection: socket.socket) -> None:
        request = connection.recv(65536)
        if b"/sending" in request:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
        connection.settimeout(10)
        left.append(connection.recv(1))

    with raw_service(converse) as port, relaying(port) as proxy:
        for path in (b"/thinking", b"/sending"):
            with Connection(proxy.address) as client:
                client.send(b"GET " + path + b" HTTP/1.1\r\nHost: x\r\n\r\n")
                time.sleep(0.1)
        eventually(lambda: left == [b"", b""])
    assert proxy.told == []


def test_a_thousand_calls_that_fail_or_are_left_leave_nothing_behind() -> None:
    asyncio.run(_thousand())


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


async def _thousand() -> None:
    def converse(connection: socket.socket) -> None:
        request = connection.recv(65536)
        if b"/half" in request:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")
        elif b"/silent" in request:
            connection.settimeout(10)
            connection.recv(1)

    forwarder = Forwarder(Allowed(private=True))
    with raw_service(converse) as port:
        passage = Passage(forwarder, Target("http", "127.0.0.1", port), lambda: NOON)
        await _leaving(passage, "/warm")
        before = open_files(), len(asyncio.all_tasks())
        paths = ["/half", "/silent", "/empty"]
        for start in range(0, 1000, 50):
            await asyncio.gather(
                *(_leaving(passage, paths[n % 3]) for n in range(start, start + 50))
            )
        await asyncio.sleep(0)
        assert len(asyncio.all_tasks()) == before[1]
        await forwarder.close()
        for _ in range(100):
            if open_files() <= before[0]:
                return
            await asyncio.sleep(0.05)
    raise AssertionError("connections are left open")


async def _leaving(passage: Passage, path: str) -> None:
    """One call whose client leaves after a moment, if it has not been answered by then."""

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(0.05)
        return {"type": "http.disconnect"}

    async def send(_: Any) -> None:
        return

    request = Request("GET", path)
    await asyncio.gather(relay(passage, request, receive, send, read=True), return_exceptions=True)
