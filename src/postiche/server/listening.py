"""Sockets and uvicorn: listening, answering, stopping.

Knows addresses, signals and how uvicorn is run. Must not know what the
applications do that it serves.
"""

import asyncio
import contextlib
import errno
import logging
import re
import signal
import socket
import sys
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass
from types import FrameType
from typing import Any, Final
from urllib.parse import quote

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from postiche.server.failures import Failure

MAX_HEAD: Final = 65_536
"""Bytes of an unfinished request head, chunk line or trailer after which a client is sent away."""

DRAIN_SECONDS: Final = 10
"""How long a stopping server waits for the answers that are under way."""

_BACKLOG = 2048
_WILDCARDS = ("0.0.0.0", "::", "[::]")  # noqa: S104 - recognised, not bound
_REQUEST_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,64})( [^\r\n]*)")
_SAFE = "".join(map(chr, range(0x20, 0x7F)))
_METHODS = frozenset(
    b"DELETE GET HEAD POST PUT CONNECT OPTIONS TRACE COPY LOCK MKCOL MOVE PROPFIND PROPPATCH SEARCH"
    b" UNLOCK BIND REBIND UNBIND ACL REPORT MKACTIVITY CHECKOUT MERGE M-SEARCH NOTIFY SUBSCRIBE"
    b" UNSUBSCRIBE PATCH PURGE MKCALENDAR LINK UNLINK SOURCE".split()
)
"""The methods that every release of the parser (llhttp) knows."""
_UPGRADE = re.compile(rb"\r\nupgrade[ \t]*:[^\r\n]*(?=\r\n)", re.IGNORECASE)
MAX_TARGET: Final = 65_535
"""Bytes of path and query together: the most that the parser can measure."""


def _refusal(status: str, name: str, message: str) -> bytes:
    """An answer to what is no HTTP request, in the shape of a mock's errors (behaviour B.1)."""
    body = f'{{"error":{{"name":"{name}","message":"{message}"}}}}'
    head = (
        f"HTTP/1.1 {status}",
        "content-type: application/json; charset=utf-8",
        "access-control-allow-origin: *",
        f"content-length: {len(body)}",
        "connection: close",
    )
    return "\r\n".join((*head, "", body)).encode("ascii")


_MALFORMED = _refusal(
    "400 Bad Request", "malformedRequestError", "This is not a valid HTTP request."
)
_TARGET_TOO_LONG = _refusal(
    "414 URI Too Long",
    "uriTooLongError",
    f"Path and query must not exceed {MAX_TARGET} bytes together.",
)
_HEAD_TOO_LONG = _refusal(
    "431 Request Header Fields Too Large",
    "headersTooLargeError",
    f"The request head must not exceed {MAX_HEAD} bytes.",
)


Application = Callable[[Any, Any, Any], Awaitable[None]]
"""Any ASGI 3 application; those of this project type its messages in more than one way."""


class ListenError(Failure):
    """An address cannot be listened on; the message says which, why and what to do."""


@dataclass(frozen=True, slots=True)
class Listener:
    """An application and the open sockets it answers on."""

    app: Application
    sockets: Sequence[socket.socket]


def listen(host: str, port: int, *, flag: str = "--port") -> list[socket.socket]:
    """Open `host:port` on every address that `host` stands for; port 0 picks a free one.

    Raises ListenError; `flag` is the option its message sends people to.
    """
    opened: list[socket.socket] = []
    failure: OSError | None = None
    for family, address in _addresses(host):
        try:
            opened.append(_bound(family, address, port_of(opened) if opened else port))
        except OSError as error:
            failure = error
    if failure and not (opened and failure.errno == errno.EADDRNOTAVAIL):
        for one in opened:
            one.close()
        raise ListenError(_why_not(failure, host, port, flag)) from failure
    return opened


def port_of(sockets: Sequence[socket.socket]) -> int:
    """The port that the sockets listen on."""
    port: int = sockets[0].getsockname()[1]
    return port


def origin(host: str, port: int) -> str:
    """The URL, without path, at which a client on this machine reaches `host:port`."""
    if host in _WILDCARDS:
        host = "localhost"
    elif ":" in host and not host.startswith("["):
        host = f"[{host}]"
    return f"http://{host}" if port == 80 else f"http://{host}:{port}"


def _addresses(host: str) -> list[tuple[int, str]]:
    name = host.strip("[]")
    try:
        # As bytes, ASCII needs no IDNA, whose tables take a while to load.
        known = name.encode("ascii") if name.isascii() else name
        found = socket.getaddrinfo(known, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise ListenError(f"{host} is no address of this machine; give one with --host") from None
    unique = {(family, str(address[0])): None for family, _, _, _, address in found}
    return list(unique)


def _bound(family: int, address: str, port: int) -> socket.socket:
    dual = family == socket.AF_INET6 and address == "::" and socket.has_dualstack_ipv6()
    opened = socket.create_server(
        (address, port), family=family, backlog=_BACKLOG, dualstack_ipv6=dual
    )
    opened.setblocking(False)
    return opened


def _why_not(error: OSError, host: str, port: int, flag: str) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} on {host} is in use; choose another with {flag}"
    if error.errno == errno.EACCES:
        return f"port {port} on {host} needs more rights; choose one above 1023 with {flag}"
    return f"cannot listen on {host}: {error.strerror}; choose another address with --host"


def run(main: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine on the fastest event loop there is."""
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(main)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop  # absent on Windows
    except ImportError:
        return None
    return uvloop.new_event_loop


async def serve(listeners: Sequence[Listener], ready: Callable[[], None] | None = None) -> None:
    """Answer until SIGINT or SIGTERM, then let answers under way finish.

    A second SIGINT does not wait for them. The sockets are closed. `ready` is
    called once signals stop the servers and clients can connect.
    """
    servers = [_Server(_config(listener.app)) for listener in listeners]
    with _stopped_by_signals(servers):
        if ready is not None:
            ready()
        async with asyncio.TaskGroup() as group:
            for server, listener in zip(servers, listeners, strict=True):
                group.create_task(server.serve(sockets=list(listener.sockets)))


class _Server(uvicorn.Server):
    """uvicorn, with the signals left to us: it would raise them again when it has stopped."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.contextmanager
def _stopped_by_signals(servers: Sequence[uvicorn.Server]) -> Iterator[None]:
    def stop(number: int, frame: FrameType | None) -> None:
        for server in servers:
            server.handle_exit(number, frame)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = [signal.SIGINT, signal.SIGTERM]
    if sys.platform == "win32":
        numbers.append(signal.SIGBREAK)
    before = {number: signal.signal(number, stop) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _config(app: Application) -> uvicorn.Config:
    _quieten()
    return uvicorn.Config(
        app,
        http=Http,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        backlog=_BACKLOG,
        timeout_graceful_shutdown=DRAIN_SECONDS,
    )


def _quieten() -> None:
    """Keep what any client can cause out of the log, and cancelled answers of a second Ctrl-C."""
    logging.getLogger("python_multipart").setLevel(logging.ERROR)
    logger = logging.getLogger("uvicorn.error")
    logger.setLevel(logging.ERROR)
    logger.addFilter(_is_news)


def _is_news(record: logging.LogRecord) -> bool:
    return not (record.exc_info and isinstance(record.exc_info[1], asyncio.CancelledError))


class Http(HttpToolsProtocol):
    """uvicorn's HTTP protocol, with gaps closed, and errors of a mock's shape.

    Its parser knows a fixed list of methods, and no bytes beyond ASCII in a
    target; a mock answers any method and any path, so a request line that it
    would refuse is put into words that it knows.

    It reads a head of any length into memory; here MAX_HEAD is the end. And
    its parser throws away the body of a request that asks for an upgrade, as
    Java's HTTP client does with every first request (`Upgrade: h2c`): RFC 9110,
    7.8 lets a server ignore the wish, so it is cut from the head.
    """

    url = b""
    _at_start = True
    _own_method: str | None = None
    _in_head = True
    _without_progress = 0

    def data_received(self, data: bytes) -> None:
        """Feed the parser, unless the client has sent too much that leads nowhere."""
        if self._at_start:
            data, self._own_method = _known_request_line(data)
        if self._in_head and b"pgrade:" in data:
            data = _without_upgrade(data)
        self._without_progress += len(data)
        super().data_received(data)
        if self._without_progress > MAX_HEAD and not self.transport.is_closing():
            in_target = self._in_head and self.url and not self.headers
            self.transport.write(_TARGET_TOO_LONG if in_target else _HEAD_TOO_LONG)
            self.transport.close()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - ours says more
        """Refuse what the parser could not read, and close."""
        too_long = len(self.url) > MAX_TARGET
        self.transport.write(_TARGET_TOO_LONG if too_long else _MALFORMED)
        self.transport.close()

    def eof_received(self) -> None:
        """Say so to a client that stops in the middle of a request and still listens."""
        if not self._at_start and not self._answering:
            self.transport.write(_MALFORMED)
        super().eof_received()

    @property
    def _answering(self) -> bool:
        return self.cycle is not None and self.cycle.response_started

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        self._at_start = False
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The head is whole: whatever follows is body."""
        self._in_head = False
        self._without_progress = 0
        super().on_headers_complete()
        if self._own_method is not None:
            self.scope["method"] = self._own_method

    def on_body(self, body: bytes) -> None:
        """A part of the body."""
        self._without_progress = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is whole: whatever follows is the next head."""
        self._in_head = self._at_start = True
        self._own_method = None
        self._without_progress = 0
        super().on_message_complete()


def _known_request_line(data: bytes) -> tuple[bytes, str | None]:
    """The data with a first line that the parser takes, and the method that it stood for.

    An unknown method becomes POST, for which a body is neither wanted nor
    odd; bytes beyond ASCII are percent-encoded. Only a line that begins with
    the data is looked at: a pipelined request with such a line is refused.
    """
    line = _REQUEST_LINE.match(data)
    if line is None:
        return data, None
    method, rest = line.groups()
    known = method in _METHODS
    if known and rest.isascii():
        return data, None
    head = (method if known else b"POST") + quote(rest, safe=_SAFE).encode("ascii")
    return head + data[line.end() :], None if known else method.decode("ascii")


def _without_upgrade(data: bytes) -> bytes:
    end = data.find(b"\r\n\r\n")
    head = data if end < 0 else data[: end + 2]
    return _UPGRADE.sub(b"", head) + data[len(head) :]
