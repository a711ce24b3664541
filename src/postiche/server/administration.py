"""What a command does to a database itself: the first API key, and reading the call log.

Knows the store and how keys are made. Must not know servers, HTTP or how
anything is printed. A running server sees what is done here at its next look
at the database.
"""

import asyncio
import os
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from postiche.control import auth
from postiche.model import Call, CallQuery, Mock, User
from postiche.server.failures import Failure
from postiche.server.settings import Settings
from postiche.store import SharedRevision, Store, open_store

FOLLOW_SECONDS = 0.5
"""How often `calls --follow` looks."""

LATECOMERS = timedelta(seconds=5)
"""How much later than another a call may reach the log that was served before it."""


class KeyFailure(Failure):
    """An API key cannot be made, read or found."""


class NoSuchMock(Failure):
    """No mock server, or more than one, goes by what was asked for."""


@dataclass(frozen=True, slots=True)
class FirstKey:
    """The key that a server starts with; `text` is None where only its hash is known."""

    text: str | None = None
    made: bool = False
    file: Path | None = None


def now() -> datetime:
    """The current time, aware, in UTC, in whole milliseconds as the store keeps it."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def new_id() -> str:
    """A random UUID."""
    return str(uuid4())


@asynccontextmanager
async def opened(database_url: str, shared: SharedRevision | None = None) -> AsyncIterator[Store]:
    """A store that is closed again. Raises StoreError."""
    store = await open_store(database_url, shared)
    try:
        yield store
    finally:
        await store.close()


# --- the first key ------------------------------------------------------------------


async def first_key(store: Store, user: User, settings: Settings) -> FirstKey:
    """See to it that there is a key, and tell as much of it as can be told.

    POSTICHE_API_KEY comes first, then the key file, which is made if missing;
    without either a key is made for a store that has none. Raises Failure for
    a key or a file that cannot be used.
    """
    if settings.api_key is not None:
        text = settings.api_key.get_secret_value()
        return FirstKey(text, await _known(store, user, text, "POSTICHE_API_KEY"))
    if settings.api_key_file is not None:
        return await _key_of_file(store, user, settings.api_key_file)
    if await store.keys():
        return FirstKey()
    _, text = await auth.create_key(store, user, "first key", now, new_id)
    return FirstKey(text, made=True)


async def _key_of_file(store: Store, user: User, file: Path) -> FirstKey:
    # The file comes before the store: a crash in between leaves a key that the next start adds.
    text, made = _secret_in(file)
    await _known(store, user, text, str(file))
    return FirstKey(text, made, file)


async def _known(store: Store, user: User, text: str, source: str) -> bool:
    """Add a key unless it is known; whether it was added."""
    if await store.key_and_user(auth.digest(text)) is not None:
        return False
    try:
        await auth.create_key(store, user, source, now, new_id, key=text)
    except ValueError as error:
        raise KeyFailure(f"{source}: {error}") from None
    return True


def _secret_in(file: Path) -> tuple[str, bool]:
    """The key in a file, and whether it had to be made."""
    made = not file.exists()
    if made:
        _write_secret(file, auth.generate_key())
    return _read_secret(file), made


def _read_secret(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise KeyFailure(f"{file}: cannot be read as an API key: {error}") from None


def _write_secret(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as opened_file:
            opened_file.write(text + "\n")
    except OSError as error:
        raise KeyFailure(f"{file}: the API key cannot be written: {error.strerror}") from None


# --- calls --------------------------------------------------------------------------


async def show_calls(
    database_url: str, name: str, *, limit: int, follow: bool, show: Callable[[Call], None]
) -> None:
    """Show the last `limit` calls of a mock, oldest first, then, with `follow`, each new one.

    `name` is the mock's id, uid or name. Raises NoSuchMock.
    """
    async with opened(database_url) as store:
        mock = await _mock(store, name)
        start = now()
        # What is logged between these two reads is in the second or is new later on.
        old = await _recent(store, mock.id, start)
        for call in await _last_calls(store, mock.id, limit):
            old[call.id] = call.served_at
            show(call)
        if follow:
            async with aclosing(_new_calls(store, mock.id, start, old)) as new:
                async for call in new:
                    show(call)


async def _mock(store: Store, name: str) -> Mock:
    mocks = await store.mocks()
    by_id = [mock for mock in mocks if name in (mock.id, mock.uid)]
    found = by_id or [mock for mock in mocks if mock.name == name]
    if len(found) == 1:
        return found[0]
    if not found:
        raise NoSuchMock(f"there is no mock server with id or name {name!r}{_known_mocks(mocks)}")
    ids = ", ".join(mock.id for mock in found)
    raise NoSuchMock(f"several mock servers are named {name!r}; give the id: {ids}")


def _known_mocks(mocks: tuple[Mock, ...]) -> str:
    shown = ", ".join(f"{mock.name} ({mock.id})" for mock in mocks[:10])
    return f"; there is {shown}" if shown else "; there is none in this database yet"


async def _last_calls(store: Store, mock_id: str, limit: int) -> list[Call]:
    """The newest `limit` calls, oldest first."""
    calls: list[Call] = []
    cursor: str | None = None
    while len(calls) < limit:
        page = await store.calls(
            mock_id, CallQuery(limit=min(100, limit - len(calls)), cursor=cursor)
        )
        calls += page.calls
        cursor = page.next_cursor
        if cursor is None:
            break
    return calls[::-1]


async def _recent(store: Store, mock_id: str, moment: datetime) -> dict[str, datetime]:
    """Id and time of the calls that a look at this moment would find."""
    return {
        call.id: call.served_at async for call in _calls_since(store, mock_id, moment - LATECOMERS)
    }


async def _new_calls(
    store: Store, mock_id: str, newest: datetime, seen: dict[str, datetime]
) -> AsyncGenerator[Call, None]:
    """Calls as they are logged. Each look begins LATECOMERS before the newest call so far."""
    while True:
        since = newest - LATECOMERS
        seen = {call_id: served for call_id, served in seen.items() if served >= since}
        async for call in _calls_since(store, mock_id, since):
            if call.id not in seen:
                seen[call.id] = call.served_at
                newest = max(newest, call.served_at)
                yield call
        await asyncio.sleep(FOLLOW_SECONDS)


async def _calls_since(store: Store, mock_id: str, since: datetime) -> AsyncIterator[Call]:
    cursor: str | None = None
    while True:
        page = await store.calls(mock_id, CallQuery(since=since, ascending=True, cursor=cursor))
        for call in page.calls:
            yield call
        cursor = page.next_cursor
        if cursor is None:
            return
