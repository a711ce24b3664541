"""POST /mocks/{mockId}/explain: the matcher's table for a request that is only described."""

from typing import Any

import pytest

from .people import newcomer
from .world import UNKNOWN_ID, Json, World, error_of


def saved(name: str, url: str, **more: Any) -> Json:
    original = {"method": "GET", "url": url, **more}
    example = {"name": name, "code": 200, "body": "{}", "originalRequest": original}
    return {"name": name, "request": original, "response": [example]}


@pytest.fixture
def mock(world: World) -> Json:
    users = saved("one user", "https://shop.test/users/:id?page={{page}}")
    cats = saved("cats", "https://shop.test/cats", header=[{"key": "X-T", "value": "{{token}}"}])
    values = [{"key": "page", "value": "1"}, {"key": "token", "value": "t0p"}]
    return world.mock(
        collection=world.collection(users, cats), environment=world.environment(*values)
    )


def explained(world: World, mock: Json, **request: Any) -> Json:
    response = world.post(f"/mocks/{mock['uid']}/explain", {"request": request})
    assert response.status_code == 200, response.text
    found: Json = response.json()["explanation"]
    return found


def test_a_hit_is_explained_with_its_score(world: World, mock: Json) -> None:
    told = explained(world, mock, method="get", url="https://any.test/users/7?page=1")
    assert (told["answer"]["name"], told["score"]) == ("one user", 90.0)
    assert told["captures"] == {"id": "7"}
    assert told["request"] == {"method": "GET", "url": "/users/7?page=1"}
    assert told["error"] is None
    assert [each["name"] for each in told["candidates"]] == ["one user", "cats"]


def test_a_miss_is_explained_with_postmans_error_and_a_way_out(world: World, mock: Json) -> None:
    told = explained(world, mock, method="POST", path="/cats", body="x")
    assert told["answer"] is None
    assert told["error"]["name"] == "mockRequestNotFoundError"
    assert told["summary"] == "POST /cats has no example, but GET /cats has."
    assert told["candidates"][0]["wouldAnswer"]["curl"].endswith(f"{mock['mockUrl']}/cats")


def test_headers_and_config_take_part(world: World, mock: Json) -> None:
    config = {"matchHeader": True, "headers": ["X-T"]}
    world.put(f"/mocks/{mock['id']}", {"mock": {"config": config}})
    assert explained(world, mock, method="GET", url="/cats", headers={"x-t": "t0p"})["answer"]
    told = explained(world, mock, method="GET", url="/cats", headers={"x-t": "1"})
    assert "header X-T: sent 1, saved t0p" in told["summary"]
    assert told["candidates"][0]["wouldAnswer"]["config"] == {"matchHeader": False}


def test_no_more_candidates_than_asked_for(world: World, mock: Json) -> None:
    body = {"request": {"method": "GET", "url": "/cats"}, "limit": 1}
    told = world.post(f"/mocks/{mock['id']}/explain", body).json()["explanation"]
    assert (len(told["candidates"]), told["leftOut"]) == (1, 1)


def test_an_active_server_response_is_mentioned(world: World, mock: Json) -> None:
    down = world.server_response(mock["id"])
    assert "serverResponse" not in explained(world, mock, method="GET", url="/cats")
    world.put(f"/mocks/{mock['id']}", {"mock": {"config": {"serverResponseId": down["id"]}}})
    told = explained(world, mock, method="GET", url="/cats")
    assert told["serverResponse"] == {"id": down["id"], "name": "down", "statusCode": 503}


def test_commands_for_a_private_mock_name_the_key_as_a_variable(world: World) -> None:
    private = world.mock(collection=world.collection(saved("a", "/a")), private=True)
    told = explained(world, private, method="GET", url="/b")
    assert '-H "x-api-key: $POSTICHE_API_KEY"' in told["candidates"][0]["wouldAnswer"]["curl"]


def test_who_does_not_see_the_environment_is_not_told_its_values(world: World) -> None:
    person = newcomer(world)
    own = person.workspace("private")
    values = {"name": "e", "values": [{"key": "token", "value": "t0p"}]}
    environment = person.made(f"/environments?workspace={own}", {"environment": values})["uid"]
    items = [saved("cats", "/cats", header=[{"key": "X-T", "value": "{{token}}"}])]
    info = {"name": "shop", "schema": "v2.1.0"}
    shared = person.workspace("team")
    document = {"collection": {"info": info, "item": items}}
    collection = person.made(f"/collections?workspace={shared}", document)
    fields = {
        "collection": collection["uid"],
        "environment": environment,
        "config": {"matchHeader": True, "headers": ["X-T"]},
    }
    mock = person.made(f"/mocks?workspace={shared}", {"mock": fields})
    asked = {"request": {"method": "GET", "url": "/cats"}}
    own_view = person.post(f"/mocks/{mock['uid']}/explain", asked)
    assert "saved t0p" in own_view.json()["explanation"]["summary"]
    other_view = world.post(f"/mocks/{mock['uid']}/explain", asked)
    assert other_view.status_code == 200
    assert "t0p" not in other_view.text


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({}, "request"),
        ({"request": {}}, "request.method"),
        ({"request": {"method": "GET"}}, "request.url"),
        ({"request": {"method": "GET", "url": "cats"}}, "request.url"),
        ({"request": {"method": "G T", "url": "/"}}, "request.method"),
        ({"request": {"method": "GET", "url": 7}}, "request.url"),
        ({"request": {"method": "GET", "url": "/", "headers": {"a": "b\nc"}}}, "request.headers.a"),
        ({"request": {"method": "GET", "url": "/"}, "limit": 0}, "limit"),
    ],
)
def test_what_describes_no_request_is_refused(
    world: World, mock: Json, body: Json, param: str
) -> None:
    response = world.post(f"/mocks/{mock['id']}/explain", body)
    assert response.status_code == 400
    named = error_of(response)["details"]["param"]
    assert named in (param, [param])


def test_unknown_and_inactive_mocks_are_told_apart(world: World, mock: Json) -> None:
    asked = {"request": {"method": "GET", "url": "/"}}
    assert world.post(f"/mocks/{UNKNOWN_ID}/explain", asked).status_code == 404
    world.delete(f"/collections/{mock['collection']}")
    response = world.post(f"/mocks/{mock['id']}/explain", asked)
    assert response.status_code == 400
    assert error_of(response)["name"] == "inactiveMockError"


def test_a_collection_of_many_examples_is_explained_off_the_loop(world: World) -> None:
    items = [saved(f"thing {i}", f"/things/{i}x", description="d" * 500) for i in range(2_000)]
    big = world.mock(collection=world.collection(*items))
    assert explained(world, big, method="GET", url="/things/7x")["leftOut"] == 1_950
