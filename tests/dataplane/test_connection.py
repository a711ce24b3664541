"""What is done to a connection, and what the request that is being answered hears of it."""

import asyncio
import gc
import weakref
from typing import Any

from postiche.dataplane.asgi import Receive, Send
from postiche.dataplane.connection import EXTENSION, Connection, connection_of
from tests.dataplane.driver import app_of, saved
from tests.dataplane.wire import Wire, connected, settled

GET = b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n"


class Request:
    """The state of a request, as uvicorn keeps it."""

    def __init__(self) -> None:
        self.disconnected = False
        self.message_event = asyncio.Event()


def connection() -> tuple[Connection, Wire, Request]:
    wire, request = Wire(), Request()
    return Connection(wire, request), wire, request


def test_it_is_found_in_the_scope_where_it_is_offered() -> None:
    offered, _, _ = in_a_loop(connection)
    assert connection_of({"extensions": {EXTENSION: offered}}) is offered
    scopes: list[dict[str, Any]] = [{}, {"extensions": None}, {"extensions": {"other": {}}}]
    assert [connection_of(scope) for scope in scopes] == [None] * 3


def in_a_loop(made: Any) -> Any:
    """What is made within a running loop, where transports are at home."""

    async def main() -> Any:
        return made()

    return asyncio.run(main())


def test_closing_sends_what_was_written_and_ends_the_request() -> None:
    offered, wire, request = in_a_loop(connection)
    offered.write(b"bytes")
    assert not request.disconnected
    offered.close()
    assert wire.is_closing()
    assert wire.written == b"bytes"
    assert request.disconnected
    assert request.message_event.is_set()


def test_a_request_that_is_answered_hears_no_more() -> None:
    offered, _, request = in_a_loop(connection)
    offered.release()
    offered.lost()
    assert not request.disconnected


def test_a_stopping_server_closes_what_was_given_up_in_either_order() -> None:
    for steps in (("abandon", "stop"), ("stop", "abandon")):
        offered, wire, request = in_a_loop(connection)
        getattr(offered, steps[0])()
        assert not wire.is_closing()
        getattr(offered, steps[1])()
        assert wire.is_closing()
        assert request.disconnected


# --- as the protocol offers it -----------------------------------------------------------


class Seen:
    """An application that keeps a request open until it is told, or its client leaves."""

    def __init__(self) -> None:
        self.scopes: list[Any] = []
        self.left: list[str] = []

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        self.scopes.append(scope)
        while (await receive())["type"] != "http.disconnect":
            pass
        self.left.append(scope["path"])


def test_every_request_is_offered_its_connection_once_it_is_its_turn() -> None:
    async def main() -> None:
        app: Any = Seen()
        protocol, wire = connected(app, None)
        protocol.data_received(GET + GET.replace(b"/a", b"/b"))
        await settled()
        [scope] = app.scopes
        offered = connection_of(scope)
        assert offered is not None
        offered.close()
        assert wire.is_closing()
        protocol.connection_lost(None)
        await settled()
        assert app.left == ["/a"]

    asyncio.run(main())


def test_a_request_with_others_in_line_hears_that_the_client_left() -> None:
    async def main() -> None:
        app: Any = Seen()
        protocol, _ = connected(app, None)
        protocol.data_received(GET + GET.replace(b"/a", b"/b"))
        await settled()
        protocol.connection_lost(None)
        await settled()
        assert app.left == ["/a"]
        assert not protocol.tasks

    asyncio.run(main())


def test_stopping_closes_a_connection_on_which_no_answer_will_come() -> None:
    async def main() -> list[bool]:
        closed = []
        for given_up in (False, True):
            app: Any = Seen()
            protocol, wire = connected(app, None)
            protocol.data_received(GET)
            await settled()
            offered = connection_of(app.scopes[0])
            assert offered is not None
            if given_up:
                offered.abandon()
            protocol.shutdown()
            closed.append(wire.is_closing())
            protocol.connection_lost(None)
            await settled()
            assert app.left == ["/a"]
        return closed

    assert asyncio.run(main()) == [False, True]


def test_an_answered_request_leaves_nothing_for_the_search_for_garbage() -> None:
    async def main() -> int:
        protocol, _ = connected(app_of(saved("a", "GET", "/a")), None)
        cycles = []
        for _ in range(3):
            protocol.data_received(GET)
            await settled()
            cycles.append(weakref.ref(protocol.cycle))
        return sum(cycle() is not None for cycle in cycles)

    gc.disable()
    try:
        assert asyncio.run(main()) == 1
    finally:
        gc.enable()
