"""Which plan answers for a mock server, kept compiled and never out of date.

Knows the Store protocol, its revision, and how to have a plan compiled. Must
not know requests, ASGI, or what a plan does.

A look-up reads the store's revision, a plain number, and nothing else while
that number stands still. Once it has moved, the mock's sources are read again,
and compiled again only if they differ.
"""

import asyncio
import gc
import hashlib
import logging
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Generic, Protocol, TypeVar
from weakref import WeakValueDictionary

import orjson

from postiche.core.collection import CollectionError, read_collection, read_environment
from postiche.core.plan import Plan, compile_plan
from postiche.core.render import server_response_reply
from postiche.model import (
    ApiKey,
    Collection,
    Environment,
    Mock,
    MockSources,
    Reply,
    ServerResponse,
    seen_by,
)
from postiche.store import Store, StoreError

logger = logging.getLogger(__name__)

PLAN_BUDGET = 320 * 1024 * 1024
"""Bytes of collections and environments whose plans are kept, least recently called first out."""
PLAN_FLOOR = 32 * 1024
"""What the smallest plan counts for: so at most 10,000 mocks are kept within the budget."""
REMEMBERED = 10_000
"""How many unknown mock ids, and how many API keys with mocks, are remembered."""
LONGEST_ID = 128
"""No stored mock has a longer id; longer ones are not looked up."""
NOTED_EVERY = timedelta(minutes=1)
"""The use of an API key is noted at most this often."""
THREAD_ABOVE = 64 * 1024
"""Bytes of sources above which compiling moves to a thread, so that serving goes on."""


@dataclass(frozen=True, slots=True)
class MockEntry:
    """A mock server, ready to answer; `mock` is None where none is stored (`postiche run`)."""

    plan: Plan
    mock: Mock | None = None
    server_response: ServerResponse | None = None
    server_reply: Reply | None = None
    private: bool = False
    active: bool = True

    @property
    def answers_at_once(self) -> bool:
        """Whether nothing about the mock itself makes a call wait, or needs to be looked up."""
        return self.active and not self.private and self.plan.config.delay is None


class MockSource(Protocol):
    """Where the data plane finds mock servers."""

    @property
    def revision(self) -> int:
        """A number that changes whenever any mock may answer otherwise than before."""
        ...

    def warm(self, mock_id: str) -> MockEntry | None:
        """The mock with this id if it can be had without waiting."""
        ...

    async def find(self, mock_id: str) -> MockEntry | None:
        """The mock with this id or uid; None if there is none."""
        ...

    async def may_call(self, mock_id: str, key: str) -> bool:
        """Whether an API key opens a private mock."""
        ...


class FixedMocks:
    """A fixed set of mocks by id, open to every caller: `postiche run`."""

    def __init__(self, entries: Mapping[str, MockEntry]) -> None:
        self.revision = 0
        self.replace(entries)

    def replace(self, entries: Mapping[str, MockEntry]) -> None:
        """Answer with other mocks from now on."""
        self._entries = dict(entries)
        self.revision += 1

    def warm(self, mock_id: str) -> MockEntry | None:
        """The mock with this id."""
        return self._entries.get(mock_id)

    async def find(self, mock_id: str) -> MockEntry | None:
        """The mock with this id."""
        return self._entries.get(mock_id)

    async def may_call(self, mock_id: str, key: str) -> bool:  # noqa: ARG002 - the protocol's
        """Always: these mocks belong to whoever runs them."""
        return True


@dataclass(frozen=True, slots=True)
class _Loaded:
    """A mock as loaded when the store stood at `revision`."""

    revision: int
    digest: bytes
    entry: MockEntry


@dataclass(frozen=True, slots=True)
class _Caller:
    """Whose key, as of `revision`, opens a mock; None if the key does not."""

    revision: int
    key: ApiKey | None


def _utc_now() -> datetime:
    return datetime.now(UTC)


class StoredMocks:
    """The mocks of a store, each compiled once per change of its sources.

    Memory is bounded by `budget`; see PLAN_BUDGET and PLAN_FLOOR. Ids that
    turned out unknown are remembered apart from the plans, so that a flood of
    them drives none out.
    """

    def __init__(
        self,
        store: Store,
        *,
        budget: int = PLAN_BUDGET,
        clock: Callable[[], datetime] = _utc_now,
    ) -> None:
        self._store = store
        self._clock = clock
        self._loaded: _Recent[_Loaded] = _Recent(budget)
        self._unknown: _Recent[int] = _Recent(REMEMBERED)
        self._callers: _Recent[_Caller] = _Recent(REMEMBERED)
        self._loading: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @property
    def revision(self) -> int:
        """The store's revision as this process knows it."""
        return self._store.revision

    def warm(self, mock_id: str) -> MockEntry | None:
        """The mock with this plain id if it is loaded and up to date; never waits."""
        loaded = self._loaded.get(mock_id)
        if loaded is None or loaded.revision < self._store.revision:
            return None
        return loaded.entry

    async def find(self, mock_id: str) -> MockEntry | None:
        """The mock with this plain id or uid, as of now. Raises StoreError."""
        entry = self.warm(mock_id)
        if entry is not None:
            return entry
        owner, plain = _parted(mock_id)
        entry = await self._current(plain)
        if entry is None or entry.mock is None:
            return None
        return entry if owner in (None, str(entry.mock.owner)) else None

    async def may_call(self, mock_id: str, key: str) -> bool:
        """Whether this is the API key, not expired, of a user who sees the mock's workspace.

        Raises StoreError.
        """
        digest = hashlib.sha256(key.encode(errors="replace")).hexdigest()
        pair = f"{digest} {_parted(mock_id)[1]}"
        caller = self._callers.get(pair)
        if caller is None or caller.revision < self._store.revision:
            caller = await self._caller(mock_id, digest)
            self._callers.put(pair, caller)
        now = self._clock()
        if caller.key is None or not caller.key.valid_at(now):
            return False
        await self._note_use(pair, caller, caller.key, now)
        return True

    async def _caller(self, mock_id: str, digest: str) -> _Caller:
        revision = self._store.revision
        held = await self._store.key_and_user(digest)
        if held is None:
            return _Caller(revision, None)
        key, user = held
        seen = await self._store.mock(_parted(mock_id)[1], scope=seen_by(user))
        return _Caller(revision, key if seen else None)

    async def _note_use(self, pair: str, caller: _Caller, key: ApiKey, now: datetime) -> None:
        if key.last_used_at is not None and now - key.last_used_at < NOTED_EVERY:
            return
        self._callers.put(pair, replace(caller, key=replace(key, last_used_at=now)))
        try:
            await self._store.touch_key(key.id, now)
        except StoreError:
            logger.warning("the use of an API key could not be noted", exc_info=True)

    async def _current(self, mock_id: str) -> MockEntry | None:
        """The entry at the present revision; concurrent callers share one load."""
        if len(mock_id) > LONGEST_ID:
            return None
        needed = self._store.revision
        async with self._loading.setdefault(mock_id, asyncio.Lock()):
            loaded = self._loaded.get(mock_id)
            if loaded is not None and loaded.revision >= needed:
                return loaded.entry
            unknown_at = self._unknown.get(mock_id)
            if unknown_at is not None and unknown_at >= needed:
                return None
            return await self._load(mock_id, loaded)

    async def _load(self, mock_id: str, previous: _Loaded | None) -> MockEntry | None:
        # The revision comes first: a write in between then makes the entry too
        # old, never too new.
        revision = self._store.revision
        sources = await self._store.mock_sources(mock_id)
        if sources is None:
            self._loaded.drop(mock_id)
            self._unknown.put(mock_id, revision)
            return None
        loaded = await _off_loop(sources, lambda: _prepared(sources, revision, previous))
        self._loaded.put(mock_id, loaded, max(_size(sources), PLAN_FLOOR))
        return loaded.entry


def entry_of(sources: MockSources, plan: Plan) -> MockEntry:
    """What a stored mock answers with, given its compiled plan."""
    response = sources.server_response
    return MockEntry(
        plan=plan,
        mock=sources.mock,
        server_response=response,
        server_reply=None if response is None else server_response_reply(response),
        private=sources.mock.private,
        active=sources.mock.active,
    )


def plan_of(sources: MockSources) -> Plan:
    """The plan of a stored mock. Sources that cannot be read count as empty, with a warning."""
    mock = sources.mock
    with _undisturbed() if _size(sources) > THREAD_ABOVE else nullcontext():
        collection = _read(sources.collection, read_collection, mock.collection)
        environment = _read(sources.environment, read_environment, mock.environment)
        return compile_plan(collection or Collection(None, mock.name), environment, mock.config)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Let Python's search for cycles of garbage pause in the block, and pass over what it makes.

    A large plan is much to search and has no cycles: without the search it is
    made in two thirds of the time, and no call waits for a walk through it
    later. It is freed by its references, as before.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


Read = TypeVar("Read", Collection, Environment)


def _read(content: bytes | None, read: Callable[[object], Read], uid: str | None) -> Read | None:
    if not content:
        return None
    try:
        return read(orjson.loads(content))
    except (CollectionError, orjson.JSONDecodeError) as problem:
        logger.warning("%s cannot be read and is served as if it were empty: %s", uid, problem)
        return None


def _prepared(sources: MockSources, revision: int, previous: _Loaded | None) -> _Loaded:
    """Sources made ready to serve, with the previous plan if it still holds."""
    digest = _digest(sources)
    if previous is not None and previous.digest == digest:
        plan = previous.entry.plan
    else:
        plan = plan_of(sources)
    return _Loaded(revision, digest, entry_of(sources, plan))


def _digest(sources: MockSources) -> bytes:
    """Stands for all that a plan is compiled from."""
    environment = sources.environment
    parts = (repr(sources.mock.config).encode(), sources.collection, environment or b"")
    digest = hashlib.blake2b(repr([len(part) for part in parts]).encode())
    digest.update(b"-" if environment is None else b"+")
    for part in parts:
        digest.update(part)
    return digest.digest()


async def _off_loop(sources: MockSources, prepare: Callable[[], _Loaded]) -> _Loaded:
    if _size(sources) <= THREAD_ABOVE:
        return prepare()
    return await asyncio.to_thread(prepare)


def _size(sources: MockSources) -> int:
    return len(sources.collection) + len(sources.environment or b"")


def _parted(mock_id: str) -> tuple[str | None, str]:
    """The owner, if the id is a uid, and the plain id; a UUID's own first part is no owner."""
    owner, _, plain = mock_id.partition("-")
    return (owner, plain) if len(plain) == 36 and owner.isdecimal() else (None, mock_id)


Kept = TypeVar("Kept")


class _Recent(Generic[Kept]):
    """A dictionary that keeps what was used last, up to a total weight.

    The newest entry stays even if it alone is too heavy.
    """

    def __init__(self, budget: int) -> None:
        self._budget = budget
        self._weight = 0
        self._items: OrderedDict[str, tuple[Kept, int]] = OrderedDict()

    def get(self, key: str) -> Kept | None:
        item = self._items.get(key)
        if item is None:
            return None
        self._items.move_to_end(key)
        return item[0]

    def put(self, key: str, kept: Kept, weight: int = 1) -> None:
        self.drop(key)
        self._items[key] = (kept, weight)
        self._weight += weight
        while self._weight > self._budget and len(self._items) > 1:
            self._weight -= self._items.popitem(last=False)[1][1]

    def drop(self, key: str) -> None:
        item = self._items.pop(key, None)
        if item is not None:
            self._weight -= item[1]
