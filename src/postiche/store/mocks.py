"""Mock servers and their server responses in SQL.

Knows their tables, and when a mock is active (behaviour B.1): its collection
and its environment, if it names one, are stored under the uids it names, in
workspaces that the mock's owner still sees. Must not know transactions or
matching. Each question is one statement, so what it finds is of one moment.
What changes something returns what is true.
"""

import dataclasses
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, delete, or_, select, update

from postiche.model import Mock, MockConfig, MockSources, Scope, ServerResponse
from postiche.store import Conflict, rows, scopes
from postiche.store.columns import storable
from postiche.store.tables import calls, documents, states
from postiche.store.tables import mocks as table
from postiche.store.tables import server_responses as responses

_collection = documents.alias("collection_document")
_environment = documents.alias("environment_document")

_active = and_(
    _collection.c.id.is_not(None),
    or_(table.c.environment.is_(None), _environment.c.id.is_not(None)),
).label("active")

_with_documents = table.outerjoin(
    _collection,
    and_(
        _collection.c.kind == "collection",
        _collection.c.uid == table.c.collection,
        scopes.seen_by_owner(_collection.c.workspace, table.c.owner),
    ),
).outerjoin(
    _environment,
    and_(
        _environment.c.kind == "environment",
        _environment.c.uid == table.c.environment,
        scopes.seen_by_owner(_environment.c.workspace, table.c.owner),
    ),
)

_MOCKS = select(*table.c, _active).select_from(_with_documents)

_SOURCES = select(
    *table.c,
    _active,
    _collection.c.content.label("collection_content"),
    _environment.c.content.label("environment_content"),
    *(column.label(f"response_{column.name}") for column in responses.c),
).select_from(
    _with_documents.outerjoin(
        responses, and_(responses.c.id == table.c.server_response, responses.c.mock == table.c.id)
    )
)


def add(connection: Connection, mock: Mock) -> bool:
    """Insert a mock."""
    return rows.add(connection, table, mock, server_response=mock.config.server_response_id)


def listing(
    connection: Connection, *, workspace: str | None, owner: int | None, scope: Scope | None
) -> tuple[Mock, ...]:
    """Mocks oldest first."""
    in_scope = scopes.of_things(table.c.workspace, scope)
    statement = _MOCKS.where(*in_scope).order_by(table.c.created_at, table.c.id)
    if workspace is not None:
        statement = statement.where(table.c.workspace == workspace)
    if owner is not None:
        statement = statement.where(table.c.owner == storable(owner))
    return rows.several(connection, _mock, statement)


def one(connection: Connection, mock_id: str, *, scope: Scope | None = None) -> Mock | None:
    """One mock."""
    in_scope = scopes.of_things(table.c.workspace, scope)
    return rows.single(connection, _mock, _MOCKS.where(table.c.id == mock_id, *in_scope))


def replace(connection: Connection, mock: Mock, *, expected: datetime | None) -> Mock | None:
    """Change all fields of a mock and give it back as it now is. Raises Conflict."""
    before = one(connection, mock.id)
    if before is None:
        return None
    if not rows.unchanged(before.updated_at, expected):
        raise Conflict(f"The mock {mock.id} has changed meanwhile.")
    row = rows.values(table, mock) | {
        "server_response": mock.config.server_response_id,
        "updated_at": rows.later(before.updated_at, mock.updated_at),
    }
    connection.execute(update(table).where(table.c.id == mock.id).values(row))
    return one(connection, mock.id)


def remove(connection: Connection, mock_id: str) -> bool:
    """Delete a mock with its server responses, calls and states."""
    for each in (responses, calls, states):
        connection.execute(delete(each).where(each.c.mock == mock_id))
    return connection.execute(delete(table).where(table.c.id == mock_id)).rowcount > 0


def remove_all(connection: Connection, workspace: str) -> None:
    """Delete the mocks of a workspace with their server responses, calls and states."""
    ids = select(table.c.id).where(table.c.workspace == workspace)
    for each in (responses, calls, states):
        connection.execute(delete(each).where(each.c.mock.in_(ids)))
    connection.execute(delete(table).where(table.c.workspace == workspace))


def sources(connection: Connection, mock_id: str) -> MockSources | None:
    """All that a mock's plan is made of."""
    return rows.single(connection, _sources, _SOURCES.where(table.c.id == mock_id))


def add_response(connection: Connection, response: ServerResponse) -> bool:
    """Insert a server response."""
    return rows.add(connection, responses, response)


def responses_of(connection: Connection, mock_id: str) -> tuple[ServerResponse, ...]:
    """The server responses of a mock, oldest first."""
    statement = select(responses).where(responses.c.mock == mock_id)
    return rows.several(
        connection,
        ServerResponse,
        statement.order_by(responses.c.created_at, responses.c.id),
    )


def response(connection: Connection, mock_id: str, response_id: str) -> ServerResponse | None:
    """One server response of a mock."""
    statement = select(responses).where(*_is_response(mock_id, response_id))
    return rows.single(connection, ServerResponse, statement)


def replace_response(connection: Connection, response: ServerResponse) -> bool:
    """Change all fields of a server response, which stays with its mock."""
    statement = update(responses).where(*_is_response(response.mock, response.id))
    return connection.execute(statement.values(rows.values(responses, response))).rowcount > 0


def remove_response(connection: Connection, mock_id: str, response_id: str) -> bool:
    """Delete a server response and take it out of its mock's config."""
    statement = delete(responses).where(*_is_response(mock_id, response_id))
    if not connection.execute(statement).rowcount:
        return False
    naming = update(table).where(table.c.server_response == response_id)
    connection.execute(naming.values(server_response=None))
    return True


def _is_response(mock_id: str, response_id: str) -> tuple[Any, Any]:
    return responses.c.mock == mock_id, responses.c.id == response_id


def _mock(*, config: MockConfig, server_response: str | None, **fields: Any) -> Mock:
    config = dataclasses.replace(config, server_response_id=server_response)
    return Mock(config=config, **fields)


def _sources(
    *, collection_content: bytes | None, environment_content: bytes | None, **fields: Any
) -> MockSources:
    prefix = "response_"
    response = {
        name.removeprefix(prefix): fields.pop(name)
        for name in tuple(fields)
        if name.startswith(prefix)
    }
    mock = _mock(**fields)
    return MockSources(
        mock,
        collection=(collection_content or b"") if mock.active else b"",
        environment=environment_content if mock.active else None,
        server_response=ServerResponse(**response) if response["id"] is not None else None,
    )
