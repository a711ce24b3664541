"""Where Postiche keeps things: the Store protocol, its errors, and `open_store`.

Knows the model. Must not know HTTP, the Postman API's shapes, or matching.
One SQL implementation serves every database; `tests/contract` holds all of
them to this page.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final, Protocol, TypeVar

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

SESSIONS: Final = 10_000
"""Sessions of one mock whose state is kept; beyond them those go that were not used longest."""

Decided = TypeVar("Decided")
"""What a step decides, besides the state that follows."""


class StoreError(Exception):
    """The store could not do what was asked; the message says what and why."""


class AlreadyExists(StoreError):  # noqa: N818 - reads as what it says
    """A thing of that kind with that id is already stored."""


class Conflict(StoreError):  # noqa: N818 - reads as what it says
    """The thing to be replaced is no longer the one that was read."""


class InvalidCursor(StoreError):  # noqa: N818 - reads as what it says
    """The paging cursor was not made by this store."""


class SharedRevision(Protocol):
    """The newest revision that any of several processes has written, where all of them see it."""

    def newest(self) -> int:
        """The newest revision published so far. Asked before every mock call, so all but free."""
        ...

    def publish(self, revision: int) -> None:
        """Make a revision known to every process before this returns."""
        ...


class Store(Protocol):
    """Everything Postiche remembers.

    Each method is one transaction: when it returns, the write is durable
    against the end of this process, and `revision` has changed. Look-ups of
    what is not there give None, never an error; deletes and updates say
    whether there was anything. Times are timezone-aware UTC with millisecond
    precision. Lists come oldest first (by creation time, then id).

    With a `scope`, what lies outside of it is passed over as if it were not
    there; without one, everything is found.
    """

    @property
    def revision(self) -> int:
        """Grows with every write that a mock's reply can depend on. Free to read.

        Writes by this process show at once, and so do those of processes that
        share their revision with it; writes by others once `refresh` has run.
        Call records and the use of keys do not change it.
        """
        ...

    async def refresh(self) -> None:
        """Notice the writes of other processes, if any."""
        ...

    async def close(self) -> None:
        """Release the database. Idempotent."""
        ...

    # users and API keys

    async def add_user(self, user: User) -> None:
        """Store a user. Raises AlreadyExists."""
        ...

    async def users(self) -> tuple[User, ...]:
        """All users, by id."""
        ...

    async def user(self, user_id: int) -> User | None:
        """The user with this id."""
        ...

    async def replace_user(self, user: User) -> bool:
        """Store all fields of a known user anew."""
        ...

    async def delete_user(self, user_id: int) -> bool:
        """Delete a user with their keys; what they made stays."""
        ...

    async def add_key(self, key: ApiKey) -> None:
        """Store an API key. Raises AlreadyExists for a known id or digest."""
        ...

    async def keys(self, *, user_id: int | None = None) -> tuple[ApiKey, ...]:
        """API keys, of one user or of all, oldest first."""
        ...

    async def revoke_key(self, key_id: str) -> bool:
        """Delete the key with this id."""
        ...

    async def key_and_user(self, digest: str) -> tuple[ApiKey, User] | None:
        """The key with this SHA-256 (hex), expired or not, and the user it belongs to."""
        ...

    async def touch_key(self, key_id: str, used_at: datetime) -> bool:
        """Note when a key was used, unless a later use is noted. Does not change `revision`."""
        ...

    # workspaces

    async def add_workspace(self, workspace: Workspace) -> None:
        """Store a workspace. Raises AlreadyExists."""
        ...

    async def workspaces(self, *, scope: Scope | None = None) -> tuple[Workspace, ...]:
        """All workspaces, oldest first."""
        ...

    async def workspace(self, workspace_id: str, *, scope: Scope | None = None) -> Workspace | None:
        """The workspace with this id."""
        ...

    async def replace_workspace(self, workspace: Workspace) -> bool:
        """Store all fields of a known workspace anew."""
        ...

    async def delete_workspace(self, workspace_id: str) -> bool:
        """Delete a workspace with its documents and mocks, and all that hangs on these.

        Mocks elsewhere that use one of the documents become inactive.
        """
        ...

    # collections and environments

    async def add_document(self, document: Document) -> None:
        """Store a collection or environment. Raises AlreadyExists for a known id of its kind."""
        ...

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
        """Documents of a kind without their content; `name` fits exactly."""
        ...

    async def count_documents(
        self,
        kind: DocumentKind,
        *,
        workspace: str | None = None,
        scope: Scope | None = None,
        name: str | None = None,
    ) -> int:
        """How many documents `documents` lists without limit and offset."""
        ...

    async def document(
        self, kind: DocumentKind, document_id: str, *, scope: Scope | None = None
    ) -> Document | None:
        """The document with this plain id, content included."""
        ...

    async def document_head(
        self, kind: DocumentKind, document_id: str, *, scope: Scope | None = None
    ) -> Document | None:
        """The document with this plain id, its content neither read nor given."""
        ...

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
        """Replace name and content whole; None if there is no such document.

        Raises Conflict if `expected` is given and is not the `updated_at` that
        is stored. That time moves forward with each replacement, by a
        millisecond if the one given is not later.
        """
        ...

    async def delete_document(self, kind: DocumentKind, document_id: str) -> bool:
        """Delete a document; mocks that use it become inactive."""
        ...

    # mock servers

    async def add_mock(self, mock: Mock) -> None:
        """Store a mock. Raises AlreadyExists. `mock.active` is ignored."""
        ...

    async def mocks(
        self,
        *,
        workspace: str | None = None,
        owner: int | None = None,
        scope: Scope | None = None,
    ) -> tuple[Mock, ...]:
        """Mocks, active and inactive, of a workspace or owner or of all."""
        ...

    async def mock(self, mock_id: str, *, scope: Scope | None = None) -> Mock | None:
        """The mock with this plain id."""
        ...

    async def replace_mock(self, mock: Mock, *, expected: datetime | None = None) -> Mock | None:
        """Store all fields of a known mock anew; None if it is gone. `active` is derived.

        Raises Conflict, and moves `updated_at` forward, as `replace_document` does.
        """
        ...

    async def delete_mock(self, mock_id: str) -> bool:
        """Delete a mock with its server responses, its calls and the states of its sessions."""
        ...

    async def mock_sources(self, mock_id: str) -> MockSources | None:
        """What the mock's plan is compiled from, all of one moment.

        For an inactive mock `collection` is empty; `server_response` is the
        active one, None if the config names none or one that is gone.
        """
        ...

    # server responses

    async def add_server_response(self, response: ServerResponse) -> None:
        """Store a server response. Raises AlreadyExists."""
        ...

    async def server_responses(self, mock_id: str) -> tuple[ServerResponse, ...]:
        """All server responses of a mock, oldest first."""
        ...

    async def server_response(self, mock_id: str, response_id: str) -> ServerResponse | None:
        """One server response of a mock."""
        ...

    async def replace_server_response(self, response: ServerResponse) -> bool:
        """Store all fields of a known server response anew."""
        ...

    async def delete_server_response(self, mock_id: str, response_id: str) -> bool:
        """Delete a server response; a config that names it stops naming it."""
        ...

    # the states of sessions

    async def advance(
        self,
        mock_id: str,
        session: str,
        step: Callable[[bytes | None], tuple[bytes | None, Decided]],
        *,
        at: datetime,
        since: datetime,
    ) -> Decided:
        """Take a step in a session: read its state, decide, and write the next one, as one.

        `step` is given the state's text, None for a session that has none or
        was last used before `since`; it gives the next text, None for none, and
        what it decided, which is returned. No other step of the session comes
        between, in whichever process. Of each mock the SESSIONS sessions used
        last are kept; of one that is gone, none. Raises what `step` raises, in
        which case nothing changes. Does not change `revision`.
        """
        ...

    async def states(
        self, mock_id: str, *, after: str | None = None, limit: int
    ) -> tuple[SessionState, ...]:
        """Sessions of a mock that have a state, by name, from the one that follows `after`."""
        ...

    async def state(self, mock_id: str, session: str) -> SessionState | None:
        """The state of one session of a mock."""
        ...

    async def delete_states(self, mock_id: str, session: str | None = None) -> int:
        """Delete the state of a session, or those of all sessions of a mock.

        Returns how many went. Does not change `revision`.
        """
        ...

    # the call log

    async def add_calls(self, calls: Sequence[Call | Recurrence]) -> None:
        """Append calls in one transaction. Does not change `revision`."""
        ...

    async def calls(self, mock_id: str, query: CallQuery) -> CallPage:
        """A page of a mock's calls, newest first unless asked otherwise. Raises InvalidCursor."""
        ...

    async def count_calls(self, mock_id: str | None = None, *, owner: int | None = None) -> int:
        """How many calls are logged, of one mock, of all mocks of an owner, or of all."""
        ...

    async def prune_calls(
        self, *, before: datetime, keep: int, mocks: Sequence[str] | None = None
    ) -> int:
        """Delete calls served before a time, and the oldest of each mock beyond `keep`.

        Of some mocks, or of all. Returns how many went. Unlike other methods
        this is many short transactions, between which other writes get their
        turn; one that is interrupted has deleted less.
        """
        ...


async def open_store(url: str, shared: SharedRevision | None = None) -> Store:
    """Open the store that a database URL names, creating or migrating it first.

    `sqlite:///PATH` is a file (`sqlite:////abs/path` when absolute), made with
    its folders if missing. With `shared`, the writes of every process that
    opens the database with it are seen at once. Raises StoreError with the URL
    and the reason.
    """
    from postiche.store.sql import open_sql_store  # the driver loads only where a store is used

    return await open_sql_store(url, shared)
