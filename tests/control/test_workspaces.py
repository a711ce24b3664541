import pytest

from postiche.model import Document

from .world import UNKNOWN_ID, Json, World, error_of


def created(world: World, name: str, kind: str = "team", **more: str) -> str:
    world.later()
    body = {"workspace": {"name": name, "type": kind, **more}}
    response = world.post("/workspaces", body)
    assert response.status_code == 200, response.text
    made = response.json()["workspace"]
    assert made == {"id": made["id"], "name": name}
    found: str = made["id"]
    return found


def listed(world: World, query: str = "") -> list[str]:
    response = world.get(f"/workspaces?{query}")
    assert response.status_code == 200, response.text
    return [each["name"] for each in response.json()["workspaces"]]


def test_a_workspace_is_listed_with_its_kind(world: World) -> None:
    made = created(world, "Ours", "private", about="About us.", description="All of it.")
    row = world.get("/workspaces").json()["workspaces"][1]
    assert row == {
        "id": made,
        "name": "Ours",
        "type": "private",
        "visibility": "private",
        "createdBy": "10000001",
        "about": "About us.",
        "createdAt": "2026-11-22T12:00:01.000Z",
        "updatedAt": "2026-11-22T12:00:01.000Z",
    }
    shown = world.get(f"/workspaces/{made}").json()["workspace"]
    assert shown["description"] == "All of it."
    assert {key: shown[key] for key in row} == row


def test_a_workspace_shows_what_is_in_it(world: World) -> None:
    mock = world.mock(environment=world.environment(name="test"), name="Mock")
    elsewhere = created(world, "Elsewhere")
    body = {"environment": {"name": "other"}}
    world.post(f"/environments?workspace={elsewhere}", body)
    shown = world.get(f"/workspaces/{world.workspace()}").json()["workspace"]

    def entry(uid: str, name: str) -> Json:
        return {"id": uid[9:], "name": name, "uid": uid}

    assert shown["collections"] == [entry(mock["collection"], "shop")]
    assert shown["environments"] == [entry(mock["environment"], "test")]
    assert shown["mocks"] == [{**entry(mock["uid"], "Mock"), "deactivated": False}]
    assert [shown[kind] for kind in ("monitors", "apis", "specs")] == [[], [], []]


def test_deactivated_mocks_are_shown_on_demand(world: World) -> None:
    mock = world.mock()
    world.delete(f"/collections/{mock['collection']}")
    path = f"/workspaces/{world.workspace()}"
    assert world.get(path).json()["workspace"]["mocks"] == []
    (shown,) = world.get(f"{path}?include=scim,mocks:deactivated").json()["workspace"]["mocks"]
    assert shown["deactivated"]


def test_there_are_no_teams(world: World) -> None:
    path = f"/workspaces/{world.workspace()}"
    assert "team" not in world.get(path).json()["workspace"]
    assert "team" not in world.get(f"{path}?include=team").json()["workspace"]


@pytest.mark.parametrize("reference", [UNKNOWN_ID, "nonsense", "%00"])
def test_an_unknown_workspace_is_not_found(world: World, reference: str) -> None:
    response = world.get(f"/workspaces/{reference}")
    assert response.status_code == 404
    assert error_of(response) == {
        "name": "workspaceNotFoundError",
        "message": "Workspace not found",
        "statusCode": 404,
    }


def test_workspaces_are_filtered_by_type_and_creator(world: World) -> None:
    created(world, "Ours")
    assert listed(world, "type=personal") == ["My Workspace"]
    assert listed(world, "type=team") == ["Ours"]
    assert listed(world, "type=public") == []
    assert listed(world, "createdBy=5,10000001&type=team") == ["Ours"]
    assert listed(world, "createdBy=5") == []


def test_an_unknown_type_is_refused_in_postmans_words(world: World) -> None:
    response = world.get("/workspaces?type=secret")
    assert response.status_code == 400
    assert response.json() == {
        "error": {
            "name": "invalidParamError",
            "message": "visibilityStatus must be one of personal/private/team/public/partner",
        },
        "statusCode": 400,
    }


def test_a_workspace_is_found_by_a_collection_in_it(world: World) -> None:
    created(world, "Empty")
    uid = world.collection()
    assert listed(world, f"elementType=collection&elementId={uid}") == ["My Workspace"]
    assert listed(world, f"elementType=collection&elementId={UNKNOWN_ID}") == []
    assert listed(world, f"elementType=specification&elementId={UNKNOWN_ID}") == []


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("elementType=collection", "elementId is required when elementType is provided"),
        ("elementType=mock&elementId=x", "elementType must be one of: collection, specification"),
    ],
)
def test_a_bad_element_filter_is_refused_in_postmans_words(
    world: World, query: str, message: str
) -> None:
    response = world.get(f"/workspaces?{query}")
    assert response.status_code == 400
    assert response.json() == {"name": "badRequest", "message": message}


def test_pages_follow_each_other(world: World) -> None:
    created(world, "B")
    created(world, "C")
    first = world.get("/workspaces?limit=2").json()
    assert [each["name"] for each in first["workspaces"]] == ["My Workspace", "B"]
    second = world.get("/workspaces", limit=2, cursor=first["meta"]["nextCursor"]).json()
    assert [each["name"] for each in second["workspaces"]] == ["C"]
    assert second["meta"] == {}
    assert "meta" not in world.get("/workspaces").json()


@pytest.mark.parametrize("cursor", ["nonsense", "é", "%00", "AAAA", "Zm9v"])
def test_a_cursor_that_no_page_gave_is_refused(world: World, cursor: str) -> None:
    response = world.get(f"/workspaces?limit=1&cursor={cursor}")
    assert response.status_code == 400
    assert response.json()["detail"] == "Invalid cursor"


@pytest.mark.parametrize(
    ("limit", "message"),
    [
        ("101", "The limit parameter must not exceed 100."),
        ("0", "The limit parameter must be a whole number, at least 1."),
        ("x", "The limit parameter must be a whole number, at least 1."),
    ],
)
def test_a_limit_has_limits(world: World, limit: str, message: str) -> None:
    response = world.get(f"/workspaces?limit={limit}")
    assert response.status_code == 400
    assert error_of(response) == {"name": "badRequestError", "message": message}


def test_a_missing_workspace_is_told_in_postmans_words(world: World) -> None:
    bodies: list[Json] = [{}, {"workspace": None}, {"workspace": []}, {"name": "x"}]
    for body in bodies:
        response = world.post("/workspaces", body)
        assert response.status_code == 400
        assert error_of(response) == {
            "name": "malformedRequestError",
            "message": "'workspace' object missing in the request",
        }


@pytest.mark.parametrize(
    ("fields", "name", "param"),
    [
        ({"type": "team"}, "paramMissingError", ["name"]),
        ({"name": "x"}, "paramMissingError", ["type"]),
        ({"name": "x", "type": "secret"}, "invalidParamsError", "type"),
        ({"name": "", "type": "team"}, "invalidParamsError", "name"),
        ({"name": "a\0", "type": "team"}, "invalidParamsError", "name"),
        ({"name": "x", "type": "team", "about": 5}, "invalidParamsError", "about"),
        ({"name": "x", "type": "team", "description": "\0"}, "invalidParamsError", "description"),
    ],
)
def test_what_is_missing_or_impossible_is_named(
    world: World, fields: Json, name: str, param: object
) -> None:
    response = world.post("/workspaces", {"workspace": fields})
    assert response.status_code == 400
    error = error_of(response)
    assert (error["name"], error["details"]) == (name, {"param": param})
    assert listed(world) == ["My Workspace"]


def test_a_workspace_shows_its_specs_and_is_found_by_them(world: World) -> None:
    workspace = world.workspace()
    spec = Document(
        "spec", world.new_id(), 10000001, workspace, "API", b"{}", world.time, world.time, 10000001
    )
    world.wait(world.store.add_document, spec)
    shown = world.get(f"/workspaces/{workspace}").json()["workspace"]
    assert shown["specs"] == [{"id": spec.id, "name": "API", "uid": spec.uid}]
    assert listed(world, f"elementType=specification&elementId={spec.id}") == ["My Workspace"]


def test_a_new_public_workspace_has_a_name_of_its_own(world: World) -> None:
    created(world, "taken", "public")
    body = {"workspace": {"name": "taken", "type": "public"}}
    response = world.post("/workspaces", body)
    assert response.status_code == 400
    assert error_of(response)["name"] == "workspaceSlugNotUniqueError"
    created(world, "taken", "team")
