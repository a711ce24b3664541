from copy import deepcopy
from typing import Any

from postiche.importers.syncing import synced_definition

Json = dict[str, Any]

KNOWN: Json = {
    "openapi": "3.0.0",
    "components": {"schemas": {}},
    "paths": {
        "/a/{id}": {
            "get": {
                "operationId": "own",
                "responses": {"200": {"content": {"application/json": {"example": 1}}}},
            },
            "delete": {},
        },
        "/b": {"get": {}},
        "/shared": {"$ref": "#/x"},
    },
}
MEDIA = {"schema": {}, "examples": {"new": {"value": 2}}}
TOLD: Json = {
    "paths": {
        "/a/{other}": {
            "get": {
                "operationId": "theirs",
                "responses": {"200": {"content": {"application/json": MEDIA}}},
            },
            "put": {"responses": {}},
        },
        "/shared": {"get": {"responses": {}}},
        "/c/{x}": {"parameters": [{"name": "x"}], "get": {"responses": {}}},
    }
}


def test_new_operations_are_added_and_known_ones_kept() -> None:
    before = deepcopy(KNOWN)
    synced = synced_definition(KNOWN, TOLD, examples=False, delete=False)
    assert before == KNOWN
    assert synced["components"] == {"schemas": {}}
    paths = synced["paths"]
    assert list(paths) == ["/a/{id}", "/b", "/shared", "/c/{x}"]
    assert paths["/a/{id}"] == {**KNOWN["paths"]["/a/{id}"], "put": {"responses": {}}}
    assert paths["/shared"] == {"$ref": "#/x"}
    assert paths["/c/{x}"]["parameters"] == [{"name": "x"}]


def test_examples_are_brought_if_wanted() -> None:
    synced = synced_definition(KNOWN, TOLD, examples=True, delete=False)
    content = synced["paths"]["/a/{id}"]["get"]["responses"]["200"]["content"]
    assert content == {"application/json": {"examples": {"new": {"value": 2}}}}


def test_orphans_go_if_wanted() -> None:
    paths = synced_definition(KNOWN, TOLD, examples=False, delete=True)["paths"]
    assert list(paths) == ["/a/{id}", "/shared", "/c/{x}"]
    assert list(paths["/a/{id}"]) == ["get", "put"]


def test_junk_in_the_definition_is_no_obstacle() -> None:
    junk: list[Any] = [None, [], {"/a/{id}": None}, {"/a/{id}": {"get": {"responses": []}}}]
    for paths in junk:
        synced_definition({"paths": paths}, TOLD, examples=True, delete=True)
