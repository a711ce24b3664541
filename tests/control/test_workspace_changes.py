from typing import Any

import pytest

from .world import UNKNOWN_ID, Json, World, error_of, request


def made(world: World, name: str = "w", kind: str = "team") -> str:
    body = {"workspace": {"name": name, "type": kind, "description": "d", "about": "a"}}
    workspace: str = world.post("/workspaces", body).json()["workspace"]["id"]
    return workspace


def shown(world: World, workspace: str) -> Json:
    found: Json = world.get(f"/workspaces/{workspace}").json()["workspace"]
    return found


def put(world: World, workspace: str, **fields: Any) -> Any:
    return world.put(f"/workspaces/{workspace}", {"workspace": fields})


def test_only_what_is_sent_changes(world: World) -> None:
    workspace = made(world)
    before = shown(world, workspace)
    world.later()
    response = put(world, workspace, name="new", type="private")
    assert response.status_code == 200
    assert response.json() == {"workspace": {"id": workspace, "name": "new"}}
    assert shown(world, workspace) == before | {
        "name": "new",
        "type": "private",
        "visibility": "private",
        "updatedAt": "2026-11-22T12:00:01.000Z",
    }


def test_a_deleted_workspace_is_gone_with_all_that_is_in_it(world: World) -> None:
    workspace = made(world)
    posted = {"collection": {"info": {"name": "c", "schema": "s"}, "item": [request("r")]}}
    uid = world.post(f"/collections?workspace={workspace}", posted).json()["collection"]["uid"]
    mock = world.post(f"/mocks?workspace={workspace}", {"mock": {"collection": uid}}).json()["mock"]
    kept = world.collection()
    response = world.delete(f"/workspaces/{workspace}")
    assert response.status_code == 200
    assert response.json() == {"workspace": {"id": workspace}}
    assert world.get(f"/workspaces/{workspace}").status_code == 404
    assert world.get(f"/collections/{uid}").status_code == 400
    assert world.get(f"/mocks/{mock['id']}").status_code == 404
    assert world.get(f"/collections/{kept}").status_code == 200


def test_an_unknown_workspace_is_404_for_put_and_400_for_delete(world: World) -> None:
    for unknown in (UNKNOWN_ID, "nonsense"):
        for response, status in [
            (put(world, unknown, name="x"), 404),
            (world.delete(f"/workspaces/{unknown}"), 400),
        ]:
            assert response.status_code == status
            assert error_of(response) == {
                "name": "instanceNotFoundError",
                "message": "The specified workspace does not exist.",
            }


@pytest.mark.parametrize(
    ("old", "new", "way"), [("personal", "public", "to"), ("public", "personal", "from")]
)
def test_some_types_cannot_follow_each_other(world: World, old: str, new: str, way: str) -> None:
    workspace = made(world, kind=old)
    response = put(world, workspace, type=new)
    assert response.status_code == 403
    assert error_of(response) == {
        "name": "cannotConvertFromPublicWorkspace",
        "message": f"Can not convert workspaces {way} public workspaces for team user. "
        "First convert to team.",
    }
    assert shown(world, workspace)["type"] == old


def test_public_workspaces_have_names_of_their_own(world: World) -> None:
    made(world, "taken", "public")
    workspace = made(world, "taken")
    response = put(world, workspace, type="public")
    assert response.status_code == 400
    assert error_of(response) == {
        "name": "workspaceSlugNotUniqueError",
        "message": "Workspace Slug is not unique in the account context",
    }
    assert put(world, workspace, type="public", name="free").status_code == 200
    assert put(world, workspace, type="public", about="x").status_code == 200


@pytest.mark.parametrize(
    "fields", [{"name": ""}, {"name": 5}, {"type": "partner"}, {"about": "\0"}]
)
def test_a_field_that_cannot_be_is_named(world: World, fields: Json) -> None:
    workspace = made(world)
    response = put(world, workspace, **fields)
    assert response.status_code == 400
    assert error_of(response)["details"] == {"param": next(iter(fields))}


def test_a_workspace_must_be_sent(world: World) -> None:
    response = world.put(f"/workspaces/{made(world)}", {"name": "x"})
    assert response.status_code == 400
    assert error_of(response) == {
        "name": "malformedRequestError",
        "message": "'workspace' object missing in the request",
    }


def test_things_can_be_created_after_the_last_workspace_went(world: World) -> None:
    assert world.delete(f"/workspaces/{world.workspace()}").status_code == 200
    assert world.get("/workspaces").json() == {"workspaces": []}
    assert world.collection()
