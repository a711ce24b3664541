from typing import Any

import httpx
import pytest

from .specs_world import NO_ENTITY, OPENAPI, malformed, new_spec, problem
from .world import Json, World


def added(world: World, spec: str, path: str, content: str = "{}") -> httpx.Response:
    return world.post(f"/specs/{spec}/files", {"path": path, "content": content})


def patched(world: World, spec: str, path: str, **body: Any) -> httpx.Response:
    return world.ask("PATCH", f"/specs/{spec}/files/{path}", json=body)


def listed(world: World, spec: str) -> dict[str, str]:
    body = world.get(f"/specs/{spec}/files").json()
    assert body["meta"] == {"nextCursor": None}
    return {each["path"]: each["type"] for each in body["files"]}


def test_an_added_file_is_answered_listed_and_shown(world: World) -> None:
    spec = new_spec(world)
    world.later()
    response = added(world, spec, "components/schemas.json", '{"A": 1}')
    assert response.status_code == 201
    made: Json = response.json()
    assert made == {
        "id": made["id"],
        "path": "components/schemas.json",
        "type": "DEFAULT",
        "createdAt": "2026-11-22T12:00:01.000Z",
        "updatedAt": "2026-11-22T12:00:01.000Z",
        "createdBy": 10000001,
        "updatedBy": 10000001,
    }
    assert listed(world, spec) == {"components/schemas.json": "DEFAULT", "index.yaml": "ROOT"}
    for path in (
        "components/schemas.json",
        "components%2Fschemas.json",
        "components/schemas.json/",
    ):
        shown = world.get(f"/specs/{spec}/files/{path}").json()
        assert shown == {**made, "name": "schemas.json", "content": '{"A": 1}'}
    assert world.get(f"/specs/{spec}").json()["updatedAt"] == "2026-11-22T12:00:01.000Z"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, malformed("The required body parameter is missing from the request.")),
        (
            {"path": "a.json"},
            malformed("The required body parameter is missing from the request."),
        ),
        (
            {"path": 5, "content": "{}"},
            malformed("The required body parameter is missing from the request."),
        ),
        (
            {"path": "a.txt", "content": "{}"},
            ("bad-request", "Invalid parameters", "Invalid file extension"),
        ),
        (
            {"path": "a//b.json", "content": "{}"},
            malformed("The path parameter /filePath is invalid."),
        ),
        (
            {"path": "/b.json", "content": "{}"},
            malformed("The path parameter /filePath is invalid."),
        ),
        (
            {"path": "a\0.json", "content": "{}"},
            malformed("The path parameter /filePath is invalid."),
        ),
        (
            {"path": "index.yaml", "content": "{}"},
            malformed("A file with this path already exists."),
        ),
        (
            {"path": "a.json", "content": "é" * (5 * 1024 * 1024 + 1)},
            malformed("File size exceeded the limit of 10 MB"),
        ),
    ],
)
def test_what_cannot_be_added_is_told(world: World, body: Json, told: tuple[str, str, str]) -> None:
    spec = new_spec(world)
    assert problem(world.post(f"/specs/{spec}/files", body)) == told
    assert listed(world, spec) == {"index.yaml": "ROOT"}


def test_only_some_types_have_several_files(world: World) -> None:
    spec = new_spec(world, "a.graphql", type="GRAPHQL")
    assert problem(added(world, spec, "b.graphql")) == malformed(
        "Only OpenAPI and protobuf specifications can have several files."
    )
    proto = new_spec(world, "a.proto", type="PROTOBUF:3")
    assert added(world, proto, "b.proto").status_code == 201
    assert added(world, proto, "b.json").status_code == 400


def test_a_content_can_be_replaced(world: World) -> None:
    spec = new_spec(world, "index.yaml", "a.json")
    world.later()
    response = patched(world, spec, "a.json", content='{"new": 1}')
    assert response.status_code == 200
    assert response.json()["updatedAt"] == "2026-11-22T12:00:01.000Z"
    assert "content" not in response.json()
    assert world.get(f"/specs/{spec}/files/a.json").json()["content"] == '{"new": 1}'
    assert world.get(f"/specs/{spec}/files/index.yaml").json()["content"] == OPENAPI


def test_another_file_can_become_the_root(world: World) -> None:
    spec = new_spec(world, "index.yaml", "a.json")
    assert patched(world, spec, "a.json", type="ROOT").json()["type"] == "ROOT"
    assert listed(world, spec) == {"a.json": "ROOT", "index.yaml": "DEFAULT"}
    assert world.get(f"/specs/{spec}").json()["fileFormat"] == "json"
    assert patched(world, spec, "a.json", type="ROOT").status_code == 200
    assert problem(patched(world, spec, "a.json", type="DEFAULT")) == malformed(
        "At least one file must have type ROOT"
    )


def test_a_file_can_be_renamed_in_its_folder(world: World) -> None:
    spec = new_spec(world, "index.yaml", "parts/a.json", "parts/b.json")
    assert patched(world, spec, "parts/a.json", name="c.json").json()["path"] == "parts/c.json"
    assert list(listed(world, spec)) == ["index.yaml", "parts/b.json", "parts/c.json"]
    assert patched(world, spec, "parts/c.json", name="c.json").status_code == 200
    for name in ("b.json", "x/y.json", "..", "c.txt"):
        assert patched(world, spec, "parts/c.json", name=name).status_code == 400


def test_one_property_at_a_time_can_be_changed(world: World) -> None:
    spec = new_spec(world)
    missing = "The required body parameter is missing from the request."
    assert problem(patched(world, spec, "index.yaml")) == malformed(missing)
    assert problem(patched(world, spec, "index.yaml", name="a.json", type="ROOT")) == malformed(
        "Only one of 'content', 'type', or 'name' should be provided."
    )
    bodies: list[Json] = [{"content": 5}, {"type": "OTHER"}, {"name": []}]
    for body in bodies:
        assert patched(world, spec, "index.yaml", **body).status_code == 400


def test_a_deleted_file_is_gone_but_the_root_stays(world: World) -> None:
    spec = new_spec(world, "index.yaml", "parts/a.json")
    response = world.delete(f"/specs/{spec}/files/parts/a.json")
    assert (response.status_code, response.content) == (204, b"")
    assert listed(world, spec) == {"index.yaml": "ROOT"}
    assert problem(world.delete(f"/specs/{spec}/files/index.yaml")) == malformed(
        "At least one file must have type ROOT"
    )


def test_an_unknown_file_is_not_found(world: World) -> None:
    spec = new_spec(world)
    for method in ("GET", "PATCH", "DELETE"):
        response = world.ask(method, f"/specs/{spec}/files/no/such.json", json={"content": "x"})
        assert problem(response, 404) == NO_ENTITY
