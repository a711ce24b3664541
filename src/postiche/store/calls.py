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
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain, islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, or_, select, tuple_, union_all

from postiche.model import Call, CallPage, CallQuery, Recurrence
from postiche.store import InvalidCursor, rows
from postiche.store.columns import (
    EPOCH,
    MILLISECOND,
    Text,
    storable,
    stored_json,
    stored_moment,
    stored_seconds,
    stored_text,
)
from postiche.store.tables import calls as table
from postiche.store.tables import mocks

CHUNK = 500
"""Rows of one insertion; their parameters are made and bound within a millisecond."""
DISTINCT = 128
"""Rows of one insertion that share nothing with others."""
CHUNK_BYTES = 512 * 1024
"""Bytes of headers and bodies after which an insertion takes no more rows."""
PIECE = 1000
"""Rows deleted in one transaction, for others to get their turn."""

Position = tuple[datetime, int]

_HEADERS = ("request_headers", "response_headers")
_BODIES = ("request_body", "response_body")
_SHARED = [column.name for column in table.c if column.name not in ("seq", "id", "served_at")]
_INTO = f"{table.name} (id, served_at, {', '.join(_SHARED)})"
_PARAMETER_MARKS = {"qmark": "?", "pyformat": "%s"}
_LARGE = len(_HEADERS + _BODIES)  # the last columns
_CURSOR = struct.Struct(">?qq")


def append(connection: Connection, calls: Iterable[Call | Recurrence]) -> None:
    """Insert calls in order, many with each statement.

    The call log is most of what is ever written, so its rows go to the driver
    as they are; the compiler of statements would take six times as long. The
    driver lets Python go on while a statement runs, not between rows.
    """
    mark = _PARAMETER_MARKS[connection.dialect.paramstyle]
    for chunk in _chunks(calls):
        connection.exec_driver_sql(chunk.statement(mark), tuple(chunk.parameters()))


def _chunks(calls: Iterable[Call | Recurrence]) -> Iterator["_Chunk"]:
    coming = iter(calls)
    while True:
        chunk = _Chunk()
        chunk.take(coming)
        if not chunk.rows:
            return
        yield chunk


class _Chunk:
    """Calls for one statement; what many of them share is given to the database once."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, int, int]] = []  # id, time, number of what is shared
        self._shared: list[tuple[Any, ...]] = []
        self._bytes = 0

    def take(self, calls: Iterator[Call | Recurrence]) -> None:
        """Take as many calls as one statement should insert."""
        numbers: dict[int, tuple[int, Call]] = {}  # with the call, lest its identity be used again
        for each in islice(calls, CHUNK):
            if isinstance(each, Recurrence):
                call, call_id, served_at = each.call, each.id, stored_seconds(each.served_at)
            else:
                call, call_id, served_at = each, each.id, stored_moment(each.served_at)
            known = numbers.get(id(call))
            if known is None:
                known = numbers[id(call)] = len(self._shared), call
                self._share(call)
            self.rows.append((stored_text(call_id), served_at, known[0]))
            if len(numbers) == DISTINCT or self._bytes > CHUNK_BYTES:
                return

    def _share(self, call: Call) -> None:
        shared = _shared(call)
        self._shared.append(shared)
        self._bytes += sum(map(len, shared[-_LARGE:]))

    def statement(self, mark: str) -> str:
        if not self._shares:
            return _plain(len(self.rows), mark)
        return _sharing(len(self._shared), len(self.rows), mark)

    def parameters(self) -> Iterator[Any]:
        if self._shares:
            numbered = ((number, *shared) for number, shared in enumerate(self._shared))
            return chain.from_iterable(chain(numbered, self.rows))
        return chain.from_iterable((*row[:2], *self._shared[row[2]]) for row in self.rows)

    @property
    def _shares(self) -> bool:
        """Whether sharing costs the database less than it saves."""
        return len(self.rows) >= 2 * len(self._shared)


def _shared(call: Call) -> tuple[Any, ...]:
    """The columns of a call besides id and time, in the order of `_SHARED`."""
    folded_path = call.path.casefold()
    return (
        stored_text(call.mock),
        stored_text(call.type),
        call.status_code,
        stored_text(call.method),
        stored_text(call.path),
        None if folded_path == call.path else stored_text(folded_path),
        stored_text(call.response_name),
        None if call.example is None else stored_text(call.example),
        call.score,
        None if call.nearest is None else stored_text(call.nearest),
        None if call.why is None else stored_text(call.why),
        stored_json(call.request_headers),
        stored_json(call.response_headers),
        call.request_body,
        call.response_body,
    )


def _plain(rows: int, mark: str) -> str:
    return f"INSERT INTO {_INTO} VALUES {_marks(rows, len(_SHARED) + 2, mark)}"  # noqa: S608 - no data


def _sharing(shared: int, rows: int, mark: str) -> str:
    # Of a CROSS JOIN, SQLite takes the left side in its order, which is that of the calls.
    columns = ", ".join(_SHARED)
    return (
        f"WITH shared (number, {columns}) AS (VALUES {_marks(shared, len(_SHARED) + 1, mark)}), "  # noqa: S608 - no data
        f"called (id, served_at, number) AS (VALUES {_marks(rows, 3, mark)}) "
        f"INSERT INTO {_INTO} SELECT id, served_at, {columns} "
        "FROM called CROSS JOIN shared ON shared.number = called.number"
    )


def _marks(rows: int, columns: int, mark: str) -> str:
    return ", ".join([f"({', '.join([mark] * columns)})"] * rows)


def page(connection: Connection, mock_id: str, query: CallQuery) -> CallPage:
    """One page of a mock's calls. Raises InvalidCursor."""
    if query.limit < 1:
        return CallPage()
    statement = select(*_columns(query)).where(table.c.mock == mock_id, *_conditions(query))
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


def overdue(connection: Connection, *, before: datetime, keep: int) -> tuple[str, ...]:
    """The mocks that have calls served before a time, or more than `keep`."""
    due = or_(func.min(table.c.served_at) < before, func.count() > storable(max(keep, 0)))
    return tuple(
        connection.execute(select(table.c.mock).group_by(table.c.mock).having(due)).scalars()
    )


def last_to_go(
    connection: Connection, mock_id: str, *, before: datetime, keep: int
) -> Position | None:
    """The newest call of a mock that was served before a time or has `keep` newer ones."""
    position = select(table.c.served_at, table.c.seq).where(table.c.mock == mock_id)
    newest_first = position.order_by(*_order(ascending=False))
    surplus = newest_first.offset(storable(max(keep, 0))).limit(1)
    old = newest_first.where(table.c.served_at < before).limit(1)
    found = connection.execute(union_all(select(surplus.subquery()), select(old.subquery()))).all()
    return max(((served_at, seq) for served_at, seq in found), default=None)


def remove_first(connection: Connection, mock_id: str, last: Position) -> int:
    """Delete the first calls of a mock, up to a position, `PIECE` at most; how many there were."""
    due = tuple_(table.c.served_at, table.c.seq) <= last
    first = select(table.c.seq).where(table.c.mock == mock_id, due)
    piece = first.order_by(*_order(ascending=True)).limit(PIECE)
    return connection.execute(delete(table).where(table.c.seq.in_(piece))).rowcount


def _columns(query: CallQuery) -> Iterator[ColumnElement[Any]]:
    """The columns to read; large ones only on demand."""
    left_out = {"folded_path"}
    left_out.update(() if query.headers else _HEADERS, () if query.bodies else _BODIES)
    return (column for column in table.c if column.name not in left_out)


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


def _call(*, seq: int, **fields: Any) -> Call:  # noqa: ARG001 - the row's order, not the call's
    return Call(**fields)
