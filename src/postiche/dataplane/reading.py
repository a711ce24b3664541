"""From bytes to a request, for bytes that are one whole request and nothing else.

Knows uvicorn's parser and what it makes of bytes. Must not know connections,
mocks or answers. Whatever the parser would not take as one plain request is
not read here at all: the server's own protocol sees it as it came.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final, overload

import httptools

from postiche.dataplane.remembered import Remembered

Line = tuple[bytes, bytes]
"""A header's name, in lower case, and its value."""

LONGEST: Final = 64 * 1024
"""Bytes, head and body together, of the largest request that is read."""

LINE_BYTES: Final = 384
"""What each header takes besides its text, raw and decoded."""

_METHODS: Final = {
    name.encode(): name for name in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "PURGE")
}
"""Methods without rules of their own, as CORS preflights have, or targets that are no path."""

_LINE: Final = re.compile(
    rb"(%b) (/[\w./~%%=&+,;:@!$'()*-]*(?:\?[\w./~%%=&+,;:@!$'()*-]+)?) HTTP/1\.1"
    % b"|".join(_METHODS),
    re.ASCII,
)
"""A request line that the parser takes whatever follows it."""


class SentHeaders(Sequence[Line]):
    """The headers of a request that was read, taken from its bytes when first asked for."""

    __slots__ = ("_data", "_lines")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._lines: list[Line] | None = None

    @property
    def size(self) -> int:
        """The bytes of memory that all of them take, at most, once taken."""
        return 3 * len(self._data) + LINE_BYTES * self._data.count(b"\n")

    @property
    def weight(self) -> int:
        """The same, as `Remembered` asks for it."""
        return self.size

    @property
    def lines(self) -> list[Line]:
        """All of them, in order."""
        if self._lines is None:
            self._lines = _lines_of(self._data)
        return self._lines

    @overload
    def __getitem__(self, index: int) -> Line: ...
    @overload
    def __getitem__(self, index: slice) -> list[Line]: ...
    def __getitem__(self, index: int | slice) -> Line | list[Line]:
        return self.lines[index]

    def __len__(self) -> int:
        return len(self.lines)

    def __iter__(self) -> Iterator[Line]:
        return iter(self.lines)


class ReadRequest:
    """A request as it was read: its target as `asgi.target_of` gives it.

    `plain` says that it has no body and that nothing in it looks like an
    `x-mock-*` header.
    """

    __slots__ = ("body", "headers", "method", "plain", "target")

    def __init__(
        self, method: str, target: str, headers: SentHeaders, body: bytes, plain: bool
    ) -> None:
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.plain = plain


class RequestReader:
    """Reads pieces of bytes that are one whole HTTP/1.1 request each.

    What follows the request line is the same from one request of a client to
    the next, as a rule. What the parser once took for the whole rest of a
    request without body, and nothing special, is known from then on: only the
    request line is read then, if it is an ordinary one.
    """

    def __init__(self) -> None:
        self._known: Remembered[bytes, SentHeaders] = Remembered(entries=1024)
        self._renew()

    def read(self, data: bytes) -> ReadRequest | None:
        """The request that the bytes are.

        None if they are less than one or more, if the client does not mean to
        stay connected, or wants something before the answer.
        """
        if len(data) > LONGEST:
            return None
        end = data.find(b"\r")
        known = self._known.get(data[end:])
        line = None if known is None else _LINE.fullmatch(data, 0, end)
        if known is not None and line is not None:
            return ReadRequest(_METHODS[line[1]], str(line[2], "ascii"), known, b"", True)
        read = self._read(data, end) if self._is_whole(data) else None
        if read is not None and read.plain and self._known.comes_again(data[end:]):
            self._known.keep(data[end:], read.headers)
        return read

    def _read(self, data: bytes, end: int) -> ReadRequest | None:
        """The request that the parser has taken, if it is an ordinary one."""
        url = self._url
        if not url.startswith(b"/") or url.endswith(b"?") or b"#" in url:
            return None
        method = _METHODS.get(self._method)
        if method is None or not data[:end].endswith(b" HTTP/1.1"):
            return None
        lowered = data.lower()
        if b"\nexpect:" in lowered or b"\nupgrade:" in lowered:
            return None
        plain = not self._body and b"x-mock-" not in lowered
        return ReadRequest(method, str(url, "latin-1"), SentHeaders(data), self._body, plain)

    def _is_whole(self, data: bytes) -> bool:
        self._url = self._body = b""
        self._complete = 0
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._renew()
            return False
        if self._complete == 1 and self._between and self._stays:
            return True
        self._renew()
        return False

    def _renew(self) -> None:
        """A parser that has seen nothing: the last one stopped within a request, or for good."""
        self._parser = httptools.HttpRequestParser(self)
        self._between = True

    # --- what the parser calls ---

    def on_message_begin(self) -> None:
        """A request begins."""
        self._between = False

    def on_url(self, url: bytes) -> None:
        """A part of the target."""
        self._url += url

    def on_body(self, body: bytes) -> None:
        """A part of the body."""
        self._body += body

    def on_message_complete(self) -> None:
        """The request is whole."""
        self._complete += 1
        self._between = True
        self._method = self._parser.get_method()
        self._stays = self._parser.should_keep_alive()


class _Lines:
    """Gathers the headers that a parser reports."""

    def __init__(self) -> None:
        self.found: list[Line] = []

    def on_header(self, name: bytes, value: bytes) -> None:
        self.found.append((name.lower(), value))


def _lines_of(data: bytes) -> list[Line]:
    """The headers of bytes that have been read as a request before."""
    lines = _Lines()
    httptools.HttpRequestParser(lines).feed_data(data)
    return lines.found
