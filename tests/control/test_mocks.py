from concurrent.futures import ThreadPoolExecutor

import pytest

from postiche.control.wire import iso

from .world import UNKNOWN_ID, Json, World, error_of

NO_MOCK = {
    "name": "instanceNotFoundError",
    "message": "The specified mock does not exist.",
    "details": {},
}


def shown(world: World, mock_id: str) -> Json:
    response = world.get(f"/mocks/{mock_id}")
    assert response.status_code == 200
    mock: Json = response.json()["mock"]
    return mock


def changed(world: World, mock_id: str, **fields: object) -> Json:
    response = world.put(f"/mocks/{mock_id}", {"mock": fields})
    assert response.status_code == 200, response.text
    mock: Json = response.json()["mock"]
    return mock


def private(world: World, mock_id: str) -> bool:
    mock = world.wait(world.store.mock, mock_id)
    assert mock is not None
    return mock.private


def test_a_created_mock_is_answered_listed_and_shown(world: World) -> None:
    collection, environment = world.collection(), world.environment()
    mock = world.mock(collection=collection, environment=environment, name="Test")
    assert mock == {
        "id": mock["id"],
        "owner": "10000001",
        "uid": f"10000001-{mock['id']}",
        "collection": collection,
        "mockUrl": f"http://mocks.test/m/{mock['id']}",
        "name": "Test",
        "config": {
            "headers": [],
            "matchBody": False,
            "matchHeader": False,
            "matchQueryParams": True,
            "matchWildcards": True,
            "delay": None,
            "serverResponseId": None,
        },
        "createdAt": "2026-11-22T12:00:00.000Z",
        "updatedAt": "2026-11-22T12:00:00.000Z",
        "environment": environment,
    }
    listed = {**mock, "config": {**mock["config"], "serverResponseId": ""}, "isPublic": False}
    assert world.get("/mocks").json() == {"mocks": [listed]}
    assert shown(world, mock["uid"]) == {**mock, "isPublic": False, "deactivated": False}


def test_a_mock_is_named_after_its_collection_and_public_unless_told_otherwise(
    world: World,
) -> None:
    mock = world.mock(collection=world.collection(name="shop"))
    assert mock["name"] == "shop"
    assert "environment" not in mock
    assert not private(world, mock["id"])
    assert private(world, world.mock(private=True)["id"])


@pytest.mark.parametrize("nothing", [None, ""])
def test_a_mock_may_be_created_without_an_environment(world: World, nothing: str | None) -> None:
    assert "environment" not in world.mock(environment=nothing)


def test_plain_ids_are_taken_and_answered_as_uids(world: World) -> None:
    collection, environment = world.collection(), world.environment()
    mock = world.mock(collection=collection[9:], environment=environment[9:].upper())
    assert (mock["collection"], mock["environment"]) == (collection, environment)


def test_the_config_can_be_written_when_a_mock_is_created(world: World) -> None:
    config = {"matchBody": True, "headers": ["x-a"], "delay": {"type": "fixed", "preset": "2"}}
    kept = world.mock(config=config)["config"]
    assert kept["matchBody"]
    assert kept["headers"] == ["x-a"]
    assert kept["delay"] == {"type": "fixed", "preset": "2", "duration": 100}
    assert kept["matchQueryParams"]


@pytest.mark.parametrize(
    ("body", "param"),
    [({}, "mock"), ({"mock": None}, "mock"), ({"mock": {}}, "collection")],
)
def test_what_is_missing_is_named(world: World, body: Json, param: str) -> None:
    response = world.post("/mocks", body)
    assert response.status_code == 400
    assert error_of(response) == {
        "name": "paramMissingError",
        "message": "Parameter is missing in the request.",
        "details": {"param": [param]},
    }


IMPOSSIBLE = [
    ([], "mock", "must be object"),
    ({"collection": 5}, "collection", "must be string"),
    ({"environment": 5}, "environment", "must be null,string"),
    ({"name": ""}, "name", "must NOT have fewer than 1 characters"),
    ({"name": None}, "name", "must be string"),
    ({"name": "a\0"}, "name", "must not contain NUL"),
    ({"description": "a\0"}, "description", "must not contain NUL"),
    ({"private": "yes"}, "private", "must be boolean"),
    ({"config": None}, "config", "must be object"),
    (
        {"config": {"delay": {"type": "fixed", "duration": 180001}}},
        "config.delay.duration",
        "It must be a whole number from 0 to 180000.",
    ),
    (
        {"config": {"routes": [{"path": "/"}, {"path": "/a", "responseCode": 99}]}},
        "config.routes.1.responseCode",
        "It must be a whole number from 100 to 999.",
    ),
    ({"config": {"unknown": 1}}, "config.unknown", "must be a known property"),
]


@pytest.mark.parametrize(("sent", "param", "why"), IMPOSSIBLE)
def test_what_is_impossible_is_named(world: World, sent: object, param: str, why: str) -> None:
    mock = world.mock()
    before = shown(world, mock["id"])
    for response in (
        world.post("/mocks", {"mock": sent}),
        world.put(f"/mocks/{mock['id']}", {"mock": sent}),
    ):
        assert response.status_code == 400
        error = error_of(response)
        assert error["name"] == "invalidParamsError"
        assert error["details"] == {"param": param}
        assert error["message"].startswith(f"Invalid value for parameter: {param}. It ")
        assert why in error["message"]
    assert shown(world, mock["id"]) == before


@pytest.mark.parametrize("unknown", [UNKNOWN_ID, f"1-{UNKNOWN_ID}", "nonsense", "a\0b"])
def test_an_unknown_collection_or_environment_is_named(world: World, unknown: str) -> None:
    mock, collection = world.mock(), world.collection()
    sent: dict[str, Json] = {
        "collection": {"collection": unknown},
        "environment": {"collection": collection, "environment": unknown},
    }
    for item, fields in sent.items():
        for response in (
            world.post("/mocks", {"mock": fields}),
            world.put(f"/mocks/{mock['id']}", {"mock": fields}),
        ):
            assert response.status_code == 400
            assert error_of(response) == {
                "name": "instanceNotFoundError",
                "message": "The specified item does not exist.",
                "details": {"item": item, "id": unknown},
            }


def test_an_environment_is_no_collection(world: World) -> None:
    response = world.post("/mocks", {"mock": {"collection": world.environment()}})
    assert response.status_code == 400


def a_second_later(world: World) -> str:
    """Let a second pass, and say what time it is then."""
    world.later()
    return iso(world.time)


def test_an_update_changes_what_it_names_and_nothing_else(world: World) -> None:
    mock = world.mock(environment=world.environment(), name="old")
    expected = dict(mock)
    collection, environment = world.collection(name="other"), world.environment()
    for fields in (
        {"name": "new"},
        {"collection": collection},
        {"environment": environment},
    ):
        expected |= fields | {"updatedAt": a_second_later(world)}
        assert changed(world, mock["id"], **fields) == expected
    expected["config"] |= {"matchBody": True}
    expected["updatedAt"] = a_second_later(world)
    assert changed(world, mock["id"], config={"matchBody": True}) == expected
    expected["updatedAt"] = a_second_later(world)
    unshown = {"private": True, "description": "d", "versionTag": "t"}
    assert changed(world, mock["uid"], **unshown) == expected
    assert private(world, mock["id"])


@pytest.mark.parametrize("nothing", [None, ""])
def test_an_environment_can_be_taken_away(world: World, nothing: str | None) -> None:
    mock = world.mock(environment=world.environment())
    assert "environment" not in changed(world, mock["id"], environment=nothing)


@pytest.mark.parametrize("sent", [{}, {"unknown": 1}])
def test_an_update_must_name_something(world: World, sent: Json) -> None:
    response = world.put(f"/mocks/{world.mock()['id']}", {"mock": sent})
    assert response.status_code == 400
    assert error_of(response) == {
        "name": "paramMissingError",
        "message": "At least one parameter must be provided.",
        "details": {"param": "environment, private, name, config, collection"},
    }


def test_the_config_names_a_server_response_of_the_same_mock(world: World) -> None:
    mock, other = world.mock(), world.mock()
    own = world.server_response(mock["id"])["id"]
    foreign = world.server_response(other["id"])["id"]
    active = changed(world, mock["id"], config={"serverResponseId": own})
    assert active["config"]["serverResponseId"] == own
    for unknown in (foreign, UNKNOWN_ID, "nonsense"):
        response = world.put(
            f"/mocks/{mock['id']}", {"mock": {"config": {"serverResponseId": unknown}}}
        )
        assert response.status_code == 404
        assert error_of(response)["name"] == "serverResponseNotFoundError"
    assert shown(world, mock["id"])["config"]["serverResponseId"] == own
    off = changed(world, mock["id"], config={"serverResponseId": None})
    assert off["config"]["serverResponseId"] is None


def test_a_new_mock_has_no_server_response_to_name(world: World) -> None:
    sent = {"collection": world.collection(), "config": {"serverResponseId": UNKNOWN_ID}}
    assert world.post("/mocks", {"mock": sent}).status_code == 404


def test_publishing_lets_anyone_call_and_unpublishing_ends_that(world: World) -> None:
    mock = world.mock()
    path = f"/mocks/{mock['id']}"
    again = world.post(f"{path}/publish")
    assert again.status_code == 400
    assert error_of(again) == {
        "name": "mockAlreadyPublishedError",
        "message": "This mock is already public.",
    }
    unpublished = world.delete(f"{path}/unpublish")
    assert unpublished.json() == {"mock": {"id": mock["id"]}}
    assert private(world, mock["id"])
    again = world.delete(f"{path}/unpublish")
    assert again.status_code == 400
    assert error_of(again) == {
        "name": "mockAlreadyUnpublishedError",
        "message": "This mock has already been deleted.",
    }
    assert world.post(f"{path}/publish").json() == {"mock": {"id": mock["id"]}}
    assert not private(world, mock["id"])


def test_a_deleted_mock_is_gone(world: World) -> None:
    mock = world.mock()
    response = world.delete(f"/mocks/{mock['uid']}")
    assert response.json() == {"mock": {"id": mock["id"], "uid": mock["uid"]}}
    assert world.get("/mocks").json() == {"mocks": []}
    assert world.delete(f"/mocks/{mock['uid']}").status_code == 404


@pytest.mark.parametrize(
    ("method", "rest"),
    [
        ("GET", ""),
        ("PUT", ""),
        ("DELETE", ""),
        ("POST", "/publish"),
        ("DELETE", "/unpublish"),
        ("GET", "/call-logs"),
    ],
)
def test_an_unknown_mock_is_not_found(world: World, method: str, rest: str) -> None:
    other_owner = f"1-{world.mock()['id']}"
    for reference in (UNKNOWN_ID, "nonsense", "%00", other_owner):
        body = {"mock": {"name": "x"}} if method == "PUT" else None
        response = world.ask(method, f"/mocks/{reference}{rest}", json=body)
        assert response.status_code == 404
        assert error_of(response) == NO_MOCK


@pytest.mark.parametrize("kind", ["collection", "environment"])
def test_a_mock_whose_collection_or_environment_is_gone_is_deactivated(
    world: World, kind: str
) -> None:
    mock = world.mock(environment=world.environment())
    world.delete(f"/{kind}s/{mock[kind]}")
    assert shown(world, mock["id"])["deactivated"]
    assert world.get("/mocks").json() == {"mocks": []}, "only active mocks are listed"
    replacement = world.collection() if kind == "collection" else world.environment()
    changed(world, mock["id"], **{kind: replacement})
    assert not shown(world, mock["id"])["deactivated"]
    assert len(world.get("/mocks").json()["mocks"]) == 1


def test_concurrent_updates_do_not_undo_each_other(world: World) -> None:
    mock = world.mock(private=True)
    path = f"/mocks/{mock['id']}"
    fields = ("matchBody", "matchHeader")
    flags = [{"config": {field: True}} for field in fields] + [{"name": "new"}]

    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(world.put, path, {"mock": each}) for each in flags]
        asked.append(pool.submit(world.post, f"{path}/publish"))
        assert {each.result().status_code for each in asked} == {200}
    updated = shown(world, mock["id"])
    assert updated["name"] == "new"
    assert updated["config"]["matchBody"]
    assert updated["config"]["matchHeader"]
    assert not private(world, mock["id"])
