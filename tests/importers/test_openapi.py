import random
from copy import deepcopy
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postiche.core.collection import read_collection
from postiche.importers import operations
from postiche.importers.document import DocumentError, read_document
from postiche.importers.openapi import UnsupportedVersionError, openapi_to_collection
from postiche.importers.options import ImportOptions

Json = dict[str, Any]

SHOP = """
openapi: 3.0.3
info: {title: Shop, description: A small shop}
servers:
  - url: https://{env}.shop.test/v1/
    variables: {env: {default: prod}}
tags: [{name: items, description: What is sold}]
security: [{key: []}]
paths:
  /items:
    get:
      tags: [items]
      summary: List items
      parameters:
        - {name: limit, in: query, schema: {type: integer, minimum: 5}, description: how many}
        - {name: tag, in: query, required: true, schema: {type: array, items: {type: string}}}
        - {name: old, in: query, deprecated: true, schema: {type: string}}
        - {name: X-Trace, in: header, schema: {type: string}}
        - {name: Accept, in: header, schema: {type: string}}
      responses:
        '200':
          description: All of them
          headers: {X-Total: {schema: {type: integer}}}
          content:
            application/xml: {schema: {type: string}}
            application/json:
              schema: {type: array, items: {$ref: '#/components/schemas/Item'}}
              examples:
                one: {value: [{id: a}]}
                none: {$ref: '#/components/examples/None'}
        4XX: {description: Your mistake}
        default:
          $ref: '#/components/responses/Problem'
    post:
      tags: [items, writing]
      operationId: addItem
      requestBody:
        content:
          application/json:
            schema: {$ref: '#/components/schemas/Item'}
            examples: {good: {value: {id: g}}, bad: {value: {}}}
      responses:
        201: {description: Made, content: {application/json: {examples: {
          good: {value: {ok: 1}}, bad: {value: {ok: 0}}}}}}
  /items/{itemId}:
    parameters: [{name: itemId, in: path, required: true, schema: {type: integer}}]
    get:
      responses:
        '200': {description: One, content: {application/json: {schema: {
          $ref: '#/components/schemas/Item'}}}}
    delete:
      deprecated: true
      security: []
      responses: {'204': {description: ''}}
  /files/{name}.png:
    put:
      security: [{basic: []}]
      requestBody:
        content:
          multipart/form-data:
            schema:
              type: object
              required: [file]
              properties: {file: {type: string, format: binary}, note: {type: string}}
      responses: {default: {description: Anything}}
components:
  securitySchemes:
    key: {type: apiKey, in: header, name: X-Key}
    basic: {type: http, scheme: basic}
  examples: {None: {value: []}}
  responses:
    Problem: {description: Problem, content: {application/problem+json: {example: {title: no}}}}
  schemas:
    Item:
      type: object
      required: [id]
      properties:
        id: {type: string, readOnly: true}
        name: {type: string, writeOnly: true}
        old: {type: string, deprecated: true}
        parent: {$ref: '#/components/schemas/Item'}
"""


def shop() -> Json:
    return read_document(SHOP)


def imported(document: Json | None = None, **options: Any) -> Json:
    return openapi_to_collection(document or shop(), ImportOptions(**options))


def named(items: list[Json], *names: str) -> Json:
    for name in names:
        found = next(each for each in items if each["name"] == name)
        items = found.get("item", [])
    return found


def bodies(item: Json) -> list[tuple[str, int, str]]:
    return [(each["name"], each["code"], each["body"]) for each in item["response"]]


def pairs(parts: list[Json]) -> list[tuple[str, str]]:
    return [(each["key"], each["value"]) for each in parts]


def test_a_collection_carries_name_base_url_and_auth() -> None:
    collection = imported()
    assert collection["info"]["name"] == "Shop"
    assert collection["info"]["description"] == "A small shop"
    assert pairs(collection["variable"]) == [
        ("baseUrl", "https://{{env}}.shop.test/v1"),
        ("env", "prod"),
    ]
    assert collection["auth"]["type"] == "apikey"
    assert pairs(collection["auth"]["apikey"]) == [
        ("key", "X-Key"),
        ("value", "{{apiKey}}"),
        ("in", "header"),
    ]


def test_every_response_and_every_named_example_becomes_an_example() -> None:
    item = named(imported()["item"], "items", "List items")
    assert bodies(item) == [
        ("one", 200, '[\n  {\n    "id": "a"\n  }\n]'),
        ("none", 200, "[]"),
        ("Your mistake", 400, ""),
        ("Problem", 500, '{\n  "title": "no"\n}'),
    ]
    first = item["response"][0]
    assert first["status"] == "OK"
    assert pairs(first["header"]) == [("Content-Type", "application/json"), ("X-Total", "1")]
    assert first["_postman_previewlanguage"] == "json"


def test_a_missing_example_is_made_from_its_schema() -> None:
    item = named(imported()["item"], "items", "{itemId}", "/items/:itemId")
    assert bodies(item) == [("One", 200, '{\n  "id": "string",\n  "old": "string"\n}')]


def test_a_lone_default_response_is_a_success() -> None:
    item = named(imported()["item"], "files", "{name}.png", "/files/{{name}}.png")
    assert bodies(item) == [("Anything", 200, "")]


def test_path_variables_have_values_in_requests_and_none_in_examples() -> None:
    item = named(imported()["item"], "items", "{itemId}", "/items/:itemId")
    url = item["request"]["url"]
    assert url["raw"] == "{{baseUrl}}/items/:itemId"
    assert (url["host"], url["path"]) == (["{{baseUrl}}"], ["items", ":itemId"])
    assert pairs(url["variable"]) == [("itemId", "1")]
    assert pairs(item["response"][0]["originalRequest"]["url"]["variable"]) == [("itemId", "")]


def test_parameters_become_query_and_headers_without_the_implicit_ones() -> None:
    request = named(imported()["item"], "items", "List items")["request"]
    assert pairs(request["url"]["query"]) == [("limit", "5"), ("tag", "string"), ("old", "string")]
    assert [each.get("description") for each in request["url"]["query"]] == [
        "how many",
        "(Required) ",
        None,
    ]
    assert pairs(request["header"]) == [("X-Trace", "string"), ("Accept", "application/json")]


def test_request_bodies_leave_out_what_is_read_only() -> None:
    document = shop()
    del document["paths"]["/items"]["post"]["requestBody"]["content"]["application/json"][
        "examples"
    ]
    request = named(imported(document)["item"], "items", "add Item")["request"]
    assert orjson.loads(request["body"]["raw"]) == {"name": "string", "old": "string"}


def test_an_example_is_saved_with_the_request_example_of_its_name() -> None:
    item = named(imported()["item"], "items", "add Item")
    saved = [
        (each["name"], orjson.loads(each["originalRequest"]["body"]["raw"]), each["body"])
        for each in item["response"]
    ]
    assert saved == [
        ("good", {"id": "g"}, '{\n  "ok": 1\n}'),
        ("bad", {}, '{\n  "ok": 0\n}'),
    ]


def test_forms_keep_their_fields_and_files() -> None:
    item = named(imported()["item"], "files", "{name}.png", "/files/{{name}}.png")
    body = item["request"]["body"]
    assert body["mode"] == "formdata"
    assert body["formdata"] == [
        {"key": "file", "type": "file", "src": []},
        {"key": "note", "value": "string", "type": "text"},
    ]


def test_an_operation_can_have_an_auth_of_its_own() -> None:
    items = imported()["item"]
    delete = named(items, "items", "{itemId}")["item"][1]
    assert delete["request"]["auth"] == {"type": "noauth"}
    upload = named(items, "files", "{name}.png", "/files/{{name}}.png")
    assert upload["request"]["auth"]["type"] == "basic"
    header = pairs(upload["response"][0]["originalRequest"]["header"])
    assert header[-1] == ("Authorization", "Basic <credentials>")


def test_the_options_do_what_they_are_named_for() -> None:
    def listing(**options: Any) -> Json:
        return named(imported(**options)["item"], "items", "List items")

    def deleting(**options: Any) -> list[Json]:
        found: list[Json] = named(imported(**options)["item"], "items", "{itemId}")["item"]
        return found

    assert bodies(listing(indentCharacter="Tab"))[0][2] == '[\n\t{\n\t\t"id": "a"\n\t}\n]'
    assert named(imported(requestNameSource="URL")["item"], "items")["item"][0]["name"] == "/items"

    def shown(item: Json) -> list[str]:
        return [each["key"] for each in item["response"][0]["originalRequest"]["header"]]

    assert "X-Key" in shown(listing())
    assert "X-Key" not in shown(listing(includeAuthInfoInExample=False))
    query = listing(enableOptionalParameters=False)["request"]["url"]["query"]
    assert [each.get("disabled", False) for each in query] == [True, False, True]
    headers = listing(keepImplicitHeaders=True)["request"]["header"]
    assert ("Accept", "string") in pairs(headers)
    assert len(deleting()) == 2
    assert len(deleting(includeDeprecated=False)) == 1
    kept = listing(includeDeprecated=False)["request"]["url"]["query"]
    assert [each["key"] for each in kept] == ["limit", "tag"]
    assert "old" not in deleting(includeDeprecated=False)[0]["response"][0]["body"]
    assert "auth" not in deleting(alwaysInheritAuthentication=True)[1]["request"]


def test_folders_can_follow_the_tags() -> None:
    items = imported(folderStrategy="Tags")["item"]
    assert [each["name"] for each in items] == [
        "items",
        "writing",
        "/items/:itemId",
        "/items/:itemId",
        "/files/{{name}}.png",
    ]
    assert items[0]["description"] == "What is sold"
    assert [each["name"] for each in items[0]["item"]] == ["List items", "add Item"]
    assert [each["name"] for each in items[1]["item"]] == ["add Item"]
    nested = imported(folderStrategy="Tags", nestedFolderHierarchy=True)["item"]
    assert [each["name"] for each in nested[0]["item"]] == ["List items", "writing"]


@pytest.mark.parametrize("version", ["3.2.0", "2.0", 3, "3.0.4"])
def test_other_versions_are_refused_by_name(version: object) -> None:
    with pytest.raises(UnsupportedVersionError) as refused:
        imported({**shop(), "openapi": version})
    assert str(refused.value) == (
        f"Unsupported OpenAPI version: {version}. "
        "Postman API only supports versions 3.0.0, 3.0.1, 3.0.2, 3.0.3, 3.1.0"
    )


@pytest.mark.parametrize(
    "document", [{"paths": {}}, {"openapi": ["3.0.0"]}, {"openapi": "3.0.0", "paths": []}]
)
def test_what_is_no_openapi_document_is_refused(document: Json) -> None:
    with pytest.raises(DocumentError):
        imported(document)


def test_without_a_server_the_paths_stay_as_they_are() -> None:
    document = shop()
    del document["servers"]
    assert imported(document)["variable"] == [{"key": "baseUrl", "value": "", "type": "string"}]


def test_openapi_31_is_understood() -> None:
    schema = {"type": ["string", "null"], "examples": ["x"]}
    content = {"application/json": {"schema": {"properties": {"a": schema, "b": {"const": 2}}}}}
    operation = {"responses": {"200": {"description": "", "content": content}}}
    document = {"openapi": "3.1.0", "paths": {"/a": {"get": operation}}}
    item = named(imported(document)["item"], "a", "/a")
    assert bodies(item) == [("OK", 200, '{\n  "a": "x",\n  "b": 2\n}')]


def test_the_core_can_read_everything_that_is_made() -> None:
    read = read_collection(imported())
    assert len(read.requests) == 5
    assert read.dropped == ()
    assert len(list(read.examples())) == 9


JUNK: list[Any] = [
    None,
    True,
    -1,
    1e308,
    "",
    "x" * 50,
    [],
    {},
    [[]],
    [None],
    {"$ref": "#"},
    {"$ref": 5},
    {"": {}},
]


def _places(node: Any) -> list[tuple[Any, Any]]:
    waiting, found = [node], []
    while waiting:
        each = waiting.pop()
        entries = each.items() if isinstance(each, dict) else enumerate(each)
        for key, value in list(entries):
            found.append((each, key))
            if isinstance(value, dict | list):
                waiting.append(value)
    return found


@settings(max_examples=120, deadline=None)
@given(st.integers(), st.sampled_from(["Paths", "Tags"]))
def test_a_document_with_junk_in_it_is_refused_or_imported(seed: int, folders: Any) -> None:
    chance = random.Random(seed)
    document = deepcopy(shop())
    for _ in range(chance.randint(1, 4)):
        container, key = chance.choice(_places(document))
        container[key] = deepcopy(chance.choice(JUNK))
    try:
        collection = imported(document, folderStrategy=folders)
    except DocumentError:
        return
    read_collection(orjson.loads(orjson.dumps(collection)))


def test_a_text_that_is_repeated_too_often_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "MAX_OUTPUT", 1000)
    huge = {"$ref": "#/components/responses/Huge"}
    content = {"text/plain": {"example": "x" * 100_000}}
    document = {
        "openapi": "3.0.0",
        "paths": {f"/{n}": {"get": {"responses": {"200": huge}}} for n in range(1000)},
        "components": {"responses": {"Huge": {"content": content}}},
    }
    with pytest.raises(DocumentError, match="would be larger than"):
        imported(document)


def test_paths_of_any_depth_give_folders_that_can_be_stored() -> None:
    path = "/a" * 5000
    collection = imported({"openapi": "3.0.0", "paths": {path: {"get": {"responses": {}}}}})
    items, depth = collection["item"], 0
    while "item" in items[0]:
        items, depth = items[0]["item"], depth + 1
    assert depth == 50
    assert len(items[0]["request"]["url"]["path"]) == 5000


def test_an_example_nested_too_deeply_is_refused() -> None:
    deep: object = 1
    for _ in range(500):
        deep = [deep]
    for content in ({"application/json": {"example": deep}}, {"a/xml": {"example": deep}}):
        responses = {"200": {"content": content}}
        with pytest.raises(DocumentError):
            imported({"openapi": "3.0.0", "paths": {"/": {"get": {"responses": responses}}}})
