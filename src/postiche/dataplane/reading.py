"""From bytes to a request, for bytes that are one whole request and nothing else.

Knows uvicorn's parser and what it makes of bytes. Must not know connections,
mocks or answers. Whatever the parser would not take as one plain request is
not read here at all: the server's own protocol sees it as it came.
"""

from collections.abc import Iterator, Sequence
from typing import Final, overload

import httptools

Line = tuple[bytes, bytes]
"""A header's name, in lower case, and its value."""

LONGEST: Final = 64 * 1024
"""Bytes, head and body together, of the largest request that is read."""

_LEFT_OUT: Final = frozenset(("OPTIONS", "CONNECT"))
"""Methods with rules of their own: CORS preflights, and targets that are no path."""


class SentHeaders(Sequence[Line]):
    """The headers of a request that was read, taken from its bytes when first asked for."""

    __slots__ = ("_data", "_lines")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._lines: list[Line] | None = None

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
    """Reads pieces of bytes that are one whole HTTP/1.1 request each."""

    def __init__(self) -> None:
        self._renew()

    def read(self, data: bytes) -> ReadRequest | None:
        """The request that the bytes are.

        None if they are less than one or more, if the client does not mean to
        stay connected, or wants something before the answer.
        """
        if len(data) > LONGEST or not self._is_whole(data):
            return None
        url = self._url
        if not url.startswith(b"/") or url.endswith(b"?") or b"#" in url:
            return None
        lowered = data.lower()
        if b"\nexpect:" in lowered or b"\nupgrade:" in lowered:
            return None
        plain = not self._body and b"x-mock-" not in lowered
        return ReadRequest(self._method, str(url, "latin-1"), SentHeaders(data), self._body, plain)

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
        parser = self._parser
        self._complete += 1
        self._between = True
        self._method = str(parser.get_method(), "ascii")
        self._stays = (
            parser.should_keep_alive()
            and parser.get_http_version() == "1.1"
            and self._method not in _LEFT_OUT
        )


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
