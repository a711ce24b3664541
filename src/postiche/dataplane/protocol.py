"""The HTTP protocol of every listener: uvicorn's, with gaps closed and a shortcut for answers.

Knows connections, as far as uvicorn leaves something to do: limits, malformed
requests, when the fast path may be asked. Must not know mocks, plans or how
anything is answered.
"""

import re
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import quote

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from postiche.dataplane.connection import EXTENSION, Connection

FastAnswer = Callable[[bytes], bytes | None]
"""Gives all that is to be written for the bytes of a request; None: the application answers."""

MAX_HEAD: Final = 65_536
"""Bytes of an unfinished request head, chunk line or trailer after which a client is sent away."""

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


def http_protocol(fast: FastAnswer | None) -> type[HttpToolsProtocol]:
    """The protocol class of a listener, for uvicorn's setting `http`."""
    return type("Http", (Http,), {"fast": None if fast is None else staticmethod(fast)})


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
    fast: FastAnswer | None = None
    _quiet_since = 0.0
    _at_start = True
    _own_method: str | None = None
    _in_head = True
    _without_progress = 0
    _answered: Connection | None = None
    """For the request that is being answered, or was last; others may wait in line behind it."""

    def data_received(self, data: bytes) -> None:
        """Answer at once or feed the parser, unless the client sends too much to no end."""
        if self.fast is not None and self._is_free:
            answer = self.fast(data)
            if answer is not None:
                self.transport.write(answer)
                self._stay_connected()
                return
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

    @property
    def _is_free(self) -> bool:
        """Whether nothing is under way on this connection, in either direction."""
        return (
            self._at_start
            and (self.cycle is None or self.cycle.response_complete)
            and not self.flow.write_paused
            and not self.transport.is_closing()
        )

    def _stay_connected(self) -> None:
        """Start the keep-alive time again, without a new timer for each answer."""
        self.server_state.total_requests += 1
        self._quiet_since = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self._await_silence(self.timeout_keep_alive)

    def _await_silence(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(
            seconds, self.timeout_keep_alive_handler
        )

    def timeout_keep_alive_handler(self) -> None:
        """The keep-alive time is over, unless an answer was sent since it began."""
        self.timeout_keep_alive_task = None
        left = self._quiet_since + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self._await_silence(left)
        else:
            super().timeout_keep_alive_handler()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._answered = Connection(self.transport, cycle)
        extensions: Any = {EXTENSION: self._answered}
        cycle.scope["extensions"] = extensions
        super()._start_asgi_task(cycle, app)

    def on_response_complete(self) -> None:
        """A request is answered; the next one in line is started."""
        if self._answered is not None:
            self._answered.release()
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the request that is being answered: uvicorn would tell the last one in line."""
        if self._answered is not None:
            self._answered.lost()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """The server stops: finish what is under way, unless nothing is to come of it."""
        super().shutdown()
        if self._answered is not None:
            self._answered.stop()

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
