"""Carries faults out.

Knows how each fault looks on the wire. Must not know which calls are struck, or
what the reply says.

Where the server does not offer the connection (any ASGI server but ours), a
fault is the nearest thing that ASGI has: a reply that promises a body, and an
application that ends without sending all of it, upon which servers close.
"""

import contextlib
from datetime import datetime
from typing import Final

from postiche.core.steering.faults import problem_of
from postiche.dataplane.asgi import Receive, Scope, Send, framed, send_reply
from postiche.dataplane.connection import Connection, connection_of
from postiche.dataplane.waiting import Sleep, while_connected
from postiche.model import Fault, Reply

GARBAGE: Final = bytes(range(0xFF, 0x7F, -1)) + b"\r\n\r\n"
"""Bytes that no client takes for a status line; they end so that it does not wait for more."""

PARTS: Final = 10
"""Parts in which the bytes of one second drip, if there are so many."""

BROKEN: Final = Reply(502, (), b"\n")
"""What is begun, and never ended, in place of what ASGI cannot do."""


async def send_with_fault(
    fault: Fault,
    scope: Scope,
    receive: Receive,
    send: Send,
    method: str,
    reply: Reply,
    now: datetime,
    sleep: Sleep,
) -> None:
    """Answer a request, whose body was read, with a reply that a fault strikes.

    `sleep` takes seconds. What takes time ends when the client leaves; that is
    no error.
    """
    connection = connection_of(scope)
    with contextlib.suppress(OSError):
        if fault.kind == "error":
            await send_reply(send, method, problem_of(fault).reply(), now)
        elif fault.kind == "drip":
            dripping = _drip(send, method, reply, now, fault.rate, sleep)
            await while_connected(dripping, receive)
        elif fault.kind == "truncate":
            await _truncate(send, method, reply, now, fault.bytes, connection)
        elif fault.kind == "hang":
            if connection is not None:
                connection.abandon()
            if await while_connected(sleep(fault.limit / 1000), receive):
                await _break_off(fault, send, method, now, connection)
        else:
            await _break_off(fault, send, method, now, connection)


async def _drip(
    send: Send, method: str, reply: Reply, now: datetime, rate: int, sleep: Sleep
) -> None:
    """Send the head, then the body at `rate` bytes a second: n bytes take n / rate seconds."""
    body = await _begin(send, method, reply, now)
    size = max(1, rate // PARTS)
    for start in range(0, len(body), size):
        part = body[start : start + size]
        await sleep(len(part) / rate)
        await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def _truncate(
    send: Send,
    method: str,
    reply: Reply,
    now: datetime,
    size: int | None,
    connection: Connection | None,
) -> None:
    """Send the head and `size` bytes of the body (half for None; never all), then close."""
    body = await _begin(send, method, reply, now)
    through = len(body) // 2 if size is None else min(size, len(body) - 1)
    part = body[: max(0, through)]
    await send({"type": "http.response.body", "body": part, "more_body": True})
    if connection is not None:
        connection.close()


async def _break_off(
    fault: Fault, send: Send, method: str, now: datetime, connection: Connection | None
) -> None:
    """End the connection without a reply."""
    if connection is None:
        await _truncate(send, method, BROKEN, now, 0, None)
    elif fault.kind == "reset":
        connection.abort()
    else:
        connection.write(GARBAGE if fault.kind == "garbage" else b"")
        connection.close()


async def _begin(send: Send, method: str, reply: Reply, now: datetime) -> bytes:
    """Send the head of a reply; the body that it promises."""
    ready = framed(method, reply)
    headers = ready.headers(int(now.timestamp()))
    await send({"type": "http.response.start", "status": ready.status, "headers": headers})
    return ready.body
