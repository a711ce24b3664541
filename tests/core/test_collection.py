"""Postman's collections and environments are read as they occur in the wild."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given

from postiche.core.collection import (
    CollectionError,
    read_collection,
    read_environment,
    text_or_none,
)
from postiche.core.scalars import text
from postiche.model import BodyMode, Collection, Example, RequestBody, SavedRequest, Variable

from .arbitrary import json_values
from .building import QUICK

Json = dict[str, Any]


def saved(**changes: Any) -> Json:
    """A saved response as Postman writes it; a keyword of None stays as null."""
    request = {"method": "GET", "header": [], "url": {"path": ["users"]}}
    return {"id": "r1", "name": "ok", "originalRequest": request, "code": 200, **changes}


def item(*responses: object, **changes: Any) -> Json:
    return {
        "name": "users",
        "request": {"method": "GET", "url": {"path": ["users"]}},
        "response": list(responses),
        **changes,
    }


def document(*items: object, **changes: Any) -> Json:
    return {"info": {"_postman_id": "c1", "name": "shop"}, "item": list(items), **changes}


def read(*items: object, **changes: Any) -> Collection:
    return read_collection(document(*items, **changes))


def only_example(response: Json) -> Example:
    (example,) = read(item(response)).examples()
    return example


def sent(**changes: Any) -> Example:
    """The example whose original request has these parts."""
    request = {"method": "GET", "url": "/users", **changes}
    return only_example(saved(originalRequest=request))


def only_request(**changes: Any) -> SavedRequest:
    (request,) = read(item(**changes)).requests
    return request


def why_dropped(collection: Collection) -> list[tuple[str, str]]:
    return [(dropped.where, dropped.why) for dropped in collection.dropped]


# --- documents ------------------------------------------------------------------------


def test_a_collection_has_an_id_a_name_and_its_requests_with_their_examples() -> None:
    collection = read(item(saved(), id="q1"), variable=[{"key": "a", "value": "1"}])
    example = Example("r1", "ok", "GET", "/users", (), None, 200, (), "")
    assert collection == Collection(
        "c1",
        "shop",
        (Variable("a", "1"),),
        (SavedRequest("q1", "users", (), "GET", "/users", (example,)),),
    )


def test_a_collection_may_come_in_the_envelope_of_the_api() -> None:
    assert read_collection({"collection": document(item(saved()))}) == read(item(saved()))


def test_a_collection_without_info_is_untitled() -> None:
    collection = read_collection({"item": []})
    assert (collection.id, collection.name) == (None, "Untitled collection")


@pytest.mark.parametrize("info", [None, 7, [], {"name": None}])
def test_an_info_that_says_nothing_is_none(info: object) -> None:
    assert read(info=info).name == "Untitled collection"


@pytest.mark.parametrize("nothing", [None, 7, "text", [], True, {}, {"item": None}, {"item": {}}])
def test_what_is_no_collection_is_refused(nothing: object) -> None:
    with pytest.raises(CollectionError):
        read_collection(nothing)


@pytest.mark.parametrize(
    ("other", "hint"),
    [
        ({"requests": [], "order": []}, "v1"),
        ({"name": "dev", "values": []}, "environment"),
        ({"openapi": "3.1.0"}, "item"),
    ],
)
def test_a_refusal_says_what_was_given_instead(other: Json, hint: str) -> None:
    with pytest.raises(CollectionError, match=hint) as refused:
        read_collection(other)
    assert len(refused.value.problems) == 1


# --- items ----------------------------------------------------------------------------


def test_folders_nest_and_their_names_are_kept() -> None:
    folders = {"name": "outer", "item": [{"name": "inner", "item": [item(saved())]}]}
    (request,) = read(folders).requests
    assert request.folders == ("outer", "inner")


def test_requests_come_in_file_order_across_folders() -> None:
    folder = {"name": "folder", "item": [item(name="two"), item(name="three")]}
    requests = read(item(name="one"), folder, item(name="four")).requests
    assert [request.name for request in requests] == ["one", "two", "three", "four"]


def test_five_hundred_folders_deep_is_not_too_deep() -> None:
    nested: Json = item(saved())
    for _ in range(500):
        nested = {"name": "folder", "item": [nested]}
    collection = read(nested)
    assert [example.id for example in collection.examples()] == ["r1"]
    assert len(collection.requests[0].folders) == 500


def test_an_empty_folder_holds_nothing() -> None:
    assert read({"name": "folder", "item": []}).requests == ()


def test_an_item_that_is_no_object_is_dropped_and_named() -> None:
    collection = read({"name": "folder", "item": [7, item()]})
    assert len(collection.requests) == 1
    assert why_dropped(collection) == [("folder", "an item is not an object")]


def test_a_request_may_be_a_plain_url() -> None:
    request = only_request(request="https://api.test/users")
    assert (request.method, request.url) == ("GET", "https://api.test/users")


def test_a_method_is_read_in_upper_case_and_is_get_if_missing() -> None:
    assert only_request(request={"method": "post", "url": "/"}).method == "POST"
    assert only_request(request={"url": "/"}).method == "GET"
    assert only_request(request={"method": None, "url": "/"}).method == "GET"


@pytest.mark.parametrize(
    ("request_", "why"),
    [
        (None, "it has no request"),
        (7, "it has no request"),
        ({"method": "GET"}, "it has no url"),
        ({"url": None}, "it has no url"),
        ({"url": 7}, "its url is no string or object"),
        ({"url": ["users"]}, "its url is no string or object"),
    ],
)
def test_a_request_without_a_url_is_kept_for_its_examples_and_named(
    request_: object, why: str
) -> None:
    collection = read(item(saved(), request=request_))
    (request,) = collection.requests
    assert request.url is None
    assert len(request.examples) == 1
    assert why_dropped(collection) == [("users", why)]


@pytest.mark.parametrize("responses", [None, {}, "text", []])
def test_a_request_may_have_no_examples(responses: object) -> None:
    assert only_request(response=responses).examples == ()


@pytest.mark.parametrize("key", ["id", "_postman_id"])
def test_a_request_has_an_id_under_either_name(key: str) -> None:
    assert only_request(**{key: "q1"}).id == "q1"


# --- examples -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        ({"id": "a"}, "a"),
        ({"id": "a", "uid": "12-b"}, "a"),
        ({"id": None, "_postman_id": "a"}, "a"),
        ({"id": None, "uid": "12-a-b"}, "a-b"),
        ({"id": None, "uid": "a-b"}, "a-b"),
        ({"id": None, "uid": "12-"}, "12-"),
        ({"id": ""}, None),
        ({"id": 7}, None),
        ({"id": None}, None),
    ],
)
def test_an_example_has_the_id_that_was_saved(ids: Json, expected: str | None) -> None:
    assert only_example(saved(**ids)).id == expected


def test_two_examples_may_share_an_id() -> None:
    examples = read(item(saved(), saved(name="again"))).examples()
    assert [(example.id, example.name) for example in examples] == [("r1", "ok"), ("r1", "again")]


@pytest.mark.parametrize(("code", "expected"), [(201, 201), ("404", 404), (None, 200), (599, 599)])
def test_an_example_has_a_status(code: object, expected: int) -> None:
    assert only_example(saved(code=code)).code == expected


@pytest.mark.parametrize("code", [0, 100, 101, 199, 600, 999, -1, "", "OK", True, [], {}])
def test_an_example_whose_status_cannot_be_sent_is_dropped_and_named(code: object) -> None:
    collection = read(item(saved(code=code), saved(id="r2")))
    assert [example.id for example in collection.examples()] == ["r2"]
    assert collection.dropped[0].where == "users / ok"


def test_an_example_without_a_status_answers_200() -> None:
    response = saved()
    del response["code"]
    assert only_example(response).code == 200


@pytest.mark.parametrize(
    "original", [None, 7, [], {}, {"method": "GET"}, {"url": None}, {"url": 7}]
)
def test_an_example_without_a_usable_request_is_dropped_and_named(original: object) -> None:
    collection = read(item(saved(originalRequest=original)))
    assert list(collection.examples()) == []
    assert [dropped.where for dropped in collection.dropped] == ["users / ok"]


def test_a_dropped_example_without_a_name_is_named_by_its_place() -> None:
    folder = {"name": "folder", "item": [item(saved(), 7)]}
    assert why_dropped(read(folder)) == [
        ("folder / users / example 2", "the example is not an object")
    ]


def test_an_example_may_have_been_saved_for_a_plain_url() -> None:
    example = only_example(saved(originalRequest="https://api.test/users?a=1"))
    assert (example.method, example.url) == ("GET", "https://api.test/users?a=1")


@pytest.mark.parametrize(
    ("body", "expected"), [("text", "text"), (None, ""), ("", ""), ({"a": 1}, '{"a":1}')]
)
def test_the_body_of_an_example_is_text(body: object, expected: str) -> None:
    assert only_example(saved(body=body)).body == expected


# --- headers --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ([{"key": "A", "value": "1"}, {"key": "A", "value": "2"}], (("A", "1"), ("A", "2"))),
        ([{"name": "A", "value": "1"}], (("A", "1"),)),
        ([{"key": "A", "name": "B", "value": "1"}], (("A", "1"),)),
        ([{"key": "A", "value": "1", "disabled": True}], ()),
        ([{"key": "A", "value": None}, {"key": "B"}], (("A", ""), ("B", ""))),
        ([{"key": "A", "value": 7}], (("A", "7"),)),
        ([{"key": " A ", "value": "1"}], (("A", "1"),)),
        ([{"key": "", "value": "1"}, {"value": "1"}, {}], ()),
        (["A: 1", "B:2", "C", ": 3", " // D: 4"], (("A", "1"), ("B", "2"), ("C", ""))),
        ("A: 1\nB: x:y\r\n\nC:", (("A", "1"), ("B", "x:y"), ("C", ""))),
        (None, ()),
        ("", ()),
        ({"A": "1"}, ()),
        ([None, 7, []], ()),
    ],
)
def test_headers_come_as_objects_or_lines_or_one_string(
    header: object, expected: tuple[tuple[str, str], ...]
) -> None:
    assert only_example(saved(header=header)).headers == expected
    assert sent(header=header).request_headers == expected


# --- request bodies -------------------------------------------------------------------


FIELDS = [
    {"key": "a", "value": "1", "type": "text"},
    {"key": "b", "value": "2", "disabled": True},
    {"key": "c", "type": "file", "src": "/a.png"},
    {"key": "d", "value": None},
    7,
]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"mode": "raw", "raw": "{}"}, RequestBody(BodyMode.RAW, "{}")),
        ({"raw": "{}"}, RequestBody(BodyMode.RAW, "{}")),
        ("{}", RequestBody(BodyMode.RAW, "{}")),
        (
            {"mode": "urlencoded", "urlencoded": [{"key": "a", "value": "1"}]},
            RequestBody(BodyMode.URLENCODED, fields=(("a", "1"),)),
        ),
        ({"mode": "urlencoded", "urlencoded": "a=1"}, RequestBody(BodyMode.RAW, "a=1")),
        (
            {"mode": "formdata", "formdata": FIELDS},
            RequestBody(BodyMode.FORMDATA, fields=(("a", "1"), ("d", ""))),
        ),
        (
            {"mode": "graphql", "graphql": {"query": "{me}", "variables": '{"a": 1}'}},
            RequestBody(BodyMode.GRAPHQL, "{me}", variables='{"a": 1}'),
        ),
        (
            {"mode": "graphql", "graphql": {"query": "{me}", "variables": {"a": 1}}},
            RequestBody(BodyMode.GRAPHQL, "{me}", variables='{"a":1}'),
        ),
        ({"mode": "file", "file": {"src": "/a"}}, RequestBody(BodyMode.FILE)),
    ],
)
def test_a_request_body_is_read_by_its_mode(body: object, expected: RequestBody) -> None:
    assert sent(body=body).request_body == expected


@pytest.mark.parametrize(
    "body",
    [
        None,
        "",
        {},
        7,
        [],
        {"mode": "raw"},
        {"mode": "raw", "raw": ""},
        {"mode": "raw", "raw": "x", "disabled": True},
        {"mode": "urlencoded", "urlencoded": []},
        {"mode": "formdata"},
        {"mode": "graphql", "graphql": "text"},
        {"mode": "unknown", "unknown": "x"},
        {"mode": 7},
        {"mode": ["raw"]},
    ],
)
def test_a_request_body_that_holds_nothing_is_none(body: object) -> None:
    assert sent(body=body).request_body is None


# --- variables and environments -------------------------------------------------------


@pytest.mark.parametrize(
    ("saved_variables", "expected"),
    [
        ([{"key": "a", "value": "1"}], (Variable("a", "1"),)),
        ([{"id": "a", "value": "1"}], (Variable("a", "1"),)),
        ([{"key": "a", "value": "1", "disabled": True}], ()),
        ([{"key": "a", "value": "1", "enabled": False}], ()),
        ([{"key": "a", "value": "1", "enabled": True}], (Variable("a", "1"),)),
        ([{"key": "a", "value": None}, {"key": "b"}], (Variable("a", ""), Variable("b", ""))),
        (
            [{"key": "a", "value": 7}, {"key": "b", "value": True}],
            (Variable("a", "7"), Variable("b", "true")),
        ),
        ([{"key": "", "value": "1"}, {"value": "1"}, 7, None], ()),
    ],
)
def test_only_enabled_variables_with_a_name_are_read(
    saved_variables: object, expected: tuple[Variable, ...]
) -> None:
    assert read(variable=saved_variables).variables == expected
    assert read_environment({"values": saved_variables}).variables == expected


@pytest.mark.parametrize("nothing", [None, 7, "text", {}])
def test_a_collection_without_a_list_of_variables_has_none(nothing: object) -> None:
    assert read(variable=nothing).variables == ()


def test_an_environment_has_an_id_and_a_name_and_may_come_in_an_envelope() -> None:
    bare = {"id": "e1", "name": "dev", "values": []}
    assert read_environment({"environment": bare}) == read_environment(bare)
    assert (read_environment(bare).id, read_environment(bare).name) == ("e1", "dev")


def test_an_environment_may_be_empty() -> None:
    assert read_environment({}).name == "Untitled environment"


@pytest.mark.parametrize("nothing", [None, 7, [], "text", {"values": {}}, {"values": "a"}])
def test_what_is_no_environment_is_refused(nothing: object) -> None:
    with pytest.raises(CollectionError):
        read_environment(nothing)


# --- versions -------------------------------------------------------------------------


def test_a_v2_0_collection_with_text_for_url_and_headers_is_read_alike() -> None:
    old = {
        "info": {
            "_postman_id": "c1",
            "name": "shop",
            "schema": "https://schema.getpostman.com/json/collection/v2.0.0/collection.json",
        },
        "item": [
            {
                "name": "users",
                "request": {"auth": {"type": "basic", "basic": {}}, "url": "{{url}}/users?a=1"},
                "response": [
                    {
                        "id": "r1",
                        "name": "ok",
                        "originalRequest": {
                            "method": "GET",
                            "header": "Accept: text/plain\nX-A: 1",
                            "url": "{{url}}/users?a=1",
                        },
                        "status": "OK",
                        "code": 200,
                        "header": "Content-Type: text/plain",
                        "body": "hello",
                    }
                ],
            }
        ],
    }
    (example,) = read_collection(old).examples()
    assert example == Example(
        "r1",
        "ok",
        "GET",
        "{{url}}/users?a=1",
        (("Accept", "text/plain"), ("X-A", "1")),
        None,
        200,
        (("Content-Type", "text/plain"),),
        "hello",
    )


# --- values and hostile documents -----------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [("a", "a"), (None, ""), (True, "true"), (7, "7"), (1.5, "1.5"), ([1, None], "[1,null]")],
)
def test_a_json_value_becomes_text(value: object, expected: str) -> None:
    assert text(value) == expected


@pytest.mark.parametrize(("value", "expected"), [("a", "a"), ("", None), (7, None), (None, None)])
def test_an_id_is_text_or_nothing(value: object, expected: str | None) -> None:
    assert text_or_none(value) == expected


@QUICK
@given(json_values)
def test_any_json_is_a_collection_or_refused(value: object) -> None:
    for read_it in (read_collection, read_environment):
        with suppress(CollectionError):
            assert read_it(value).name
