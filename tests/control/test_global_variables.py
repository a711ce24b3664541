from typing import Any

import pytest

from .world import UNKNOWN_ID, World, error_of


def path(world: World) -> str:
    return f"/workspaces/{world.workspace()}/global-variables"


def test_a_workspace_begins_without_globals(world: World) -> None:
    response = world.get(path(world))
    assert response.status_code == 200
    assert response.json() == {"values": []}


def test_globals_are_replaced_whole(world: World) -> None:
    full = {"key": "a", "value": "1", "type": "secret", "enabled": False, "description": "d"}
    for values in ([{"key": "old"}], [full, {"key": "b"}]):
        response = world.put(path(world), {"values": values})
        assert response.status_code == 200
    expected = {"values": [full, {"key": "b", "value": "", "type": "default", "enabled": True}]}
    assert response.json() == expected
    assert world.get(path(world)).json() == expected


@pytest.mark.parametrize("method", ["GET", "PUT"])
@pytest.mark.parametrize("workspace", [UNKNOWN_ID, "nonsense"])
def test_an_unknown_workspace_is_404(world: World, method: str, workspace: str) -> None:
    path = f"/workspaces/{workspace}/global-variables"
    response = world.ask(method, path, json={"values": []})
    assert response.status_code == 404
    assert error_of(response)["message"] == "The specified workspace does not exist."


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({}, ": must have required property 'values'"),
        ({"values": [5]}, "values.0: must be object"),
        ({"values": [{}]}, "values.0: must have required property 'key'"),
        ({"values": [{"key": "a", "value": 5}]}, "values.0.value: must be string"),
        ({"values": [{"key": "a", "type": "x"}]}, "values.0.type: must be one of default, secret"),
    ],
)
def test_malformed_globals_are_refused(world: World, body: Any, detail: str) -> None:
    response = world.put(path(world), body)
    assert response.status_code == 400
    assert error_of(response) == {
        "name": "malformedRequestError",
        "message": "Found 1 errors with the supplied global variables.",
        "details": [detail],
    }
    assert world.get(path(world)).json() == {"values": []}
