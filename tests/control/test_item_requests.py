from typing import Any

import pytest

from postiche.control.item_requests import v1_request, v21_request

BLANK = {"method": "GET", "header": [], "url": {"raw": ""}}
FIELD = {"key": "a", "value": "1", "type": "text"}


@pytest.mark.parametrize(
    ("fields", "body"),
    [
        ({"dataMode": "raw", "rawModeData": "x"}, {"mode": "raw", "raw": "x"}),
        ({"rawModeData": "x"}, {"mode": "raw", "raw": "x"}),
        ({"dataMode": "raw"}, {"mode": "raw", "raw": ""}),
        ({"data": "x"}, {"mode": "raw", "raw": "x"}),
        (
            {"dataMode": "formdata", "data": [{**FIELD, "enabled": False}]},
            {"mode": "formdata", "formdata": [{**FIELD, "disabled": True}]},
        ),
        ({"dataMode": "params", "data": [FIELD]}, {"mode": "formdata", "formdata": [FIELD]}),
        ({"data": [FIELD]}, {"mode": "formdata", "formdata": [FIELD]}),
        (
            {"dataMode": "urlencoded", "data": [FIELD]},
            {"mode": "urlencoded", "urlencoded": [FIELD]},
        ),
        (
            {"dataMode": "formdata", "data": [{"key": "f", "value": "/x", "type": "file"}]},
            {"mode": "formdata", "formdata": [{"key": "f", "src": "/x", "type": "file"}]},
        ),
        ({"dataMode": "binary", "rawModeData": "/x"}, {"mode": "file", "file": {"src": "/x"}}),
        (
            {"dataMode": "graphql", "graphqlModeData": {"query": "q"}},
            {"mode": "graphql", "graphql": {"query": "q"}},
        ),
        (
            {"rawModeData": "x", "dataOptions": {"raw": {"language": "json"}, "params": {"a": 1}}},
            {
                "mode": "raw",
                "raw": "x",
                "options": {"raw": {"language": "json"}, "formdata": {"a": 1}},
            },
        ),
        ({"rawModeData": "x", "dataDisabled": True}, {"mode": "raw", "raw": "x", "disabled": True}),
        ({"dataMode": "nonsense"}, None),
    ],
)
def test_a_body_is_converted(fields: dict[str, Any], body: Any) -> None:
    assert v21_request(BLANK, fields).get("body") == body


@pytest.mark.parametrize(
    "body",
    [
        {"mode": "raw", "raw": "x", "options": {"raw": {"language": "json"}}},
        {"mode": "urlencoded", "urlencoded": [{"key": "a", "value": "1", "disabled": True}]},
        {"mode": "formdata", "formdata": [{"key": "f", "src": ["/x"], "type": "file"}]},
        {"mode": "file", "file": {"src": "/x"}},
        {"mode": "graphql", "graphql": {"query": "q", "variables": "{}"}},
        {"mode": "raw", "raw": "", "disabled": True, "x": "kept"},
        None,
        "text",
    ],
)
def test_a_request_sent_back_as_shown_stays_the_very_same(body: Any) -> None:
    request = {**BLANK, "body": body, "auth": {"type": "noauth"}, "x": 1}
    assert v21_request(request, v1_request(request)) is request
    moved = v21_request(request, {**v1_request(request), "method": "PUT"})
    assert moved == {**request, "method": "PUT"}


def test_a_body_goes_with_its_mode() -> None:
    request = {**BLANK, "body": {"mode": "raw", "raw": "x"}}
    fields = v1_request(request) | {"dataMode": None, "rawModeData": None}
    assert "body" not in v21_request(request, fields)


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ({"headerData": [{"key": "A", "value": "1"}], "headers": "B: 2"}, ["A"]),
        ({"headerData": [], "headers": "B: 2\n// C: 3\n"}, ["B", "C"]),
        ({"headers": [{"key": "D", "value": "4"}]}, ["D"]),
        ({"headers": ["E: 5"]}, ["E"]),
        ({"headerData": []}, []),
    ],
)
def test_headers_come_as_a_list_or_as_text(fields: dict[str, Any], names: list[str]) -> None:
    header = v21_request({**BLANK, "header": [{"key": "Z", "value": "0"}]}, fields)["header"]
    assert [each["key"] for each in header] == names


def test_a_commented_header_is_disabled() -> None:
    (header,) = v21_request(BLANK, {"headers": "//C: 3"})["header"]
    assert header == {"key": "C", "value": "3", "disabled": True}


def test_a_request_that_is_only_a_url_becomes_an_object_when_it_changes() -> None:
    assert v1_request("/a")["url"] == "/a"
    assert v21_request("/a", {"url": "/a"}) == "/a"
    assert v21_request("/a", {"method": "PUT"}) == {"method": "PUT", "header": [], "url": "/a"}


def test_auth_may_be_a_word_or_taken_away() -> None:
    assert v21_request(BLANK, {"auth": "noauth"})["auth"] == {"type": "noauth"}
    assert "auth" not in v21_request({**BLANK, "auth": {"type": "x"}}, {"auth": None})
