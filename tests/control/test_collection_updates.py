import time

import httpx
import pytest

from postiche.model import Document

from .world import NOON, UNKNOWN_ID, Json, World, collection, error_of, request


def finished(world: World, path: str) -> Json:
    """What a task's page says once the task no longer goes on."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        answered: Json = world.get(path).json()
        if answered.get("task", answered)["status"] not in ("in-progress", "processing"):
            return answered
    raise AssertionError(f"{path} goes on and on")


def put_later(world: World, uid: str, body: object) -> httpx.Response:
    headers = {"prefer": "respond-async"}
    return world.ask("PUT", f"/collections/{uid}", json=body, headers=headers)


def test_a_collection_is_replaced_after_the_answer(world: World) -> None:
    uid = world.collection(name="old")
    response = put_later(world, uid, {"collection": collection(request("r"), name="new")})
    assert response.status_code == 202
    task = response.json()["task"]
    assert task == {"id": task["id"], "status": "in-progress"}
    done = finished(world, f"/collection-updates-tasks/{task['id']}")
    assert done == {"id": task["id"], "status": "successful"}
    document = world.get(f"/collections/{uid}").json()["collection"]
    assert (document["info"]["name"], document["item"][0]["name"]) == ("new", "r")


def running(world: World, uid: str) -> str:
    """The id of an update of a collection that goes on, as another server has stored it."""
    task = Document(
        kind="task",
        id=world.new_id(),
        owner=10000001,
        workspace=world.workspace(),
        name=f"collection-update {uid[9:]}",
        content=b'{"done":null,"reason":null}',
        created_at=NOON,
        updated_at=NOON,
        updated_by=10000001,
    )
    world.wait(world.store.add_document, task)
    return task.id


@pytest.mark.parametrize("prefer", ["", "respond-async", "wait=1, Respond-Async"])
def test_nothing_is_replaced_while_an_update_goes_on(world: World, prefer: str) -> None:
    uid, other = world.collection(name="old"), world.collection()
    task = running(world, uid)
    body = {"collection": collection(name="new")}
    response = world.ask("PUT", f"/collections/{uid}", json=body, headers={"prefer": prefer})
    assert response.status_code == 409
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json() == {
        "type": "https://api.postman.com/problems/conflict",
        "title": "Conflict",
        "status": 409,
        "detail": "Deep update operation is already in progress for this collection.",
    }
    assert world.get(f"/collection-updates-tasks/{task}").json()["status"] == "in-progress"
    assert world.put(f"/collections/{other}", body).status_code == 200


def test_an_update_that_nobody_works_on_any_more_has_failed(world: World) -> None:
    uid = world.collection(name="old")
    task = running(world, uid)
    world.later(minutes=16)
    assert world.get(f"/collection-updates-tasks/{task}").json() == {"id": task, "status": "failed"}
    body = {"collection": collection(name="new")}
    assert world.put(f"/collections/{uid}", body).status_code == 200


def test_old_tasks_are_forgotten(world: World) -> None:
    uid = world.collection()
    task = running(world, uid)
    world.later(days=8)
    started = put_later(world, uid, {"collection": collection()}).json()["task"]["id"]
    finished(world, f"/collection-updates-tasks/{started}")
    assert world.get(f"/collection-updates-tasks/{task}").status_code == 403


@pytest.mark.parametrize(
    ("body", "title", "detail"),
    [
        (
            {},
            "Missing property 'collection'",
            "PUT request body for '/collections/ID' failed to validate schema. Location: /required",
        ),
        (
            {"collection": {"item": []}},
            "Missing property 'info'",
            "PUT request body for '/collections/ID' failed to validate schema. "
            "Location: /properties/collection/required",
        ),
        (
            {"collection": collection() | {"item": [5]}},
            "Malformed request",
            "Unable to parse the collection. Please ensure it is according to "
            "https://schema.postman.com/collection/json/v2.1.0/draft-07/docs/index.html",
        ),
    ],
)
def test_a_malformed_collection_is_refused_at_once(
    world: World, body: Json, title: str, detail: str
) -> None:
    uid = world.collection()
    response = put_later(world, uid, body)
    assert response.status_code == 400
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert (problem["title"], problem["detail"]) == (title, detail.replace("ID", uid))
    assert problem["status"] == 400


def test_another_collection_is_refused_at_once(world: World) -> None:
    other = collection()
    other["info"]["_postman_id"] = UNKNOWN_ID
    response = put_later(world, world.collection(), {"collection": other})
    assert response.status_code == 400
    assert error_of(response)["name"] == "collectionMismatchError"


def test_an_unknown_collection_is_404_in_the_newer_form(world: World) -> None:
    response = put_later(world, UNKNOWN_ID, {"collection": collection()})
    assert response.status_code == 404
    assert response.json() == {
        "type": "https://api.postman.com/problems/not-found",
        "title": "Not found",
        "status": 404,
        "detail": "We could not find the collection you are looking for",
    }


@pytest.mark.parametrize("task", [UNKNOWN_ID, "nonsense"])
def test_an_unknown_task_is_not_accessible(world: World, task: str) -> None:
    response = world.get(f"/collection-updates-tasks/{task}")
    assert response.status_code == 403
    assert response.json()["detail"] == "You do not have access to the requested resource."


def test_a_task_of_another_kind_is_unknown(world: World) -> None:
    task = running(world, world.collection())
    assert world.get(f"/collection-duplicate-tasks/{task}").status_code == 404
