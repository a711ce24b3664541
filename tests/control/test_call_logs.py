from datetime import timedelta
from typing import Any

import pytest

from postiche.control.call_logs import MAX_BYTES

from .world import NOON, Json, World, error_of


@pytest.fixture
def url(world: World) -> str:
    return f"/mocks/{world.mock()['id']}/call-logs"


def calls(world: World, url: str, **fields: Any) -> str:
    """Log a call of the mock that the URL belongs to; gives its id."""
    return world.called(url.split("/")[2], **fields).id


def logs(world: World, url: str, query: str = "") -> Json:
    response = world.get(f"{url}?{query}")
    assert response.status_code == 200, response.text
    answer: Json = response.json()
    return answer


def ids(world: World, url: str, query: str = "") -> list[str]:
    return [row["id"] for row in logs(world, url, query)["call-logs"]]


def test_a_mock_that_was_not_called_has_no_call_logs(world: World, url: str) -> None:
    assert logs(world, url) == {"call-logs": [], "meta": {"nextCursor": None}}


def test_a_call_is_shown_as_postman_shows_it(world: World, url: str) -> None:
    called = calls(
        world,
        url,
        response_name="Not here",
        type="error",
        status_code=404,
        method="POST",
        path="/animals?type=dog",
    )
    assert logs(world, url)["call-logs"] == [
        {
            "id": called,
            "responseName": "Not here",
            "servedAt": "2026-11-22T12:00:00.000Z",
            "request": {"method": "POST", "path": "/animals?type=dog"},
            "response": {"type": "error", "statusCode": 404},
            "postiche": {"example": None, "score": None},
        }
    ]


def test_a_call_says_which_example_answered_or_why_none_did(world: World, url: str) -> None:
    calls(world, url, example="e-1", score=85.0)
    calls(world, url, nearest="e-2", why="GET has no example, but POST has")
    told = [row["postiche"] for row in logs(world, url)["call-logs"]]
    assert {"example": "e-1", "score": 85.0} in told
    assert {"nearest": "e-2", "why": "GET has no example, but POST has"} in told


def test_calls_still_in_memory_are_waited_for(world: World, url: str) -> None:
    logs(world, url)
    assert world.flushes == 1


def test_headers_and_bodies_are_included_on_demand(world: World, url: str) -> None:
    calls(
        world,
        url,
        request_headers=(("accept", "a"), ("accept", "b"), ("content-type", "text/plain")),
        request_body=b"caf\xc3\xa9 \xff",
        response_headers=(("Content-Type", "application/json"),),
        response_body=b"{}",
    )
    everything = "request.headers,request.body,response.headers, response.body"
    (row,) = logs(world, url, f"include={everything}")["call-logs"]
    assert row["request"]["headers"] == {"accept": "a, b", "content-type": "text/plain"}
    assert row["request"]["body"] == {"mode": "raw", "data": "café \ufffd"}
    assert row["response"]["headers"] == {"Content-Type": "application/json"}
    assert row["response"]["body"] == {"data": "{}"}
    (row,) = logs(world, url, "include=response.body")["call-logs"]
    assert set(row["request"]) == {"method", "path"}
    assert set(row["response"]) == {"type", "statusCode", "body"}


@pytest.mark.parametrize(
    ("content_type", "mode"),
    [
        ("application/x-www-form-urlencoded", "urlencoded"),
        ("Multipart/Form-Data; boundary=x", "formdata"),
        ("application/json", "raw"),
    ],
)
def test_the_body_mode_follows_from_the_content_type(
    world: World, url: str, content_type: str, mode: str
) -> None:
    calls(world, url, request_headers=(("Content-Type", content_type),))
    (row,) = logs(world, url, "include=request.body")["call-logs"]
    assert row["request"]["body"]["mode"] == mode


def test_a_call_that_was_no_unicode_can_be_listed(world: World, url: str) -> None:
    calls(world, url, path="/\udcff", method="\udcfe", request_headers=(("\udcfd", "\udcfc"),))
    (row,) = logs(world, url, "include=request.headers")["call-logs"]
    assert row["request"] == {"method": "?", "path": "/?", "headers": {"?": "?"}}


def test_the_newest_come_first_unless_sorted_otherwise(world: World, url: str) -> None:
    old = calls(world, url)
    world.later()
    new = calls(world, url)
    assert ids(world, url) == [new, old]
    assert ids(world, url, "sort=servedAt&direction=asc") == [old, new]
    assert ids(world, url, "sort=servedAt&direction=DESC") == [new, old]


def test_every_filter_must_fit(world: World, url: str) -> None:
    get = calls(world, url, path="/Animals?type=Dog")
    world.later(minutes=1)
    post = calls(world, url, method="POST", status_code=500)
    world.later(minutes=1)
    error = calls(world, url, type="error", status_code=404)
    for query, found in {
        "responseStatusCode=500": [post],
        "responseType=ERROR": [error],
        "responseType=other": [],
        "requestMethod=post": [post],
        "requestPath=/animals?type%3Ddog": [get],
        "requestPath=/animals": [error, post],
        "requestPath=%00": [],
        "since=2026-11-22T12:01:00.000Z": [error, post],
        "until=2026-11-22T12:01:00.000Z": [post, get],
        "since=2026-11-22T14:01:00%2B02:00&until=2026-11-22T12:01:30": [post],
        "since=2026-11-22&responseStatusCode=200": [get],
        "requestMethod=get&responseType=success": [get],
    }.items():
        assert ids(world, url, query) == found, query


def test_pages_follow_each_other(world: World, url: str) -> None:
    made = []
    for _ in range(5):
        made.append(calls(world, url))
        world.later()
    for order, expected in (("", made[::-1]), ("&sort=servedAt&direction=asc", made)):
        seen, cursor = [], ""
        while True:
            page = logs(world, url, f"limit=2{order}&cursor={cursor}")
            seen += [row["id"] for row in page["call-logs"]]
            cursor = page["meta"]["nextCursor"]
            if cursor is None:
                break
        assert seen == expected


def test_an_answer_holds_a_hundred_calls(world: World, url: str) -> None:
    for _ in range(101):
        calls(world, url)
    assert len(ids(world, url)) == 100
    assert logs(world, url)["meta"]["nextCursor"]


def test_an_answer_holds_so_many_bytes_and_the_next_page_the_rest(world: World, url: str) -> None:
    made = []
    for _ in range(3):
        made.append(calls(world, url, response_body=b"x" * (MAX_BYTES // 2 - 1000)))
        world.later()
    newest_first = made[::-1]
    query = "include=response.body"
    page = logs(world, url, query)
    assert [row["id"] for row in page["call-logs"]] == newest_first[:2]
    cursor = page["meta"]["nextCursor"]
    assert ids(world, url, f"{query}&cursor={cursor}") == newest_first[2:]
    assert ids(world, url) == newest_first, "without the bodies all of them fit"


def test_a_call_larger_than_an_answer_is_answered_alone(world: World, url: str) -> None:
    large = calls(world, url, response_body=b"x" * (MAX_BYTES + 1))
    small = calls(world, url)
    page = logs(world, url, "include=response.body&sort=servedAt&direction=asc")
    assert [row["id"] for row in page["call-logs"]] == [large]
    cursor = page["meta"]["nextCursor"]
    assert ids(world, url, f"sort=servedAt&direction=asc&cursor={cursor}") == [small]


@pytest.mark.parametrize(
    ("query", "param"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=x", "limit"),
        ("responseStatusCode=x", "responseStatusCode"),
        ("responseStatusCode=" + "9" * 30, "responseStatusCode"),
        ("since=yesterday", "since"),
        ("until=2026-13-01", "until"),
        ("until=0001-01-01T00:00:00%2B14:00", "until"),
        ("since=2026-11-22T12:00:00Z&until=2026-11-22T11:00:00Z", "until"),
        ("sort=path&direction=asc", "sort"),
        ("sort=servedAt&direction=up", "direction"),
        ("include=request.cookies", "include"),
    ],
)
def test_an_impossible_parameter_is_named(world: World, url: str, query: str, param: str) -> None:
    response = world.get(f"{url}?{query}")
    assert response.status_code == 400
    error = error_of(response)
    assert error["name"] == "invalidParamsError"
    assert error["message"].startswith(f"Invalid value for parameter: {param}. ")


@pytest.mark.parametrize(
    ("query", "param"), [("sort=servedAt", "direction"), ("direction=asc", "sort")]
)
def test_sort_and_direction_need_each_other(world: World, url: str, query: str, param: str) -> None:
    response = world.get(f"{url}?{query}")
    assert response.status_code == 400
    assert error_of(response)["details"] == {"param": [param]}


def test_nothing_is_shown_from_before_the_retention_period(world: World, url: str) -> None:
    edge = NOON - timedelta(days=30)
    assert world.get(url, since=edge.isoformat()).status_code == 200
    response = world.get(url, since=(edge - timedelta(milliseconds=1)).isoformat())
    assert response.status_code == 400
    assert error_of(response) == {
        "name": "invalidParamsError",
        "message": "Invalid value for parameter: since. Cannot view logs beyond the call log "
        "retention period based on your plan i.e. 30 days.",
    }


@pytest.mark.parametrize("cursor", ["nonsense", "é", "%00", "AAAA"])
def test_a_cursor_that_no_page_gave_is_refused(world: World, url: str, cursor: str) -> None:
    response = world.get(f"{url}?cursor={cursor}")
    assert response.status_code == 400
    assert response.json() == {
        "type": "https://api.postman.com/problems/bad-request",
        "title": "Malformed request",
        "status": 400,
        "detail": "Invalid cursor",
    }


def test_a_mock_shows_only_its_own_calls(world: World, url: str) -> None:
    own = calls(world, url)
    world.called(world.mock()["id"])
    assert ids(world, url) == [own]
