from typing import Any

import orjson
import pytest
import yaml

from .specs_world import NO_SPEC, OPENAPI, files, malformed, new_spec, posted, problem
from .world import UNKNOWN_ID, World


def test_a_created_spec_is_answered_listed_and_shown(world: World) -> None:
    response = posted(world)
    assert response.status_code == 201
    made = response.json()
    assert made == {
        "id": made["id"],
        "name": "Pets",
        "type": "OPENAPI:3.0",
        "createdBy": 10000001,
        "updatedBy": 10000001,
        "createdAt": "2026-11-22T12:00:00.000Z",
        "updatedAt": "2026-11-22T12:00:00.000Z",
    }
    assert world.get("/specs", workspaceId=world.workspace()).json() == {
        "specs": [made],
        "meta": {"nextCursor": None},
    }
    assert world.get(f"/specs/{made['id']}").json() == {**made, "fileFormat": "yaml"}


@pytest.mark.parametrize(
    ("kind", "path", "form"),
    [
        ("OPENAPI:2.0", "a.json", "json"),
        ("ASYNCAPI:3.0", "a.yml", "yaml"),
        ("PROTOBUF:3", "a.proto", "proto"),
        ("GRAPHQL", "a.graphql", "graphql"),
        ("SMITHY:2.0", "a.smithy", "smithy"),
    ],
)
def test_every_type_has_its_format(world: World, kind: str, path: str, form: str) -> None:
    spec = new_spec(world, type=kind, files=files(path))
    assert world.get(f"/specs/{spec}").json()["fileFormat"] == form


def test_specs_are_listed_in_pages(world: World) -> None:
    made = []
    for _ in range(5):
        made.append(new_spec(world))
        world.later()
    asked = {"workspaceId": world.workspace(), "limit": "2"}
    first = world.get("/specs", **asked).json()
    assert [each["id"] for each in first["specs"]] == made[:2]
    world.delete(f"/specs/{made[1]}")
    second = world.get("/specs", **asked, cursor=first["meta"]["nextCursor"]).json()
    assert [each["id"] for each in second["specs"]] == made[2:4]
    third = world.get("/specs", **asked, cursor=second["meta"]["nextCursor"]).json()
    assert ([each["id"] for each in third["specs"]], third["meta"]) == (
        made[4:],
        {"nextCursor": None},
    )


def test_impossible_pages_are_refused(world: World) -> None:
    workspace = world.workspace()
    for cursor in ("nonsense", "YWJj", "//", "é"):
        response = world.get("/specs", workspaceId=workspace, cursor=cursor)
        assert problem(response) == malformed("Invalid cursor")
    for limit in ("0", "-1", "x", "101", "1.5"):
        assert world.get("/specs", workspaceId=workspace, limit=limit).status_code == 400


def test_a_workspace_must_be_named_and_known(world: World) -> None:
    told = ("badRequest", "Invalid request", "Missing parameter, workspaceId")
    assert problem(world.get("/specs")) == told
    assert problem(world.post("/specs", {})) == told
    for unknown in (UNKNOWN_ID, "nonsense"):
        assert problem(world.get("/specs", workspaceId=unknown)) == malformed(
            "We could not find the workspace you are looking for."
        )
        response = world.post(f"/specs?workspaceId={unknown}", {})
        assert response.status_code == 404
        assert response.headers["content-type"] == "application/problem+json"
        assert response.json() == {
            "type": "instanceNotFoundError",
            "title": "We could not find the workspace you are looking for",
            "detail": "We could not find the workspace you are looking for.",
        }


ROOT = {"path": "a.json", "content": "{}", "type": "ROOT"}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"name": None}, malformed("Required property `name` is missing from the request.")),
        ({"type": None}, malformed("Required property `type` is missing from the request.")),
        ({"files": None}, malformed("Required body parameter files is missing")),
        ({"files": []}, malformed("Required body parameter files is missing")),
        (
            {"files": [{"path": "a.json"}]},
            (
                "invalidParamError",
                "Invalid request body",
                "The body parameter content is missing from the request.",
            ),
        ),
        (
            {"files": [None]},
            (
                "invalidParamError",
                "Invalid request body",
                "The body parameter path is missing from the request.",
            ),
        ),
        (
            {"name": 5},
            ("invalidParamError", "Invalid request body", "Invalid parameter: 'name'"),
        ),
        (
            {"name": "a\0"},
            ("invalidParamError", "Invalid request body", "Invalid parameter: 'name'"),
        ),
        (
            {"type": "OPENAPI:4.0"},
            (
                "InvalidParamsError",
                "Required parameter is invalid",
                "Required property `type` is invalid. Should be one of: OPENAPI:2.0, OPENAPI:3.0, "
                "OPENAPI:3.1, ASYNCAPI:2.0, ASYNCAPI:3.0, PROTOBUF:2, PROTOBUF:3, GRAPHQL, "
                "SMITHY:2.0",
            ),
        ),
        (
            {"files": [{**ROOT, "type": "OTHER"}]},
            (
                "InvalidParamsError",
                "Required parameter is invalid",
                "Required property `type` is invalid. Should be one of: DEFAULT, ROOT",
            ),
        ),
        (
            {"files": [{**ROOT, "type": "DEFAULT"}]},
            malformed("At least one file must have type ROOT"),
        ),
        (
            {"files": [{**ROOT, "type": "DEFAULT"}, {"path": "b.json", "content": ""}]},
            malformed("At least one file must have type ROOT"),
        ),
        (
            {"files": [ROOT, {**ROOT, "path": "b.json"}]},
            malformed("Only one file can have type ROOT"),
        ),
        ({"files": [ROOT, ROOT]}, malformed("Each file must have a path of its own.")),
        (
            {"files": [{**ROOT, "path": "a.txt"}]},
            ("bad-request", "Invalid parameters", "Invalid file extension"),
        ),
        (
            {"files": [{**ROOT, "path": "../a.json"}]},
            malformed("The path parameter /filePath is invalid."),
        ),
        (
            {"files": [{**ROOT, "content": "x" * (12 * 1024 * 1024 + 1)}]},
            malformed("File size exceeded the limit of 12 MB"),
        ),
    ],
)
def test_what_cannot_be_a_spec_is_told(
    world: World, changes: dict[str, Any], told: tuple[str, str, str]
) -> None:
    assert problem(posted(world, **changes)) == told
    assert world.get("/specs", workspaceId=world.workspace()).json()["specs"] == []


def test_bodies_that_are_no_json_objects_are_refused(world: World) -> None:
    path = f"/specs?workspaceId={world.workspace()}"
    for content in (b"", b"[]", b"{"):
        response = world.ask("POST", path, content=content)
        assert response.status_code == 400
        assert response.headers["content-type"] == "application/json; charset=utf-8"


def test_a_spec_can_be_renamed(world: World) -> None:
    spec = new_spec(world)
    world.later()
    response = world.ask("PATCH", f"/specs/{spec}", json={"name": "Cats"})
    assert response.status_code == 200
    assert (response.json()["name"], response.json()["id"]) == ("Cats", spec)
    shown = world.get(f"/specs/{spec}").json()
    assert (shown["name"], shown["updatedAt"]) == ("Cats", "2026-11-22T12:00:01.000Z")
    nameless = world.ask("PATCH", f"/specs/{spec}", json={})
    assert problem(nameless) == malformed("Required property `name` is missing from the request.")


def test_a_deleted_spec_is_gone(world: World) -> None:
    spec = new_spec(world)
    response = world.delete(f"/specs/{spec}")
    assert (response.status_code, response.content) == (204, b"")
    for method in ("GET", "DELETE"):
        assert problem(world.ask(method, f"/specs/{spec}"), 404) == NO_SPEC


@pytest.mark.parametrize(
    ("method", "below"),
    [
        ("GET", ""),
        ("PATCH", ""),
        ("DELETE", ""),
        ("GET", "/definitions"),
        ("GET", "/files"),
        ("POST", "/files"),
        ("GET", "/files/a.json"),
        ("PATCH", "/files/a.json"),
        ("DELETE", "/files/a.json"),
        ("GET", "/version-tags"),
        ("POST", "/version-tags"),
        ("GET", "/version-tags/x/files"),
        ("GET", "/generations/collection"),
        ("POST", "/generations/collection"),
        ("PUT", "/synchronizations?collectionUid=x"),
        ("PATCH", "/collections/x/sync-options"),
        ("GET", "/tasks/x"),
    ],
)
def test_an_unknown_spec_is_not_found_by_any_operation(
    world: World, method: str, below: str
) -> None:
    for reference in (UNKNOWN_ID, "nonsense", "%00"):
        response = world.ask(method, f"/specs/{reference}{below}", json={})
        assert problem(response, 404) == NO_SPEC


def test_a_definition_is_the_root_file_as_it_is(world: World) -> None:
    response = world.get(f"/specs/{new_spec(world)}/definitions")
    assert (response.status_code, response.text) == (200, OPENAPI)
    assert response.headers["content-type"] == "application/yaml"
    json = '{"openapi": "3.0.0"}'
    spec = new_spec(world, files=files("index.json", content=json))
    response = world.get(f"/specs/{spec}/definitions")
    assert (response.text, response.headers["content-type"]) == (
        json,
        "application/json; charset=utf-8",
    )


def test_a_definition_holds_the_files_it_refers_to(world: World) -> None:
    part = {"path": "parts/a.json", "content": '{"A": {"x": 1}}', "type": "DEFAULT"}
    for path, content in (
        ("index.json", '{"paths": {"/a": {"$ref": "parts/a.json#/A"}}}'),
        ("index.yaml", "paths: {/a: {$ref: 'parts/a.json#/A'}}"),
    ):
        root = {"path": path, "content": content, "type": "ROOT"}
        spec = new_spec(world, files=[root, part])
        assert yaml.safe_load(world.get(f"/specs/{spec}/definitions").text) == {
            "paths": {"/a": {"$ref": "#/x-files/parts~1a.json/A"}},
            "x-files": {"parts/a.json": {"A": {"x": 1}}},
        }


def test_a_malformed_definition_is_told(world: World) -> None:
    spec = new_spec(world, files=files("index.json", content="{"))
    assert problem(world.get(f"/specs/{spec}/definitions")) == malformed(
        "The spec you are trying to fetch has errors, "
        "the definition for the same can't be generated"
    )
    graphql = new_spec(world, type="GRAPHQL", files=files("a.graphql", content="type A"))
    assert world.get(f"/specs/{graphql}/definitions").status_code == 400


def test_a_workspace_tells_its_specs_apart(world: World) -> None:
    new_spec(world)
    made = world.post("/workspaces", {"workspace": {"name": "other", "type": "personal"}}).json()
    other = made["workspace"]["id"]
    assert world.get("/specs", workspaceId=other).json()["specs"] == []


def test_texts_are_kept_as_they_are(world: World) -> None:
    text = orjson.dumps({"ü": "\u2028\U0001f600"}).decode()
    spec = new_spec(world, files=files("index.json", content=text))
    assert world.get(f"/specs/{spec}/files/index.json").json()["content"] == text
