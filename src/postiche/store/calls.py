"""The call log in SQL: appending, paging, pruning.

Knows its table and the paging cursor. Must not know transactions, or what a
call means.

Calls are ordered by the time they were served, then by the order in which
they were appended (`seq`, which is never used twice). A cursor names the last
row of a page by both, so pages neither skip nor repeat what was there before,
however many calls arrive in between.
"""

import base64
import struct
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, func, select, tuple_

from postiche.model import Call, CallPage, CallQuery
from postiche.store import InvalidCursor, rows
from postiche.store.columns import (
    EPOCH,
    MILLISECOND,
    Text,
    storable,
    stored_json,
    stored_moment,
    stored_text,
)
from postiche.store.tables import calls as table
from postiche.store.tables import mocks

_SELECT = select(*(column for column in table.c if column.name != "folded_path"))
_INSERTED = [column.name for column in table.c if column.name != "seq"]
_INSERT = f"INSERT INTO {table.name} ({', '.join(_INSERTED)}) VALUES ({{}})"  # noqa: S608 - constant
_PARAMETER_MARKS = {"qmark": "?", "pyformat": "%s"}
_CURSOR = struct.Struct(">?qq")


def append(connection: Connection, calls: Sequence[Call]) -> None:
    """Insert calls in order.

    The call log is most of what is ever written, so its rows go to the driver
    as they are; the compiler of statements would take six times as long.
    """
    if calls:
        mark = _PARAMETER_MARKS[connection.dialect.paramstyle]
        statement = _INSERT.format(", ".join([mark] * len(_INSERTED)))
        connection.exec_driver_sql(statement, [_row(call) for call in calls])


def page(connection: Connection, mock_id: str, query: CallQuery) -> CallPage:
    """One page of a mock's calls. Raises InvalidCursor."""
    if query.limit < 1:
        return CallPage()
    statement = _SELECT.where(table.c.mock == mock_id, *_conditions(query))
    ordered = statement.order_by(*_order(ascending=query.ascending))
    found = connection.execute(ordered.limit(storable(query.limit + 1))).all()
    shown = found[: query.limit]
    calls = tuple(_call(**row._asdict()) for row in shown)
    if len(found) == len(shown):
        return CallPage(calls)
    return CallPage(calls, _cursor(shown[-1].served_at, shown[-1].seq, ascending=query.ascending))


def count(connection: Connection, mock_id: str | None, *, owner: int | None) -> int:
    """How many calls a mock, the mocks of an owner, or all mocks have in the log."""
    conditions: list[ColumnElement[bool]] = []
    if mock_id is not None:
        conditions.append(table.c.mock == mock_id)
    if owner is not None:
        owned = select(mocks.c.id).where(mocks.c.owner == storable(owner))
        conditions.append(table.c.mock.in_(owned))
    return rows.count(connection, table, *conditions)


def prune(connection: Connection, *, before: datetime, keep: int) -> int:
    """Delete calls served before a time, then those not among the newest `keep` of their mock."""
    too_old = and_(table.c.mock.in_(select(table.c.mock).distinct()), table.c.served_at < before)
    gone = connection.execute(delete(table).where(too_old)).rowcount
    keep = storable(max(keep, 0))
    crowded = select(table.c.mock).group_by(table.c.mock).having(func.count() > keep)
    for mock_id in connection.execute(crowded).scalars().all():
        gone += _prune_mock(connection, mock_id, keep)
    return gone


def _prune_mock(connection: Connection, mock_id: str, keep: int) -> int:
    position = select(table.c.served_at, table.c.seq).where(table.c.mock == mock_id)
    newest_out = position.order_by(*_order(ascending=False)).offset(keep).limit(1)
    out = tuple_(table.c.served_at, table.c.seq) <= newest_out.scalar_subquery()
    return connection.execute(delete(table).where(table.c.mock == mock_id, out)).rowcount


def _conditions(query: CallQuery) -> Iterator[ColumnElement[bool]]:
    if query.since is not None:
        yield table.c.served_at >= query.since
    if query.until is not None:
        yield table.c.served_at <= query.until
    if query.status_code is not None:
        yield table.c.status_code == storable(query.status_code)
    if query.type is not None:
        yield table.c.type == query.type.casefold()
    if query.method is not None:
        yield func.lower(table.c.method, type_=Text) == query.method.lower()
    if query.path is not None:
        yield func.coalesce(table.c.folded_path, table.c.path, type_=Text) == query.path.casefold()
    if query.cursor is not None:
        yield _beyond(query.cursor, ascending=query.ascending)


def _beyond(cursor: str, *, ascending: bool) -> ColumnElement[bool]:
    position, last = tuple_(table.c.served_at, table.c.seq), _position(cursor, ascending=ascending)
    return position > last if ascending else position < last


def _order(*, ascending: bool) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    if ascending:
        return table.c.served_at.asc(), table.c.seq.asc()
    return table.c.served_at.desc(), table.c.seq.desc()


def _cursor(served_at: datetime, seq: int, *, ascending: bool) -> str:
    packed = _CURSOR.pack(ascending, stored_moment(served_at), seq)
    return base64.urlsafe_b64encode(packed).decode()


def _position(cursor: str, *, ascending: bool) -> tuple[datetime, int]:
    try:
        _, served_at, seq = _CURSOR.unpack(base64.urlsafe_b64decode(cursor.encode()))
        position = EPOCH + served_at * MILLISECOND, seq
    except (ValueError, OverflowError, struct.error) as error:
        raise InvalidCursor("The cursor is not one of a call log.") from error
    if cursor != _cursor(*position, ascending=ascending):
        raise InvalidCursor("The cursor is of a listing in the other direction, or damaged.")
    return position


def _row(call: Call) -> tuple[object, ...]:
    folded_path = call.path.casefold()
    return (
        stored_text(call.id),
        stored_text(call.mock),
        stored_moment(call.served_at),
        stored_text(call.type),
        call.status_code,
        stored_text(call.method),
        stored_text(call.path),
        None if folded_path == call.path else stored_text(folded_path),
        stored_text(call.response_name),
        None if call.example is None else stored_text(call.example),
        call.score,
        stored_json(call.request_headers),
        stored_json(call.response_headers),
        call.request_body,
        call.response_body,
    )


def _call(*, seq: int, **fields: Any) -> Call:  # noqa: ARG001 - the row's order, not the call's
    return Call(**fields)
