import pytest

from .test_collection_updates import finished
from .world import UNKNOWN_ID, Json, World, error_of, example, folder, request


def duplicate(world: World, uid: str, **fields: object) -> Json:
    body = {"workspace": world.workspace(), **fields}
    response = world.post(f"/collections/{uid}/duplicates", body)
    assert response.status_code == 200, response.text
    task: Json = response.json()["task"]
    assert (task["status"], task["reason"]) == ("processing", None)
    return task


def test_a_duplicate_is_made_with_ids_of_its_own(world: World) -> None:
    uid = world.collection(folder("f", request("r", example("e"))))
    world.later()
    task = duplicate(world, uid, suffix="Copy")
    assert task["id"].startswith("10000001-")
    done = finished(world, f"/collection-duplicate-tasks/{task['id']}")
    assert done == {"task": {"id": task["id"], "status": "completed", "reason": None}}
    old, new = world.get("/collections").json()["collections"]
    assert (new["name"], new["owner"]) == ("shop Copy", "10000001")
    original = world.get(f"/collections/{old['uid']}").json()["collection"]
    copy = world.get(f"/collections/{new['uid']}").json()["collection"]
    assert copy["info"]["_postman_id"] == new["id"] != old["id"]
    pairs = [(original["item"][0], copy["item"][0])]
    pairs += [(a["item"][0], b["item"][0]) for a, b in pairs]
    pairs += [(a["response"][0], b["response"][0]) for a, b in pairs[1:]]
    for a, b in pairs:
        assert a["name"] == b["name"]
        assert a["id"] != b["id"]
        assert b["uid"] == f"10000001-{b['id']}"


def test_a_duplicate_without_a_suffix_has_the_same_name(world: World) -> None:
    task = duplicate(world, world.collection())
    finished(world, f"/collection-duplicate-tasks/{task['id']}")
    assert [each["name"] for each in world.get("/collections").json()["collections"]] == [
        "shop"
    ] * 2


def test_a_workspace_is_needed(world: World) -> None:
    uid = world.collection()
    response = world.post(f"/collections/{uid}/duplicates", {})
    assert response.status_code == 400
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json() == {
        "type": "badRequest",
        "title": "Invalid request",
        "detail": "Missing parameter, workspaceId",
    }
    response = world.post(f"/collections/{uid}/duplicates", {"workspace": UNKNOWN_ID})
    assert response.status_code == 400
    assert error_of(response)["message"] == "The specified workspace does not exist."
    response = world.post(f"/collections/{uid}/duplicates", {"workspace": 5})
    assert error_of(response)["details"] == {"param": "workspace"}


def test_an_unknown_collection_is_400(world: World) -> None:
    body = {"workspace": world.workspace()}
    response = world.post(f"/collections/{UNKNOWN_ID}/duplicates", body)
    assert response.status_code == 400
    assert error_of(response)["name"] == "instanceNotFoundError"


@pytest.mark.parametrize(
    ("task", "status", "title", "detail"),
    [
        ("nonsense", 400, "Bad request", "Invalid task id"),
        (UNKNOWN_ID, 404, "Not Found", "The requested resource was not found."),
    ],
)
def test_an_unknown_task_is_said_to_be(
    world: World, task: str, status: int, title: str, detail: str
) -> None:
    response = world.get(f"/collection-duplicate-tasks/{task}")
    assert response.status_code == status
    assert (response.json()["title"], response.json()["detail"]) == (title, detail)
