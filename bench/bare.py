"""Two servers that do nothing but send one constant: what a Python server costs at the least.

`python bench/bare.py protocol|asgi PORT`. The first is an asyncio protocol that
looks for the end of each request head and nothing else; the second an ASGI
application on uvicorn. Knows HTTP framing. Must not know Postiche.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Any

BODY = b'{"id":"item","text":"' + b"x" * 157 + b'"}'
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(
    BODY
)
REPLY = HEAD + BODY
START = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(BODY))],
}


class Constant(asyncio.Protocol):
    """Answers each request head with the constant; requests with bodies are not for it."""

    _transport: Any  # uvloop's transports are of no class of asyncio's

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._transport.write(REPLY * data.count(b"\r\n\r\n"))


async def constant(scope: Any, receive: Any, send: Callable[[Any], Awaitable[None]]) -> None:
    """The ASGI application."""
    del receive
    if scope["type"] == "http":
        await send(START)
        await send({"type": "http.response.body", "body": BODY})


def serve_protocol(port: int) -> None:
    import uvloop

    async def serve() -> None:
        server = await asyncio.get_running_loop().create_server(Constant, "127.0.0.1", port)
        await server.serve_forever()

    uvloop.run(serve())


def serve_asgi(port: int) -> None:
    import uvicorn

    uvicorn.run(
        constant, port=port, log_level="error", access_log=False, date_header=False, lifespan="off"
    )


if __name__ == "__main__":
    kind, number = sys.argv[1:]
    (serve_protocol if kind == "protocol" else serve_asgi)(int(number))
