"""The lint over the API: what it knows, and what it answers where there is nothing to lint."""

from typing import Any

from .world import UNKNOWN_ID, World, error_of, example, request


def wild(**more: Any) -> Any:
    """A request whose path and response hold a variable each."""
    asked = {"method": "GET", "url": "https://shop.test/things/{{id}}"}
    headers = [{"key": "Content-Type", "value": "application/json"}]
    saved = example("ok", originalRequest=asked, header=headers, body='"{{word}}"', **more)
    return request("Get thing", saved)


def found(answer: Any) -> list[str]:
    return [finding["rule"] for finding in answer.json()["findings"]]


def test_a_collection_is_linted(world: World) -> None:
    uid = world.collection(wild())
    response = world.get(f"/collections/{uid}/lint")
    assert response.status_code == 200
    first, second = response.json()["findings"]
    assert (first["rule"], first["severity"]) == ("path-wildcard", "info")
    assert second["where"] == "Get thing / ok"
    assert response.json()["summary"] == {"error": 0, "warning": 1, "info": 1}


def test_an_environment_gives_variables_their_values(world: World) -> None:
    uid = world.collection(wild())
    environment = world.environment({"key": "word", "value": "hello"})
    response = world.get(f"/collections/{uid}/lint", environment=environment)
    assert found(response) == ["path-wildcard"]


def test_a_mock_is_linted_with_its_environment_and_config(world: World) -> None:
    environment = world.environment({"key": "word", "value": "hello"})
    mock = world.mock(
        collection=world.collection(wild()),
        environment=environment,
        config={"matchWildcards": False},
    )
    response = world.get(f"/mocks/{mock['uid']}/lint")
    assert response.status_code == 200
    assert found(response) == ["wildcards-off"]


def test_what_is_not_there_cannot_be_linted(world: World) -> None:
    response = world.get(f"/collections/{UNKNOWN_ID}/lint")
    assert (response.status_code, error_of(response)["name"]) == (404, "instanceNotFoundError")
    response = world.get(f"/mocks/{UNKNOWN_ID}/lint")
    assert (response.status_code, error_of(response)["name"]) == (404, "instanceNotFoundError")
    uid = world.collection()
    response = world.get(f"/collections/{uid}/lint", environment=UNKNOWN_ID)
    assert (response.status_code, error_of(response)["name"]) == (400, "instanceNotFoundError")


def test_a_mock_whose_collection_is_gone_is_inactive(world: World) -> None:
    uid = world.collection(wild())
    mock = world.mock(collection=uid)
    world.delete(f"/collections/{uid}")
    response = world.get(f"/mocks/{mock['id']}/lint")
    assert (response.status_code, error_of(response)["name"]) == (400, "inactiveMockError")


def test_only_get_is_allowed(world: World) -> None:
    assert world.post(f"/collections/{world.collection()}/lint", {}).status_code == 405
