"""What a miss tells a client and the log, and that telling it cannot take a server over."""

from typing import Any

import orjson
import pytest

from postiche.dataplane.answer import answer_of
from postiche.dataplane.locate import by_path
from postiche.dataplane.misses import RESERVE, Misses
from postiche.dataplane.plans import MockEntry
from postiche.model import MockConfig, Request
from tests.dataplane.driver import (
    NOON,
    Answered,
    RecordedCalls,
    app_of,
    call,
    frozen,
    plan,
    saved,
)

ITEMS = [
    saved("one user", "GET", "/users/{{id}}"),
    saved("new user", "POST", "/users"),
    saved("orders", "GET", "/orders/all/open"),
]


def missed(accept: str | None = None, **more: Any) -> Answered:
    app = app_of(*ITEMS, locate=by_path(), **more)
    headers = [("host", "localhost:4000"), *([("accept", accept)] if accept else [])]
    return call(app, "DELETE", "/m/m/users/7", headers, scheme="http")


def test_a_miss_keeps_postmans_error_and_adds_the_nearest_examples() -> None:
    answer = missed()
    told = orjson.loads(answer.body)
    assert answer.status == 404
    assert answer.header("content-type") == "application/json; charset=utf-8"
    assert told["error"]["name"] == "mockRequestNotFoundError"
    assert [each["name"] for each in told["postiche"]["nearest"]][:2] == ["one user", "new user"]
    assert "GET /users/{{id}}" in told["postiche"]["summary"]


def test_the_command_that_would_succeed_is_for_the_url_that_was_called() -> None:
    nearest = orjson.loads(missed().body)["postiche"]["nearest"][0]
    assert "http://localhost:4000/m/m/users/7" in orjson.dumps(nearest["wouldAnswer"]).decode()


@pytest.mark.parametrize(
    ("accept", "type_"),
    [
        ("text/plain", "text/plain; charset=utf-8"),
        ("application/json, text/plain, */*", "application/json; charset=utf-8"),
        ("text/html,*/*;q=0.8", "application/json; charset=utf-8"),
    ],
)
def test_text_is_told_to_those_who_ask_for_it(accept: str, type_: str) -> None:
    answer = missed(accept)
    assert answer.header("content-type") == type_
    assert answer.header("access-control-allow-origin") == "*"
    assert b"mockRequestNotFoundError" in answer.body


def test_a_mock_can_be_told_to_keep_it_to_itself() -> None:
    told = orjson.loads(missed(config=MockConfig(explain_misses=False)).body)
    assert told.keys() == {"error"}


def test_the_log_says_which_example_came_nearest_and_why_it_did_not_answer() -> None:
    calls = RecordedCalls()
    missed(calls=calls)
    assert calls.only.nearest == "id of one user"
    assert "GET /users/{{id}}" in (calls.only.why or "")
    assert calls.only.example is None


def test_a_flood_of_misses_is_answered_without_explanations() -> None:
    times = iter([0.0, 0.0, RESERVE * 2, RESERVE * 2, RESERVE * 2 + 60, RESERVE * 2 + 60])
    misses = Misses(lambda: next(times))
    entry, request = MockEntry(plan(*ITEMS)), Request("GET", "/nothing/like/it/at/all")
    answer = answer_of(entry, request, frozen())
    explained = [misses.explained(entry, request, "", answer).why is not None for _ in range(3)]
    assert explained == [True, False, True]


@pytest.mark.parametrize("asked", ["true", "TRUE", "false", None])
def test_the_winner_is_named_to_those_who_ask(asked: str | None) -> None:
    headers = [("x-mock-explain", asked)] if asked else []
    answer = call(app_of(*ITEMS), "GET", "/users/7", headers)
    told = [answer.header(f"x-mock-explain-{what}") for what in ("name", "id", "score")]
    named = asked in ("true", "TRUE")
    assert told == (["one user", "id of one user", "80"] if named else [None] * 3)


def test_a_name_that_no_header_can_hold_is_encoded() -> None:
    app = app_of(saved("a\nÄ", "GET", "/a"))
    assert call(app, "GET", "/a", [("x-mock-explain", "true")]).header("x-mock-explain-name") == (
        "a%0A%C3%84"
    )


def test_the_fast_path_leaves_misses_that_are_explained_to_the_application() -> None:
    sent = b"GET /nothing/like/it HTTP/1.1\r\nHost: x\r\n\r\n"
    for explained in (True, False):
        app = app_of(*ITEMS, config=MockConfig(explain_misses=explained))
        answer = app.fast_path(NOON.timestamp).answer(sent)
        assert (answer is None) is explained
