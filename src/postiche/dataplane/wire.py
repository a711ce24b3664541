"""Answers as the bytes of HTTP/1.1, head and body, as uvicorn would write them.

Knows framing, and which parts of a head many replies share. Must not know
requests, mocks or how an answer was found.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from postiche.core.plan import PlannedExample
from postiche.core.reply import BODILESS, OpenReply, etag
from postiche.core.templates import Capture
from postiche.core.variables import MAX_TEXT
from postiche.dataplane.asgi import RawHeaders, encoded, framing, imf_date, is_dated
from postiche.model import Headers, Reply

LONGEST_SHARED: Final = 256
"""Characters of the longest header value that is kept encoded, for replies that share it."""


class Wire:
    """An answer as bytes, made once for each second in which it is sent."""

    __slots__ = ("_after", "_before", "_bytes", "_dated", "_second", "weight")

    def __init__(self, method: str, reply: Reply) -> None:
        self._before, self._dated = _head_of(reply)
        after, body = framing(method, reply)
        self._after = b"".join((*_lines(after), b"\r\n", body))
        self._second = -1
        self._bytes = b""
        self.weight = 2 * (len(self._before) + len(self._after))

    def at(self, now: float) -> bytes:
        """The bytes to send at a moment, in seconds since 1970."""
        second = int(now)
        if second != self._second:
            date = b"" if self._dated else _date_line(second)
            self._bytes = self._before + date + self._after
            self._second = second
        return self._bytes


class Form:
    """The answers of an example whose body repeats what the wildcards cover, and nothing else."""

    __slots__ = ("_head", "_headers", "_literals", "_names", "_status")

    def __init__(self, status: int, headers: Headers, reply: OpenReply) -> None:
        self._status = status
        self._headers = headers
        self._head = _head(status, headers)[0] + b"etag: "
        self._literals = reply.body.literals
        self._names = [slot.name for slot in reply.body.slots if isinstance(slot, Capture)]

    def fits(self, captured: Mapping[str, str]) -> bool:
        """Whether all of it may be filled in (`templates.fillers`)."""
        return sum(len(captured[name]) for name in self._names) <= MAX_TEXT

    def filled(self, captured: Mapping[str, str], now: float) -> tuple[bytes, Reply]:
        """The bytes to send at a moment, and the reply that they are."""
        pieces = list(self._literals)
        for place, name in enumerate(self._names):
            pieces[place] += captured[name].encode("utf-8", "replace")
        body = b"".join(pieces)
        tag = etag(body)
        head = b"%b%b\r\n%bcontent-length: %d\r\n\r\n%b" % (
            self._head,
            tag.encode("ascii"),
            _date_line(int(now)),
            len(body),
            body,
        )
        return head, Reply(self._status, (*self._headers, ("etag", tag)), body)


@lru_cache(maxsize=1024)
def form_of(example: PlannedExample) -> Form | None:
    """The form of an example's answers; None for those that need more than wildcards."""
    reply = example.reply.made
    if not isinstance(reply, OpenReply) or reply.with_body is None or reply.status in BODILESS:
        return None
    headers, tagged = reply.with_body
    plain = all(isinstance(slot, Capture) for slot in reply.body.slots)
    if not plain or not tagged or not any(reply.body.literals) or is_dated(encoded(headers)):
        return None
    return Form(reply.status, headers, reply)


@lru_cache(maxsize=4)
def _date_line(second: int) -> bytes:
    return b"date: %b\r\n" % imf_date(second)


def _head_of(reply: Reply) -> tuple[bytes, bool]:
    """The head of a reply up to its Date, and whether that is its own.

    The lines before an ETag, which ends most heads and differs with the body,
    are the same for many replies.
    """
    *shared, last = reply.headers or (("", ""),)
    if last[0] != "etag" or max(map(_length, shared), default=0) > LONGEST_SHARED:
        return _head(reply.status, reply.headers)
    before, dated = _head_again(reply.status, tuple(shared))
    return b"".join((before, *_lines(encoded((last,))))), dated


def _head(status: int, headers: Headers) -> tuple[bytes, bool]:
    lines = encoded(headers)
    return b"".join((STATUS_LINE[status], *_lines(lines))), is_dated(lines)


_head_again = lru_cache(maxsize=1024)(_head)


def _length(header: tuple[str, str]) -> int:
    return len(header[1])


def _lines(headers: RawHeaders) -> list[bytes]:
    return [b"%b: %b\r\n" % line for line in headers]
