import asyncio
import re
from typing import Any

import httpx
import orjson
import pytest

from postiche.dataplane.app import MockApp
from postiche.dataplane.asgi import Message
from postiche.dataplane.locate import at_root, by_path
from postiche.dataplane.plans import FixedMocks, MockEntry
from postiche.model import Delay, MockConfig, Reply, ServerResponse
from tests.dataplane.driver import (
    MOCK_ID,
    NOON,
    NOON_AS_HEADER,
    Answered,
    RecordedCalls,
    app_of,
    call,
    exchange,
    frozen,
    plan,
    request_parts,
    saved,
    scope_for,
    stored_mock,
)

DOWN = ServerResponse(
    "s", "m", "everything is down", 503, (), None, "down", NOON, NOON, created_by=1, updated_by=1
)
DELAYED = MockConfig(delay=Delay(300))
PREFLIGHT = [("origin", "http://x"), ("access-control-request-method", "PUT")]


class Locked(FixedMocks):
    """One mock that opens to the key "sesame" only."""

    async def may_call(self, mock_id: str, key: str) -> bool:
        return (mock_id, key) == ("m", "sesame")


def app_with(entry: MockEntry, calls: RecordedCalls | None = None) -> MockApp:
    return MockApp(Locked({"m": entry}), calls or RecordedCalls(), frozen(), locate=at_root("m"))


def error_name(answer: Answered) -> str:
    return str(orjson.loads(answer.body)["error"]["name"])


def test_a_request_gets_its_example() -> None:
    answer = call(app_of(saved(path="/hello", body="hi")), "GET", "/hello")
    assert (answer.status, answer.body) == (200, b"hi")
    assert answer.header("content-type") == "text/plain; charset=utf-8"
    assert answer.header("access-control-allow-origin") == "*"
    assert answer.header("date") == NOON_AS_HEADER
    assert answer.header("content-length") == "2"


def test_a_target_reaches_the_matcher_as_it_was_sent() -> None:
    app = app_of(saved("slash", path="/a%2Fb"), saved("two", path="/a/b", body="two"))
    assert call(app, "GET", "/a/b").body == b"two"
    assert call(app, "GET", "/a%2Fb").body == b"hello"


def test_the_body_takes_part_in_the_match() -> None:
    item = saved(method="POST", path="/a")
    for place in (item["request"], item["response"][0]["originalRequest"]):
        place["body"] = {"mode": "raw", "raw": "one"}
        place["header"] = [{"key": "Content-Type", "value": "text/plain"}]
    app = app_of(item, config=MockConfig(match_body=True))
    typed = [("content-type", "text/plain")]
    assert call(app, "POST", "/a", typed, [b"o", b"ne"]).status == 200
    assert call(app, "POST", "/a", typed, b"two").status == 404


def test_a_miss_is_answered_as_postman_does() -> None:
    answer = call(app_of(saved()), "GET", "/nowhere/at/all")
    assert answer.status == 404
    assert error_name(answer) == "mockRequestNotFoundError"
    assert answer.header("access-control-allow-origin") == "*"


def test_any_method_is_matched() -> None:
    app = app_of(saved(method="PURGE", path="/a"))
    assert call(app, "PURGE", "/a").status == 200
    assert call(app, "LINK", "/a").status == 404


def test_head_is_answered_with_the_length_alone() -> None:
    answer = call(app_of(saved(method="HEAD")), "HEAD", "/a")
    assert (answer.status, answer.body, answer.header("content-length")) == (200, b"", "5")


def test_a_saved_204_has_no_body_and_no_length() -> None:
    answer = call(app_of(saved(code=204)), "GET", "/a")
    assert (answer.status, answer.body, answer.header("content-length")) == (204, b"", None)


def test_set_cookie_headers_stay_apart_and_in_order() -> None:
    app = app_of(saved(headers=[("Set-Cookie", "a=1"), ("X", "y"), ("Set-Cookie", "b=2")]))
    cookies = [v for name, v in call(app, "GET", "/a").headers if name == "set-cookie"]
    assert cookies == ["a=1", "b=2"]


def test_a_saved_date_is_sent_instead_of_the_real_one() -> None:
    app = app_of(saved(headers=[("Date", "Thu, 01 Jan 1970 00:00:00 GMT")]))
    dates = [v for name, v in call(app, "GET", "/a").headers if name == "date"]
    assert dates == ["Thu, 01 Jan 1970 00:00:00 GMT"]


# --- the order of work (behaviour B.4)


def test_a_preflight_is_answered_for_any_mock_even_an_unknown_one() -> None:
    calls = RecordedCalls()
    app = app_of(calls=calls, locate=by_path())
    answer = call(app, "OPTIONS", "/m/unknown/x", PREFLIGHT)
    assert (answer.status, answer.body) == (204, b"")
    assert answer.header("access-control-allow-methods") == "GET,HEAD,PUT,PATCH,POST,DELETE"
    assert calls.calls == []


def test_no_example_overrides_a_preflight() -> None:
    app = app_of(saved(method="OPTIONS", code=200))
    assert call(app, "OPTIONS", "/a", PREFLIGHT).status == 204


def test_options_without_preflight_headers_is_matched() -> None:
    app = app_of(saved(method="OPTIONS", code=200))
    assert call(app, "OPTIONS", "/a").body == b"hello"


def test_an_unknown_mock_is_a_404_and_nobodys_call() -> None:
    calls = RecordedCalls()
    answer = call(app_of(calls=calls, locate=by_path()), "GET", "/m/unknown/x")
    assert (answer.status, error_name(answer)) == (404, "mockNotFoundError")
    assert answer.header("access-control-allow-origin") == "*"
    assert calls.calls == []


def test_a_request_for_no_mock_at_all_is_a_404_too() -> None:
    answer = call(app_of(locate=by_path()), "GET", "/elsewhere")
    assert (answer.status, error_name(answer)) == (404, "mockNotFoundError")


def test_an_inactive_mock_is_a_400_before_any_key_is_asked_for() -> None:
    calls = RecordedCalls()
    app = app_with(MockEntry(plan=plan(saved()), active=False, private=True), calls)
    answer = call(app, "GET", "/a")
    assert (answer.status, error_name(answer)) == (400, "inactiveMockError")
    assert calls.only.type == "error"


def test_a_private_mock_asks_for_a_key() -> None:
    app = app_with(MockEntry(plan=plan(saved()), private=True))
    answer = call(app, "GET", "/a")
    assert (answer.status, error_name(answer)) == (401, "invalidCredentialsError")


def test_a_private_mock_does_not_exist_for_a_wrong_key() -> None:
    app = app_with(MockEntry(plan=plan(saved()), private=True))
    answer = call(app, "GET", "/a", [("x-api-key", "wrong")])
    assert (answer.status, error_name(answer)) == (404, "mockNotFoundError")


def test_a_private_mock_opens_to_its_key() -> None:
    app = app_with(MockEntry(plan=plan(saved()), private=True))
    assert call(app, "GET", "/a", [("x-api-key", "sesame")]).status == 200


def test_a_public_mock_ignores_keys() -> None:
    app = app_with(MockEntry(plan=plan(saved())))
    assert call(app, "GET", "/a", [("x-api-key", "wrong")]).status == 200


def test_an_active_server_response_answers_every_call() -> None:
    calls = RecordedCalls()
    entry = MockEntry(
        plan=plan(saved()), server_response=DOWN, server_reply=Reply(503, (), b"down")
    )
    app = app_with(entry, calls)
    assert call(app, "GET", "/a").body == b"down"
    assert call(app, "POST", "/nowhere").status == 503
    assert [c.response_name for c in calls.calls] == ["everything is down"] * 2
    assert [c.type for c in calls.calls] == ["success"] * 2


def test_a_private_mock_keeps_its_server_response_private() -> None:
    entry = MockEntry(
        plan=plan(), private=True, server_response=DOWN, server_reply=Reply(503, (), b"down")
    )
    assert call(app_with(entry), "GET", "/a").status == 401


# --- bodies


def test_a_body_past_the_limit_is_a_413() -> None:
    calls = RecordedCalls()
    app = app_of(saved(method="POST"), max_body=10, calls=calls)
    answer = call(app, "POST", "/a", body=[b"x" * 6, b"x" * 5])
    assert (answer.status, error_name(answer)) == (413, "payloadTooLargeError")
    assert (calls.only.status_code, calls.only.type, calls.only.request_body) == (413, "error", b"")
    assert call(app, "POST", "/a", body=b"x" * 10).status == 200


def test_a_large_body_is_matched_as_any_other() -> None:
    app = app_of(saved(method="POST"))
    assert call(app, "POST", "/a", body=[b"x" * 1024 * 1024, b"x"]).body == b"hello"


def test_a_client_that_leaves_within_its_body_is_no_call() -> None:
    calls = RecordedCalls()
    app = app_of(saved(method="POST"), calls=calls)
    messages: list[Message] = [
        {"type": "http.request", "body": b"half", "more_body": True},
        {"type": "http.disconnect"},
    ]
    assert asyncio.run(exchange(app, scope_for("POST", "/a"), messages)) == []
    assert calls.calls == []


# --- delay


def slept_by(config: MockConfig, headers: list[tuple[str, str]], target: str = "/a") -> list[float]:
    """The delays, in seconds, that one call of `target` waited for."""
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    call(app_of(saved(), config=config, sleep=sleep), "GET", target, headers)
    return slept


def test_a_mock_without_delay_answers_at_once() -> None:
    assert slept_by(MockConfig(), []) == []


def test_the_configured_delay_is_waited_for() -> None:
    assert slept_by(DELAYED, []) == [0.3]


def test_a_miss_is_delayed_like_an_example() -> None:
    assert slept_by(DELAYED, [], "/nowhere/at/all") == [0.3]


def test_the_delay_header_has_precedence() -> None:
    assert slept_by(DELAYED, [("x-mock-response-delay", "1500")]) == [1.5]


def test_a_delay_out_of_range_is_ignored() -> None:
    assert slept_by(MockConfig(), [("x-mock-response-delay", "180001")]) == []


def test_a_client_that_leaves_during_the_delay_ends_it_and_is_no_call() -> None:
    calls = RecordedCalls()
    cancelled: list[bool] = []

    async def sleep(seconds: float) -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(True)
            raise

    app = app_of(saved(), config=DELAYED, calls=calls, sleep=sleep)
    messages = [*request_parts(b""), {"type": "http.disconnect"}]
    assert asyncio.run(exchange(app, scope_for("GET", "/a"), messages)) == []
    assert cancelled == [True]
    assert calls.calls == []


# --- the call log (behaviour C.4)


def test_an_answered_call_is_recorded_with_all_that_is_known() -> None:
    calls = RecordedCalls()
    app = app_of(saved("one pet", "POST", "/pets"), calls=calls)
    headers = [("content-type", "text/plain")]
    answer = call(app, "POST", "/pets?kind=cat", headers, b"miaow")
    recorded = calls.only
    assert (recorded.mock, recorded.method, recorded.path) == ("m", "POST", "/pets?kind=cat")
    assert (recorded.response_name, recorded.type) == ("one pet", "success")
    assert (recorded.example, recorded.served_at) == ("id of one pet", NOON)
    assert recorded.score is not None
    assert recorded.score < 100
    assert recorded.request_headers == tuple(headers)
    assert (recorded.request_body, recorded.response_body) == (b"miaow", answer.body)
    assert ("content-type", "text/plain; charset=utf-8") in recorded.response_headers
    assert re.fullmatch(r"[0-9a-f-]{36}-[0-9]{4}", recorded.id)


def test_the_recorded_path_is_the_one_within_the_mock() -> None:
    calls = RecordedCalls()
    call(app_of(saved(), calls=calls, locate=by_path()), "GET", "/m/m/a?b=c")
    assert calls.only.path == "/a?b=c"


def test_an_example_with_an_error_status_is_a_success() -> None:
    calls = RecordedCalls()
    call(app_of(saved(code=400), calls=calls), "GET", "/a")
    assert (calls.only.type, calls.only.status_code) == ("success", 400)


def test_a_miss_is_an_error_named_by_its_message() -> None:
    calls = RecordedCalls()
    call(app_of(saved(), calls=calls), "GET", "/nowhere/at/all")
    assert calls.only.type == "error"
    assert calls.only.status_code == 404
    assert calls.only.response_name == (
        "Double check your method and the request path and try again."
    )
    assert (calls.only.example, calls.only.score) == (None, None)


def test_an_api_key_never_reaches_the_call_log() -> None:
    calls = RecordedCalls()
    key = "PMAK-" + "0" * 24 + "-" + "f" * 34
    call(app_of(saved(), calls=calls), "GET", "/a", [("x-api-key", key), ("x", "y")])
    assert calls.only.request_headers == (("x-api-key", "PMAK-***"), ("x", "y"))


def test_a_key_of_the_mocked_api_itself_is_logged_as_any_header() -> None:
    calls = RecordedCalls()
    call(app_of(saved(), calls=calls), "GET", "/a", [("x-api-key", "theirs")])
    assert calls.only.request_headers == (("x-api-key", "theirs"),)


# --- the edges of ASGI


def test_any_asgi_client_can_call_it() -> None:
    async def get() -> httpx.Response:
        transport = httpx.ASGITransport(app_of(saved(), locate=by_path()))
        async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
            return await client.get("/m/m/a", params={"b": "c"})

    answer = asyncio.run(get())
    assert (answer.status_code, answer.text) == (200, "hello")


class Broken(FixedMocks):
    """Mocks that cannot be read."""

    async def find(self, mock_id: str) -> MockEntry | None:
        raise RuntimeError("the store is gone")


def test_a_failure_within_is_logged_and_still_answered(caplog: pytest.LogCaptureFixture) -> None:
    app = MockApp(Broken({}), RecordedCalls(), frozen(), locate=at_root("m"))
    answer = call(app, "GET", "/a")
    assert (answer.status, error_name(answer)) == (500, "serverError")
    assert answer.header("access-control-allow-origin") == "*"
    assert "the store is gone" in caplog.text
    assert b"store" not in answer.body


def test_lifespan_is_completed() -> None:
    steps: list[Message] = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]
    sent = asyncio.run(exchange(app_of(), {"type": "lifespan"}, steps))
    assert [message["type"] for message in sent] == [
        "lifespan.startup.complete",
        "lifespan.shutdown.complete",
    ]


def test_a_websocket_is_refused() -> None:
    connect: list[Message] = [{"type": "websocket.connect"}]
    sent = asyncio.run(exchange(app_of(), {"type": "websocket"}, connect))
    assert [message["type"] for message in sent] == ["websocket.close"]


def test_an_unknown_kind_of_scope_is_an_error() -> None:
    scope: dict[str, Any] = {"type": "carrier pigeon"}
    with pytest.raises(ValueError, match="carrier pigeon"):
        asyncio.run(exchange(app_of(), scope))


def test_a_stored_mock_is_recorded_under_its_plain_id() -> None:
    calls = RecordedCalls()
    uid = f"7-{MOCK_ID}"
    entry = MockEntry(plan=plan(saved()), mock=stored_mock())
    app = MockApp(FixedMocks({uid: entry}), calls, frozen(), locate=at_root(uid))
    call(app, "GET", "/a")
    assert calls.only.mock == MOCK_ID
