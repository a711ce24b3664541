import time
from typing import Any

import httpx
import orjson
import pytest
import yaml

from .specs_world import NO_ENTITY, malformed, new_spec, problem
from .world import UNKNOWN_ID, Json, World, example, request


def done(world: World, response: httpx.Response) -> Json:
    """The task of a 202, once it is over."""
    assert response.status_code == 202, response.text
    begun = response.json()
    assert begun["url"].endswith(f"/tasks/{begun['taskId']}")
    for _ in range(500):
        task: Json = world.get(begun["url"]).json()
        if task["status"] != "pending":
            return task
        time.sleep(0.01)
    raise AssertionError(task)


def generated(world: World, spec: str, **options: Any) -> str:
    """The uid of the collection made from a spec."""
    body = {"name": "From spec", "options": options}
    task = done(world, world.post(f"/specs/{spec}/generations/collection", body))
    assert task["status"] == "completed"
    (made,) = task["details"]["resources"]
    uid: str = made["id"]
    assert made["url"] == f"/collections/{uid}"
    return uid


def listed(world: World, spec: str) -> list[Json]:
    found: list[Json] = world.get(f"/specs/{spec}/generations/collection").json()["collections"]
    return found


def collection_of(world: World, uid: str) -> Json:
    found: Json = world.get(f"/collections/{uid}").json()["collection"]
    return found


def test_a_collection_is_made_from_a_spec(world: World) -> None:
    spec = new_spec(world)
    uid = generated(world, spec, folderStrategy="Tags")
    collection = collection_of(world, uid)
    assert collection["info"]["name"] == "From spec"
    assert [each["name"] for each in collection["item"]] == ["List pets"]
    assert collection["item"][0]["response"][0]["body"] == "[\n  1\n]"
    assert listed(world, spec) == [
        {
            "id": uid.partition("-")[2],
            "name": "From spec",
            "state": "in-sync",
            "createdAt": "2026-11-22T12:00:00.000Z",
            "updatedAt": "2026-11-22T12:00:00.000Z",
            "createdBy": 10000001,
        }
    ]


def test_a_spec_of_several_files_gives_one_collection(world: World) -> None:
    responses = "{'200': {$ref: 'parts/r.yaml#/Ok'}}"
    root = f"openapi: 3.1.0\npaths: {{/a: {{get: {{responses: {responses}}}}}}}\n"
    content = "{application/json: {schema: {$ref: '#/S'}}}"
    part = f"Ok: {{description: Fine, content: {content}}}\nS: {{const: 5}}"
    files = [
        {"path": "index.yaml", "content": root, "type": "ROOT"},
        {"path": "parts/r.yaml", "content": part, "type": "DEFAULT"},
    ]
    collection = collection_of(world, generated(world, new_spec(world, files=files)))
    assert collection["item"][0]["item"][0]["response"][0]["body"] == "5"


def test_a_spec_of_openapi_2_gives_a_collection(world: World) -> None:
    content = '{"swagger": "2.0", "paths": {"/a": {"get": {"responses": {"200": {}}}}}}'
    files = [{"path": "a.json", "content": content}]
    uid = generated(world, new_spec(world, type="OPENAPI:2.0", files=files))
    assert len(collection_of(world, uid)["item"][0]["item"][0]["response"]) == 1


def test_a_change_of_either_side_ends_the_sync(world: World) -> None:
    spec = new_spec(world)
    uid = generated(world, spec)
    other = generated(world, spec)
    world.later()
    changed = collection_of(world, uid)
    world.put(f"/collections/{uid}", {"collection": changed})
    assert [each["state"] for each in listed(world, spec)] == ["in-sync"] * 2
    changed["info"]["name"] = "changed"
    world.put(f"/collections/{uid}", {"collection": changed})
    assert sorted(each["state"] for each in listed(world, spec)) == ["in-sync", "out-of-sync"]
    world.ask("PATCH", f"/specs/{spec}/files/index.yaml", json={"content": "openapi: 3.0.0"})
    assert [each["state"] for each in listed(world, spec)] == ["out-of-sync"] * 2
    world.delete(f"/collections/{other}")
    assert len(listed(world, spec)) == 1


def test_a_spec_that_is_broken_fails_the_task(world: World) -> None:
    for changes, said in (
        ({"files": [{"path": "a.json", "content": "["}]}, "neither JSON nor YAML"),
        ({"files": [{"path": "a.json", "content": '{"openapi": "3.9"}'}]}, "version: 3.9"),
        ({"type": "GRAPHQL", "files": [{"path": "a.gql", "content": ""}]}, "OpenAPI"),
    ):
        spec = new_spec(world, **changes)
        body = {"name": "x", "options": {}}
        task = done(world, world.post(f"/specs/{spec}/generations/collection", body))
        assert task["status"] == "failed"
        assert said in task["details"]
        assert listed(world, spec) == []


def test_what_cannot_be_generated_is_told(world: World) -> None:
    spec = new_spec(world)
    path = f"/specs/{spec}/generations/collection"
    assert problem(world.post(path, {"options": {}})) == malformed(
        "Required property `name` is missing from the request."
    )
    assert world.post(path, {"name": "x", "options": []}).status_code == 400
    assert world.post(path, {"name": "x", "options": {"folderStrategy": 5}}).status_code == 400
    for response in (
        world.get(f"/specs/{spec}/generations/mock"),
        world.post(f"/specs/{spec}/generations/mock", {}),
    ):
        assert problem(response, 404)[1] == "Resource not found"


def test_a_task_is_told_only_below_its_spec(world: World) -> None:
    spec, other = new_spec(world), new_spec(world)
    body = {"name": "x", "options": {}}
    begun = world.post(f"/specs/{spec}/generations/collection", body).json()
    assert begun["url"] == f"/specs/{spec}/tasks/{begun['taskId']}"
    assert world.get(begun["url"]).status_code == 200
    assert problem(world.get(f"/specs/{other}/tasks/{begun['taskId']}"), 404) == NO_ENTITY
    assert problem(world.get(f"/specs/{spec}/tasks/nonsense"), 404) == NO_ENTITY


def test_a_second_generation_waits_for_the_first(world: World, monkeypatch: Any) -> None:
    async def always(*_: object) -> bool:
        return True

    monkeypatch.setattr("postiche.control.tasks.is_running", always)
    spec = new_spec(world)
    response = world.post(f"/specs/{spec}/generations/collection", {"name": "x", "options": {}})
    assert problem(response, 423) == (
        "actionLockedError",
        "Collection generation in progress",
        "Collection generation is already in progress for the spec.",
    )


def test_sync_options_are_kept(world: World) -> None:
    spec = new_spec(world)
    path = f"/specs/{spec}/collections/{generated(world, spec)}/sync-options"
    response = world.ask("PATCH", path, json={"syncOptions": {"syncExamples": False}})
    assert response.json() == {
        "syncOptions": {"syncExamples": False, "deleteOrphanedRequests": True}
    }
    response = world.ask("PATCH", path, json={"syncOptions": {"deleteOrphanedRequests": False}})
    assert response.json()["syncOptions"]["syncExamples"] is False
    assert problem(world.ask("PATCH", path, json={})) == malformed(
        "syncOptions should be there in the request body."
    )
    assert world.ask("PATCH", path, json={"syncOptions": {"syncExamples": 1}}).status_code == 400
    for stranger in (UNKNOWN_ID, "nonsense", world.collection()):
        other = f"/specs/{spec}/collections/{stranger}/sync-options"
        assert problem(world.ask("PATCH", other, json={"syncOptions": {}}), 404) == NO_ENTITY


def edited(world: World, uid: str) -> None:
    """Rename the example of a generated collection and add a request to it."""
    collection = collection_of(world, uid)
    item = collection["item"][0]["item"][0]
    item["response"][0] |= {"name": "edited", "body": "[2]"}
    added = request("Add pet", example("made", code=201))
    added["request"] = {"method": "POST", "url": "{{baseUrl}}/pets"}
    collection["item"].append(added)
    world.later()
    assert world.put(f"/collections/{uid}", {"collection": collection}).status_code == 200


def definition(world: World, spec: str) -> Json:
    found: Json = yaml.safe_load(world.get(f"/specs/{spec}/definitions").text)
    return found


def test_a_spec_learns_what_its_collection_says(world: World) -> None:
    spec = new_spec(world)
    uid = generated(world, spec)
    edited(world, uid)
    response = world.put(f"/specs/{spec}/synchronizations?collectionUid={uid}")
    assert done(world, response)["status"] == "completed"
    found = definition(world, spec)
    assert found["info"] == {"title": "Pets"}
    pets = found["paths"]["/pets"]
    assert list(pets) == ["get", "post"]
    assert pets["post"]["summary"] == "Add pet"
    content = pets["get"]["responses"]["200"]["content"]["application/json"]
    assert content == {"examples": {"edited": {"value": [2]}}}
    assert [each["state"] for each in listed(world, spec)] == ["in-sync"]


def test_sync_options_are_heeded(world: World) -> None:
    spec = new_spec(world)
    uid = generated(world, spec)
    path = f"/specs/{spec}/collections/{uid}/sync-options"
    options = {"syncExamples": False, "deleteOrphanedRequests": False}
    world.ask("PATCH", path, json={"syncOptions": options})
    collection = collection_of(world, uid)
    world.put(f"/collections/{uid}", {"collection": {**collection, "item": []}})
    done(world, world.put(f"/specs/{spec}/synchronizations?collectionUid={uid}"))
    assert list(definition(world, spec)["paths"]) == ["/pets"]
    world.ask("PATCH", path, json={"syncOptions": {"deleteOrphanedRequests": True}})
    done(world, world.put(f"/specs/{spec}/synchronizations?collectionUid={uid}"))
    assert definition(world, spec)["paths"] == {}


def test_only_collections_of_the_spec_are_synced(world: World) -> None:
    spec = new_spec(world)
    for sent in ("", "?collectionUid=nonsense"):
        assert problem(world.put(f"/specs/{spec}/synchronizations{sent}")) == (
            "invalidParamsError",
            "The specified parameter is in an invalid format",
            "Parameter, collectionUid is in an invalid format.",
        )
    for stranger in (f"10000001-{UNKNOWN_ID}", world.collection()):
        response = world.put(f"/specs/{spec}/synchronizations?collectionUid={stranger}")
        assert problem(response, 404) == NO_ENTITY


def test_a_collection_is_made_anew_from_its_spec(world: World) -> None:
    spec = new_spec(world)
    uid = generated(world, spec)
    edited(world, uid)
    response = world.put(f"/collections/{uid}/synchronizations?specId={spec}")
    assert done(world, response)["status"] == "completed"
    collection = collection_of(world, uid)
    assert (collection["info"]["uid"], collection["info"]["name"]) == (uid, "From spec")
    assert len(collection["item"]) == 1
    assert [each["state"] for each in listed(world, spec)] == ["in-sync"]
    missing = world.put(f"/collections/{uid}/synchronizations?specId={UNKNOWN_ID}")
    assert missing.status_code == 404
    assert missing.json()["title"] == "Specification not found"


@pytest.mark.parametrize("form", ["JSON", "YAML"])
def test_a_spec_is_made_from_a_collection(world: World, form: str) -> None:
    uid = world.collection(request("List things", example("ok", body='{"a": 1}')))
    path = f"/collections/{uid}/generations/spec"
    body = {"name": "Things", "type": "OPENAPI:3.1", "format": form}
    response = world.post(path, body)
    assert response.json()["url"].startswith(f"/collections/{uid}/tasks/")
    task = done(world, response)
    (made,) = task["details"]["resources"]
    assert made["url"] == f"/specs/{made['id']}"
    found = definition(world, made["id"])
    assert (found["openapi"], list(found["paths"])) == ("3.1.0", ["/things"])
    (spec,) = world.get(path).json()["specs"]
    assert (spec["id"], spec["name"], spec["state"]) == (made["id"], "Things", "in-sync")


def test_what_cannot_become_a_spec_is_told(world: World) -> None:
    uid = world.collection()
    path = f"/collections/{uid}/generations/spec"
    for body in ({}, {"name": "x", "type": "OPENAPI:2.0"}, {"name": "x", "format": "XML"}):
        assert world.post(path, body).status_code == 400
    for response in (
        world.post(f"/collections/{UNKNOWN_ID}/generations/spec", {"name": "x"}),
        world.get(f"/collections/{UNKNOWN_ID}/generations/spec"),
        world.get(f"/collections/{UNKNOWN_ID}/tasks/x"),
        world.get(f"/collections/{uid}/tasks/x"),
    ):
        assert response.status_code == 404
    assert orjson.loads(world.get(path).content) == {"specs": [], "meta": {"nextCursor": None}}
