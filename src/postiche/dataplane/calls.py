"""The call log's way from the data plane to the store, off the path of the reply.

Knows calls, what of them is worth logging, and the Store protocol's part for
them. Must not know plans, how replies come to be, or ASGI.

Recording a call never waits and never fails: it goes to a buffer bounded in
bytes, and what finds no room there is counted as dropped. A task gathers calls
for a while, the longer the more there is to write, and stores them in batches.

The log keeps the newest calls of each mock, so of those that wait only as many
need storing; older ones are superseded, which leaves the log as if they had
been stored and pruned. A mock called 90,000 times a second therefore costs the
writing of `keep_per_mock` rows each time, no more.
"""

import asyncio
import logging
import os
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Generator, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain, islice
from typing import AnyStr, Protocol

from postiche.model import Call, Headers, Recurrence, Reply
from postiche.store import Store

logger = logging.getLogger(__name__)

CAPACITY_BYTES = 64 * 1024 * 1024
"""Bytes of calls that may wait to be stored."""
BATCH = 2000
"""Calls stored in one transaction, at most."""
BATCH_BYTES = 4 * 1024 * 1024
"""Bytes of calls after which a transaction takes no more."""
INTERVAL = 0.1
"""Seconds for which calls are gathered before they are stored, when there are few."""
LONGEST_INTERVAL = 1.0
"""The same when there are many: what a killed process may lose of its log."""
REST = 9
"""Calls are gathered for so many times as long as the last storing took."""
BODY_LIMIT = 64 * 1024
"""Bytes of each body that are logged, and of all headers of one message; the rest is cut."""
TARGET_LIMIT = 16 * 1024
"""Characters of a path and query that are logged."""
LONGEST_BACKOFF = 30.0
"""Seconds, at most, between two attempts to reach a store that fails."""
WARN_EVERY = 5.0
"""Seconds, at least, between two warnings of dropped calls."""
SLACK = 1000
"""Calls of one mock, at least, that are stored between two prunings of its log."""
NOTED_BYTES = 1024
"""What a noted call takes besides its text and bodies."""
HEADER_BYTES = 384
"""What each header takes besides its text, raw and decoded."""
RECORD_BYTES = 128
"""What each record of a noted call takes: places in lists, a tuple, and a time."""
GLANCE = 500
"""Calls looked through between two turns of the event loop; half a millisecond at most."""
TURN = 100
"""Calls made ready for the store between two turns of the event loop."""
KEY_SHAPE = "PMAK-"
"""What a Postman API key begins with. Keys are kept only as hashes, so none goes to the log."""

_EPOCH = datetime.fromtimestamp(0, UTC)


class Noted:
    """All that the log says of an answered call but its time (behaviour C.4).

    Immutable by convention. One may be recorded many times, as when a prepared
    reply is hit again and again; `size` is the bytes that it keeps in memory.
    `headers` are the raw ones of the request, `name` is the response's. Who knows
    the `size` already need not have the headers looked through.
    """

    __slots__ = (
        "_cut",
        "_shared",
        "body",
        "error",
        "example",
        "headers",
        "held_by",
        "method",
        "mock",
        "name",
        "nearest",
        "reply",
        "score",
        "size",
        "target",
        "why",
    )

    def __init__(
        self,
        mock: str,
        method: str,
        target: str,
        headers: Sequence[tuple[bytes, bytes]],
        body: bytes,
        reply: Reply,
        name: str,
        *,
        error: bool = False,
        example: str | None = None,
        score: float | None = None,
        nearest: str | None = None,
        why: str | None = None,
        size: int | None = None,
    ) -> None:
        self.mock = mock
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.reply = reply
        self.name = name
        self.error = error
        self.example = example
        self.score = score
        self.nearest = nearest
        self.why = why
        if size is None:
            lines = 2 * _length(headers) + HEADER_BYTES * len(headers)
            size = NOTED_BYTES + lines + len(target) + len(body) + reply_size(reply)
        self.size = size
        self.held_by: object = None  # the buffer that has counted its size
        self._shared: Call | None = None
        self._cut: tuple[int, Noted] | None = None

    def call(self, at: float) -> Call:
        """The row of the call log, with an id of its own, for a call at `at` (seconds of Unix)."""
        return self._call(new_call_ids(1)[0], datetime.fromtimestamp(at, UTC))

    @property
    def shared(self) -> Call:
        """What all calls of this have in common: one without an id and a time."""
        if self._shared is None:
            self._shared = self._call("", _EPOCH)
        return self._shared

    def _call(self, call_id: str, served_at: datetime) -> Call:
        reply = self.reply
        return Call(
            id=call_id,
            mock=self.mock,
            served_at=served_at,
            response_name=self.name,
            type="error" if self.error else "success",
            status_code=reply.status,
            method=self.method,
            path=self.target,
            request_headers=_shown(self.headers),
            request_body=self.body,
            response_headers=reply.headers,
            response_body=reply.body,
            example=self.example,
            score=self.score,
            nearest=self.nearest,
            why=self.why,
        )

    def cut(self, body_limit: int) -> "Noted":
        """This with bodies, headers and target cut to what is worth logging."""
        if self._cut is None or self._cut[0] != body_limit:
            self._cut = body_limit, self._cut_to(body_limit)
        return self._cut[1]

    def _cut_to(self, body_limit: int) -> "Noted":
        reply = self.reply
        headers = _shortened(reply.headers, body_limit)
        return Noted(
            self.mock,
            self.method,
            self.target[:TARGET_LIMIT],
            _shortened(self.headers, body_limit),
            self.body[:body_limit],
            Reply(reply.status, headers, reply.body[:body_limit]),
            self.name,
            error=self.error,
            example=self.example,
            score=self.score,
            nearest=self.nearest,
            why=self.why,
        )


def reply_size(reply: Reply) -> int:
    """The bytes that a noted call keeps in memory of its reply."""
    return _length(reply.headers) + HEADER_BYTES * len(reply.headers) + len(reply.body)


def _shown(headers: Sequence[tuple[bytes, bytes]]) -> Headers:
    """Request headers as the log has them: Latin-1, names in lower case."""
    decoded = ((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in headers)
    return tuple(
        (name, _masked(value) if name == "x-api-key" else value) for name, value in decoded
    )


def _masked(value: str) -> str:
    """The value of an API key header fit for the log: one of Postiche's own is masked."""
    return f"{KEY_SHAPE}***" if value.strip().startswith(KEY_SHAPE) else value


def _length(headers: Sequence[tuple[AnyStr, AnyStr]]) -> int:
    return sum(map(len, chain.from_iterable(headers)))


def _shortened(
    headers: Sequence[tuple[AnyStr, AnyStr]], limit: int
) -> tuple[tuple[AnyStr, AnyStr], ...]:
    """As many whole headers, from the first, as fit the limit."""
    kept: list[tuple[AnyStr, AnyStr]] = []
    for name, value in headers:
        limit -= len(name) + len(value)
        if limit < 0:
            break
        kept.append((name, value))
    return tuple(kept)


def new_call_ids(count: int) -> list[str]:
    """Fresh ids: `<uuid>-<4 digits>`, as Postman's call logs have them (behaviour C.4)."""
    random = os.urandom(16 * count).hex()
    return [_call_id(random[start : start + 32]) for start in range(0, 32 * count, 32)]


def _call_id(random: str) -> str:
    number = 1000 + int(random[:4], 16) % 9000
    return f"{random[:8]}-{random[8:12]}-4{random[13:16]}-a{random[17:20]}-{random[20:]}-{number}"


class CallSink(Protocol):
    """Where answered calls are reported."""

    def record(self, noted: Noted, at: float) -> None:
        """Take note of a call at `at`, in seconds since 1970; never waits, never fails."""
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


@dataclass(frozen=True, slots=True)
class Retention:
    """How long calls are kept; looked after at the start and then `every` so many seconds.

    Between times a mock's log may grow beyond `keep_per_mock` by `slack`.
    """

    max_age: timedelta = timedelta(days=30)
    keep_per_mock: int = 10_000
    every: float = 300.0

    @property
    def slack(self) -> int:
        """Calls of a mock that may be stored before its log is pruned again."""
        return max(SLACK, self.keep_per_mock // 10)


class Buffer:
    """Calls that wait to be stored, in the order they came, bounded in bytes.

    What several records share is counted once. `add` appends; `sift` then
    chooses what of it, and of what an earlier choice left over, is worth
    storing; `batch` and `forget` take that off in order.
    """

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._room = capacity
        self._noted: list[Noted] = []
        self._times: list[float] = []
        self._counted = object()  # marks what is already counted
        self._sifted: list[tuple[Noted, float, int]] = []

    @property
    def taken(self) -> int:
        """Bytes of calls that wait."""
        return self._capacity - self._room

    @property
    def crowded(self) -> bool:
        """Whether more than half of the room is taken."""
        return self.taken > self._capacity // 2

    def add(self, noted: Noted, at: float) -> bool:
        """Keep a call; False if there is no room for it."""
        room = self._room - RECORD_BYTES
        if noted.held_by is not self._counted:
            room -= noted.size
        if room < 0:
            return False
        noted.held_by = self._counted
        self._room = room
        self._noted.append(noted)
        self._times.append(at)
        return True

    def sift(self, keep: int) -> Generator[None, None, int]:
        """Choose all calls but those which `keep` newer ones of their mock supersede.

        Yields every `GLANCE` calls, for others to have a turn; returns how
        many calls it passed over.
        """
        noted, times, left = self._noted, self._times, self._sifted
        self._noted, self._times, self._counted = [], [], object()
        taken = self.taken
        newest_first = chain(
            zip(reversed(noted), reversed(times), strict=True),
            ((each, at) for each, at, _ in reversed(left)),
        )
        sieve = _Sieve(keep)
        while glance := list(islice(newest_first, GLANCE)):
            sieve.pass_on(glance)
            yield
        sieve.kept.reverse()
        self._sifted = sieve.kept
        self._room += taken - sieve.size
        return len(noted) + len(left) - len(sieve.kept)

    def batch(self) -> list[tuple[Noted, float]]:
        """The first of what was chosen, as much as one transaction should store, by mocks."""
        size = 0
        batch: list[tuple[Noted, float]] = []
        for noted, at, _ in islice(self._sifted, BATCH):
            batch.append((noted, at))
            size += noted.size
            if size > BATCH_BYTES:
                break
        # The log is kept by mocks: with many of them this saves a quarter of the writing.
        batch.sort(key=lambda call: call[0].mock)
        return batch

    def forget(self, count: int) -> None:
        """Give up the first of what was chosen."""
        self._room += sum(size for _, _, size in islice(self._sifted, count))
        del self._sifted[:count]


class _Sieve:
    """Keeps the newest calls of each mock; calls are to come last one first.

    A call is let go only if the log's order, by time and then as they came,
    puts `keep` others after it, however the clock jumped. Each call kept is
    charged for a record, and the first to come of those that share a `Noted`,
    which will be stored last, for that as well.
    """

    def __init__(self, keep: int) -> None:
        self.kept: list[tuple[Noted, float, int]] = []
        self.size = 0
        self._enough = keep
        self._counts: dict[str, int] = {}
        self._oldest: dict[str, float] = {}
        self._full: dict[str, float] = {}  # the time of the oldest, where there are enough
        self._charged: set[int] = set()

    def pass_on(self, calls: Iterable[tuple[Noted, float]]) -> None:
        full = self._full
        for noted, at in calls:
            oldest = full.get(noted.mock)
            if oldest is None or at > oldest:
                self._keep(noted, at)

    def _keep(self, noted: Noted, at: float) -> None:
        mock = noted.mock
        count = self._counts[mock] = self._counts.get(mock, 0) + 1
        oldest = self._oldest.get(mock, at)
        if at <= oldest:
            self._oldest[mock] = oldest = at
        if count >= self._enough:
            self._full[mock] = oldest
        size = RECORD_BYTES
        if id(noted) not in self._charged:
            self._charged.add(id(noted))
            size += noted.size
        self.size += size
        self.kept.append((noted, at, size))


async def _recurrences(batch: Sequence[tuple[Noted, float]]) -> list[Recurrence]:
    """Calls for the store, made in short turns."""
    made: list[Recurrence] = []
    for start in range(0, len(batch), TURN):
        part = batch[start : start + TURN]
        ids = new_call_ids(len(part))
        made += [
            Recurrence(noted.shared, call_id, at)
            for (noted, at), call_id in zip(part, ids, strict=True)
        ]
        await asyncio.sleep(0)
    return made


def _utc_now() -> datetime:
    return datetime.now(UTC)


class CallWriter:
    """Stores calls in the background. Use `start` and `close` on the serving event loop.

    `recorded` counts all calls; `settled` those of them that are stored,
    superseded by newer ones, or dropped; `dropped` those lost for want of room
    in the buffer, or because the store did not take them by the time of `close`.
    """

    def __init__(
        self,
        store: Store,
        *,
        capacity_bytes: int = CAPACITY_BYTES,
        interval: float = INTERVAL,
        body_limit: int = BODY_LIMIT,
        retention: Retention | None = None,
        now: Callable[[], datetime] = _utc_now,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self.recorded = 0
        self.settled = 0
        self.dropped = 0
        self._store = store
        self._interval = interval
        self._body_limit = body_limit
        self._cut_above = min(body_limit, TARGET_LIMIT)
        self._retention = retention or Retention()
        self._now = now
        self._sleep = sleep
        self._buffer = Buffer(capacity_bytes)
        self._anything = asyncio.Event()
        self._idle = True
        self._writing = asyncio.Lock()
        self._failures = 0
        self._spent = 0.0
        self._unpruned: Counter[str] = Counter()
        self._warned_of = 0
        self._warned_at = -WARN_EVERY
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def waiting(self) -> int:
        """How many calls are neither stored, nor superseded, nor dropped yet."""
        return self.recorded - self.settled

    def record(self, noted: Noted, at: float) -> None:
        """Keep a call for storing; drop it if there is no room."""
        self.recorded += 1
        if noted.size > self._cut_above:
            noted = noted.cut(self._body_limit)
        if not self._buffer.add(noted, at):
            self._drop(1)
        if self._idle:
            self._idle = False
            self._anything.set()

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
            self._give_up()

    def _give_up(self) -> None:
        logger.error("%d calls could not be logged", self.waiting)
        self._drop(self.waiting)
        self._buffer = Buffer(CAPACITY_BYTES)

    def _drop(self, count: int) -> None:
        self.dropped += count
        self.settled += count

    async def _store_forever(self) -> None:
        while True:
            self._idle = not self.waiting
            if self._idle:
                self._anything.clear()
                await self._anything.wait()
            await self._gather()
            await self.flush()
            self._warn_of_dropped()

    async def _gather(self) -> None:
        """Let calls gather, longer when storing takes long, but no longer than there is room."""
        await self._sleep(self._pause())
        rest = min(REST * self._spent, LONGEST_INTERVAL) - self._interval
        while rest > 0 and not self._failures and not self._buffer.crowded:
            await self._sleep(INTERVAL)
            rest -= INTERVAL

    def _pause(self) -> float:
        """Seconds to gather calls, doubled with each failure in a row."""
        return min(self._interval * 2.0 ** min(self._failures, 16), LONGEST_BACKOFF)

    def _warn_of_dropped(self) -> None:
        now = time.monotonic()
        if self.dropped > self._warned_of and now - self._warned_at >= WARN_EVERY:
            logger.warning(
                "%d calls were too many or too large to be logged", self.dropped - self._warned_of
            )
            self._warned_of, self._warned_at = self.dropped, now

    async def _flush(self) -> bool:
        async with self._writing:
            begun = time.monotonic()
            await self._sift()
            while batch := self._buffer.batch():
                if not await self._stored(batch):
                    return False
            self._spent = time.monotonic() - begun
        return True

    async def _sift(self) -> None:
        sifting = self._buffer.sift(self._retention.keep_per_mock)
        while True:
            try:
                next(sifting)
            except StopIteration as finished:
                self.settled += finished.value
                return
            await asyncio.sleep(0)

    async def _stored(self, batch: Sequence[tuple[Noted, float]]) -> bool:
        """Store the first calls of the buffer; False if the store did not take them."""
        try:
            await self._store.add_calls(await _recurrences(batch))
        except Exception as error:
            self._failures += 1
            if self._failures == 1:
                logger.error("the call log cannot be written, trying on: %s", error)
            return False
        self._buffer.forget(len(batch))
        self.settled += len(batch)
        if self._failures:
            logger.warning("the call log is being written again")
            self._failures = 0
        self._unpruned.update(noted.mock for noted, _ in batch)
        await self._prune_grown()
        return True

    async def _prune_grown(self) -> None:
        """Prune the logs of those mocks that may have grown beyond the slack."""
        slack = self._retention.slack
        grown = [mock for mock, count in self._unpruned.items() if count > slack]
        if grown:
            await self._prune(grown)

    async def _prune_forever(self) -> None:
        while True:
            await self._prune(None)
            await self._sleep(self._retention.every)

    async def _prune(self, mocks: Sequence[str] | None) -> None:
        """Hold the logs of some mocks, or of all, to the limits."""
        for mock in list(self._unpruned) if mocks is None else mocks:
            del self._unpruned[mock]
        oldest, keep = self._now() - self._retention.max_age, self._retention.keep_per_mock
        try:
            await self._store.prune_calls(before=oldest, keep=keep, mocks=mocks)
        except Exception as error:
            logger.warning("the call log could not be pruned: %s", error)
