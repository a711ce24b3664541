"""Sockets and uvicorn: listening, answering, stopping.

Knows addresses, signals and how uvicorn is run. Must not know what the
applications do that it serves.
"""

import asyncio
import contextlib
import errno
import logging
import signal
import socket
import sys
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass
from types import FrameType
from typing import Any, Final

import uvicorn

from postiche.dataplane.protocol import FastAnswer, http_protocol
from postiche.server.failures import Failure

DRAIN_SECONDS: Final = 10
"""How long a stopping server waits for the answers that are under way."""

_BACKLOG = 2048
_WILDCARDS = ("0.0.0.0", "::", "[::]")  # noqa: S104 - recognised, not bound
Application = Callable[[Any, Any, Any], Awaitable[None]]
"""Any ASGI 3 application; those of this project type its messages in more than one way."""


class ListenError(Failure):
    """An address cannot be listened on; the message says which, why and what to do."""


@dataclass(frozen=True, slots=True)
class Listener:
    """An application and the open sockets it answers on; `fast` answers what it can before it."""

    app: Application
    sockets: Sequence[socket.socket]
    fast: FastAnswer | None = None


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
    servers = [_Server(_config(listener)) for listener in listeners]
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


def _config(listener: Listener) -> uvicorn.Config:
    _quieten()
    return uvicorn.Config(
        listener.app,
        http=http_protocol(listener.fast),
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
