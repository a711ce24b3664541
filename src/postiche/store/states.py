"""The states of sessions in SQL: many steps in one transaction, within bounds.

Knows their table. Must not know transactions, or what a state means.

A step is a function from a state to the next. Those that wait for a turn to
write are taken together: one statement reads all their states, one writes what
became of them.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Generic

from sqlalchemy import Connection, and_, bindparam, delete, insert, select, tuple_, update

from postiche.model import SessionState
from postiche.store import SESSIONS, Decided, rows
from postiche.store.columns import storable
from postiche.store.tables import mocks
from postiche.store.tables import states as table

MOST_STEPS: Final = 200
"""Steps of one transaction; a database binds only so many values to a statement."""
NOTED_EVERY: Final = timedelta(minutes=1)
"""The use of a session whose state stays as it is gets noted at most this often."""

_SELECT = select(table).where(
    tuple_(table.c.mock, table.c.session).in_(bindparam("keys", expanding=True))
)
_INSERT = insert(table)
_UPDATE = (
    update(table)
    .where(table.c.mock == bindparam("of_mock"), table.c.session == bindparam("of_session"))
    .values(used_at=bindparam("at"), content=bindparam("text"))
)
_DELETE = delete(table).where(
    table.c.mock == bindparam("of_mock"), table.c.session == bindparam("of_session")
)


@dataclass(eq=False, slots=True)
class Step(Generic[Decided]):
    """A step that was asked for, and what came of it.

    `at` is when; a state last used before `since` counts as none.
    """

    mock: str
    session: str
    change: Callable[[bytes | None], tuple[bytes | None, Decided]]
    at: datetime
    since: datetime
    taken: bool = False
    _outcome: list[Decided] = field(default_factory=list)
    _error: BaseException | None = None

    def take(self, text: bytes | None) -> bytes | None:
        """Do it: the next state, or the same one if the step fails."""
        try:
            after, outcome = self.change(text)
        except Exception as error:
            self._error = error
            return text
        self._outcome = [outcome]
        return after

    def fail(self, error: BaseException) -> None:
        """What was done did not reach the database."""
        self._error = error

    def result(self) -> Decided:
        """What the step decided. Raises what went wrong."""
        if self._error is not None:
            raise self._error
        return self._outcome[0]


@dataclass(slots=True)
class _Place:
    """The state of one session within a transaction: as it was found, and as it is now."""

    found: SessionState | None
    text: bytes | None
    step: Step[Any]


def advance(connection: Connection, steps: Sequence[Step[Any]]) -> None:
    """Take steps in order, and write the states that come of them."""
    keys = list(dict.fromkeys((step.mock, step.session) for step in steps))
    found = {
        (row.mock, row.session): SessionState(**row._asdict())
        for row in connection.execute(_SELECT, {"keys": keys})
    }
    places: dict[tuple[str, str], _Place] = {}
    for step in steps:
        key = step.mock, step.session
        if key not in places:
            kept = found.get(key)
            fresh = kept is not None and kept.used_at >= step.since
            places[key] = _Place(kept, kept.content if kept and fresh else None, step)
        place = places[key]
        place.step = step
        place.text = step.take(place.text)
    _write(connection, places.values())


def _write(connection: Connection, places: Iterable[_Place]) -> None:
    new = [each for each in places if each.found is None and each.text is not None]
    gone = [each for each in places if each.found is not None and each.text is None]
    changed = [each for each in places if each.found and each.text is not None and _differs(each)]
    if changed:
        connection.execute(
            _UPDATE, [_address(e) | {"at": e.step.at, "text": e.text} for e in changed]
        )
    if gone:
        connection.execute(_DELETE, [_address(each) for each in gone])
    by_mock: dict[str, list[_Place]] = {}
    for each in new:
        by_mock.setdefault(each.step.mock, []).append(each)
    for mock, added in by_mock.items():
        _add(connection, mock, added)


def _differs(place: _Place) -> bool:
    """Whether there is anything to write of a session that is stored."""
    found = place.found
    return found is not None and (
        found.content != place.text or place.step.at - found.used_at >= NOTED_EVERY
    )


def _address(place: _Place) -> dict[str, Any]:
    return {"of_mock": place.step.mock, "of_session": place.step.session}


def _add(connection: Connection, mock: str, places: Sequence[_Place]) -> None:
    """Insert sessions of a mock, unless it is gone, for which the oldest make room."""
    if not rows.count(connection, mocks, mocks.c.id == mock):
        return
    idle = min(place.step.since for place in places)
    connection.execute(delete(table).where(table.c.mock == mock, table.c.used_at < idle))
    excess = rows.count(connection, table, table.c.mock == mock) + len(places) - SESSIONS
    if excess > 0:
        # A tenth at once, so that a flood of sessions does not sort them all for each.
        oldest = (
            select(table.c.session)
            .where(table.c.mock == mock)
            .order_by(table.c.used_at, table.c.session)
            .limit(storable(excess + SESSIONS // 10))
        )
        going = and_(table.c.mock == mock, table.c.session.in_(oldest))
        connection.execute(delete(table).where(going))
    connection.execute(
        _INSERT,
        [
            {"mock": mock, "session": e.step.session, "used_at": e.step.at, "content": e.text}
            for e in places
        ],
    )


def listing(
    connection: Connection, mock_id: str, *, after: str | None, limit: int
) -> tuple[SessionState, ...]:
    """The states of a mock by session, from the one after `after`."""
    statement = select(table).where(table.c.mock == mock_id).order_by(table.c.session)
    if after is not None:
        statement = statement.where(table.c.session > after)
    return rows.several(connection, SessionState, statement.limit(storable(limit)))


def one(connection: Connection, mock_id: str, session: str) -> SessionState | None:
    """One state of a mock."""
    statement = select(table).where(table.c.mock == mock_id, table.c.session == session)
    return rows.single(connection, SessionState, statement)


def remove(connection: Connection, mock_id: str, session: str | None) -> int:
    """Delete the state of a session, or of all sessions of a mock; how many went."""
    statement = delete(table).where(table.c.mock == mock_id)
    if session is not None:
        statement = statement.where(table.c.session == session)
    return connection.execute(statement).rowcount
