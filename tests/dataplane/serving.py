"""Runs an ASGI application on a real uvicorn, and talks to it over a bare socket."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import uvicorn

from postiche.dataplane.app import MockApp
from postiche.dataplane.protocol import http_protocol
from tests.dataplane.driver import NOON

TIMEOUT = 10.0


@dataclass
class RawReply:
    """A reply as it came over the wire."""

    status_line: str
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def status(self) -> int:
        return int(self.status_line.split()[1])

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name]


def noon() -> float:
    """The time of every answer, in seconds since 1970."""
    return NOON.timestamp()


@contextmanager
def served(app: MockApp, parser: str = "httptools") -> Iterator[tuple[str, int]]:
    """The address at which uvicorn serves `app`, in a thread, for as long as the block lasts.

    `parser` is one of uvicorn's, or "postiche" for our own protocol with the fast path.
    """
    protocol: Any = http_protocol(app.fast_path(noon).answer) if parser == "postiche" else parser
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        app,
        http=protocol,
        ws="none",
        lifespan="on",
        log_config=None,
        date_header=False,
        server_header=False,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=asyncio.run, args=(server.serve([listener]),))
    thread.start()
    try:
        yield listener.getsockname()
    finally:
        server.should_exit = True
        thread.join(TIMEOUT)
        listener.close()


class Connection:
    """A client connection that sends exactly the bytes that it is given."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.socket = socket.create_connection(address, TIMEOUT)
        self._reader = self.socket.makefile("rb")

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._reader.close()
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def reply(self, *, to_head: bool = False) -> RawReply:
        """The next reply, framed as its headers say."""
        status_line = self._reader.readline().decode("latin-1").rstrip("\r\n")
        headers: list[tuple[str, str]] = []
        while line := self._reader.readline().decode("latin-1").rstrip("\r\n"):
            name, _, value = line.partition(":")
            headers.append((name, value.strip()))
        reply = RawReply(status_line, headers, b"")
        if not to_head:
            reply.body = self._body(reply)
        return reply

    def _body(self, reply: RawReply) -> bytes:
        assert reply.all("transfer-encoding") == []
        lengths = reply.all("content-length")
        assert len(lengths) <= 1
        return self._reader.read(int(lengths[0])) if lengths else b""


def ask(address: tuple[str, int], request: bytes, *, to_head: bool = False) -> RawReply:
    """The reply to one request on a connection of its own."""
    with Connection(address) as connection:
        connection.send(request)
        return connection.reply(to_head=to_head)
