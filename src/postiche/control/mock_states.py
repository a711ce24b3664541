"""Sessions of a mock server and their states: an extension, under `/mocks/{mockId}/states`.

Knows states as the API shows and takes them. Must not know how they change, or
what an example has to do with them.

A session that has no state stands at the beginning, so that resetting one is
never a mistake.
"""

from typing import Any, Final

from starlette.responses import Response

from postiche.control import wire
from postiche.control.api import Asked
from postiche.control.cursor_pages import cursor_of, key_of, limit_of
from postiche.control.mocks import existing_mock, mock_to_change
from postiche.control.validate import NO_NUL, compile_schema
from postiche.core.steering.sessions import bounded
from postiche.core.steering.states import LARGEST_NUMBER, read_state, written
from postiche.model import Mock, SessionState, State

MOST: Final = 1_000
"""Sequences, and scenarios, of a state that is put; names and states are as long at most."""
MAX_BODY: Final = 10_000_000

_NAME = {"minLength": 1, "maxLength": MOST, "pattern": NO_NUL}
_complaints = compile_schema(
    {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "sequences": {
                "type": "object",
                "maxProperties": MOST,
                "propertyNames": _NAME,
                "additionalProperties": {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": LARGEST_NUMBER,
                },
            },
            "scenarios": {
                "type": "object",
                "maxProperties": MOST,
                "propertyNames": _NAME,
                "additionalProperties": {"type": "string", **_NAME},
            },
        },
    }
)


async def list_states(asked: Asked) -> Response:
    """GET /mocks/{mockId}/states: the sessions that have left the beginning, by name."""
    mock = await existing_mock(asked)
    limit, after = limit_of(asked.query("limit")), None
    if (cursor := asked.query("cursor")) is not None:
        after = key_of(cursor, wire.invalid_cursor)
    found = await asked.store.states(mock.id, after=after, limit=limit + 1)
    shown = found[:limit]
    more = cursor_of(shown[-1].session) if len(found) > limit else None
    return wire.answer({"states": [_shown(each) for each in shown], "meta": {"nextCursor": more}})


async def get_state(asked: Asked) -> Response:
    """GET /mocks/{mockId}/states/{session}."""
    return await _answer(asked, await existing_mock(asked))


async def put_state(asked: Asked) -> Response:
    """PUT /mocks/{mockId}/states/{session}: the state is then this one, and nothing else."""
    mock = await mock_to_change(asked)
    state, _ = await asked.json(_sent_state, limit=MAX_BODY)
    step, now = (lambda _: (written(state), None)), asked.now()
    await asked.store.advance(mock.id, _session(asked), step, at=now, since=now)
    return await _answer(asked, mock)


async def delete_state(asked: Asked) -> Response:
    """DELETE /mocks/{mockId}/states/{session}: back to the beginning, if it is not there."""
    mock = await mock_to_change(asked)
    session = _session(asked)
    await asked.store.delete_states(mock.id, session)
    return wire.answer({"state": {"session": session}})


async def delete_states(asked: Asked) -> Response:
    """DELETE /mocks/{mockId}/states: every session back to the beginning."""
    mock = await mock_to_change(asked)
    return wire.answer({"states": {"deleted": await asked.store.delete_states(mock.id)}})


async def _answer(asked: Asked, mock: Mock) -> Response:
    """The state of the session that the path names. Raises ApiError 404."""
    found = await asked.store.state(mock.id, _session(asked))
    if found is None:
        raise wire.legacy(404, "instanceNotFoundError", "The specified session does not exist.")
    return wire.answer({"state": _shown(found)})


def _session(asked: Asked) -> str:
    """The session that the path names, as the store knows it. Raises ApiError 404 for none."""
    name = asked.segment("session")
    if not name:
        raise wire.no_such_path()
    return bounded(name)


def _sent_state(body: dict[str, object]) -> State:
    """The state in a request body. Raises ApiError 400 naming what is wrong with it."""
    sent: Any = body.get("state")
    if sent is None:
        raise wire.param_missing("state")
    for complaint in _complaints(sent):
        raise wire.refused(complaint, "state")
    sequences = {name: int(number) for name, number in sent.get("sequences", {}).items()}
    return State(sequences, sent.get("scenarios", {}))


def _shown(found: SessionState) -> dict[str, object]:
    state = read_state(found.content)
    return {
        "session": found.session,
        "sequences": state.sequences,
        "scenarios": state.scenarios,
        "usedAt": wire.iso(found.used_at),
    }
