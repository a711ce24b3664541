from concurrent.futures import ThreadPoolExecutor

import pytest

from .world import UNKNOWN_ID, Json, World, error_of

VALUES: list[Json] = [
    {"key": "a", "value": "1", "enabled": True, "type": "default", "description": "first"},
    {"key": "b", "value": "2", "enabled": False, "type": "secret"},
    {"key": "c"},
]


def shown(world: World, reference: str) -> Json:
    response = world.get(f"/environments/{reference}")
    assert response.status_code == 200
    environment: Json = response.json()["environment"]
    return environment


def test_a_created_environment_is_answered_listed_and_shown(world: World) -> None:
    created = world.post("/environments", {"environment": {"name": "test", "values": VALUES}})
    assert created.status_code == 200
    made = created.json()["environment"]
    assert made == {"id": made["id"], "name": "test", "uid": f"10000001-{made['id']}"}
    times = dict.fromkeys(("createdAt", "updatedAt"), "2026-11-22T12:00:00.000Z")
    row = {**made, "owner": "10000001", **times, "isPublic": False}
    assert world.get("/environments").json() == {"environments": [row]}
    assert shown(world, made["uid"]) == {
        "id": made["id"],
        "name": "test",
        "owner": "10000001",
        **times,
        "values": [*VALUES[:2], {"key": "c", "value": ""}],
        "isPublic": False,
    }


def test_values_may_be_left_out(world: World) -> None:
    created = world.post("/environments", {"environment": {"name": "bare"}})
    assert shown(world, created.json()["environment"]["id"])["values"] == []


def test_a_missing_environment_is_named(world: World) -> None:
    for body in ({}, {"environment": None}, {"name": "x"}):
        response = world.post("/environments", body)
        assert response.status_code == 400
        assert error_of(response)["details"] == {"param": ["environment"]}


def test_a_missing_name_or_key_is_told(world: World) -> None:
    response = world.post("/environments", {"environment": {"values": [{"value": "x"}]}})
    assert response.status_code == 400
    assert error_of(response) == {
        "name": "malformedRequestError",
        "message": "Found 2 errors with the supplied environment.",
        "details": [
            "environment: must have required property 'name'",
            "environment.values.0: must have required property 'key'",
        ],
    }


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ([], "array (expected object) at environment"),
        ({"name": None}, "null (expected string) at environment.name"),
        ({"name": "x", "values": {}}, "object (expected array) at environment.values"),
        ({"name": "x", "values": [None]}, "null (expected object) at environment.values.0"),
        (
            {"name": "x", "values": [{"key": "a"}, {"key": "b", "value": 5}]},
            "number (expected string) at environment.values.1.value",
        ),
        (
            {"name": "x", "values": [{"key": True}]},
            "boolean (expected string) at environment.values.0.key",
        ),
        (
            {"name": "x", "values": [{"key": "a", "enabled": "yes"}]},
            "string (expected boolean) at environment.values.0.enabled",
        ),
    ],
)
def test_a_wrong_type_is_told_with_its_place(
    world: World, environment: object, message: str
) -> None:
    for response in (
        world.post("/environments", {"environment": environment}),
        world.put(f"/environments/{world.environment()}", {"environment": environment}),
    ):
        assert response.status_code == 400
        assert error_of(response) == {
            "name": "malformedRequestError",
            "message": f"Invalid type: {message}",
        }


def test_a_name_may_not_contain_nul(world: World) -> None:
    response = world.post("/environments", {"environment": {"name": "a\0"}})
    assert error_of(response)["details"] == ["environment.name: must not contain NUL"]


def test_an_environment_nested_too_deeply_is_refused(world: World) -> None:
    deep: object = "x"
    for _ in range(300):
        deep = [deep]
    values = [{"key": "a", "source": deep}]
    response = world.post("/environments", {"environment": {"name": "x", "values": values}})
    assert response.status_code == 400
    assert error_of(response)["details"] == [": must NOT have more than 254 levels"]


def test_a_put_replaces_what_it_sends(world: World) -> None:
    uid = world.environment(*VALUES)
    world.later()
    response = world.put(f"/environments/{uid}", {"environment": {"values": []}})
    assert response.json()["environment"] == {"id": uid[9:], "name": "test", "uid": uid}
    emptied = shown(world, uid)
    assert (emptied["name"], emptied["values"]) == ("test", [])
    assert emptied["createdAt"] == "2026-11-22T12:00:00.000Z"
    assert emptied["updatedAt"] == "2026-11-22T12:00:01.000Z"
    world.put(f"/environments/{uid}", {"environment": {"values": VALUES[:1]}})
    world.put(f"/environments/{uid}", {"environment": {"name": "renamed"}})
    renamed = shown(world, uid)
    assert (renamed["name"], renamed["values"]) == ("renamed", VALUES[:1])
    assert world.get("/environments").json()["environments"][0]["name"] == "renamed"


def test_a_put_of_what_get_gave_changes_nothing(world: World) -> None:
    uid = world.environment(*VALUES)
    before = shown(world, uid)
    world.later()
    world.put(f"/environments/{uid}", {"environment": before})
    assert shown(world, uid) == before


def test_an_unknown_environment_is_400_for_get_and_404_for_the_rest(world: World) -> None:
    for reference in (UNKNOWN_ID, "nonsense", "%00"):
        response = world.get(f"/environments/{reference}")
        assert response.status_code == 400
        assert error_of(response) == {
            "name": "instanceNotFoundError",
            "message": "We could not find the environment you are looking for",
        }
        for method in ("PUT", "DELETE"):
            response = world.ask(method, f"/environments/{reference}", json={})
            assert response.status_code == 404
            assert error_of(response) == {
                "name": "instanceNotFoundError",
                "message": "The specified environment does not exist.",
            }


def test_a_deleted_environment_is_gone(world: World) -> None:
    uid = world.environment()
    response = world.delete(f"/environments/{uid}")
    assert response.json() == {"environment": {"id": uid[9:], "uid": uid}}
    assert world.get(f"/environments/{uid}").status_code == 400
    assert world.get("/environments").json() == {"environments": []}


def test_environments_have_a_limit_of_their_own(world: World) -> None:
    content = b'{"environment": {"name": "' + b"x" * 30 * 1024 * 1024 + b'"}}'
    assert world.ask("POST", "/environments", content=content).status_code == 413


def test_a_name_alone_does_not_undo_values_that_somebody_else_changes(world: World) -> None:
    values = [{"key": f"k{n}", "value": "old"} for n in range(150)]
    made = world.post("/environments", {"environment": {"name": "e", "values": values}})
    path = f"/environments/{made.json()['environment']['uid']}"
    patch = [{"op": "replace", "path": "/values/0/value", "value": "new"}]

    for _ in range(5):
        with ThreadPoolExecutor() as pool:
            put = pool.submit(world.put, path, {"environment": {"name": "renamed"}})
            patched = pool.submit(world.ask, "PATCH", path, json=patch)
        assert (put.result().status_code, patched.result().status_code) == (200, 200)
        shown = world.get(path).json()["environment"]
        assert (shown["name"], shown["values"][0]["value"]) == ("renamed", "new")
        world.put(path, {"environment": {"name": "e", "values": values}})
