"""Connections: when the fast path is asked, and that uvicorn goes on where it is not.

What a client can do wrong is checked on real sockets, in `tests/server/test_listening.py`.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from tests.dataplane.driver import app_of, saved
from tests.dataplane.wire import connected, settled, talk

GET = b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
FAST = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nfast"
APP = app_of(saved("a", "GET", "/a", body="slow"), saved("p", "POST", "/a", body="posted"))


class Shortcut:
    """A fast path that answers what it is told to, and remembers what it was asked."""

    def __init__(self, *answered: bytes) -> None:
        self.asked: list[bytes] = []
        self._answered = answered

    def __call__(self, data: bytes) -> bytes | None:
        self.asked.append(data)
        return FAST if data in self._answered else None


def conversation(fast: Shortcut, *chunks: bytes) -> tuple[bytes, bool]:
    return asyncio.run(talk(APP, fast, chunks))


def bodies(answered: bytes) -> list[bytes]:
    return [body for body in (b"fast", b"slow", b"posted") for _ in range(answered.count(body))]


def test_what_the_fast_path_answers_goes_no_further() -> None:
    fast = Shortcut(GET)
    assert conversation(fast, GET, GET) == (FAST * 2, False)


def test_what_it_does_not_answer_reaches_the_application() -> None:
    answered, closed = conversation(Shortcut(), GET)
    assert bodies(answered) == [b"slow"]
    assert not closed


def test_fast_and_slow_take_turns_on_one_connection() -> None:
    other = GET.replace(b"Host", b"host")
    answered, _ = conversation(Shortcut(GET), GET, other, GET, other)
    assert bodies(answered) == [b"fast"] * 2 + [b"slow"] * 2
    assert answered.endswith(b"slow")


def test_it_is_not_asked_in_the_middle_of_a_request() -> None:
    fast = Shortcut(GET)
    head = b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(GET)
    answered, _ = conversation(fast, head, GET, GET)
    assert fast.asked == [head, GET]
    assert bodies(answered) == [b"fast", b"posted"]
    assert answered.endswith(b"fast")


def test_it_is_not_asked_while_an_answer_is_owed() -> None:
    async def pipelined() -> tuple[bytes, list[bytes]]:
        fast = Shortcut(GET)
        protocol, wire = connected(APP, fast)
        protocol.data_received(GET.replace(b"Host", b"host"))
        protocol.data_received(GET)
        await settled()
        return wire.written, fast.asked

    answered, asked = asyncio.run(pipelined())
    assert bodies(answered) == [b"slow", b"slow"]
    assert len(asked) == 1


def test_it_is_not_asked_while_the_client_does_not_read() -> None:
    async def unread() -> list[int]:
        fast = Shortcut(GET)
        protocol, wire = connected(APP, fast, room=len(FAST))
        sizes = []
        for _ in range(4):
            protocol.data_received(GET)
            await settled()
            sizes.append(len(wire.written) // len(FAST))
        for _ in range(10):
            wire.drain()
            await settled()
        assert bodies(wire.written) == [b"fast"] * 2 + [b"slow"] * 2
        assert len(fast.asked) == 2
        return sizes

    assert asyncio.run(unread()) == [1, 2, 2, 2]


def test_it_is_not_asked_once_the_connection_closes() -> None:
    fast = Shortcut(GET)
    closing = GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    answered, closed = conversation(fast, closing, GET)
    assert closed
    assert bodies(answered) == [b"slow"]
    assert fast.asked == [closing]


def with_keep_alive(seconds: float, talk: Callable[[Any, Any], Awaitable[None]]) -> bool:
    """Whether a connection is closed after a talk, with that time to keep it."""

    async def main() -> bool:
        protocol, wire = connected(APP, Shortcut(GET))
        protocol.timeout_keep_alive = seconds
        await talk(protocol, wire)
        return wire.is_closing()

    return asyncio.run(main())


def test_a_silent_connection_is_closed_after_a_fast_answer() -> None:
    async def once(protocol: Any, _wire: Any) -> None:
        protocol.data_received(GET)
        await asyncio.sleep(0.1)

    assert with_keep_alive(0.02, once)
    assert not with_keep_alive(60, once)


def test_each_fast_answer_gives_a_connection_more_time() -> None:
    async def often(protocol: Any, wire: Any) -> None:
        for _ in range(8):
            protocol.data_received(GET)
            await asyncio.sleep(0.1)
            assert not wire.is_closing()

    assert not with_keep_alive(0.4, often)


def test_a_slow_answer_after_fast_ones_keeps_the_connection() -> None:
    async def mixed(protocol: Any, wire: Any) -> None:
        protocol.data_received(GET)
        protocol.data_received(b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n")
        await asyncio.sleep(0.1)  # longer than the keep-alive time, within a request
        assert not wire.is_closing()
        protocol.data_received(b"x")
        await settled()
        assert wire.written.endswith(b"posted")

    assert not with_keep_alive(0.05, mixed)


def test_a_stopping_server_closes_a_connection_that_is_between_requests() -> None:
    async def stopping() -> bool:
        protocol, wire = connected(APP, Shortcut(GET))
        protocol.data_received(GET)
        protocol.shutdown()
        return wire.is_closing()

    assert asyncio.run(stopping())
