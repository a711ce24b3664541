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

from postiche.core.dynamic import Sources
from postiche.core.match import by_wildcards_alone
from postiche.core.steering.controls import hold_up
from postiche.dataplane.answer import Answer, Settled, answered, decide, noted_of
from postiche.dataplane.calls import NOTED_BYTES, CallSink, Noted, reply_size
from postiche.dataplane.locate import Locator
from postiche.dataplane.plans import MockEntry, MockSource
from postiche.dataplane.reading import ReadRequest, RequestReader
from postiche.dataplane.remembered import Remembered
from postiche.dataplane.wire import Wire, form_of
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
        if place is None or entry is None or not entry.answers_at_once:
            return None
        if entry.plan.states is not None:
            return None  # what was answered before decides, and only the application knows
        if not read.plain:
            return self._answer_made(data, read, place, self._made(entry, place[1], read))
        key = f"{place[0]} {read.method} {place[1]}"
        prepared = self._targets.get(key)
        if prepared is None:
            if not self._targets.comes_again(key):
                return self._answer_once(entry, place, read) or self._answer_made(
                    data, read, place, self._made(entry, place[1], read)
                )
            prepared = self._made(entry, place[1], read)
            if prepared is not None and prepared.answer.settled is Settled.BY_TARGET:
                self._targets.keep(key, prepared)
        return self._answer_made(data, read, place, prepared)

    def _answer_once(
        self, entry: MockEntry, place: tuple[str, str], read: ReadRequest
    ) -> bytes | None:
        """The answer to a path that is new, if wildcards alone lead to it and make its body."""
        plan = entry.plan
        if not plan.target_decides or plan.hold_up:
            return None
        if entry.server_reply is not None or read.method == "HEAD":
            return None
        found = by_wildcards_alone(plan, read.method, place[1])
        form = None if found is None else form_of(found.example)
        if found is None or form is None or not form.fits(found.captured):
            return None
        now = self._clock()
        sent, reply = form.filled(found.captured, now)
        example = found.example.source
        self._calls.record(
            Noted(
                place[0],
                read.method,
                place[1],
                read.headers,
                b"",
                reply,
                example.name,
                example=example.id,
                score=found.score,
                size=NOTED_BYTES + len(sent) + read.headers.size,
            ),
            now,
        )
        return sent

    def _answer_made(
        self, data: bytes, read: ReadRequest, place: tuple[str, str], prepared: "_Prepared | None"
    ) -> bytes | None:
        if prepared is None:
            return None
        mock_id, target = place
        size = prepared.noted_size + read.headers.size + len(read.body)
        noted = noted_of(
            mock_id, read.method, target, read.headers, read.body, prepared.answer, size
        )
        if prepared.answer.settled is not Settled.ANEW and self._requests.comes_again(data):
            self._requests.keep(data, _Repeated(prepared.wire, noted))
        now = self._clock()
        self._calls.record(noted, now)
        return prepared.wire.at(now)

    def _made(self, entry: MockEntry, target: str, read: ReadRequest) -> "_Prepared | None":
        """The answer, ready to be sent; None if it waits, is large or needs explaining."""
        needless = read.plain and not entry.plan.headers_matter
        headers = () if needless else _decoded(read.headers)
        request = Request(read.method, target, headers, read.body)
        decision = decide(entry, request)
        if hold_up(decision.controls):
            return None
        answer = answered(entry, request, decision.outcome, self._sources)
        if answer.missed and entry.plan.config.explain_misses:
            return None
        if len(answer.reply.body) > LONGEST_BODY:
            return None
        return _Prepared(answer, Wire(request.method, answer.reply))


class _Prepared:
    """An answer, ready to be sent."""

    __slots__ = ("answer", "noted_size", "weight", "wire")

    def __init__(self, answer: Answer, wire: Wire) -> None:
        self.answer = answer
        self.wire = wire
        self.noted_size = NOTED_BYTES + reply_size(answer.reply)
        self.weight = wire.weight + self.noted_size


class _Repeated:
    """The answer to a request that came before, and what the log says of it."""

    __slots__ = ("noted", "weight", "wire")

    def __init__(self, wire: Wire, noted: Noted) -> None:
        self.wire = wire
        self.noted = noted
        self.weight = wire.weight + noted.size


def _decoded(headers: Sequence[tuple[bytes, bytes]]) -> tuple[tuple[str, str], ...]:
    return tuple([(str(name, "latin-1"), str(value, "latin-1")) for name, value in headers])
