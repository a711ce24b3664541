import json
from typing import Any

import pytest

from postiche.control.item_shapes import (
    changed_folder,
    changed_request,
    changed_response,
    folder_fields,
    keep_ids,
    make_uids,
    new_folder,
    new_request,
    new_response,
    request_fields,
    response_fields,
)

SCRIPT = {"listen": "test", "script": {"type": "text/javascript", "exec": ["a()", "b()"]}}


def test_new_nodes_show_what_they_were_made_of() -> None:
    folder = new_folder("f", {"name": "n", "description": "d", "auth": {"type": "basic"}})
    assert folder_fields(folder) | {"id": "f", "name": "n", "description": "d"} == folder_fields(
        folder
    )
    request = new_request("r", {"name": "n", "tests": "a()\nb()", "variables": [{"key": "v"}]})
    assert request["event"] == [SCRIPT]
    assert request_fields(request)["variables"] == [{"key": "v"}]
    assert request_fields(request)["tests"] == "a()\nb()"


def test_events_count_more_than_scripts() -> None:
    request = new_request("r", {"events": [SCRIPT], "tests": "other()"})
    assert request["event"] == [SCRIPT]
    changed_request(request, {"preRequestScript": "first()"})
    assert [each["listen"] for each in request["event"]] == ["test", "prerequest"]
    changed_request(request, {"tests": None, "preRequestScript": ""})
    assert "event" not in request


def test_a_folder_loses_what_is_sent_empty() -> None:
    folder = new_folder("f", {"name": "n", "description": "d", "events": [SCRIPT]})
    changed_folder(folder, {"name": None, "description": "", "events": None})
    assert folder == {"id": "f", "name": "", "item": []}


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (
            {"responseCode": {"code": 404, "name": "Not Found"}},
            {"code": 404, "status": "Not Found"},
        ),
        ({"responseCode": {"code": 201.0}}, {"code": 201}),
        ({"status": "OK"}, {"status": "OK"}),
        ({"time": "50"}, {"responseTime": 50}),
        ({"time": "soon"}, {"responseTime": "soon"}),
        ({"cookies": [{"name": "a"}]}, {"cookie": [{"name": "a"}]}),
        ({"cookies": "a=1"}, {}),
        ({"headers": "A: 1"}, {"header": [{"key": "A", "value": "1"}]}),
        ({"language": "json", "mime": "x"}, {"_postman_previewlanguage": "json", "mime": "x"}),
    ],
)
def test_a_response_is_converted(sent: dict[str, Any], expected: dict[str, Any]) -> None:
    request = new_request("r", {"url": "/a"})
    response = new_response("e", request, {"text": "t", **sent})
    base = {"id": "e", "name": "", "originalRequest": request["request"], "body": "t"}
    assert response == base | expected


def test_a_response_without_a_code_loses_it() -> None:
    response = new_response("e", {}, {"responseCode": {"code": 200, "name": "OK"}})
    changed_response(response, {"responseCode": None})
    assert response_fields(response)["responseCode"] is None


def test_the_saved_request_stays_if_it_is_sent_as_it_is() -> None:
    response = new_response("e", {"request": {"method": "GET", "url": "/a", "x": 1}}, {})
    before = json.dumps(response)
    text = response_fields(response)["requestObject"]
    changed_response(response, {"requestObject": json.dumps(json.loads(text), indent=4)})
    assert json.dumps(response) == before
    changed_response(response, {"requestObject": json.dumps({"method": "PUT"})})
    assert response["originalRequest"] == {"method": "PUT", "url": "/a", "x": 1}


def test_ids_are_left_alone_or_made_uids_at_every_depth() -> None:
    data = {
        "id": "f",
        "name": "n",
        "folder": None,
        "order": ["r"],
        "requests": [{"id": "r", "url": "/", "responses": [{"id": "e", "request": "r"}]}],
    }
    keep_ids(data)
    make_uids(data, 7)
    assert data == {
        "id": "7-f",
        "folder": None,
        "order": ["7-r"],
        "requests": [{"id": "7-r", "responses": [{"id": "7-e", "request": "7-r"}]}],
    }
