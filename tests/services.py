"""Real HTTP services for tests: one that answers as told, one that misbehaves.

Knows sockets and threads. Must not know what is tested with them.
"""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Headers = list[tuple[str, str]]


@dataclass(frozen=True)
class Asked:
    """A request as a service got it."""

    method: str
    target: str
    headers: Headers
    body: bytes

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name), None)


@dataclass(frozen=True)
class Told:
    """What a service answers."""

    status: int = 200
    headers: Headers = field(default_factory=list)
    body: bytes = b""


@dataclass
class Service:
    """A running service and what it was asked."""

    port: int
    asked: list[Asked] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


class _Server(ThreadingHTTPServer):
    """A server that knows what to answer."""

    daemon_threads = True

    def __init__(self, answer: Callable[[Asked], Told]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer = answer
        self.service = Service(self.server_address[1])


class _Handler(BaseHTTPRequestHandler):
    """Handles any method alike."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def handle_one_request(self) -> None:
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline or not self.parse_request():
            self.close_connection = True
            return
        # parse_request joins leading slashes; what was called is on the line itself
        target = self.raw_requestline.decode("latin-1").split(" ")[1]
        asked = Asked(self.command, target, list(self.headers.items()), self._body())
        self.server.service.asked.append(asked)
        self._send(self.server.answer(asked))

    def _body(self) -> bytes:
        if self.headers.get("transfer-encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("content-length") or 0))
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def _send(self, told: Told) -> None:
        self.send_response(told.status)
        for name, value in told.headers:
            self.send_header(name, value)
        if told.status != 204:
            self.send_header("Content-Length", str(len(told.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(told.body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def service(answer: Callable[[Asked], Told]) -> Iterator[Service]:
    """A real HTTP service on a free port that answers what the function says."""
    server = _Server(answer)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server.service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def raw_service(converse: Callable[[socket.socket], None]) -> Iterator[int]:
    """The port of a service that does with each connection what the function says."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=handle, args=(connection,), daemon=True).start()

    def handle(connection: socket.socket) -> None:
        with connection:
            try:
                converse(connection)
            except OSError:
                return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()
