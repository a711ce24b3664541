"""A server whose answers are struck by faults, and a client that looks at the bytes."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import uvicorn
import uvloop

from postiche.core.steering.faults import parse_text
from postiche.dataplane.asgi import Receive, Send, headers_of, read_body, send_reply
from postiche.dataplane.faults import send_with_fault
from postiche.dataplane.protocol import http_protocol
from postiche.model import Reply, joined
from tests.dataplane.driver import NOON, NOON_AS_HEADER

TIMEOUT = 10.0
BODY = b"0123456789" * 10
REPLY = Reply(200, (("content-type", "text/plain"),), BODY)
HEAD = (
    "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n"
    f"date: {NOON_AS_HEADER}\r\ncontent-length: 100\r\n\r\n"
).encode()
"""The head of REPLY on a connection that is kept."""

LOOPS: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {
    "asyncio": asyncio.new_event_loop,
    "uvloop": uvloop.new_event_loop,
}
OPEN_FILES = Path("/proc/self/fd")
Result = TypeVar("Result")


async def faulty(scope: Any, receive: Receive, send: Send) -> None:
    """Answers REPLY, struck by the fault of the header `x-mock-fault` if there is one.

    `x-times` says how often the body is repeated.
    """
    headers = headers_of(scope)
    await read_body(receive, headers, 1 << 20)
    fault = parse_text(joined(headers, "x-mock-fault") or "")
    if fault is None:
        await send_reply(send, scope["method"], REPLY, NOON)
        return
    method = scope["method"]
    reply = replace(REPLY, body=BODY * int(joined(headers, "x-times") or 1))
    await send_with_fault(fault, scope, receive, send, method, reply, NOON, asyncio.sleep)


@dataclass(frozen=True)
class Server:
    """A running server."""

    port: int
    uvicorn: uvicorn.Server

    @property
    def idle(self) -> bool:
        """Whether it has neither a connection nor a request under way."""
        state = self.uvicorn.server_state
        return not state.connections and not state.tasks

    async def becomes_idle(self) -> None:
        """Return once it is idle; TimeoutError if it does not get there."""
        async with asyncio.timeout(TIMEOUT):
            while not self.idle:
                await asyncio.sleep(0.01)


@asynccontextmanager
async def serving(parser: str = "postiche", drain: int = 2) -> AsyncIterator[Server]:
    """A real server of `faulty`; `parser` is one of uvicorn's, or "postiche" for our own protocol.

    Once told to stop, it waits `drain` seconds for answers under way.
    """
    protocol: Any = http_protocol(None) if parser == "postiche" else parser
    listener = socket.create_server(("127.0.0.1", 0), backlog=256)
    config = uvicorn.Config(
        faulty,
        http=protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        date_header=False,
        server_header=False,
        timeout_graceful_shutdown=drain,
    )
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve([listener]))
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield Server(listener.getsockname()[1], server)
    finally:
        server.should_exit = True
        await asyncio.wait_for(running, TIMEOUT)


def run(main: Coroutine[Any, Any, Result], loop: str = "uvloop") -> Result:
    """Run a test to its end on one of LOOPS."""
    with asyncio.Runner(loop_factory=LOOPS[loop]) as runner:
        return runner.run(main)


def open_files() -> int:
    """Files and sockets that this process has open; 0 where that cannot be told."""
    return sum(1 for _ in OPEN_FILES.iterdir()) if OPEN_FILES.exists() else 0


def request(fault: str = "", method: str = "GET", more: bytes = b"") -> bytes:
    """The bytes of a request that asks for a fault, with more header lines."""
    asked = f"x-mock-fault: {fault}\r\n" if fault else ""
    return f"{method} /a HTTP/1.1\r\nHost: x\r\n{asked}".encode() + more + b"\r\n"


@asynccontextmanager
async def connecting(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A bare connection, closed at the end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


async def conversation(port: int, *sent: bytes) -> tuple[bytes, str]:
    """All that a connection gives for what is sent, and how the server ends it."""
    async with connecting(port) as (reader, writer), asyncio.timeout(TIMEOUT):
        writer.write(b"".join(sent))
        received = b""
        try:
            while part := await reader.read(65_536):
                received += part
        except ConnectionResetError:
            return received, "reset"
        return received, "closed"
