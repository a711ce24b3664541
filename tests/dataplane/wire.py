"""Connections without sockets: bytes go to the server's protocol as they are cut, and come back."""

import asyncio
from collections.abc import Iterable
from typing import Any

import uvicorn
from uvicorn.server import ServerState

from postiche.dataplane.app import MockApp
from postiche.dataplane.protocol import FastAnswer, http_protocol

TURNS = 30
"""Turns of the event loop after which an application that does not wait has answered."""


class Wire(asyncio.Transport):
    """What a protocol writes to; `room` bytes may wait before it is asked to pause."""

    def __init__(self, room: int = 1 << 30) -> None:
        super().__init__({"sockname": ("127.0.0.1", 80), "peername": ("127.0.0.1", 9)})
        self.written = b""
        self.reading = True
        self._waiting = 0
        self._room = room
        self._closed = False
        self.protocol: Any = None

    def write(self, data: Any) -> None:
        if self._closed:
            return
        self.written += data
        self._waiting += len(data)
        if self._waiting > self._room:
            self.protocol.pause_writing()

    def drain(self) -> None:
        """The client reads all that waits."""
        self._waiting = 0
        self.protocol.resume_writing()

    def close(self) -> None:
        self._closed = True

    def is_closing(self) -> bool:
        return self._closed

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True


def connected(app: MockApp, fast: FastAnswer | None, room: int = 1 << 30) -> tuple[Any, Wire]:
    """A protocol of a new connection, within a running loop, and what it writes to."""
    config = uvicorn.Config(
        app, ws="none", lifespan="off", log_config=None, date_header=False, server_header=False
    )
    config.load()
    wire = Wire(room)
    protocol: Any = http_protocol(fast)(config=config, server_state=ServerState(), app_state={})
    wire.protocol = protocol
    protocol.connection_made(wire)
    return protocol, wire


async def settled() -> None:
    """Let everything run that does not wait for time."""
    for _ in range(TURNS):
        await asyncio.sleep(0)


async def talk(
    app: MockApp, fast: FastAnswer | None, chunks: Iterable[bytes]
) -> tuple[bytes, bool]:
    """All that is answered on one connection to these pieces, and whether it is closed then."""
    protocol, wire = connected(app, fast)
    for chunk in chunks:
        if wire.is_closing():
            break
        protocol.data_received(chunk)
        await settled()
    closing = wire.is_closing()
    protocol.connection_lost(None)
    await settled()
    return wire.written, closing
