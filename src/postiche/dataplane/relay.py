"""One ASGI call passed on to a real service, both bodies streamed.

Knows ASGI messages and the Forwarder. Must not know which calls are passed on,
nor what becomes of the exchange.

What the client sends is read only as fast as the service takes it, and the
other way round. When the client leaves, the call to the service is cancelled.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime

from postiche.core.errors import CORS
from postiche.core.recording.upstream import Target, read_target, relocated
from postiche.dataplane.asgi import (
    ClientGone,
    Receive,
    Send,
    client_left,
    encoded,
    imf_date,
    send_reply,
)
from postiche.dataplane.upstream import (
    MAX_RECORDED,
    TIMEOUT,
    Forwarder,
    UpstreamError,
    UpstreamReply,
)
from postiche.model import Exchange, Headers, Reply, Request, Upstream, joined

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Passage:
    """How calls are passed on: where to, and what is made of the replies.

    `base` is the path under which the service is called here, which redirects
    to the service are given. `cors` opens replies to browsers that the service
    does not open itself, as every mock does. `limit` is the bytes of a body
    that are kept for the exchange, `timeout` seconds.
    """

    forwarder: Forwarder
    target: Target
    now: Callable[[], datetime]
    base: str = ""
    cors: bool = False
    limit: int = MAX_RECORDED
    timeout: float = TIMEOUT


def passage_to(
    upstream: Upstream, forwarder: Forwarder, now: Callable[[], datetime], base: str = ""
) -> Passage:
    """How calls to a mock server that is called under `base` reach its upstream.

    Raises ValueError for a URL that is none.
    """
    target = read_target(upstream.url)
    return Passage(forwarder, target, now, base=base, cors=True, timeout=upstream.timeout)


async def relay(
    passage: Passage, request: Request, receive: Receive, send: Send, *, read: bool = False
) -> Exchange:
    """Pass a call on and send the reply; what went over the wire, whole unless it has a `flaw`.

    `read` says that the request holds its body; else the body is still to come.
    A service that fails is answered for with 502 or 504; one that breaks off
    leaves the reply unfinished, for the server to cut off. Raises ClientGone.
    """
    body = None if read or not _has_body(request.headers) else _Body(receive, passage.limit)
    call = _Call(passage, request, body, send)
    answering = asyncio.ensure_future(call.answered())
    leaving = asyncio.ensure_future(_left(receive, body))
    try:
        await asyncio.wait((answering, leaving), return_when=asyncio.FIRST_COMPLETED)
        if not answering.done():
            raise ClientGone
        return answering.result()
    finally:
        answering.cancel()
        leaving.cancel()
        await asyncio.gather(answering, leaving, return_exceptions=True)


def _has_body(headers: Headers) -> bool:
    names = {name for name, _ in headers}
    return "transfer-encoding" in names or (joined(headers, "content-length") or "0") != "0"


class _Body:
    """A request body on its way: passed on piece by piece, kept up to a limit."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._kept = _Kept(limit)
        self._complete = False
        self.over = asyncio.Event()
        """Set when nothing more of the body will be read."""

    @property
    def kept(self) -> bytes | None:
        """The body; None if it was too large to keep or not read to its end."""
        return self._kept.body if self._complete else None

    async def pieces(self) -> AsyncIterator[bytes]:
        """The body in pieces. Raises ClientGone."""
        more = True
        while more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise ClientGone
            piece = message.get("body", b"")
            self._kept.add(piece)
            more = message.get("more_body", False)
            if piece:
                yield piece
        self._complete = True
        self.over.set()


@dataclass(slots=True)
class _Kept:
    """What has gone by, up to a limit in bytes."""

    limit: int
    _bytes: bytearray = field(default_factory=bytearray)
    _over: bool = False

    def add(self, piece: bytes) -> None:
        """Keep a piece, or give up what is kept if it gets too much."""
        self._over = self._over or len(self._bytes) + len(piece) > self.limit
        if self._over:
            self._bytes.clear()
        else:
            self._bytes += piece

    @property
    def body(self) -> bytes | None:
        """All that went by; None if that was too much."""
        return None if self._over else bytes(self._bytes)


async def _left(receive: Receive, body: _Body | None) -> None:
    """Return once the client has gone; while its body is read, its reader finds that out."""
    if body is not None:
        await body.over.wait()
    await client_left(receive)


@dataclass(slots=True)
class _Call:
    """One call being passed on."""

    passage: Passage
    request: Request
    body: _Body | None
    send: Send

    async def answered(self) -> Exchange:
        """Send what the service answers, or that it failed."""
        passage = self.passage
        pieces = None if self.body is None else self.body.pieces()
        try:
            async with passage.forwarder.forward(
                passage.target, self.request, pieces, timeout=passage.timeout
            ) as answer:
                return await self._streamed(answer)
        except UpstreamError as error:
            logger.warning("%s: %s", passage.target.origin, error)
            reply = error.problem.reply()
            await send_reply(self.send, self.request.method, reply, passage.now())
            return Exchange(self.request, reply, flaw=f"{passage.target.origin}: {error}")

    async def _streamed(self, answer: UpstreamReply) -> Exchange:
        """Send the reply as it comes; it may come before the service has read the request."""
        if self.body is not None:
            self.body.over.set()
        headers = relocated(answer.headers, self.passage.target, self.passage.base)
        kept = _Kept(self.passage.limit)
        await self._pass({"type": "http.response.start", **self._head(answer, headers)})
        try:
            async with aclosing(answer.chunks()) as chunks:
                async for chunk in chunks:
                    kept.add(chunk)
                    await self._pass({"body": chunk, "more_body": True})
        except UpstreamError as error:
            logger.warning("%s: %s", self.passage.target.origin, error)
            return self._exchange(answer, headers, None, f"its reply broke off: {error}")
        await self._pass({"body": b""})
        flaw = f"its reply is larger than {self.passage.limit} bytes"
        return self._exchange(answer, headers, kept.body, flaw)

    def _head(self, answer: UpstreamReply, headers: Headers) -> dict[str, object]:
        names = {name for name, _ in headers}
        lines = encoded(headers)
        if "date" not in names:
            lines.append((b"date", imf_date(int(self.passage.now().timestamp()))))
        if self.passage.cors and CORS[0] not in names:
            lines += encoded((CORS,))
        if answer.size is not None and answer.status not in (204, 304):
            lines.append((b"content-length", b"%d" % answer.size))
        return {"status": answer.status, "headers": lines}

    async def _pass(self, message: dict[str, object]) -> None:
        try:
            await self.send({"type": "http.response.body", **message})
        except OSError:
            raise ClientGone from None

    def _exchange(
        self, answer: UpstreamReply, headers: Headers, body: bytes | None, flaw: str
    ) -> Exchange:
        """What went over the wire; `flaw` is why the reply's body is not there, if it is not."""
        sent = self.request.body if self.body is None else self.body.kept
        request = Request(
            self.request.method, self.request.target, self.request.headers, sent or b""
        )
        if sent is None:
            flaw = f"its request body is larger than {self.passage.limit} bytes, or was not read"
        whole = sent is not None and body is not None
        reply = Reply(answer.status, headers, body or b"")
        return Exchange(request, reply, answer.reason, None if whole else flaw)
