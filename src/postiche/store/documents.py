"""Collections and environments in SQL.

Knows their table. Must not know what their JSON means, transactions, or
mocks. What changes something returns what is true.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select, update

from postiche.model import Document, DocumentKind
from postiche.store import rows
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
    name: str | None,
    limit: int | None,
    offset: int,
) -> tuple[Document, ...]:
    """Documents oldest first, their content neither read nor given."""
    statement = (
        select(*_LISTED)
        .where(*_conditions(kind, workspace=workspace, name=name))
        .order_by(table.c.created_at, table.c.id)
        .offset(storable(max(offset, 0)))
    )
    if limit is not None:
        statement = statement.limit(storable(max(limit, 0)))
    return rows.several(connection, _without_content, statement)


def count(connection: Connection, kind: DocumentKind, *, workspace: str | None) -> int:
    """How many documents of a kind there are."""
    return rows.count(connection, table, *_conditions(kind, workspace=workspace))


def one(connection: Connection, kind: DocumentKind, document_id: str) -> Document | None:
    """A document with its content."""
    statement = select(*_LISTED, table.c.content).where(*_conditions(kind, id=document_id))
    return rows.single(connection, Document, statement)


def replace(
    connection: Connection,
    kind: DocumentKind,
    document_id: str,
    *,
    name: str,
    content: bytes,
    updated_by: int,
    updated_at: datetime,
) -> Document | None:
    """Change a document and give it back as it now is."""
    statement = update(table).where(*_conditions(kind, id=document_id))
    connection.execute(
        statement.values(name=name, content=content, updated_by=updated_by, updated_at=updated_at)
    )
    return one(connection, kind, document_id)


def remove(connection: Connection, kind: DocumentKind, document_id: str) -> bool:
    """Delete a document."""
    statement = delete(table).where(*_conditions(kind, id=document_id))
    return connection.execute(statement).rowcount > 0


def _conditions(kind: DocumentKind, **wanted: str | None) -> list[Any]:
    given = ((name, value) for name, value in wanted.items() if value is not None)
    return [table.c.kind == kind, *(table.c[name] == value for name, value in given)]


def _without_content(**fields: Any) -> Document:
    return Document(content=b"", **fields)
