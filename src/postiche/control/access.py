"""Who may what: the store as one user may use it.

Knows users, their roles, and which workspaces they see. Must not know
requests or what any resource contains.

Two rules. What lies in a workspace that a user does not see is not there for
them, in any read, list, count or write; nobody sees another's personal or
private workspace, not even an admin. And a viewer changes nothing. Handlers
are given a `UserStore` and never the store itself, so that none of them can
forget a rule.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from postiche.control import wire
from postiche.model import (
    OPEN_TYPES,
    CallPage,
    CallQuery,
    Document,
    DocumentKind,
    Mock,
    MockSources,
    Scope,
    ServerResponse,
    SessionState,
    User,
    Workspace,
    seen_by,
)
from postiche.store import Decided, Store


def forbidden() -> wire.ApiError:
    """What a user may see but not do (common403Error, "No Permissions")."""
    return wire.legacy(
        403, "forbiddenError", "You do not have enough permissions to perform this action."
    )


def no_such_workspace() -> wire.ApiError:
    """What is to be created has no place (workspace400Error)."""
    return wire.legacy(400, "instanceNotFoundError", "The specified workspace does not exist.")


def may_change(user: User) -> bool:
    """Whether the user's role lets them change what they see."""
    return user.role != "viewer"


def must_change(user: User) -> None:
    """Raises ApiError 403 unless the user may change what they see."""
    if not may_change(user):
        raise forbidden()


def must_administer(user: User) -> None:
    """Raises ApiError 403 unless the user is an admin."""
    if user.role != "admin":
        raise forbidden()


@dataclass(frozen=True, slots=True)
class UserStore:
    """What `Store` offers of workspaces and the things in them, as far as one user may.

    Each method means what its namesake there means, in the user's scope. Every
    change raises ApiError 403 for a viewer; but what the user does not see is
    missing first, whatever their role.
    """

    _store: Store
    user: User

    @property
    def _scope(self) -> Scope:
        return seen_by(self.user)

    # workspaces

    async def workspaces(self) -> tuple[Workspace, ...]:
        """The workspaces that the user sees."""
        return await self._store.workspaces(scope=self._scope)

    async def workspace(self, workspace_id: str) -> Workspace | None:
        """One workspace."""
        return await self._store.workspace(workspace_id, scope=self._scope)

    async def add_workspace(self, workspace: Workspace) -> None:
        """Store a workspace. Raises AlreadyExists."""
        must_change(self.user)
        await self._store.add_workspace(workspace)

    async def replace_workspace(self, workspace: Workspace) -> bool:
        """Replace a workspace; only its creator may take it out of the others' sight."""
        old = await self.workspace(workspace.id)
        if old is None:
            return False
        must_change(self.user)
        if workspace.type not in OPEN_TYPES and old.created_by != self.user.id:
            raise forbidden()
        return await self._store.replace_workspace(workspace)

    async def delete_workspace(self, workspace_id: str) -> bool:
        """Delete a workspace and what is in it."""
        if await self.workspace(workspace_id) is None:
            return False
        must_change(self.user)
        return await self._store.delete_workspace(workspace_id)

    async def _must_create_in(self, workspace_id: str) -> None:
        """Raises ApiError 400 for a workspace that is not there, 403 for a viewer."""
        if await self.workspace(workspace_id) is None:
            raise no_such_workspace()
        must_change(self.user)

    # documents

    async def add_document(self, document: Document) -> None:
        """Store a document. Raises AlreadyExists, also for an id that the user does not see."""
        await self._must_create_in(document.workspace)
        await self._store.add_document(document)

    async def documents(
        self,
        kind: DocumentKind,
        *,
        workspace: str | None = None,
        name: str | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> tuple[Document, ...]:
        """Documents of a kind without their content."""
        return await self._store.documents(
            kind, workspace=workspace, scope=self._scope, name=name, limit=limit, offset=offset
        )

    async def count_documents(
        self, kind: DocumentKind, *, workspace: str | None = None, name: str | None = None
    ) -> int:
        """How many documents `documents` lists without limit and offset."""
        return await self._store.count_documents(
            kind, workspace=workspace, scope=self._scope, name=name
        )

    async def document(self, kind: DocumentKind, document_id: str) -> Document | None:
        """One document."""
        return await self._store.document(kind, document_id, scope=self._scope)

    async def document_head(self, kind: DocumentKind, document_id: str) -> Document | None:
        """One document without its content."""
        return await self._store.document_head(kind, document_id, scope=self._scope)

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
        """Replace a document's name and content. Raises Conflict."""
        if await self.document_head(kind, document_id) is None:
            return None
        must_change(self.user)
        return await self._store.replace_document(
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
        if await self.document_head(kind, document_id) is None:
            return False
        must_change(self.user)
        return await self._store.delete_document(kind, document_id)

    # mock servers

    async def add_mock(self, mock: Mock) -> None:
        """Store a mock. Raises AlreadyExists."""
        await self._must_create_in(mock.workspace)
        await self._store.add_mock(mock)

    async def mocks(
        self, *, workspace: str | None = None, owner: int | None = None
    ) -> tuple[Mock, ...]:
        """Mocks, active and inactive."""
        return await self._store.mocks(workspace=workspace, owner=owner, scope=self._scope)

    async def mock(self, mock_id: str) -> Mock | None:
        """One mock."""
        return await self._store.mock(mock_id, scope=self._scope)

    async def mock_sources(self, mock_id: str) -> MockSources | None:
        """All that a mock's plan is compiled from, for the server to use, not for the user to see.

        The collection or environment may lie in a workspace that the user does not see.
        """
        if await self.mock(mock_id) is None:
            return None
        return await self._store.mock_sources(mock_id)

    async def replace_mock(self, mock: Mock, *, expected: datetime | None = None) -> Mock | None:
        """Replace a mock. Raises Conflict."""
        if not await self._may_change_mock(mock.id):
            return None
        return await self._store.replace_mock(mock, expected=expected)

    async def delete_mock(self, mock_id: str) -> bool:
        """Delete a mock and what hangs on it."""
        return await self._may_change_mock(mock_id) and await self._store.delete_mock(mock_id)

    async def _may_change_mock(self, mock_id: str) -> bool:
        """Whether there is such a mock. Raises ApiError 403 if it may not be changed."""
        if await self.mock(mock_id) is None:
            return False
        must_change(self.user)
        return True

    # server responses

    async def add_server_response(self, response: ServerResponse) -> None:
        """Store a server response, unless its mock is gone. Raises AlreadyExists."""
        if await self._may_change_mock(response.mock):
            await self._store.add_server_response(response)

    async def server_responses(self, mock_id: str) -> tuple[ServerResponse, ...]:
        """The server responses of a mock."""
        if await self.mock(mock_id) is None:
            return ()
        return await self._store.server_responses(mock_id)

    async def server_response(self, mock_id: str, response_id: str) -> ServerResponse | None:
        """One server response of a mock."""
        if await self.mock(mock_id) is None:
            return None
        return await self._store.server_response(mock_id, response_id)

    async def replace_server_response(self, response: ServerResponse) -> bool:
        """Replace a server response."""
        may = await self._may_change_mock(response.mock)
        return may and await self._store.replace_server_response(response)

    async def delete_server_response(self, mock_id: str, response_id: str) -> bool:
        """Delete a server response."""
        may = await self._may_change_mock(mock_id)
        return may and await self._store.delete_server_response(mock_id, response_id)

    # the states of sessions

    async def states(
        self, mock_id: str, *, after: str | None = None, limit: int
    ) -> tuple[SessionState, ...]:
        """Sessions of a mock that have a state."""
        if await self.mock(mock_id) is None:
            return ()
        return await self._store.states(mock_id, after=after, limit=limit)

    async def state(self, mock_id: str, session: str) -> SessionState | None:
        """The state of one session of a mock."""
        if await self.mock(mock_id) is None:
            return None
        return await self._store.state(mock_id, session)

    async def advance(
        self,
        mock_id: str,
        session: str,
        step: Callable[[bytes | None], tuple[bytes | None, Decided]],
        *,
        at: datetime,
        since: datetime,
    ) -> Decided | None:
        """Take a step in a session; None if the mock is gone."""
        if not await self._may_change_mock(mock_id):
            return None
        return await self._store.advance(mock_id, session, step, at=at, since=since)

    async def delete_states(self, mock_id: str, session: str | None = None) -> int:
        """Delete the state of a session of a mock, or of all its sessions; how many went."""
        may = await self._may_change_mock(mock_id)
        return await self._store.delete_states(mock_id, session) if may else 0

    # the call log

    async def calls(self, mock_id: str, query: CallQuery) -> CallPage:
        """A page of a mock's calls. Raises InvalidCursor."""
        if await self.mock(mock_id) is None:
            return CallPage()
        return await self._store.calls(mock_id, query)

    async def count_own_calls(self) -> int:
        """How many calls are logged of all mocks that the user made."""
        return await self._store.count_calls(owner=self.user.id)
