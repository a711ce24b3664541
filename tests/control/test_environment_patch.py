from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from .world import UNKNOWN_ID, Json, World

A = {"key": "a", "value": "1"}
B = {"key": "b", "value": "2", "enabled": False, "type": "secret"}


@pytest.fixture
def uid(world: World) -> str:
    return world.environment(A, B)


def patch(world: World, uid: str, body: Any) -> httpx.Response:
    return world.ask("PATCH", f"/environments/{uid}", json=body)


def values(world: World, uid: str) -> list[Json]:
    found: list[Json] = world.get(f"/environments/{uid}").json()["environment"]["values"]
    return found


def test_the_name_is_replaced_and_the_whole_environment_answered(world: World, uid: str) -> None:
    world.later()
    response = patch(world, uid, [{"op": "replace", "path": "/name", "value": "new"}])
    assert response.status_code == 200
    assert response.json() == {
        "environment": {
            "id": uid[9:],
            "name": "new",
            "owner": "10000001",
            "createdAt": "2026-11-22T12:00:00.000Z",
            "updatedAt": "2026-11-22T12:00:01.000Z",
            "values": [A, B],
            "isPublic": False,
            "uid": uid,
        }
    }
    (row,) = world.get("/environments").json()["environments"]
    assert row["name"] == "new"


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        (
            {"op": "add", "path": "/values/0/description", "value": "d"},
            [{**A, "description": "d"}, B],
        ),
        (
            {"op": "add", "path": "/values/1", "value": {"key": "c"}},
            [A, {"key": "c", "value": ""}, B],
        ),
        ({"op": "add", "path": "/values/2", "value": {**A, "key": "c"}}, [A, B, {**A, "key": "c"}]),
        ({"op": "add", "path": "/values/-", "value": {**A, "key": "c"}}, [A, B, {**A, "key": "c"}]),
        (
            {"op": "replace", "path": "/values/1/enabled", "value": True},
            [A, {**B, "enabled": True}],
        ),
        ({"op": "replace", "path": "/values/0/value", "value": ""}, [{**A, "value": ""}, B]),
        ({"op": "replace", "path": "/values/0", "value": B}, [B, B]),
        ({"op": "remove", "path": "/values/0"}, [B]),
        (
            {"op": "remove", "path": "/values/1/type"},
            [A, {k: B[k] for k in ("key", "value", "enabled")}],
        ),
    ],
)
def test_variables_are_added_replaced_and_removed(
    world: World, uid: str, operation: Json, expected: list[Json]
) -> None:
    response = patch(world, uid, [operation])
    assert response.status_code == 200
    assert response.json()["environment"]["values"] == values(world, uid) == expected


def test_operations_follow_each_other(world: World, uid: str) -> None:
    removals = [{"op": "remove", "path": "/values/0"}] * 2
    assert patch(world, uid, removals).json()["environment"]["values"] == []
    assert patch(world, uid, []).status_code == 200


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({}, "Patch sequence must be an array"),
        (
            [{"op": "add", "path": "/values/0"}],
            "Patch operations with empty value are not supported",
        ),
        (
            [{"op": "replace", "path": "/name", "value": None}],
            "Patch operations with empty value are not supported",
        ),
        (
            [{"op": "replace", "path": "/values/1/value", "value": 5}],
            ["/values/1/value: must be a string"],
        ),
        ([{"op": "add", "path": "/values/1", "value": "x"}], ["/values/1: must be an object"]),
        (
            [{"op": "add", "path": "/values/1", "value": {"key": 1}}],
            ["/values/1/key: must be a string"],
        ),
        ([{"op": "replace", "path": "/name", "value": 5}], ["/name: must be a string"]),
        ([{"op": "replace", "path": "/name", "value": "\0"}], ["/name: must not contain NUL"]),
        ([{"op": "copy", "path": "/name"}], "Patch operations must be one of add, replace, remove"),
        ([5], "Patch operations must be objects"),
        (
            [{"op": "remove", "path": "/values/0"}, {"op": "add", "path": "/name", "value": "x"}],
            "Only one type of operation is allowed in a patch sequence",
        ),
    ],
)
def test_a_malformed_patch_changes_nothing(
    world: World, uid: str, body: Any, detail: object
) -> None:
    response = patch(world, uid, body)
    assert response.headers["content-type"] == "application/problem+json"
    assert response.status_code == 400
    assert response.json() == {
        "type": "https://api.postman.com/problems/bad-request",
        "title": "Bad Request",
        "status": 400,
        "detail": detail,
    }
    assert values(world, uid) == [A, B]


INVALID = "Invalid path in JSON Patch operation"
NOWHERE = "Cannot perform the operation at a path that does not exist"


@pytest.mark.parametrize(
    ("op", "path", "detail"),
    [
        ("replace", "/owner", INVALID),
        ("replace", "name", INVALID),
        ("replace", 7, INVALID),
        ("replace", "/values/x", INVALID),
        ("replace", "/values/01/key", INVALID),
        ("replace", "/values/0/secret", INVALID),
        ("remove", "/name", INVALID),
        ("remove", "/values/0/key", INVALID),
        ("replace", "/values/2/value", NOWHERE),
        ("replace", "/values/-", NOWHERE),
        ("remove", "/values/99", NOWHERE),
        ("remove", "/values/0/description", NOWHERE),
        ("add", "/values/3", NOWHERE),
        ("add", "/values/2/value", NOWHERE),
    ],
)
def test_a_path_that_leads_nowhere_changes_nothing(
    world: World, uid: str, op: str, path: object, detail: str
) -> None:
    first = {"op": op, "path": "/values/0", "value": A}
    response = patch(world, uid, [first, {"op": op, "path": path, "value": "x"}][op == "add" :])
    assert response.status_code == 400
    assert response.json() == {
        "type": "https://api.postman.com/problems/bad-request",
        "title": "Bad Request",
        "status": 400,
        "detail": detail,
        "instance": f"/environments/{uid}",
    }
    assert values(world, uid) == [A, B]


def test_an_id_that_is_none_is_400_and_an_unknown_one_404(world: World) -> None:
    response = patch(world, "5daabc50-8451-43f6", [])
    assert response.status_code == 400
    assert response.json()["detail"] == "Invalid Environment ID"
    assert response.json()["instance"] == "/environments/5daabc50-8451-43f6"
    response = patch(world, UNKNOWN_ID, [])
    assert response.status_code == 404
    assert response.json() == {
        "type": "https://api.postman.com/problems/not-found",
        "title": "Not Found",
        "status": 404,
        "detail": "Not Found",
        "instance": f"/environments/{UNKNOWN_ID}",
    }


def test_a_patch_has_a_limit(world: World, uid: str) -> None:
    operation = {"op": "replace", "path": "/name", "value": "x"}
    assert patch(world, uid, [operation] * 5000).status_code == 200
    response = patch(world, uid, [operation] * 5001)
    assert response.status_code == 400
    assert "more than 5000" in response.json()["detail"]


def test_a_body_must_be_json(world: World, uid: str) -> None:
    for content, detail in [(b"", "Request body is required"), (b"[", "not valid JSON")]:
        response = world.ask("PATCH", f"/environments/{uid}", content=content)
        assert response.status_code == 400
        assert detail in response.json()["detail"]


def test_patches_at_once_are_all_kept(world: World, uid: str) -> None:
    def add(number: int) -> int:
        operation = {"op": "add", "path": "/values/-", "value": {"key": f"k{number}"}}
        return patch(world, uid, [operation]).status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(add, range(16))) == {200}
    assert {each["key"] for each in values(world, uid)} == {"a", "b", *(f"k{n}" for n in range(16))}
