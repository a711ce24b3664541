"""The fast path: from the bytes of one whole request to the bytes of its answer.

Knows how requests are read, how answers are put on the wire, and which of them
may be used again. Must not know connections: what arrives in pieces, asks for
more than an answer, or has to wait is given back to the server's own protocol
and the ASGI application, which answer every request, byte for byte alike.

Two memories shorten the way. Bytes that came before are answered as they were
then, without being read, unless chance or time is part of the reply. And where
method and target decide, other headers make no difference. Both are forgotten
with the next write to the store.
"""

import logging
import time
from collections.abc import Callable, Sequence
from typing import Final

from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from postiche.core.directives import delay_ms
from postiche.core.dynamic import Sources
from postiche.dataplane.answer import Answer, Settled, answer_of, noted_of
from postiche.dataplane.asgi import Framed, RawHeaders, framed, imf_date
from postiche.dataplane.calls import CallSink, Noted
from postiche.dataplane.locate import Locator
from postiche.dataplane.plans import MockEntry, MockSource
from postiche.dataplane.reading import ReadRequest, RequestReader
from postiche.dataplane.remembered import Remembered
from postiche.model import Request

logger = logging.getLogger(__name__)

LONGEST_BODY: Final = 256 * 1024
"""Bytes of the largest reply body that is sent from here."""


class FastPath:
    """Answers requests at once, where that can be done; `clock` gives seconds since 1970."""

    def __init__(
        self,
        mocks: MockSource,
        calls: CallSink,
        sources: Sources,
        *,
        locate: Locator,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._mocks = mocks
        self._calls = calls
        self._sources = sources
        self._locate = locate
        self._clock = clock
        self._reader = RequestReader()
        self._revision = mocks.revision
        self._requests: Remembered[bytes, _Repeated] = Remembered()
        self._targets: Remembered[str, _Prepared] = Remembered()

    def answer(self, data: bytes) -> bytes | None:
        """All that is to be written for these bytes, or None where the ASGI path must answer.

        `data` is what arrived on a connection that has nothing else under way.
        """
        if self._mocks.revision != self._revision:
            self._forget()
        repeated = self._requests.get(data)
        if repeated is None:
            return self._answer_new(data)
        now = self._clock()
        self._calls.record(repeated.noted, now)
        return repeated.wire.at(now)

    def _forget(self) -> None:
        self._revision = self._mocks.revision
        self._requests.clear()
        self._targets.clear()

    def _answer_new(self, data: bytes) -> bytes | None:
        read = self._reader.read(data)
        if read is None:
            return None
        try:
            return self._answer_read(data, read)
        except Exception:
            logger.exception("the fast path failed")
            return None

    def _answer_read(self, data: bytes, read: ReadRequest) -> bytes | None:
        place = self._locate(read.target, read.headers)
        entry = None if place is None else self._mocks.warm(place[0])
        if place is None or entry is None or entry.private or not entry.active:
            return None
        if entry.plan.states is not None:
            return None  # what was answered before decides, and only the application knows
        mock_id, target = place
        prepared = self._prepared(entry, mock_id, target, read)
        if prepared is None:
            return None
        noted = noted_of(
            entry, mock_id, read.method, target, read.headers, read.body, prepared.answer
        )
        if prepared.answer.settled is not Settled.ANEW and self._requests.comes_again(data):
            self._requests.keep(data, _Repeated(prepared.wire, noted))
        now = self._clock()
        self._calls.record(noted, now)
        return prepared.wire.at(now)

    def _prepared(
        self, entry: MockEntry, mock_id: str, target: str, read: ReadRequest
    ) -> "_Prepared | None":
        """The answer, from memory if method and target decide; None if it has to wait."""
        key = f"{mock_id} {read.method} {target}" if read.plain else ""
        found = self._targets.get(key) if key else None
        if found is not None:
            return found
        prepared = self._made(
            entry, Request(read.method, target, _decoded(read.headers), read.body)
        )
        by_target = prepared is not None and prepared.answer.settled is Settled.BY_TARGET
        if prepared is not None and key and by_target and self._targets.comes_again(key):
            self._targets.keep(key, prepared)
        return prepared

    def _made(self, entry: MockEntry, request: Request) -> "_Prepared | None":
        if delay_ms(entry.plan.config, request):
            return None
        answer = answer_of(entry, request, self._sources)
        if len(answer.reply.body) > LONGEST_BODY:
            return None
        return _Prepared(answer, Wire(framed(request.method, answer.reply)))


class Wire:
    """An answer as bytes, made once for each second in which it is sent."""

    __slots__ = ("_after", "_before", "_bytes", "_dated", "_second", "weight")

    def __init__(self, reply: Framed) -> None:
        lines = [STATUS_LINE[reply.status], *_lines(reply.before)]
        self._before = b"".join(lines)
        self._after = b"".join((*_lines(reply.after), b"\r\n", reply.body))
        self._dated = reply.dated
        self._second = -1
        self._bytes = b""
        self.weight = 2 * (len(self._before) + len(self._after))

    def at(self, now: float) -> bytes:
        """The bytes to send at a moment, in seconds since 1970."""
        second = int(now)
        if second != self._second:
            date = b"" if self._dated else b"date: %b\r\n" % imf_date(second)
            self._bytes = self._before + date + self._after
            self._second = second
        return self._bytes


class _Prepared:
    """An answer, ready to be sent."""

    __slots__ = ("answer", "weight", "wire")

    def __init__(self, answer: Answer, wire: Wire) -> None:
        self.answer = answer
        self.wire = wire
        self.weight = wire.weight + len(answer.reply.body)


class _Repeated:
    """The answer to a request that came before, and what the log says of it."""

    __slots__ = ("noted", "weight", "wire")

    def __init__(self, wire: Wire, noted: Noted) -> None:
        self.wire = wire
        self.noted = noted
        self.weight = wire.weight + noted.size


def _lines(headers: RawHeaders) -> list[bytes]:
    return [b"%b: %b\r\n" % line for line in headers]


def _decoded(headers: Sequence[tuple[bytes, bytes]]) -> tuple[tuple[str, str], ...]:
    return tuple([(str(name, "latin-1"), str(value, "latin-1")) for name, value in headers])
