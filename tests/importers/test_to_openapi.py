from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from postiche.importers.document import read_document
from postiche.importers.openapi import openapi_to_collection
from postiche.importers.options import ImportOptions
from postiche.importers.to_openapi import collection_to_openapi, openapi_text

from .test_openapi import shop

Json = dict[str, Any]


def transformed(*items: Any, **more: Any) -> Json:
    return collection_to_openapi({"info": {"name": "shop"}, "item": list(items), **more})


def request(name: str, url: Any, *responses: Json, **more: Any) -> Json:
    return {"name": name, "request": {"method": "GET", "url": url, **more}, "response": responses}


def listed(name: str, url: Any, responses: list[Json], **more: Any) -> Json:
    return {"name": name, "request": {"method": "GET", "url": url, **more}, "response": responses}


def test_a_request_becomes_an_operation_with_its_examples() -> None:
    example = {
        "name": "one item",
        "code": 200,
        "body": '{"id": 1, "tags": ["x"], "gone": null}',
        "header": [{"key": "Content-Type", "value": "application/json; charset=utf-8"}],
    }
    url = "https://shop.test/v1/items/:id?full=yes"
    document = transformed({"name": "Items", "item": [listed("Get an item", url, [example])]})
    assert document["openapi"] == "3.0.3"
    assert document["servers"] == [{"url": "https://shop.test"}]
    assert document["tags"] == [{"name": "Items"}]
    path = document["paths"]["/v1/items/{id}"]
    assert path["parameters"] == [
        {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    ]
    operation = path["get"]
    assert (operation["operationId"], operation["tags"]) == ("getAnItem", ["Items"])
    (query,) = operation["parameters"]
    assert (query["name"], query["in"], query["schema"]["example"]) == ("full", "query", "yes")
    media = operation["responses"]["200"]["content"]["application/json"]
    assert media["examples"] == {
        "one item": {"value": {"id": 1, "tags": ["x"], "gone": None}},
    }
    assert media["schema"]["properties"] == {
        "id": {"type": "integer", "example": 1},
        "tags": {"type": "array", "items": {"type": "string", "example": "x"}},
        "gone": {"nullable": True},
    }


def test_requests_of_one_path_come_together() -> None:
    ok = {"name": "ok", "code": 200, "body": "a", "_postman_previewlanguage": "text"}
    bad = {"name": "bad", "code": 400, "body": ""}
    document = transformed(
        listed("First", "{{baseUrl}}/a/:x", [ok]),
        listed("Second", "{{baseUrl}}/a/{{y}}", [ok, bad]),
        listed("Third", "{{other}}/b", []),
        variable=[
            {"key": "baseUrl", "value": "https://{{host}}/api/"},
            {"key": "host", "value": "h.test"},
        ],
    )
    assert list(document["paths"]) == ["/a/{x}", "/b"]
    assert document["servers"] == [
        {"url": "https://h.test/api"},
        {"url": "{other}", "variables": {"other": {"default": "other"}}},
    ]
    responses = document["paths"]["/a/{x}"]["get"]["responses"]
    assert list(responses) == ["200", "400"]
    assert list(responses["200"]["content"]["text/plain"]["examples"]) == ["ok", "ok 2"]
    assert document["paths"]["/b"]["get"]["responses"] == {
        "default": {"description": "Any response"}
    }


@pytest.mark.parametrize(
    ("body", "content"),
    [
        (
            {"mode": "raw", "raw": "hi"},
            {"text/plain": {"schema": {"type": "string", "example": "hi"}, "example": "hi"}},
        ),
        (
            {"mode": "urlencoded", "urlencoded": [{"key": "a", "value": "1"}]},
            {
                "application/x-www-form-urlencoded": {
                    "schema": {
                        "type": "object",
                        "properties": {"a": {"type": "string", "example": "1"}},
                    }
                }
            },
        ),
        (
            {"mode": "formdata", "formdata": [{"key": "f", "type": "file"}]},
            {
                "multipart/form-data": {
                    "schema": {
                        "type": "object",
                        "properties": {"f": {"type": "string", "format": "binary"}},
                    }
                }
            },
        ),
        (
            {"mode": "file"},
            {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        ),
    ],
)
def test_request_bodies_keep_their_kind(body: Json, content: Json) -> None:
    document = transformed(listed("a", "/a", [], method="POST", body=body))
    assert document["paths"]["/a"]["post"]["requestBody"] == {"content": content}


def test_auth_becomes_security() -> None:
    key = {
        "type": "apikey",
        "apikey": [{"key": "key", "value": "X-K"}, {"key": "in", "value": "query"}],
    }
    document = transformed(
        listed("a", "/a", [], auth={"type": "noauth"}),
        listed("b", "/b", [], auth={"type": "bearer"}),
        auth=key,
    )
    assert document["security"] == [{"apikeyAuth": []}]
    assert document["components"]["securitySchemes"] == {
        "bearerAuth": {"type": "http", "scheme": "bearer"},
        "apikeyAuth": {"type": "apiKey", "name": "X-K", "in": "query"},
    }
    assert document["paths"]["/a"]["get"]["security"] == []
    assert document["paths"]["/b"]["get"]["security"] == [{"bearerAuth": []}]


def test_an_import_comes_back_as_the_paths_it_had() -> None:
    collection = openapi_to_collection(shop(), ImportOptions())
    document = collection_to_openapi(collection)
    assert list(document["paths"]) == list(shop()["paths"])
    assert document["servers"] == [{"url": "https://prod.shop.test/v1"}]
    again = openapi_to_collection(document, ImportOptions())
    assert len(again["item"]) == len(collection["item"])


def test_yaml_and_json_say_the_same() -> None:
    odd = {
        "name": "yes",
        "code": 200,
        "body": '{"a": "\\u2028: # \\ud83d\\ude00", "b": [[], {}, [1, [2]]]}',
    }
    document = transformed(listed("null", "/~", [odd]))
    text = openapi_text(document, yaml=True)
    assert yaml.safe_load(text) == read_document(text) == document
    assert read_document(openapi_text(document, yaml=False)) == document


texts = st.text(st.characters(codec="utf-8"), max_size=12)
values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-9, 9), st.floats(-1e9, 1e9), texts),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
)


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(texts, values, max_size=4))
def test_any_document_survives_yaml(document: Json) -> None:
    assert yaml.safe_load(openapi_text(document, yaml=True)) == document


KEYS = """
name item request url method header body mode raw response code query variable path host
key value auth type info description originalRequest formdata
"""
keys = st.sampled_from(KEYS.split())
junk = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), texts, st.sampled_from(["{{a}}/:b", "POST", "raw"])
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=5)),
    max_leaves=20,
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.dictionaries(keys, junk, max_size=6), max_size=3))
def test_junk_in_a_collection_is_passed_over(items: list[Json]) -> None:
    openapi_text(transformed(*items), yaml=False)


def test_variables_that_grow_do_not_grow_forever() -> None:
    variables = [{"key": f"v{n}", "value": f"{{{{v{n + 1}}}}}" * 100} for n in range(9)]
    document = transformed(listed("a", "{{v0}}/a", []), variable=variables)
    assert len(document["servers"][0]["url"]) <= 2000
