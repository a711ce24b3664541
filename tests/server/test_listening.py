"""Sockets, signals and raw bytes: what reaches an application, and what never may."""

import asyncio
import signal
import socket
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from postiche.dataplane.protocol import MAX_HEAD
from postiche.server.listening import (
    Listener,
    ListenError,
    listen,
    origin,
    port_of,
    run,
    serve,
)

UPGRADE = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Answers with method, path, number of headers and body."""
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    text = f"{scope['method']} {scope['path']} {len(scope['headers'])} ".encode() + body
    length = (b"content-length", str(len(text)).encode())
    await send({"type": "http.response.start", "status": 200, "headers": [length]})
    await send({"type": "http.response.body", "body": text})


def conversation(*parts: bytes) -> bytes:
    """What a server answers on one connection to parts sent one after the other."""

    async def talk(port: int) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        received = b""
        for part in parts:
            writer.write(part)
            await writer.drain()
            received += await _answer(reader)
        writer.close()
        return received

    return while_serving(talk)


async def _answer(reader: asyncio.StreamReader) -> bytes:
    try:
        return await asyncio.wait_for(reader.read(65536), 0.3)
    except TimeoutError:
        return b""
    except ConnectionResetError:
        return b"<reset>"


def while_serving(work: Callable[[int], Awaitable[bytes]]) -> bytes:
    """What `work` gives, done on the port of a server that SIGTERM then stops."""
    results: list[bytes] = []

    async def main() -> None:
        sockets = listen("127.0.0.1", 0)
        server = asyncio.create_task(serve([Listener(echo, sockets)]))
        try:
            results.append(await work(port_of(sockets)))
        finally:
            signal.raise_signal(signal.SIGTERM)
            await asyncio.wait_for(server, 20)

    run(main())
    return results[0]


def test_a_request_reaches_the_application() -> None:
    assert conversation(b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n").endswith(b"\r\n\r\nGET /a 1 ")


def test_neither_date_nor_server_is_added() -> None:
    head = conversation(b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n").lower()
    assert b"\r\nserver:" not in head
    assert b"\r\ndate:" not in head


@pytest.mark.parametrize("size", [8_000, 64_000, 65_536, 300_000])
def test_a_long_header_line_is_served_or_refused_at_once(size: int) -> None:
    line = b"A: " + b"a" * size + b"\r\n"
    answer = conversation(b"GET / HTTP/1.1\r\nHost: x\r\n" + line + b"\r\n")
    assert answer.startswith((b"HTTP/1.1 200 ", b"HTTP/1.1 431 "))
    assert size > 32_000 or answer.startswith(b"HTTP/1.1 200 ")


def test_a_head_that_never_ends_is_refused() -> None:
    lines = [b"A%d: " % number + b"a" * 30_000 + b"\r\n" for number in range(4)]
    answer = conversation(b"GET / HTTP/1.1\r\nHost: x\r\n", *lines)
    assert answer.startswith(b"HTTP/1.1 431 Request Header Fields Too Large\r\n")
    assert answer.count(b"HTTP/1.1") == 1


def test_a_body_may_be_larger_than_a_head() -> None:
    body = b"b" * (MAX_HEAD * 3)
    head = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body)
    assert conversation(head, body).startswith(b"HTTP/1.1 200 ")


def test_chunk_lines_and_trailers_that_never_end_are_refused() -> None:
    head = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    extension = conversation(head + b"1;", b"e" * 40_000, b"e" * 40_000)
    trailer = conversation(head + b"0\r\nT: ", b"t" * 40_000, b"t" * 40_000)
    assert b"HTTP/1.1 431 " in extension
    assert b"HTTP/1.1 431 " in trailer


@pytest.mark.parametrize("split", [0, 5])
def test_a_body_survives_the_wish_for_an_upgrade(split: int) -> None:
    """Java's HTTP client asks for HTTP/2 (h2c) with every first request, body or not."""
    head = b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n" + UPGRADE + b"\r\n"
    parts = [head, b"12345"] if split else [head + b"12345"]
    answer = conversation(*parts, b"GET /b HTTP/1.1\r\nHost: x\r\n\r\n")
    assert b"POST /a 4 12345HTTP/1.1 200 OK" in answer
    assert answer.endswith(b"GET /b 1 ")


def test_a_body_that_speaks_of_upgrades_stays_as_it_is() -> None:
    body = b"x\r\nUpgrade: h2c\r\n\r\n"
    head = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body)
    assert conversation(head + body).endswith(body)
    assert conversation(head, body).endswith(body)


@pytest.mark.parametrize(
    "nonsense",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/9.9\r\n\r\n",
        b"\r\n" * 3 + b"x y",
    ],
)
def test_what_is_no_http_gets_400_and_the_door(nonsense: bytes) -> None:
    assert conversation(nonsense).startswith(b"HTTP/1.1 400 ")


def test_both_listeners_of_one_server_answer_and_stop() -> None:
    async def main() -> None:
        first, second = listen("127.0.0.1", 0), listen("127.0.0.1", 0)
        server = asyncio.create_task(serve([Listener(echo, first), Listener(echo, second)]))
        for sockets in (first, second):
            reader, writer = await asyncio.open_connection("127.0.0.1", port_of(sockets))
            writer.write(b"GET /here HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            assert (await reader.read()).endswith(b"GET /here 2 ")
            writer.close()
        signal.raise_signal(signal.SIGINT)
        await asyncio.wait_for(server, 20)
        assert [sock.fileno() for sock in first + second] == [-1, -1]

    before = signal.getsignal(signal.SIGTERM)
    run(main())
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_port_in_use_names_the_flag_to_change() -> None:
    [taken] = listen("127.0.0.1", 0)
    with taken, pytest.raises(ListenError, match=r"is in use; choose another with --mock-port"):
        listen("127.0.0.1", taken.getsockname()[1], flag="--mock-port")


@pytest.mark.parametrize("host", ["no such host", "a..b", "x" * 300, "203.0.113.1"])
def test_an_address_of_another_machine_is_refused(host: str) -> None:
    with pytest.raises(ListenError, match="--host"):
        listen(host, 0)


def test_localhost_has_one_port_on_all_its_addresses() -> None:
    sockets = listen("localhost", 0)
    assert {sock.getsockname()[1] for sock in sockets} == {port_of(sockets)}
    for sock in sockets:
        sock.close()


def test_every_interface_includes_the_loopback() -> None:
    for host in ("0.0.0.0", "::") if socket.has_ipv6 else ("0.0.0.0",):
        sockets = listen(host, 0)
        socket.create_connection(("127.0.0.1", port_of(sockets))).close()
        for sock in sockets:
            sock.close()


@pytest.mark.parametrize(
    ("host", "port", "url"),
    [
        ("127.0.0.1", 4000, "http://127.0.0.1:4000"),
        ("0.0.0.0", 4000, "http://localhost:4000"),
        ("::", 4000, "http://localhost:4000"),
        ("::1", 4000, "http://[::1]:4000"),
        ("mocks.example", 80, "http://mocks.example"),
    ],
)
def test_the_origin_is_a_url_that_clients_can_use(host: str, port: int, url: str) -> None:
    assert origin(host, port) == url
