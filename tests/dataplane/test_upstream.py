"""Sending to real services: what goes over the wire, what is refused, what is left behind."""

import asyncio
import socket
import ssl
import struct
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from postiche.core.recording.addresses import Allowed, read_allowed
from postiche.core.recording.upstream import Target, read_target
from postiche.dataplane import upstream
from postiche.dataplane.upstream import Forwarder, UpstreamError
from postiche.model import Exchange, Request
from tests.services import Asked, Service, Told, raw_service, service

pytestmark = pytest.mark.anyio
LOCAL = Allowed(private=True)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def echo() -> Iterator[Service]:
    def answer(asked: Asked) -> Told:
        if asked.target == "/big":
            return Told(200, [], b"x" * 5000)
        headers = [("Set-Cookie", "a=b"), ("Connection", "X-Hop"), ("X-Hop", "1"), ("X-End", "2")]
        return Told(200, headers, asked.body)

    with service(answer) as running:
        yield running


def target_at(port: int, host: str = "127.0.0.1") -> Target:
    return Target("http", host, port)


async def fetched(target: Target, request: Request, allowed: Allowed = LOCAL) -> Exchange:
    forwarder = Forwarder(allowed)
    try:
        return await forwarder.fetch(target, request, limit=1000, timeout=5)
    finally:
        await forwarder.close()


async def test_a_request_goes_out_as_it_came_but_for_what_is_between_two(echo: Service) -> None:
    headers = (
        ("host", "mock.test"),
        ("connection", "close, x-private"),
        ("x-private", "1"),
        ("x-mock-response-code", "404"),
        ("x-api-key", "PMAK-1"),
        ("x-two", "a"),
        ("x-two", "b"),
        ("accept-encoding", "gzip, zstd"),
        ("te", "trailers"),
        ("cookie", "mine=1"),
    )
    exchange = await fetched(
        target_at(echo.port), Request("PURGE", "/a/../%2f//b?x=|&{", headers, b"body")
    )
    [asked] = echo.asked
    assert (asked.method, asked.target, asked.body) == ("PURGE", "/a/../%2f//b?x=|&{", b"body")
    assert [(name.lower(), value) for name, value in asked.headers] == [
        ("host", f"127.0.0.1:{echo.port}"),
        ("x-two", "a"),
        ("x-two", "b"),
        ("cookie", "mine=1"),
        ("accept-encoding", "gzip"),
        ("via", "1.1 postiche"),
        ("content-length", "4"),
    ]
    names = [name for name, _ in exchange.reply.headers]
    assert (exchange.reply.body, exchange.reason, exchange.flaw) == (b"body", "OK", None)
    assert "x-end" in names
    assert not {"x-hop", "connection"} & {*names}


async def test_no_cookie_is_kept_between_calls(echo: Service) -> None:
    forwarder = Forwarder(LOCAL)
    for _ in range(2):
        await forwarder.fetch(target_at(echo.port), Request("GET", "/"))
    await forwarder.close()
    assert [asked.header("cookie") for asked in echo.asked] == [None, None]


async def test_a_body_in_pieces_is_framed_as_announced(echo: Service) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"one "
        yield b"two"

    forwarder = Forwarder(LOCAL)
    for headers in ((("content-length", "7"),), (("transfer-encoding", "chunked"),)):
        request = Request("POST", "/", headers)
        async with forwarder.forward(target_at(echo.port), request, pieces()) as answer:
            assert b"".join([chunk async for chunk in answer.chunks()]) == b"one two"
            assert answer.size == 7
    await forwarder.close()
    assert [asked.header("content-length") for asked in echo.asked] == ["7", None]


async def test_the_path_of_the_target_goes_before_the_path_that_is_called(echo: Service) -> None:
    await fetched(read_target(f"{echo.url}/v1/"), Request("GET", "/users?a=b"))
    assert echo.asked[0].target == "/v1/users?a=b"


async def test_a_reply_that_is_too_large_is_not_kept(echo: Service) -> None:
    exchange = await fetched(target_at(echo.port), Request("GET", "/big"))
    assert exchange.reply.body == b""
    assert exchange.flaw == "its reply is larger than 1000 bytes"


async def test_the_library_is_loaded_by_the_first_call_alone() -> None:
    modules = "postiche.dataplane.relay, postiche.cli.commands, postiche.server.ephemeral"
    code = f"import sys, {modules}; sys.exit('httpx' in sys.modules or 'brotli' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


# --- safety ---------------------------------------------------------------------------


class Names:
    """A name server that says what a test wants, and counts how often it is asked."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = addresses
        self.asked = 0

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked += 1
        return self.addresses


@pytest.mark.parametrize(
    ("host", "addresses"),
    [
        ("shop.test", ["127.0.0.1"]),
        ("shop.test", ["10.0.0.1", "::ffff:192.168.0.1"]),
        ("169.254.169.254", ["169.254.169.254"]),
        ("shop.test", ["fd00:ec2::254"]),
        ("shop.test", []),
    ],
)
async def test_addresses_inside_a_network_are_refused_before_anything_is_sent(
    echo: Service, host: str, addresses: list[str]
) -> None:
    forwarder = Forwarder(resolve=Names(*addresses))
    with pytest.raises(UpstreamError, match="may not be contacted") as refused:
        await forwarder.fetch(target_at(echo.port, host), Request("GET", "/"))
    assert refused.value.problem.status == 502
    assert not any(each in refused.value.problem.message for each in addresses)
    assert echo.asked == []


async def test_a_named_host_may_be_anywhere(echo: Service) -> None:
    names = Names("127.0.0.1")
    forwarder = Forwarder(Allowed(read_allowed([f"shop.test:{echo.port}"])), resolve=names)
    exchange = await forwarder.fetch(target_at(echo.port, "shop.test"), Request("GET", "/"))
    assert exchange.reply.status == 200
    assert echo.asked[0].header("host") == f"shop.test:{echo.port}"
    with pytest.raises(UpstreamError, match="may not be contacted"):
        await forwarder.fetch(target_at(echo.port + 1, "shop.test"), Request("GET", "/"))
    await forwarder.close()


async def test_the_checked_address_is_the_one_connected_to(echo: Service) -> None:
    """A name server that changes its mind between check and connection gains nothing."""
    names = Names("192.0.2.1", "127.0.0.1")
    forwarder = Forwarder(Allowed(private=True), resolve=names)
    await forwarder.fetch(target_at(echo.port, "shop.test"), Request("GET", "/"), timeout=5)
    assert names.asked == 1  # and "shop.test" is no name that the system could look up
    names.addresses = ("169.254.169.254",)
    await forwarder.fetch(target_at(echo.port, "shop.test"), Request("GET", "/"), timeout=5)
    assert (names.asked, len(echo.asked)) == (1, 2)
    await forwarder.close()


async def test_the_next_address_is_tried_where_the_first_does_not_answer(echo: Service) -> None:
    forwarder = Forwarder(LOCAL, resolve=Names("127.0.0.99", "127.0.0.1"))
    exchange = await forwarder.fetch(target_at(echo.port, "shop.test"), Request("GET", "/"))
    assert exchange.reply.status == 200
    await forwarder.close()


async def test_a_call_that_goes_round_in_a_circle_is_stopped(echo: Service) -> None:
    headers = (("via", "1.1 postiche, 1.0 other, 1.1 postiche, 1.1 postiche, 1.1 postiche"),)
    with pytest.raises(UpstreamError, match="leads back"):
        await fetched(target_at(echo.port), Request("GET", "/", headers))


async def test_connections_to_services_long_unused_are_closed(
    echo: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upstream, "MAX_SERVICES", 3)
    forwarder = Forwarder(LOCAL, resolve=Names("127.0.0.1"))
    for number in range(8):
        await forwarder.fetch(target_at(echo.port, f"s{number}.test"), Request("GET", "/"))
    assert [*forwarder._services] == [f"http://s{n}.test:{echo.port}" for n in (5, 6, 7)]
    await forwarder.close()


# --- TLS ------------------------------------------------------------------------------


@contextmanager
def tls_service(folder: Path) -> Iterator[tuple[int, Path, list[str | None]]]:
    """The port of a service with a certificate for shop.test, the certificate, names asked for."""
    certificate, key = folder / "cert.pem", folder / "key.pem"
    subject = ["-subj", "/CN=shop.test", "-addext", "subjectAltName=DNS:shop.test"]
    files = ["-keyout", str(key), "-out", str(certificate)]
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    subprocess.run([*made, *files, *subject], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    names: list[str | None] = []
    context.sni_callback = lambda _socket, name, _context: names.append(name)

    def converse(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as wrapped:
            wrapped.recv(65536)
            wrapped.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")

    with raw_service(converse) as port:
        yield port, certificate, names


async def test_certificates_are_checked_for_the_name_and_not_for_the_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tls_service(tmp_path) as (port, certificate, names):
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        forwarder = Forwarder(LOCAL, resolve=Names("127.0.0.1"))
        exchange = await forwarder.fetch(Target("https", "shop.test", port), Request("GET", "/"))
        assert (exchange.reply.body, names) == (b"hi", ["shop.test"])
        with pytest.raises(UpstreamError, match=r"(?i)hostname mismatch|certificate"):
            await forwarder.fetch(Target("https", "other.test", port), Request("GET", "/"))
        await forwarder.close()


# --- failures -------------------------------------------------------------------------


def reset(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def silent(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.settimeout(5)
    connection.recv(1)


Converse = Callable[[socket.socket], None]


def sends(data: bytes) -> Converse:
    def converse(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(data)

    return converse


FAILURES: dict[str, tuple[Converse, int]] = {
    "reset": (reset, 502),
    "empty": (sends(b""), 502),
    "garbage": (sends(b"\x00\x01garbage\r\n\r\n"), 502),
    "half a head": (sends(b"HTTP/1.1 200 OK\r\nContent-"), 502),
    "half a body": (sends(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhal"), 502),
    "half a chunk": (sends(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nh"), 502),
    "odd status": (sends(b"HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n"), 502),
    "silence": (silent, 504),
}


@pytest.mark.parametrize("name", FAILURES)
async def test_each_failure_has_its_error(name: str) -> None:
    converse, status = FAILURES[name]
    forwarder = Forwarder(LOCAL)
    with raw_service(converse) as port, pytest.raises(UpstreamError) as failed:
        await forwarder.fetch(target_at(port), Request("GET", "/"), timeout=0.2)
    assert failed.value.problem.status == status
    await forwarder.close()


async def test_a_thousand_failures_leave_no_connection_and_no_task() -> None:
    turn = iter(range(10_000))
    kinds = [FAILURES[name][0] for name in FAILURES if name != "silence"] + [silent]

    def converse(connection: socket.socket) -> None:
        kinds[next(turn) % len(kinds)](connection)

    forwarder = Forwarder(LOCAL)
    with raw_service(converse) as port, socket.create_server(("127.0.0.1", 0)) as closed:
        nobody = closed.getsockname()[1]
        closed.close()

        async def fail(number: int) -> int:
            target = target_at(nobody if number % 10 == 9 else port)
            try:
                await forwarder.fetch(target, Request("POST", "/", (), b"x"), timeout=0.3)
            except UpstreamError as error:
                return error.problem.status
            return 200

        await fail(9)
        before = (open_files(), len(asyncio.all_tasks()))
        statuses: list[int] = []
        for start in range(0, 1000, 50):
            statuses += await asyncio.gather(*map(fail, range(start, start + 50)))
        assert {*statuses} == {502, 504}
        await asyncio.sleep(0.1)
        assert len(asyncio.all_tasks()) == before[1]
        assert all(service.calls == 0 for service in forwarder._services.values())
        await forwarder.close()
    await eventually(lambda: open_files() <= before[0])


def open_files() -> int:
    """How many sockets and files this process holds open."""
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


async def eventually(holds: Callable[[], bool]) -> None:
    for _ in range(100):
        if holds():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it never came true")
