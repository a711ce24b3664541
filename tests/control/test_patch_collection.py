from typing import Any

import pytest

from .world import UNKNOWN_ID, Json, World, error_of, request

API_KEY = {"type": "apikey", "apikey": [{"key": "key", "value": "X-Api-Key"}]}
SCRIPT = {"id": "4981dd69-6138-45f6-990e-f122b267557f", "type": "text/javascript", "exec": [""]}


def patch(world: World, uid: str, collection: Any) -> Any:
    return world.ask("PATCH", f"/collections/{uid}", json={"collection": collection})


def shown(world: World, uid: str) -> Json:
    document: Json = world.get(f"/collections/{uid}").json()["collection"]
    return document


def test_name_and_description_change(world: World) -> None:
    uid = world.collection(request("r"))
    before = shown(world, uid)
    world.later()
    response = patch(world, uid, {"info": {"name": "new", "description": "d"}})
    assert response.status_code == 200
    assert response.json() == {"collection": {"id": uid[9:], "name": "new", "description": "d"}}
    after = shown(world, uid)
    assert (after["info"]["name"], after["info"]["description"]) == ("new", "d")
    assert after["info"]["updatedAt"] == "2026-11-22T12:00:01.000Z"
    assert after["item"] == before["item"]
    assert [row["name"] for row in world.get("/collections").json()["collections"]] == ["new"]


def test_what_is_not_sent_stays(world: World) -> None:
    uid = world.collection(name="old")
    assert patch(world, uid, {"auth": API_KEY}).json()["collection"]["description"] == ""
    assert patch(world, uid, {"info": {"description": "d"}}).status_code == 200
    document = shown(world, uid)
    assert (document["info"]["name"], document["auth"]) == ("old", API_KEY)


@pytest.mark.parametrize("name", ["variable", "variables"])
def test_variables_are_added_or_updated(world: World, name: str) -> None:
    uid = world.collection()
    patch(world, uid, {name: [{"key": "a", "value": "1"}, {"key": "b", "value": True}]})
    patch(world, uid, {name: [{"key": "c", "value": 3}, {"key": "a", "value": "2"}]})
    assert shown(world, uid)["variable"] == [
        {"key": "a", "value": "2"},
        {"key": "b", "value": True},
        {"key": "c", "value": 3},
    ]


def test_events_are_replaced(world: World) -> None:
    uid = world.collection()
    for listen in ("test", "prerequest"):
        events = [{"listen": listen, "script": SCRIPT}]
        assert patch(world, uid, {"events": events}).status_code == 200
    assert shown(world, uid)["event"] == events


@pytest.mark.parametrize(
    ("collection", "message"),
    [
        ({"auth": {"type": "x"}}, "('x') for key: 'collection.auth.type'"),
        ({"auth": {"type": "basic", "apikey": []}}, "('apikey') for key: 'collection.auth.type'"),
        ({"auth": {**API_KEY, "x": []}}, "('x') for key: 'collection.auth'"),
        ({"auth": None}, "('auth') for key: 'collection'"),
        ({"auth": {"type": 7}}, "('type') for key: 'collection.auth'"),
        (
            {"events": [{"listen": "test", "script": {**SCRIPT, "property": 1}}]},
            "('property') for key: 'collection.events.script'",
        ),
        ({"events": [{"id": "x", "listen": "test"}]}, "('id') for key: 'collection.events'"),
        ({"events": [{"listen": "x"}]}, "('listen') for key: 'collection.events'"),
        ({"events": [7]}, "('events') for key: 'collection'"),
        (
            {"variable": [{"key": "a", "value": "", "property": 1}]},
            "('property') for key: 'collection.variables'",
        ),
        ({"info": {"name": 7}}, "('name') for key: 'collection.info'"),
        ({"info": {"name": "a\0"}}, "('name') for key: 'collection.info'"),
        ({"info": {"schema": "x"}}, "('schema') for key: 'collection.info'"),
        ({"item": [], "x": 1}, "('item', 'x') for key: 'collection'"),
        ([], "('collection') for key: 'collection'"),
    ],
)
def test_an_invalid_part_is_named(world: World, collection: Any, message: str) -> None:
    uid = world.collection()
    before = shown(world, uid)
    response = patch(world, uid, collection)
    assert response.status_code == 400
    assert error_of(response) == {
        "name": "badRequest",
        "message": f"Invalid parameters: {message}",
    }
    assert shown(world, uid) == before


@pytest.mark.parametrize(
    ("collection", "message"),
    [
        (
            {"events": [{"listen": "test", "script": {"id": "x"}}]},
            "('type', 'exec') for key: 'collection.events.script'",
        ),
        ({"events": [{"script": SCRIPT}]}, "('listen') for key: 'collection.events'"),
        ({"variable": [{"key": "a"}]}, "('value') for key: 'collection.variables'"),
        ({"auth": {}}, "('type') for key: 'collection.auth'"),
    ],
)
def test_a_missing_part_is_named(world: World, collection: Json, message: str) -> None:
    response = patch(world, world.collection(), collection)
    assert response.status_code == 400
    assert error_of(response) == {
        "name": "badRequest",
        "message": f"Parameters required: {message}",
    }


def test_an_auth_method_must_come_with_its_type(world: World) -> None:
    response = patch(world, world.collection(), {"auth": {"type": "apikey"}})
    assert response.status_code == 400
    assert error_of(response) == {
        "name": "paramMissingError",
        "message": "The key 'apikey' must be present in 'collection.auth' when 'type' is 'apikey'.",
        "details": {"param": "apikey"},
    }


def test_an_empty_patch_is_refused(world: World) -> None:
    uid = world.collection()
    response = patch(world, uid, {})
    assert response.status_code == 400
    assert error_of(response) == {
        "name": "paramMissingError",
        "message": "'info' key is mandatory when 'collection' is empty.",
        "details": {"param": "info"},
    }
    nothing = world.ask("PATCH", f"/collections/{uid}", json={})
    assert error_of(nothing)["details"] == {"param": ["collection"]}


def test_an_unknown_collection_is_404(world: World) -> None:
    response = patch(world, UNKNOWN_ID, {"info": {"name": "x"}})
    assert response.status_code == 404
    assert error_of(response) == {
        "name": "instanceNotFoundError",
        "message": "The specified item does not exist.",
        "details": {"item": "collection", "id": UNKNOWN_ID},
    }
