"""The Store over SQL: transactions, turns and the revision.

Knows when things happen: one write at a time, the revision raised with each,
no operation torn by a cancelled caller. Must not know what the statements say
(that is in `accounts`, `documents`, `mocks` and `calls`), nor what is special
to one database (`sqlite`).
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import datetime
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import URL, Connection, make_url, select, update
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from postiche.model import (
    ApiKey,
    Call,
    CallPage,
    CallQuery,
    Document,
    DocumentKind,
    Mock,
    MockSources,
    Recurrence,
    Scope,
    ServerResponse,
    SessionState,
    User,
    Workspace,
)
from postiche.store import (
    Decided,
    SharedRevision,
    Store,
    StoreError,
    accounts,
    documents,
    mocks,
    states,
    tables,
)
from postiche.store import calls as call_log
from postiche.store.database import Database
from postiche.store.migrations import migrate
from postiche.store.sqlite import open_sqlite
from postiche.store.states import MOST_STEPS, Step

P = ParamSpec("P")
T = TypeVar("T")


_OPENERS: Mapping[str, Callable[[URL], Awaitable[Database]]] = {"sqlite": open_sqlite}


async def open_sql_store(url: str, shared: SharedRevision | None = None) -> Store:
    """Open the database that a URL names and bring its schema up to date.

    Raises StoreError with the URL, its credentials left out, the reason and
    the way out.
    """
    try:
        return await _open(url, shared)
    except StoreError as error:
        raise StoreError(f"Cannot open the database {_shown(url)}: {error}.") from error
    except SQLAlchemyError as error:
        raise StoreError(f"Cannot open the database {_shown(url)}: {_reason(error)}.") from error


async def _open(url: str, shared: SharedRevision | None) -> "SqlStore":
    parsed = _parsed(url)
    database = await _OPENERS[parsed.drivername](parsed)
    try:
        await migrate(database)
        store = SqlStore(database) if shared is None else SharingStore(database, shared)
        await store.refresh()
    except BaseException:
        await asyncio.shield(database.close())
        raise
    return store


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise StoreError("it is not a database URL; write sqlite:///PATH") from error
    if parsed.drivername not in _OPENERS:
        raise StoreError(f"{parsed.drivername} is not supported; write sqlite:///PATH")
    return parsed


def _shown(url: str) -> str:
    """The URL without user, password and options; it may be anything but a URL."""
    if url.startswith("sqlite:"):
        return url
    scheme, mark, rest = url.partition("://")
    place = (rest if mark else scheme).rpartition("@")[2].partition("?")[0]
    return f"{scheme}{mark}{place}" if mark else place


def _reason(error: Exception) -> str:
    return str(error.orig if isinstance(error, DBAPIError) else error)


def _revision(connection: Connection) -> int:
    return int(connection.execute(select(tables.revision.c.value)).scalar_one())


def _revised(connection: Connection) -> int:
    value = tables.revision.c.value
    connection.execute(update(tables.revision).values(value=value + 1))
    return _revision(connection)


def _remove_workspace(connection: Connection, workspace_id: str) -> bool:
    if not accounts.remove_workspace(connection, workspace_id):
        return False
    documents.remove_all(connection, workspace_id)
    mocks.remove_all(connection, workspace_id)
    return True


class SqlStore:
    """The Store protocol over one SQL database; `open_sql_store` makes it.

    Every operation runs in a task of its own and to its end, even if the
    caller is cancelled: a client that hangs up cannot leave a transaction or
    a connection half-way.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._write_turn = asyncio.Lock()
        self._read_turn: AbstractAsyncContextManager[None] = nullcontext()
        if database.one_connection:
            self._read_turn = self._write_turn
        self._running: set[asyncio.Task[Any]] = set()
        self._steps: deque[Step[Any]] = deque()
        self._closed = False
        self._seen = 0

    @property
    def revision(self) -> int:
        """The persisted revision as last seen by this process."""
        return self._seen

    async def refresh(self) -> None:
        """See the persisted revision."""
        self._see(await self._read(_revision))

    async def close(self) -> None:
        """Let what runs finish, then close every connection."""
        if not self._closed:
            self._closed = True
            await asyncio.shield(self._wind_down())

    async def _wind_down(self) -> None:
        await asyncio.gather(*self._running, return_exceptions=True)
        await self._database.close()

    async def add_user(self, user: User) -> None:
        """Store a user."""
        await self._write(accounts.add_user, user)

    async def users(self) -> tuple[User, ...]:
        """All users."""
        return await self._read(accounts.users)

    async def user(self, user_id: int) -> User | None:
        """One user."""
        return await self._read(accounts.user, user_id)

    async def replace_user(self, user: User) -> bool:
        """Replace a user."""
        return await self._write(accounts.replace_user, user)

    async def delete_user(self, user_id: int) -> bool:
        """Delete a user and their keys."""
        return await self._write(accounts.remove_user, user_id)

    async def add_key(self, key: ApiKey) -> None:
        """Store an API key."""
        await self._write(accounts.add_key, key)

    async def keys(self, *, user_id: int | None = None) -> tuple[ApiKey, ...]:
        """API keys."""
        return await self._read(accounts.keys, user_id=user_id)

    async def revoke_key(self, key_id: str) -> bool:
        """Delete an API key."""
        return await self._write(accounts.revoke_key, key_id)

    async def key_and_user(self, digest: str) -> tuple[ApiKey, User] | None:
        """An API key and its user."""
        return await self._read(accounts.key_and_user, digest)

    async def touch_key(self, key_id: str, used_at: datetime) -> bool:
        """Note the use of an API key."""
        return await self._log(accounts.touch_key, key_id, used_at)

    async def add_workspace(self, workspace: Workspace) -> None:
        """Store a workspace."""
        await self._write(accounts.add_workspace, workspace)

    async def workspaces(self, *, scope: Scope | None = None) -> tuple[Workspace, ...]:
        """Workspaces."""
        return await self._read(accounts.workspaces, scope=scope)

    async def workspace(self, workspace_id: str, *, scope: Scope | None = None) -> Workspace | None:
        """One workspace."""
        return await self._read(accounts.workspace, workspace_id, scope=scope)

    async def replace_workspace(self, workspace: Workspace) -> bool:
        """Replace a workspace."""
        return await self._write(accounts.replace_workspace, workspace)

    async def delete_workspace(self, workspace_id: str) -> bool:
        """Delete a workspace and what is in it."""
        return await self._write(_remove_workspace, workspace_id)

    async def add_document(self, document: Document) -> None:
        """Store a document."""
        await self._write(documents.add, document)

    async def documents(
        self,
        kind: DocumentKind,
        *,
        workspace: str | None = None,
        scope: Scope | None = None,
        name: str | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> tuple[Document, ...]:
        """Documents without their content."""
        return await self._read(
            documents.listing,
            kind,
            workspace=workspace,
            scope=scope,
            name=name,
            limit=limit,
            offset=offset,
        )

    async def count_documents(
        self,
        kind: DocumentKind,
        *,
        workspace: str | None = None,
        scope: Scope | None = None,
        name: str | None = None,
    ) -> int:
        """The number of documents."""
        return await self._read(documents.count, kind, workspace=workspace, scope=scope, name=name)

    async def document(
        self, kind: DocumentKind, document_id: str, *, scope: Scope | None = None
    ) -> Document | None:
        """One document."""
        return await self._read(documents.one, kind, document_id, scope=scope)

    async def document_head(
        self, kind: DocumentKind, document_id: str, *, scope: Scope | None = None
    ) -> Document | None:
        """One document without its content."""
        return await self._read(documents.head, kind, document_id, scope=scope)

    async def replace_document(
        self,
        kind: DocumentKind,
        document_id: str,
        *,
        name: str,
        content: bytes,
        updated_by: int,
        updated_at: datetime,
        expected: datetime | None = None,
    ) -> Document | None:
        """Replace a document's name and content."""
        return await self._write(
            documents.replace,
            kind,
            document_id,
            name=name,
            content=content,
            updated_by=updated_by,
            updated_at=updated_at,
            expected=expected,
        )

    async def delete_document(self, kind: DocumentKind, document_id: str) -> bool:
        """Delete a document."""
        return await self._write(documents.remove, kind, document_id)

    async def add_mock(self, mock: Mock) -> None:
        """Store a mock."""
        await self._write(mocks.add, mock)

    async def mocks(
        self,
        *,
        workspace: str | None = None,
        owner: int | None = None,
        scope: Scope | None = None,
    ) -> tuple[Mock, ...]:
        """Mocks."""
        return await self._read(mocks.listing, workspace=workspace, owner=owner, scope=scope)

    async def mock(self, mock_id: str, *, scope: Scope | None = None) -> Mock | None:
        """One mock."""
        return await self._read(mocks.one, mock_id, scope=scope)

    async def replace_mock(self, mock: Mock, *, expected: datetime | None = None) -> Mock | None:
        """Replace a mock."""
        return await self._write(mocks.replace, mock, expected=expected)

    async def delete_mock(self, mock_id: str) -> bool:
        """Delete a mock and what hangs on it."""
        return await self._write(mocks.remove, mock_id)

    async def mock_sources(self, mock_id: str) -> MockSources | None:
        """What a mock's plan is compiled from."""
        return await self._read(mocks.sources, mock_id)

    async def add_server_response(self, response: ServerResponse) -> None:
        """Store a server response."""
        await self._write(mocks.add_response, response)

    async def server_responses(self, mock_id: str) -> tuple[ServerResponse, ...]:
        """The server responses of a mock."""
        return await self._read(mocks.responses_of, mock_id)

    async def server_response(self, mock_id: str, response_id: str) -> ServerResponse | None:
        """One server response."""
        return await self._read(mocks.response, mock_id, response_id)

    async def replace_server_response(self, response: ServerResponse) -> bool:
        """Replace a server response."""
        return await self._write(mocks.replace_response, response)

    async def delete_server_response(self, mock_id: str, response_id: str) -> bool:
        """Delete a server response."""
        return await self._write(mocks.remove_response, mock_id, response_id)

    async def advance(
        self,
        mock_id: str,
        session: str,
        step: Callable[[bytes | None], tuple[bytes | None, Decided]],
        *,
        at: datetime,
        since: datetime,
    ) -> Decided:
        """Take a step in a session, in one transaction with all that wait by then."""
        asked = Step(mock_id, session, step, at, since)
        self._steps.append(asked)
        return await self._to_the_end(self._advanced(asked))

    async def states(
        self, mock_id: str, *, after: str | None = None, limit: int
    ) -> tuple[SessionState, ...]:
        """Sessions and their states."""
        return await self._read(states.listing, mock_id, after=after, limit=limit)

    async def state(self, mock_id: str, session: str) -> SessionState | None:
        """The state of one session."""
        return await self._read(states.one, mock_id, session)

    async def delete_states(self, mock_id: str, session: str | None = None) -> int:
        """Delete states."""
        return await self._log(states.remove, mock_id, session)

    async def add_calls(self, calls: Sequence[Call | Recurrence]) -> None:
        """Append calls."""
        await self._log(call_log.append, calls)

    async def calls(self, mock_id: str, query: CallQuery) -> CallPage:
        """A page of calls."""
        return await self._read(call_log.page, mock_id, query)

    async def count_calls(self, mock_id: str | None = None, *, owner: int | None = None) -> int:
        """The number of calls."""
        return await self._read(call_log.count, mock_id, owner=owner)

    async def prune_calls(
        self, *, before: datetime, keep: int, mocks: Sequence[str] | None = None
    ) -> int:
        """Delete old calls, a few in each transaction."""
        if mocks is None:
            mocks = await self._read(call_log.overdue, before=before, keep=keep)
        return sum([await self._prune_mock(mock, before, keep) for mock in mocks])

    async def _prune_mock(self, mock_id: str, before: datetime, keep: int) -> int:
        last = await self._read(call_log.last_to_go, mock_id, before=before, keep=keep)
        gone = 0
        while last is not None:
            count = await self._log(call_log.remove_first, mock_id, last)
            gone += count
            if count < call_log.PIECE:
                break
        return gone

    async def _read(
        self,
        question: Callable[Concatenate[Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Ask; the question must be one statement, so that its answer is of one moment."""

        async def work() -> T:
            async with self._read_turn, self._database.readers.connect() as connection:
                return await connection.run_sync(question, *args, **kwargs)

        return await self._to_the_end(work())

    async def _write(
        self,
        change: Callable[Concatenate[Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Change in one transaction; a true outcome raises the revision."""

        def revise(connection: Connection) -> tuple[T, int]:
            outcome = change(connection, *args, **kwargs)
            return outcome, _revised(connection) if outcome else _revision(connection)

        async def work() -> T:
            outcome, revision = await self._transaction(revise)
            self._see(revision)
            return outcome

        return await self._to_the_end(work())

    async def _log(
        self,
        change: Callable[Concatenate[Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Change the call log in one transaction, which no reply depends on."""
        return await self._to_the_end(self._transaction(change, *args, **kwargs))

    async def _transaction(
        self,
        change: Callable[Concatenate[Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        async with self._write_turn, self._database.writers.begin() as connection:
            return await connection.run_sync(change, *args, **kwargs)

    async def _advanced(self, asked: Step[Decided]) -> Decided:
        """Wait for the turn to write; then take every step that waits, this one among them."""
        async with self._write_turn:
            while not asked.taken:
                count = min(len(self._steps), MOST_STEPS)
                await self._take([self._steps.popleft() for _ in range(count)])
        return asked.result()

    async def _take(self, steps: Sequence[Step[Any]]) -> None:
        for step in steps:
            step.taken = True
        try:
            await self._database.exclusively(lambda connection: states.advance(connection, steps))
        except BaseException as error:
            for step in steps:
                step.fail(error)

    async def _to_the_end(self, work: Coroutine[Any, Any, T]) -> T:
        if self._closed:
            work.close()
            raise StoreError("The store is closed.")
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        try:
            return await asyncio.shield(task)
        except (SQLAlchemyError, OverflowError) as error:
            raise StoreError(f"The database failed: {_reason(error)}.") from error

    def _see(self, revision: int) -> None:
        self._seen = max(self._seen, revision)


class SharingStore(SqlStore):
    """A store that several processes have open, each of which sees the others' writes at once.

    A class of its own, so that a process without company pays nothing for it.
    """

    def __init__(self, database: Database, shared: SharedRevision) -> None:
        super().__init__(database)
        self._shared = shared

    @property
    def revision(self) -> int:
        """The newest revision that any of the processes has written or seen."""
        return self._shared.newest()

    def _see(self, revision: int) -> None:
        # A write is seen here after its commit and before its caller goes on to answer.
        super()._see(revision)
        self._shared.publish(revision)
