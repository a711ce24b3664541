"""Rows become the model's things, and things become rows.

Knows that columns are named after fields. Must not know which tables there
are, or transactions.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Executable, Table, func, insert, select
from sqlalchemy.exc import IntegrityError

from postiche.model import ApiKey, Document, Mock, ServerResponse, User, Workspace
from postiche.store import AlreadyExists
from postiche.store.columns import MILLISECOND, stored_moment

Thing = TypeVar("Thing")
Stored = User | ApiKey | Workspace | Document | Mock | ServerResponse


def several(
    connection: Connection, make: Callable[..., Thing], statement: Executable
) -> tuple[Thing, ...]:
    """What `make` makes of each row."""
    return tuple(make(**row._asdict()) for row in connection.execute(statement))


def single(
    connection: Connection, make: Callable[..., Thing], statement: Executable
) -> Thing | None:
    """What `make` makes of the first row; None without one."""
    row = connection.execute(statement).first()
    return None if row is None else make(**row._asdict())


def count(connection: Connection, table: Table, *conditions: Any) -> int:
    """How many rows of a table meet the conditions."""
    statement = select(func.count()).select_from(table).where(*conditions)
    return int(connection.execute(statement).scalar_one())


def values(table: Table, thing: Stored) -> dict[str, Any]:
    """The attributes of a thing that the table has columns for."""
    names = (column.name for column in table.c)
    return {name: getattr(thing, name) for name in names if hasattr(thing, name)}


def add(connection: Connection, table: Table, thing: Stored, **more: Any) -> bool:
    """Insert a thing, with `more` columns that it has no attribute for. Raises AlreadyExists."""
    try:
        connection.execute(insert(table), values(table, thing) | more)
    except IntegrityError as error:
        raise AlreadyExists(f"{type(thing).__name__} {thing.id} is already stored.") from error
    return True


def unchanged(updated_at: datetime, expected: datetime | None) -> bool:
    """Whether a row with this `updated_at` is the expected one; any is, if none is expected."""
    return expected is None or stored_moment(expected) == stored_moment(updated_at)


def later(before: datetime, updated_at: datetime) -> datetime:
    """The new `updated_at` of a row: one that never comes twice."""
    return max(updated_at, before + MILLISECOND)
