"""The call log's way from the data plane to the store, off the path of the reply.

Knows calls and the Store protocol's part for them. Must not know requests,
plans or ASGI.

Recording a call never waits and never fails: it goes to a bounded buffer, and
what finds no room there is counted as dropped. A task stores the buffer in
batches and keeps what the store would not take for the next attempt.
"""

import asyncio
import logging
import uuid
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Protocol

from postiche.model import Call, Headers, Reply
from postiche.store import Store

logger = logging.getLogger(__name__)

CAPACITY = 20_000
"""Calls that may wait to be stored."""
CAPACITY_BYTES = 64 * 1024 * 1024
"""Bytes of text and bodies that may wait to be stored."""
BATCH = 200
"""Calls stored in one transaction."""
INTERVAL = 0.1
"""Seconds for which calls are gathered before they are stored."""
BODY_LIMIT = 64 * 1024
"""Bytes of each body that are logged, and of all headers of one message; the rest is cut."""
TARGET_LIMIT = 16 * 1024
"""Characters of a path and query that are logged."""
LONGEST_BACKOFF = 30.0
"""Seconds, at most, between two attempts to reach a store that fails."""
CALL_OVERHEAD = 1024
"""Bytes that a call counts for besides its text and bodies."""


@dataclass(frozen=True, slots=True)
class Noted:
    mock: str
    method: str
    target: str
    headers: Sequence[tuple[bytes, bytes]]
    body: bytes
    reply: Reply
    name: str
    error: bool
    example: str | None
    score: float | None

    @property
    def size(self) -> int:
        return CALL_OVERHEAD + len(self.body) + len(self.target)

    def call(self, at: float) -> Call:
        return Call(
            id=new_call_id(),
            mock=self.mock,
            served_at=datetime.fromtimestamp(at, UTC),
            response_name=self.name,
            type="error" if self.error else "success",
            status_code=self.reply.status,
            method=self.method,
            path=self.target,
            request_headers=_without_key(
                tuple((n.decode("latin-1").lower(), v.decode("latin-1")) for n, v in self.headers)
            ),
            request_body=self.body,
            response_headers=self.reply.headers,
            response_body=self.reply.body,
            example=self.example,
            score=self.score,
        )


KEY_SHAPE = "PMAK-"


def _without_key(headers: Headers) -> Headers:
    if not any(name == "x-api-key" for name, _ in headers):
        return headers
    return tuple(
        (name, _masked(value) if name == "x-api-key" else value) for name, value in headers
    )


def _masked(value: str) -> str:
    return f"{KEY_SHAPE}***" if value.strip().startswith(KEY_SHAPE) else value


class CallSink(Protocol):
    """Where answered calls are reported."""

    def record(self, noted: Noted, at: float) -> None:
        """Take note of a call; never waits, never fails."""
        ...


class NullCalls:
    """Forgets every call."""

    def record(self, noted: Noted, at: float) -> None:
        """Do nothing."""


class ToldCalls:
    """Tells every call to a function, as `postiche run` prints them."""

    def __init__(self, tell: Callable[[Call], object]) -> None:
        self._tell = tell

    def record(self, noted: Noted, at: float) -> None:
        """Tell it; an error of the listener is logged and stays away from the reply."""
        try:
            self._tell(noted.call(at))
        except Exception:
            logger.exception("the call could not be shown")


def new_call_id() -> str:
    """A fresh id: `<uuid>-<4 digits>`, as Postman's call logs have them (behaviour C.4)."""
    unique = uuid.uuid4()
    return f"{unique}-{1000 + unique.int % 9000}"


@dataclass(frozen=True, slots=True)
class Retention:
    """How long calls are kept; looked after at the start and then `every` so many seconds."""

    max_age: timedelta = timedelta(days=30)
    keep_per_mock: int = 10_000
    every: float = 300.0


def _utc_now() -> datetime:
    return datetime.now(UTC)


class CallWriter:
    """Stores calls in the background. Use `start` and `close` on the serving event loop.

    `dropped` counts the calls lost: for want of room in the buffer, or because
    the store did not take them by the time of `close`.
    """

    def __init__(
        self,
        store: Store,
        *,
        capacity: int = CAPACITY,
        capacity_bytes: int = CAPACITY_BYTES,
        batch: int = BATCH,
        interval: float = INTERVAL,
        body_limit: int = BODY_LIMIT,
        retention: Retention | None = None,
        now: Callable[[], datetime] = _utc_now,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self.dropped = 0
        self._store = store
        self._capacity = capacity
        self._capacity_bytes = capacity_bytes
        self._batch = batch
        self._interval = interval
        self._body_limit = body_limit
        self._retention = retention or Retention()
        self._now = now
        self._sleep = sleep
        self._buffer: deque[tuple[Call, int]] = deque()
        self._buffered_bytes = 0
        self._waiting = asyncio.Event()
        self._writing = asyncio.Lock()
        self._failures = 0
        self._tasks: list[asyncio.Task[None]] = []

    def record(self, noted: Noted, at: float) -> None:
        """Keep a call for storing, cut to the limits; drop it if there is no room."""
        kept, size = self._fitted(noted.call(at))
        full = len(self._buffer) >= self._capacity
        if full or self._buffered_bytes + size > self._capacity_bytes:
            self.dropped += 1
            return
        self._buffer.append((kept, size))
        self._buffered_bytes += size
        self._waiting.set()

    def start(self) -> None:
        """Begin to store and to prune."""
        self._tasks = [
            asyncio.create_task(self._store_forever()),
            asyncio.create_task(self._prune_forever()),
        ]

    async def flush(self) -> bool:
        """Store all that was recorded before; False if the store did not take it."""
        # Shielded: a batch whose write was cancelled might have been stored, and
        # would be stored again.
        return await asyncio.shield(self._flush())

    async def close(self) -> None:
        """Store what is left, in one attempt, and stop. Idempotent."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        if not await self.flush():
            logger.error("%d calls could not be logged", len(self._buffer))
            self.dropped += len(self._buffer)
            self._forget(len(self._buffer))

    async def _store_forever(self) -> None:
        while True:
            await self._waiting.wait()
            await self._sleep(self._pause())
            self._waiting.clear()
            if not await self.flush():
                self._waiting.set()

    def _pause(self) -> float:
        """Seconds to gather calls, doubled with each failure in a row."""
        return min(self._interval * 2.0 ** min(self._failures, 16), LONGEST_BACKOFF)

    async def _flush(self) -> bool:
        async with self._writing:
            remaining = len(self._buffer)
            while remaining > 0:
                count = min(remaining, self._batch)
                if not await self._store_first(count):
                    return False
                remaining -= count
        return True

    async def _store_first(self, count: int) -> bool:
        batch = [call for call, _ in islice(self._buffer, count)]
        try:
            await self._store.add_calls(batch)
        except Exception as error:
            self._failures += 1
            if self._failures == 1:
                logger.error("the call log cannot be written, trying on: %s", error)
            return False
        self._forget(count)
        if self._failures:
            logger.warning("the call log is being written again")
            self._failures = 0
        return True

    def _forget(self, count: int) -> None:
        for _ in range(count):
            self._buffered_bytes -= self._buffer.popleft()[1]

    async def _prune_forever(self) -> None:
        while True:
            await asyncio.shield(self._prune())
            await self._sleep(self._retention.every)

    async def _prune(self) -> None:
        oldest = self._now() - self._retention.max_age
        async with self._writing:
            try:
                await self._store.prune_calls(before=oldest, keep=self._retention.keep_per_mock)
            except Exception as error:
                logger.warning("the call log could not be pruned: %s", error)

    def _fitted(self, call: Call) -> tuple[Call, int]:
        """The call as it will be kept, and its size."""
        size = _size(call)
        if size <= self._body_limit and size <= TARGET_LIMIT:
            return call, size
        kept = clipped(call, self._body_limit)
        return kept, _size(kept)


def clipped(call: Call, body_limit: int) -> Call:
    """The call with bodies, headers and path cut to what is worth logging."""
    return replace(
        call,
        path=call.path[:TARGET_LIMIT],
        request_headers=_shortened(call.request_headers, body_limit),
        request_body=call.request_body[:body_limit],
        response_headers=_shortened(call.response_headers, body_limit),
        response_body=call.response_body[:body_limit],
    )


def _shortened(headers: Headers, limit: int) -> Headers:
    """As many whole headers, from the first, as fit the limit."""
    kept: list[tuple[str, str]] = []
    for name, value in headers:
        limit -= len(name) + len(value)
        if limit < 0:
            break
        kept.append((name, value))
    return tuple(kept)


def _length(headers: Headers) -> int:
    return sum(len(name) + len(value) for name, value in headers)


def _size(call: Call) -> int:
    bodies = len(call.request_body) + len(call.response_body)
    headers = _length(call.request_headers) + _length(call.response_headers)
    return CALL_OVERHEAD + bodies + headers + len(call.path)
