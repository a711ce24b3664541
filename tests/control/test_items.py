import json
from typing import Any

import pytest

from .people import Person, newcomer
from .world import UNKNOWN_ID, Json, World, error_of, example, folder, request

GET_ME = {
    "name": "me",
    "request": {
        "method": "GET",
        "header": [{"key": "Accept", "value": "text/plain", "disabled": True}],
        "url": {
            "raw": "https://shop.test/me/:id?a=1",
            "protocol": "https",
            "host": ["shop", "test"],
            "path": ["me", ":id"],
            "query": [{"key": "a", "value": "1"}, {"key": "b", "value": "2", "disabled": True}],
            "variable": [{"key": "id", "value": "7"}],
        },
        "description": {"content": "who am I", "type": "text/plain"},
        "x": "kept",
    },
    "event": [{"listen": "test", "script": {"exec": ["a()", "b()"], "type": "text/javascript"}}],
    "response": [
        {
            "name": "OK",
            "code": 200,
            "status": "OK",
            "header": [{"key": "Content-Type", "value": "text/plain"}],
            "body": "you",
            "_postman_previewlanguage": "text",
            "originalRequest": {"method": "GET", "header": [], "url": "https://shop.test/me/7"},
        }
    ],
}


class Shop:
    """A collection with a folder that holds a request with an example, and the paths to them."""

    def __init__(self, world: World, uid: str = "", asking: "World | Person | None" = None) -> None:
        self.world = world
        self._asking = asking or world
        self.uid = uid or world.collection(folder("inner", GET_ME), request("top"))
        self.path = f"/collections/{self.uid}"
        self.folder, self.top = self.items()
        self.request = self.folder["item"][0]
        self.example = self.request["response"][0]
        self.paths = {
            "folder": f"{self.path}/folders/{self.folder['id']}",
            "request": f"{self.path}/requests/{self.request['id']}",
            "response": f"{self.path}/responses/{self.example['id']}",
        }

    def items(self) -> list[Json]:
        found: list[Json] = self._asking.get(self.path).json()["collection"]["item"]
        return found

    def data(self, model: str, **query: Any) -> Json:
        response = self.world.get(self.paths[model], **query)
        assert response.status_code == 200, response.text
        found: Json = response.json()["data"]
        return found

    def put(self, model: str, **fields: Any) -> Json:
        response = self.world.put(self.paths[model], fields)
        assert response.status_code == 200, response.text
        answered: Json = response.json()
        return answered


@pytest.fixture
def shop(world: World) -> Shop:
    return Shop(world)


def test_a_folder_is_shown_in_the_v1_shape(shop: Shop) -> None:
    answered = shop.world.get(shop.paths["folder"]).json()
    assert answered == {
        "model_id": shop.folder["id"],
        "meta": {"model": "folder", "populate": False, "changeset": False, "action": "find"},
        "data": {
            "owner": "10000001",
            "lastUpdatedBy": "10000001",
            "lastRevision": 1795348800000,
            "folder": None,
            "collection": shop.uid[9:],
            "id": shop.folder["id"],
            "name": "inner",
            "description": "",
            "variables": None,
            "auth": None,
            "events": None,
            "order": [shop.request["id"]],
            "folders_order": [],
            "createdAt": "2026-11-22T12:00:00.000Z",
            "updatedAt": "2026-11-22T12:00:00.000Z",
        },
    }


def test_a_request_is_shown_in_the_v1_shape(shop: Shop) -> None:
    data = shop.data("request")
    assert data["folder"] == shop.folder["id"]
    assert data["collection"] == shop.uid[9:]
    assert data["method"] == "GET"
    assert data["url"] == "https://shop.test/me/:id?a=1"
    assert data["queryParams"] == [
        {"key": "a", "value": "1", "enabled": True},
        {"key": "b", "value": "2", "enabled": False},
    ]
    assert data["pathVariableData"] == [{"key": "id", "value": "7"}]
    assert data["pathVariables"] == {"id": "7"}
    assert data["headerData"] == [{"key": "Accept", "value": "text/plain", "enabled": False}]
    assert data["headers"] == "// Accept: text/plain\n"
    assert data["description"] == "who am I"
    assert (data["tests"], data["preRequestScript"]) == ("a()\nb()", None)
    assert (data["dataMode"], data["rawModeData"]) == (None, None)
    assert data["responses_order"] == [shop.example["id"]]


def test_a_response_is_shown_in_the_v1_shape(shop: Shop) -> None:
    data = shop.data("response")
    assert data["request"] == shop.request["id"]
    assert data["responseCode"] == {"code": 200, "name": "OK"}
    assert data["headers"] == [
        {
            "key": "Content-Type",
            "name": "Content-Type",
            "value": "text/plain",
            "description": "",
            "type": "text",
        }
    ]
    assert (data["text"], data["language"]) == ("you", "text")
    assert json.loads(data["requestObject"])["url"] == "https://shop.test/me/7"


def test_an_item_is_found_by_id_and_by_uid_in_any_case(shop: Shop) -> None:
    for written in (shop.request["id"], shop.request["uid"], shop.request["id"].upper()):
        for collection in (shop.uid, shop.uid[9:]):
            response = shop.world.get(f"/collections/{collection}/requests/{written}")
            assert response.json()["model_id"] == shop.request["id"]
    strange = f"7-{shop.request['id']}"
    assert shop.world.get(f"{shop.path}/requests/{strange}").status_code == 404


def test_ids_alone_can_be_asked_for(shop: Shop) -> None:
    assert shop.data("folder", ids="true") == {
        "owner": "10000001",
        "lastUpdatedBy": "10000001",
        "folder": None,
        "collection": shop.uid[9:],
        "id": shop.folder["id"],
        "order": [shop.request["id"]],
        "folders_order": [],
    }


def test_ids_can_be_shown_as_uids(shop: Shop) -> None:
    answered = shop.world.get(shop.paths["request"], uid="true").json()
    assert answered["model_id"] == shop.request["uid"]
    assert answered["data"]["id"] == shop.request["uid"]
    assert answered["data"]["collection"] == shop.uid
    assert answered["data"]["folder"] == shop.folder["uid"]
    assert answered["data"]["responses_order"] == [shop.example["uid"]]


def test_what_is_in_an_item_can_be_shown_with_it(shop: Shop) -> None:
    (inner,) = shop.data("folder", populate="true")["requests"]
    assert inner["id"] == shop.request["id"]
    assert inner["folder"] == shop.folder["id"]
    assert inner["responses"][0]["text"] == "you"
    bare = shop.data("folder", populate="true", ids="true", uid="true")
    assert bare["requests"][0]["responses"] == [
        {
            "owner": "10000001",
            "lastUpdatedBy": "10000001",
            "request": shop.request["uid"],
            "id": shop.example["uid"],
        }
    ]


@pytest.mark.parametrize("model", ["folder", "request", "response"])
def test_a_put_of_what_get_gave_changes_nothing_but_the_time(shop: Shop, model: str) -> None:
    before = shop.items()
    shop.put(model, **shop.data(model, populate="true"))
    for node in (shop.folder, shop.request, shop.example):
        node.pop("updatedAt", None)
    after = json.loads(json.dumps(shop.items()), object_hook=without_times)
    assert after == json.loads(json.dumps(before), object_hook=without_times)


def without_times(node: Json) -> Json:
    return {key: value for key, value in node.items() if key not in ("createdAt", "updatedAt")}


def test_a_put_changes_what_is_sent_and_keeps_the_rest(shop: Shop) -> None:
    before = shop.put("request")["revision"]
    shop.world.later()
    answered = shop.put("request", name="mine", method="POST", folder=None)
    assert answered["meta"] == {"model": "request", "action": "update"}
    assert answered["revision"] > before
    assert answered["data"]["updatedAt"] == "2026-11-22T12:00:01.000Z"
    item = shop.items()[0]["item"][0]
    assert (item["name"], item["request"]["method"]) == ("mine", "POST")
    assert item["request"]["x"] == "kept"
    assert item["request"]["url"] == GET_ME["request"]["url"]  # type: ignore[index]
    assert item["event"] == GET_ME["event"]


def test_a_request_keeps_its_folder_whatever_is_put(shop: Shop) -> None:
    answered = shop.put("request", folder=None, collection=UNKNOWN_ID)
    assert answered["data"]["folder"] == shop.folder["id"]
    assert shop.data("request")["folder"] == shop.folder["id"]


def test_a_change_is_dated_in_the_collection_and_its_row(shop: Shop) -> None:
    shop.world.later()
    shop.put("folder", name="x")
    info = shop.world.get(shop.path).json()["collection"]["info"]
    assert info["updatedAt"] == "2026-11-22T12:00:01.000Z"
    (row,) = shop.world.get("/collections").json()["collections"]
    assert row["updatedAt"] == "2026-11-22T12:00:01.000Z"


def test_a_put_changes_a_response(shop: Shop) -> None:
    shop.put("response", text="me", responseCode={"code": 201, "name": "Created"}, time="50")
    saved = shop.items()[0]["item"][0]["response"][0]
    assert (saved["body"], saved["code"], saved["status"]) == ("me", 201, "Created")
    assert saved["responseTime"] == 50
    assert saved["originalRequest"] == shop.example["originalRequest"]


@pytest.mark.parametrize("model", ["folder", "request", "response"])
def test_a_deleted_item_is_gone_with_all_that_is_in_it(shop: Shop, model: str) -> None:
    response = shop.world.delete(shop.paths[model])
    assert response.status_code == 200
    model_id = shop.paths[model].rpartition("/")[2]
    answered = response.json()
    assert answered.pop("revision") >= 1795348800000
    assert answered == {
        "model_id": model_id,
        "meta": {"model": model, "action": "destroy"},
        "data": {"id": model_id, "owner": "10000001"},
    }
    assert shop.world.get(shop.paths[model]).status_code == 404
    assert shop.world.get(shop.paths["response"]).status_code == 404
    left = {"folder": [], "request": ["folder"], "response": ["folder", "request"]}[model]
    for other in left:
        assert shop.world.get(shop.paths[other]).status_code == 200


@pytest.mark.parametrize("model", ["folder", "request", "response"])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("where", ["item", "collection", "nonsense"])
def test_an_item_that_is_not_there_is_404(shop: Shop, model: str, method: str, where: str) -> None:
    missing = {"item": UNKNOWN_ID, "collection": shop.request["id"], "nonsense": "%00x"}[where]
    collection = UNKNOWN_ID if where == "collection" else shop.uid
    response = shop.world.ask(method, f"/collections/{collection}/{model}s/{missing}", json={})
    assert response.status_code == 404
    assert error_of(response) == {
        "name": "instanceNotFoundError",
        "message": f"We could not find the {model} you are looking for",
        "details": {
            "model": model,
            "owner": "10000001",
            "model_id": missing.replace("%00", "\0"),
        },
    }


def test_one_model_is_not_found_as_another(shop: Shop) -> None:
    for model, other in [("folder", "request"), ("request", "folder"), ("response", "request")]:
        wrong = shop.paths[model].replace(f"/{model}s/", f"/{other}s/")
        assert shop.world.get(wrong).status_code == 404


def test_a_response_cannot_change_its_request(shop: Shop) -> None:
    response = shop.world.put(shop.paths["response"], {"request": shop.top["id"], "name": "x"})
    assert response.status_code == 400
    assert error_of(response) == {
        "name": "instanceNotFoundError",
        "message": "We could not find the response you are looking for",
        "details": {"model": "response", "owner": "10000001", "model_id": shop.example["id"]},
    }
    assert shop.data("response")["name"] == "OK"
    shop.put("response", request=shop.request["uid"], name="x")


def test_a_folder_cannot_change_its_place(shop: Shop) -> None:
    response = shop.world.put(shop.paths["folder"], {"folder": UNKNOWN_ID})
    assert response.status_code == 400
    assert error_of(response)["message"] == "We could not find the folder you are looking for"
    shop.put("folder", folder=None, name="same place")


@pytest.mark.parametrize(
    ("model", "body", "param"),
    [
        ("folder", {"name": 5}, "name"),
        ("folder", {"variables": [7]}, "variables.0"),
        ("request", {"url": {}}, "url"),
        ("request", {"queryParams": "a=1"}, "queryParams"),
        ("request", {"headerData": [None]}, "headerData.0"),
        ("response", {"text": {}}, "text"),
        ("response", {"responseCode": {"code": "x"}}, "responseCode.code"),
        ("response", {"requestObject": "not JSON"}, "requestObject"),
        ("response", {"requestObject": "[]"}, "requestObject"),
        ("response", {"requestObject": '{"url": 5}'}, "url"),
    ],
)
def test_a_field_of_the_wrong_type_is_named(shop: Shop, model: str, body: Json, param: str) -> None:
    before = shop.items()
    response = shop.world.put(shop.paths[model], body)
    assert response.status_code == 400
    assert error_of(response)["name"] == "invalidParamsError"
    assert error_of(response)["details"] == {"param": param}
    assert shop.items() == before


def test_a_wild_collection_can_be_shown_item_by_item(world: World) -> None:
    wild: list[Any] = [None, 5, "text", [], [None], {}, {"raw": 7, "query": [1], "variable": [{}]}]
    items: list[Json] = [
        request("r", {"originalRequest": None, "header": "A: 1"}, request=each)
        for each in (None, "u")
    ]
    for each in wild:
        saved = {"url": each, "header": each, "body": each, "auth": each, "method": each}
        items.append(
            {
                "name": each,
                "request": saved,
                "event": each,
                "description": each,
                "variable": each if isinstance(each, list) else None,
                "response": [
                    {"originalRequest": saved, "name": each, "code": each, "header": each},
                    None,
                ],
                "createdAt": each,
                "updatedAt": "2026-13-99",
            }
        )
    uid = world.collection(*items, {"name": "empty", "item": None})
    path = f"/collections/{uid}"
    for item in world.get(path).json()["collection"]["item"]:
        model = "folders" if "item" in item else "requests"
        shown = world.get(f"{path}/{model}/{item['id']}", populate="true")
        assert shown.status_code == 200
        assert world.put(f"{path}/{model}/{item['id']}", shown.json()["data"]).status_code in (
            200,
            400,
        )
        for saved in filter(None, item.get("response", [])):
            assert world.get(f"{path}/responses/{saved['id']}").status_code == 200


def test_a_deep_folder_is_shown_with_all_that_is_in_it(world: World) -> None:
    tree = folder("f", request("r", example("e")))
    for _ in range(98):
        tree = folder("f", tree)
    uid = world.collection(tree)
    (top,) = world.get(f"/collections/{uid}").json()["collection"]["item"]
    shown = world.get(f"/collections/{uid}/folders/{top['id']}", populate="true", uid="true")
    assert shown.status_code == 200
    assert shown.text.count('"order"') == 99


@pytest.mark.parametrize("model", ["folder", "request", "response"])
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_viewer_changes_no_item_they_see(world: World, model: str, method: str) -> None:
    owner, viewer = newcomer(world), newcomer(world, "viewer")
    shop = Shop(
        world,
        owner.collection(owner.workspace("team"), folder("inner", GET_ME), request("top")),
        owner,
    )
    response = viewer.ask(method, shop.paths[model], json={})
    assert response.status_code == 401
    assert error_of(response) == {
        "name": "Unauthorized",
        "message": "Unauthorized",
        "details": {
            "model": model,
            "owner": str(viewer.id),
            "model_id": shop.paths[model].rpartition("/")[2],
        },
    }
    assert viewer.get(shop.paths[model]).status_code == 200


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_what_is_in_a_hidden_collection_is_not_there(world: World, method: str) -> None:
    owner, stranger = newcomer(world), newcomer(world)
    shop = Shop(
        world,
        owner.collection(owner.workspace("personal"), folder("inner", GET_ME), request("top")),
        owner,
    )
    for model, path in shop.paths.items():
        response = stranger.ask(method, path, json={})
        assert response.status_code == 404
        assert error_of(response)["message"] == f"We could not find the {model} you are looking for"
