"""Calls in sessions: what the mock URL answers, whoever keeps the states."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from postiche.core.match import Outcome
from postiche.core.plan import Plan
from postiche.dataplane.app import MockApp
from postiche.dataplane.locate import at_root, by_path
from postiche.dataplane.plans import FixedMocks, MockEntry, StoredMocks
from postiche.dataplane.states import (
    IDLE,
    LEFT_OUT,
    THREAD_ABOVE,
    LocalStates,
    StateKeeper,
    StoredStates,
    outcome_of,
)
from postiche.model import MockConfig, Reply, Request, ServerResponse
from tests.dataplane.driver import (
    MOCK_ID,
    NOON,
    RecordedCalls,
    answered,
    app_of,
    call,
    collection,
    document,
    exchange,
    frozen,
    opened,
    plan,
    replace_collection,
    request_parts,
    saved,
    scope_for,
    stored_mock,
)


def turn(number: int, body: str, path: str = "/a", method: str = "GET", **more: str) -> Any:
    """An example of a sequence."""
    headers = {"x-mock-sequence": f"{number}"} | {
        f"x-mock-{name.replace('_', '-')}": value for name, value in more.items()
    }
    return saved(body, method, path, headers=headers.items(), body=body)


ITEMS = [turn(1, "one"), turn(2, "two"), turn(3, "three"), saved("b", path="/b", body="b")]


def bodies(app: MockApp, *calls: tuple[str, str]) -> list[str]:
    """What calls are answered, each a session ("" for none) and a target."""
    found = []
    for session, target in calls:
        headers = [("x-mock-session", session)] if session else []
        found.append(call(app, "GET", target, headers).body.decode())
    return found


def test_each_session_sees_the_sequence_from_its_beginning() -> None:
    calls = [("x", "/a"), ("y", "/a"), ("x", "/a"), ("", "/a"), ("x", "/a"), ("", "/a")]
    assert bodies(app_of(*ITEMS), *calls) == ["one", "one", "two", "one", "three", "two"]


def test_headers_that_make_a_sequence_are_not_sent() -> None:
    answer = call(app_of(*ITEMS), "GET", "/a")
    assert not [name for name, _ in answer.headers if name.startswith("x-mock-")]


def test_a_call_in_a_session_is_logged_as_any_other() -> None:
    calls = RecordedCalls()
    app = app_of(*ITEMS, calls=calls)
    bodies(app, ("", "/a"), ("", "/a"), ("", "/none/at/all"))
    logged = [(each.example, each.score, each.type) for each in calls.calls]
    assert logged == [
        ("id of one", 100.0, "success"),
        ("id of two", 100.0, "success"),
        (None, None, "error"),
    ]


def test_what_is_not_answered_by_an_example_moves_nothing() -> None:
    down = ServerResponse(
        "s", "m", "down", 503, (), None, "", NOON, NOON, created_by=1, updated_by=1
    )
    mocks = FixedMocks({"m": MockEntry(plan=plan(*ITEMS))})
    app = MockApp(mocks, RecordedCalls(), frozen(), locate=at_root("m"))
    assert bodies(app, ("", "/a")) == ["one"]
    mocks.replace({"m": MockEntry(plan(*ITEMS), server_response=down, server_reply=Reply(503))})
    assert call(app, "GET", "/a").status == 503
    mocks.replace({"m": MockEntry(plan(*ITEMS))})
    assert call(app, "GET", "/none/at/all").status == 404
    assert call(app, "POST", "/a").status == 404
    assert bodies(app, ("", "/a")) == ["two"]


def test_a_call_that_no_state_lets_in_is_a_miss_and_the_log_says_so() -> None:
    calls = RecordedCalls()
    item = turn(1, "once", "/pay", "POST", required_state="start", new_state="paid")
    app = app_of(item, calls=calls)
    assert call(app, "POST", "/pay").body == b"once"
    miss = call(app, "POST", "/pay")
    assert miss.status == 404
    assert b"mockRequestNotFoundError" in miss.body
    assert b"it answers" not in miss.body
    assert call(app, "POST", "/none/at/all").status == 404
    why = [each.why for each in calls.calls]
    assert why[:2] == [None, LEFT_OUT]
    assert why[2] not in (None, LEFT_OUT)


def test_a_long_body_is_matched_in_its_turn() -> None:
    long = "x" * (THREAD_ABOVE + 1)
    items = [turn(1, "one", "/p", "POST"), turn(2, "two", "/p", "POST")]
    for item in items:
        item["response"][0]["originalRequest"] |= {
            "body": {"mode": "raw", "raw": long},
            "header": [{"key": "Content-Type", "value": "text/plain"}],
        }
    app = app_of(*items, config=MockConfig(match_body=True))
    typed = [("content-type", "text/plain")]
    assert [call(app, "POST", "/p", typed, long.encode()).body for _ in "ab"] == [b"one", b"two"]
    assert call(app, "POST", "/p", typed, b"short").status == 404


def test_the_client_is_no_session_unless_the_config_says_so() -> None:
    app = app_of(*ITEMS)
    answers = [call(app, "GET", "/a", client=(f"10.0.0.{n}", 9)).body for n in range(2)]
    assert answers == [b"one", b"two"]


def test_the_fast_path_leaves_a_mock_with_state_to_the_application() -> None:
    with_state, without = app_of(*ITEMS), app_of(*ITEMS[3:])
    asked = b"GET /b HTTP/1.1\r\nHost: x\r\n\r\n"
    assert without.fast_path().answer(asked) is not None
    assert with_state.fast_path().answer(asked) is None


# --- who keeps states --------------------------------------------------------------------


class Unused:
    """A keeper that nobody asks."""

    async def advance(self, mock_id: str, session: str, step: Callable[..., Any]) -> Any:
        raise AssertionError((mock_id, session, step))


def decided(states: StateKeeper, made: Plan, target: str) -> Outcome:
    return asyncio.run(outcome_of(states, "m", "s", made, Request("GET", target)))


@pytest.mark.parametrize("target", ["/b", "/b?x=1", "/none/at/all"])
def test_a_call_that_no_state_can_change_asks_nobody(target: str) -> None:
    decided(Unused(), plan(*ITEMS), target)
    decided(Unused(), plan(*ITEMS[3:]), target)


class Clock:
    """A time that passes when told."""

    def __init__(self) -> None:
        self.time = NOON

    def __call__(self) -> datetime:
        return self.time


def counted(text: bytes | None) -> tuple[bytes | None, int]:
    number = int(text or b"0") + 1
    return str(number).encode(), number


def test_sessions_in_memory_are_bounded_and_those_used_last_stay() -> None:
    states = LocalStates(Clock(), sessions=3)

    async def count(session: str, mock: str = "m") -> int:
        return await states.advance(mock, session, counted)

    async def main() -> None:
        assert [await count(each) for each in "abcab"] == [1, 1, 1, 2, 2]
        assert await count("d") == 1  # in the place of c
        assert await count("a", "another mock") == 1
        assert [await count(each) for each in "abd"] == [3, 3, 2]
        assert await count("c") == 1

    asyncio.run(main())


def test_a_session_in_memory_that_was_idle_begins_anew() -> None:
    clock = Clock()
    states = LocalStates(clock)

    def count() -> int:
        return asyncio.run(states.advance("m", "s", counted))

    assert [count(), count()] == [1, 2]
    clock.time += IDLE
    assert count() == 3
    clock.time += IDLE + timedelta(milliseconds=1)
    assert count() == 1
    assert asyncio.run(states.advance("m", "s", lambda text: (None, text))) == b"1"
    assert count() == 1


# --- with a store ----------------------------------------------------------------------------


def test_workers_on_one_store_see_one_sequence_and_what_becomes_of_it(tmp_path: Path) -> None:
    async def get(app: MockApp, target: str = "/a", session: str = "x") -> str:
        scope = scope_for("GET", f"/m/{MOCK_ID}{target}", [("x-mock-session", session)])
        return answered(await exchange(app, scope, request_parts(b""))).body.decode()

    async def main() -> None:
        async with opened(tmp_path) as one, opened(tmp_path) as two:
            await one.add_document(document("collection", "c", collection(*ITEMS)))
            await one.add_mock(stored_mock())
            await two.refresh()
            apps = [
                MockApp(
                    StoredMocks(store),
                    RecordedCalls(),
                    frozen(),
                    locate=by_path(),
                    states=StoredStates(store, lambda: NOON),
                )
                for store in (one, two)
            ]
            before = one.revision
            assert await get(apps[0]) == "one"
            assert await get(apps[1]) == "two"
            assert one.revision == before
            # A uid is the same mock, and so the same session.
            scope = scope_for("GET", f"/m/7-{MOCK_ID}/a", [("x-mock-session", "x")])
            sent = await exchange(apps[0], scope, request_parts(b""))
            assert answered(sent).body == b"three"
            found = await one.state(MOCK_ID, "x")
            assert found is not None
            assert found.content == b'{"scenarios":{},"sequences":{"GET /a":3}}'
            # Sequences that a changed collection still has go on where they were.
            await replace_collection(one, *ITEMS, turn(4, "four"))
            assert await get(apps[0]) == "three"
            assert await get(apps[0]) == "four"
            await one.delete_states(MOCK_ID, "x")
            assert await get(apps[0]) == "one"

    asyncio.run(main())
