"""Each fault as real clients see it, and that none leaves anything behind.

Timing is not measured: what waits is told by the sleeps it asked for.
"""

import asyncio
import logging
from collections.abc import Iterable

import httpx
import pytest

from postiche.core.steering.faults import parse_text
from postiche.dataplane.asgi import Message, Receive
from postiche.dataplane.faults import GARBAGE, send_with_fault
from postiche.model import Reply
from tests.dataplane.driver import NOON, scope_for
from tests.dataplane.faulty import (
    BODY,
    HEAD,
    LOOPS,
    REPLY,
    connecting,
    conversation,
    open_files,
    request,
    run,
    serving,
)
from tests.dataplane.wire import TURNS

CLOSE = b"Connection: close\r\n"
LAST = HEAD[:-2] + b"connection: close\r\n\r\n"
"""The head of REPLY to a client that asked for the end of the connection."""


def talk(*sent: bytes, loop: str = "uvloop", parser: str = "postiche") -> tuple[bytes, str]:
    """What a real server answers on one connection, and how that ends."""

    async def main() -> tuple[bytes, str]:
        async with serving(parser) as server:
            result = await conversation(server.port, *sent)
            await server.becomes_idle()
            return result

    return run(main(), loop)


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> Iterable[None]:
    """No fault may be the cause of a line in the log."""
    with caplog.at_level(logging.WARNING):
        yield
    assert [record.getMessage() for record in caplog.records] == []


# --- on the wire -------------------------------------------------------------------------


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize(
    ("fault", "received", "end"),
    [
        ("reset", b"", "reset"),
        ("empty", b"", "closed"),
        ("garbage", GARBAGE, "closed"),
        ("truncate", HEAD + BODY[:50], "closed"),
        ("truncate; bytes=10", HEAD + BODY[:10], "closed"),
        ("truncate; bytes=0", HEAD, "closed"),
        ("truncate; bytes=100", HEAD + BODY[:99], "closed"),
        ("hang; limit=1", b"", "closed"),
    ],
)
def test_a_connection_ends_as_the_fault_says(
    fault: str, received: bytes, end: str, loop: str
) -> None:
    assert talk(request(fault), loop=loop) == (received, end)


def test_an_error_is_an_answer() -> None:
    received, _ = talk(request("error; status=503", more=CLOSE))
    assert received.startswith(b"HTTP/1.1 503 Service Unavailable\r\n")
    assert received.endswith(
        b'{"error":{"name":"serverError","message":"An error has occurred on the server."}}'
    )


def test_a_drip_is_the_whole_answer_in_parts() -> None:
    async def main() -> list[bytes]:
        async with serving() as server, connecting(server.port) as (reader, writer):
            writer.write(request("drip; rate=500", more=CLOSE))
            parts = [await reader.readuntil(b"\r\n\r\n")]
            while part := await reader.read(65_536):
                parts.append(part)
            return parts

    head, *parts = run(main())
    assert head == LAST
    assert b"".join(parts) == BODY
    assert len(parts) > 1


@pytest.mark.parametrize(
    ("fault", "received"),
    [("truncate", BODY * 50_000), ("drip; rate=100000000", BODY * 100_000)],
)
def test_a_long_body_arrives_as_far_as_it_is_sent(fault: str, received: bytes) -> None:
    answer, end = talk(request(fault, more=b"x-times: 100000\r\n" + CLOSE))
    assert answer.partition(b"\r\n\r\n")[2] == received
    assert end == "closed"


@pytest.mark.parametrize(
    ("fault", "received", "end"),
    [
        ("reset", b"", "reset"),
        ("empty", b"", "closed"),
        ("garbage", GARBAGE, "closed"),
        ("truncate", HEAD, "closed"),
        ("hang; limit=1", b"", "closed"),
    ],
)
def test_a_reply_to_head_is_struck_as_far_as_it_goes(fault: str, received: bytes, end: str) -> None:
    assert talk(request(fault, "HEAD")) == (received, end)


@pytest.mark.parametrize("fault", ["reset", "empty", "truncate", "garbage", "hang; limit=1"])
def test_a_request_with_a_body_is_struck_when_it_is_whole(fault: str) -> None:
    with_body = request(fault, "POST", b"Content-Length: 100000\r\n") + b"b" * 100_000
    assert talk(with_body) == talk(request(fault))


@pytest.mark.parametrize("fault", ["drip; rate=100000", "error"])
def test_an_answer_that_is_whole_keeps_the_connection(fault: str) -> None:
    received, _ = talk(request(fault), request(more=CLOSE))
    assert received.count(b"HTTP/1.1") == 2
    assert received.endswith(LAST + BODY)


@pytest.mark.parametrize(
    ("fault", "received"),
    [
        ("empty", b""),
        ("garbage", GARBAGE),
        ("truncate", HEAD + BODY[:50]),
        ("hang; limit=1", b""),
    ],
)
def test_requests_in_line_before_a_fault_are_answered_and_those_behind_are_not(
    fault: str, received: bytes
) -> None:
    in_line = (request(), request(), request(fault), request(), request())
    assert talk(*in_line) == ((HEAD + BODY) * 2 + received, "closed")


def test_a_reset_may_overtake_what_was_answered_before() -> None:
    received, end = talk(request(), request("reset"), request())
    assert (HEAD + BODY).startswith(received)
    assert end == "reset"


# --- as a client library sees it ---------------------------------------------------------


def fetched(fault: str, timeout: float = 10) -> httpx.Response:
    """The response that httpx gets."""

    async def main() -> httpx.Response:
        async with serving() as server, httpx.AsyncClient(timeout=timeout) as client:
            url = f"http://127.0.0.1:{server.port}/a"
            return await client.get(url, headers={"x-mock-fault": fault})

    return run(main())


@pytest.mark.parametrize(
    ("fault", "error", "said"),
    [
        ("reset", httpx.ReadError, ""),
        ("empty", httpx.RemoteProtocolError, "Server disconnected without sending a response."),
        ("truncate", httpx.RemoteProtocolError, "(received 50 bytes, expected 100)"),
        ("garbage", httpx.RemoteProtocolError, "illegal status line"),
        ("hang; limit=1", httpx.RemoteProtocolError, "disconnected without sending a response"),
    ],
)
def test_httpx_raises_what_the_fault_stands_for(
    fault: str, error: type[Exception], said: str
) -> None:
    with pytest.raises(error) as failure:
        fetched(fault)
    assert said in str(failure.value)


def test_httpx_loses_patience_with_a_hang() -> None:
    with pytest.raises(httpx.ReadTimeout):
        fetched("hang", timeout=0.2)


def test_httpx_reads_a_drip_to_its_end() -> None:
    assert fetched("drip; rate=1000").content == BODY


def test_httpx_reads_an_error() -> None:
    response = fetched("error; status=599")
    assert (response.status_code, response.json()["error"]["name"]) == (599, "serverError")


# --- nothing is left behind --------------------------------------------------------------

CALLS = 1_000
AT_ONCE = 50
LEAVING = 0.005
"""Seconds after which every second client leaves something that takes time."""


async def stay_or_leave(port: int, sent: bytes, leaves: bool) -> None:
    """Read to the end of the connection, or leave early."""
    if not leaves:
        await conversation(port, sent)
        return
    async with connecting(port) as (_, writer):
        writer.write(sent)
        await asyncio.sleep(LEAVING)


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize(
    "fault",
    [
        *("reset", "empty", "truncate", "garbage", "error"),
        *("hang; limit=20", "hang", "drip; rate=10000", "drip; rate=1"),
    ],
)
def test_a_thousand_faults_leave_no_task_and_no_connection(fault: str, loop: str) -> None:
    run(thousand(fault), loop)


async def thousand(fault: str) -> None:
    """A thousand calls; whoever would wait too long leaves, as does half of the others."""
    endless = fault in ("hang", "drip; rate=1")
    async with serving() as server:
        await conversation(server.port, request(more=CLOSE))
        await server.becomes_idle()
        before = len(asyncio.all_tasks()), open_files()
        for first in range(0, CALLS, AT_ONCE):
            await asyncio.gather(
                *(
                    stay_or_leave(server.port, request(fault, more=CLOSE), endless or bool(n % 2))
                    for n in range(first, first + AT_ONCE)
                )
            )
        await server.becomes_idle()
        assert (len(asyncio.all_tasks()), open_files()) == before


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize(("at_once", "later"), [(1, 0), (0, 1), (0, 3), (2, 2)])
def test_a_client_that_leaves_ends_a_fault_with_requests_in_line_behind_it(
    at_once: int, later: int, loop: str
) -> None:
    async def main() -> None:
        async with serving() as server:
            async with connecting(server.port) as (reader, writer):
                writer.write(request("drip; rate=5") + request() * at_once)
                await reader.readuntil(b"0")
                for _ in range(later):
                    writer.write(request())
                    await asyncio.sleep(0.01)
            await server.becomes_idle()  # long before the drip would have ended

    run(main(), loop)


@pytest.mark.parametrize("fault", ["truncate", "drip; rate=100000000", "drip; rate=100"])
def test_a_client_that_reads_nothing_and_leaves_is_forgotten(fault: str) -> None:
    async def main() -> None:
        async with serving() as server:
            async with connecting(server.port) as (_, writer):
                writer.write(request(fault, more=b"x-times: 100000\r\n"))
                writer.transport.pause_reading()  # type: ignore[attr-defined]
                await asyncio.sleep(0.2)
            await server.becomes_idle()

    run(main())


# --- a server that stops -----------------------------------------------------------------


def test_a_stopping_server_does_not_wait_for_a_hang() -> None:
    async def main() -> tuple[bytes, str]:
        async with serving(drain=60) as server:
            asked = asyncio.create_task(conversation(server.port, request("hang")))
            while not server.uvicorn.server_state.tasks:
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.05)
        return await asked

    assert run(main()) == (b"", "closed")


def test_a_stopping_server_lets_a_drip_end() -> None:
    async def main() -> tuple[bytes, str]:
        async with serving() as server:
            asked = asyncio.create_task(conversation(server.port, request("drip; rate=500")))
            while not server.uvicorn.server_state.tasks:
                await asyncio.sleep(0.01)
        return await asked

    received, end = run(main())
    assert received.endswith(BODY)
    assert end == "closed"


def test_a_stopping_server_has_a_limit_for_drips_too(caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> tuple[bytes, str]:
        async with serving(drain=1) as server:
            asked = asyncio.create_task(conversation(server.port, request("drip; rate=1")))
            while not server.uvicorn.server_state.tasks:
                await asyncio.sleep(0.01)
        return await asked

    received, end = run(main())
    assert received.startswith(HEAD)
    assert not received.endswith(BODY)
    assert end == "closed"
    caplog.clear()  # uvicorn says what it cancelled


# --- what waits --------------------------------------------------------------------------


class Watch:
    """A sleep that takes no time, and remembers."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        for _ in range(TURNS):  # in which a client that is about to leave does so
            await asyncio.sleep(0)


async def silent() -> Message:
    """A client that stays and says nothing."""
    await asyncio.Event().wait()
    raise AssertionError


def asked_of_asgi(
    fault: str, reply: Reply = REPLY, method: str = "GET", receive: Receive = silent
) -> tuple[list[Message], list[float]]:
    """What is sent, and slept, on a server that offers no connection."""

    async def main() -> tuple[list[Message], list[float]]:
        sent: list[Message] = []
        watch = Watch()

        async def send(message: Message) -> None:
            sent.append(message)

        parsed = parse_text(fault)
        assert parsed is not None
        scope = scope_for(method, "/a")
        await send_with_fault(parsed, scope, receive, send, method, reply, NOON, watch.sleep)
        return sent, watch.slept

    return asyncio.run(main())


@pytest.mark.parametrize(
    ("rate", "parts", "pause"),
    [(1, 100, 1.0), (15, 100, 1 / 15), (100, 10, 0.1), (990, 2, 0.1), (10_000, 1, 0.01)],
)
def test_a_drip_takes_as_long_as_its_rate_says(rate: int, parts: int, pause: float) -> None:
    sent, slept = asked_of_asgi(f"drip; rate={rate}")
    bodies = [message["body"] for message in sent[1:]]
    assert b"".join(bodies) == BODY
    assert len(slept) == parts
    assert slept[0] == pytest.approx(pause)
    assert sum(slept) == pytest.approx(len(BODY) / rate)
    assert [message.get("more_body", False) for message in sent[1:]] == [True] * parts + [False]


@pytest.mark.parametrize("reply", [Reply(204), Reply(200)])
def test_nothing_drips_from_an_empty_reply(reply: Reply) -> None:
    sent, slept = asked_of_asgi("drip", reply)
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    assert slept == []


def test_a_hang_lasts_as_long_as_it_says() -> None:
    assert asked_of_asgi("hang; limit=5000")[1] == [5.0]


# --- on another server -------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["reset", "empty", "garbage", "hang; limit=1"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_without_a_connection_a_reply_is_begun_and_never_ended(fault: str, method: str) -> None:
    sent, _ = asked_of_asgi(fault, method=method)
    start, *bodies = sent
    assert start["status"] == 502
    assert (b"content-length", b"1") in start["headers"]
    assert bodies == [{"type": "http.response.body", "body": b"", "more_body": True}]


def test_without_a_connection_a_truncated_reply_is_not_ended() -> None:
    start, *bodies = asked_of_asgi("truncate; bytes=10")[0]
    assert (b"content-length", b"100") in start["headers"]
    assert bodies == [{"type": "http.response.body", "body": BODY[:10], "more_body": True}]


@pytest.mark.parametrize("reply", [Reply(204), Reply(200)])
def test_a_reply_without_body_is_truncated_to_itself(reply: Reply) -> None:
    _, *bodies = asked_of_asgi("truncate", reply)[0]
    assert [body["body"] for body in bodies] == [b""]


def test_a_client_that_left_is_sent_nothing() -> None:
    async def gone() -> Message:
        return {"type": "http.disconnect"}

    assert asked_of_asgi("hang; limit=180000", receive=gone)[0] == []


@pytest.mark.parametrize("fault", ["reset", "truncate", "drip", "error"])
def test_a_server_that_says_the_client_is_gone_is_no_error(fault: str) -> None:
    async def main() -> None:
        async def send(message: Message) -> None:
            raise OSError

        parsed = parse_text(fault)
        assert parsed is not None
        scope = scope_for("GET", "/a")
        watch = Watch()
        await send_with_fault(parsed, scope, silent, send, "GET", REPLY, NOON, watch.sleep)

    asyncio.run(main())


@pytest.mark.parametrize("parser", ["httptools", "h11"])
@pytest.mark.parametrize("fault", ["reset", "empty", "garbage", "hang; limit=1"])
def test_another_server_breaks_off_too(
    parser: str, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    received, end = talk(request(fault), parser=parser)
    assert received.startswith(b"HTTP/1.1 502 ")
    assert b"content-length: 1\r\n" in received
    assert received.endswith(b"\r\n\r\n")
    assert end == "closed"
    assert [record.getMessage() for record in caplog.records] == [
        "ASGI callable returned without completing response."
    ]
    caplog.clear()
