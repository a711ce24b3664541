"""Between ASGI messages and the model: targets, headers, bodies, framing.

Knows ASGI 3 and the framing rules of HTTP (RFC 9110). Must not know mocks,
plans or the call log. Whatever a client sends or an example holds, what leaves
here is a reply that a strict server accepts.
"""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import formatdate
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from postiche.model import Headers, Reply, joined

Scope = Mapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
RawHeaders = list[tuple[bytes, bytes]]

_TOKEN = b"!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CONTROLS = bytes((*range(9), *range(10, 32), 127))
_FRAMING = frozenset((b"content-length", b"transfer-encoding"))
_PATH_SAFE = "/!$&'()*+,;=:@~"


class ClientGone(Exception):  # noqa: N818 - an event more than an error
    """The client closed the connection before it could be answered."""


class BodyTooLarge(Exception):  # noqa: N818 - reads as what it says
    """The request body passes the limit; the rest of it has not been read."""


def target_of(scope: Scope) -> str:
    """The path and query as they stood on the request line, percent-encoding included.

    A server without `raw_path` has decoded the path already; it is encoded again.
    """
    raw = scope.get("raw_path")
    path = raw.decode("latin-1") if raw else quote(scope["path"], _PATH_SAFE, errors="replace")
    root = scope.get("root_path")
    if root and path.startswith(root):
        path = path[len(root) :]
    if not path.startswith("/"):
        path = _origin_form(path)
    query = scope.get("query_string")
    return f"{path}?{query.decode('latin-1')}" if query else path


def headers_of(scope: Scope) -> Headers:
    """The request headers in order, names lower-cased; Latin-1, so that no byte is lost."""
    return tuple(
        (name.decode("latin-1").lower(), value.decode("latin-1"))
        for name, value in scope["headers"]
    )


async def read_body(receive: Receive, headers: Headers, limit: int) -> bytes:
    """The whole request body. Raises BodyTooLarge past `limit` bytes, and ClientGone."""
    _refuse_above(limit, _announced(headers))
    message = await _next(receive)
    body: bytes = message.get("body", b"")
    _refuse_above(limit, len(body))
    if not message.get("more_body"):
        return body
    parts = bytearray(body)
    while message.get("more_body"):
        message = await _next(receive)
        parts += message.get("body", b"")
        _refuse_above(limit, len(parts))
    return bytes(parts)


async def client_left(receive: Receive) -> None:
    """Return once the client has closed the connection."""
    while (await receive())["type"] != "http.disconnect":
        pass


@dataclass(frozen=True, slots=True)
class Framed:
    """A reply as it is sent: header lines before and after the Date, which is left out, and body.

    `dated` says that the reply brings its own Date.
    """

    status: int
    before: RawHeaders
    after: RawHeaders
    body: bytes
    dated: bool

    def headers(self, now: int) -> RawHeaders:
        """All header lines at a moment, in seconds since 1970."""
        date = [] if self.dated else [(b"date", imf_date(now))]
        return [*self.before, *date, *self.after]


def framed(method: str, reply: Reply) -> Framed:
    """A reply to a request with `method`, framed.

    A reply to HEAD carries the length that the body would have had (behaviour
    B.2); one with status 1xx, 204 or 304 carries neither body nor length.
    """
    headers = encoded(reply.headers)
    after, body = framing(method, reply)
    return Framed(reply.status, headers, after, body, is_dated(headers))


def framing(method: str, reply: Reply) -> tuple[RawHeaders, bytes]:
    """The header lines that end the head of a reply, and the body that is sent."""
    if reply.status in (204, 304) or reply.status < 200:
        return [], b""
    length = (b"content-length", b"%d" % len(reply.body))
    return [length], b"" if method == "HEAD" else reply.body


def is_dated(headers: RawHeaders) -> bool:
    """Whether there is a Date among header lines."""
    return any(name == b"date" for name, _ in headers)


async def send_reply(send: Send, method: str, reply: Reply, now: datetime) -> None:
    """Send a reply to a request with `method`, framed, with a Date unless it brings its own."""
    ready = framed(method, reply)
    await send_raw(send, ready.status, ready.headers(int(now.timestamp())), ready.body)


async def send_raw(send: Send, status: int, headers: RawHeaders, body: bytes) -> None:
    """Send a complete reply. A client that is gone by now is no error."""
    try:
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})
    except OSError:
        return


def encoded(headers: Headers) -> RawHeaders:
    """Header lines as bytes, names lower-cased.

    Left out: what would not survive as one header line, and the framing
    headers, which are the sender's own.
    """
    return [line for name, value in headers if (line := _line(name, value)) is not None]


@lru_cache(maxsize=4)
def imf_date(second: int) -> bytes:
    """A moment, in seconds since 1970, as a Date header (RFC 9110, 5.6.7)."""
    return formatdate(second, usegmt=True).encode()


def _origin_form(path: str) -> str:
    """The path of an absolute target, for servers that pass it on (RFC 9112, 3.2.2)."""
    _, absolute, rest = path.partition("://")
    return "/" + (rest.partition("/")[2] if absolute else path)


def _line(name: str, value: str) -> tuple[bytes, bytes] | None:
    key, content = _bytes(name).lower(), _bytes(value).strip()
    if not key or key.translate(None, _TOKEN) or key in _FRAMING:
        return None
    if len(content.translate(None, _CONTROLS)) != len(content):
        return None
    return key, content


def _bytes(text: str) -> bytes:
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode(errors="replace")


def _announced(headers: Headers) -> int:
    """The declared Content-Length; 0 where none is declared, or none that is a number."""
    length = joined(headers, "content-length") or ""
    return int(length) if length.isascii() and length.isdigit() and len(length) < 20 else 0


async def _next(receive: Receive) -> Message:
    message = await receive()
    if message["type"] == "http.disconnect":
        raise ClientGone
    return message


def _refuse_above(limit: int, size: int) -> None:
    if size > limit:
        raise BodyTooLarge
