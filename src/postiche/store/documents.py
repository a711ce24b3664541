"""Collections and environments in SQL.

Knows their table. Must not know what their JSON means, transactions, or
mocks. What changes something returns what is true.
"""

import dataclasses
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select, update

from postiche.model import Document, DocumentKind, Scope
from postiche.store import Conflict, rows, scopes
from postiche.store.columns import storable
from postiche.store.tables import documents as table

_LISTED = [column for column in table.c if column.name not in {"uid", "content"}]


def add(connection: Connection, document: Document) -> bool:
    """Insert a document."""
    return rows.add(connection, table, document)


def listing(
    connection: Connection,
    kind: DocumentKind,
    *,
    workspace: str | None,
    scope: Scope | None,
    name: str | None,
    limit: int | None,
    offset: int,
) -> tuple[Document, ...]:
    """Documents oldest first, their content neither read nor given."""
    statement = (
        select(*_LISTED)
        .where(*_conditions(kind, scope, workspace=workspace, name=name))
        .order_by(table.c.created_at, table.c.id)
        .offset(storable(max(offset, 0)))
    )
    if limit is not None:
        statement = statement.limit(storable(max(limit, 0)))
    return rows.several(connection, _without_content, statement)


def count(
    connection: Connection,
    kind: DocumentKind,
    *,
    workspace: str | None,
    scope: Scope | None,
    name: str | None,
) -> int:
    """How many documents are listed."""
    conditions = _conditions(kind, scope, workspace=workspace, name=name)
    return rows.count(connection, table, *conditions)


def one(
    connection: Connection, kind: DocumentKind, document_id: str, *, scope: Scope | None = None
) -> Document | None:
    """A document with its content."""
    statement = select(*_LISTED, table.c.content).where(*_conditions(kind, scope, id=document_id))
    return rows.single(connection, Document, statement)


def head(
    connection: Connection, kind: DocumentKind, document_id: str, *, scope: Scope | None = None
) -> Document | None:
    """A document without its content."""
    statement = select(*_LISTED).where(*_conditions(kind, scope, id=document_id))
    return rows.single(connection, _without_content, statement)


def replace(
    connection: Connection,
    kind: DocumentKind,
    document_id: str,
    *,
    name: str,
    content: bytes,
    updated_by: int,
    updated_at: datetime,
    expected: datetime | None,
) -> Document | None:
    """Change a document and give it back as it now is. Raises Conflict."""
    before = head(connection, kind, document_id)
    if before is None:
        return None
    if not rows.unchanged(before.updated_at, expected):
        raise Conflict(f"The {kind} {document_id} has changed meanwhile.")
    statement = (
        update(table)
        .where(*_conditions(kind, id=document_id))
        .values(
            name=name,
            content=content,
            updated_by=updated_by,
            updated_at=rows.later(before.updated_at, updated_at),
        )
    )
    connection.execute(statement)
    after = head(connection, kind, document_id)
    return dataclasses.replace(after, content=content) if after else None


def remove(connection: Connection, kind: DocumentKind, document_id: str) -> bool:
    """Delete a document."""
    statement = delete(table).where(*_conditions(kind, id=document_id))
    return connection.execute(statement).rowcount > 0


def remove_all(connection: Connection, workspace: str) -> None:
    """Delete the documents of a workspace, whatever their kind."""
    connection.execute(delete(table).where(table.c.workspace == workspace))


def _conditions(kind: DocumentKind, scope: Scope | None = None, **wanted: str | None) -> list[Any]:
    given = ((name, value) for name, value in wanted.items() if value is not None)
    return [
        table.c.kind == kind,
        *(table.c[name] == value for name, value in given),
        *scopes.of_things(table.c.workspace, scope),
    ]


def _without_content(**fields: Any) -> Document:
    return Document(content=b"", **fields)
