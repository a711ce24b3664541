import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from .test_items import Shop
from .world import UNKNOWN_ID, Json, World, error_of, example, folder, request

OWN_ID = "c82dd02c-4870-4907-8fcb-593a876cf05b"


@pytest.fixture
def shop(world: World) -> Shop:
    return Shop(world)


def created(shop: Shop, where: str, body: Json) -> Json:
    response = shop.world.post(f"{shop.path}/{where}", body)
    assert response.status_code == 200, response.text
    answered: Json = response.json()
    return answered


def test_a_folder_is_created_at_the_end_of_the_collection(shop: Shop) -> None:
    answered = created(shop, "folders", {"name": "new", "description": "d"})
    data = answered["data"]
    assert answered["model_id"] == data["id"]
    assert answered["meta"] == {"model": "folder", "action": "import"}
    assert (data["name"], data["description"], data["folder"]) == ("new", "d", None)
    lists = {key: data[key] for key in ("order", "folders_order", "folders", "requests")}
    assert lists == {"order": [], "folders_order": [], "folders": [], "requests": []}
    item = shop.items()[-1]
    assert item == {
        "id": data["id"],
        "name": "new",
        "item": [],
        "description": "d",
        "createdAt": "2026-11-22T12:00:00.000Z",
        "updatedAt": "2026-11-22T12:00:00.000Z",
        "uid": f"10000001-{data['id']}",
    }


@pytest.mark.parametrize("written", ["id", "uid"])
def test_a_folder_is_created_in_another_one(shop: Shop, written: str) -> None:
    data = created(shop, "folders", {"folder": shop.folder[written]})["data"]
    assert (data["name"], data["folder"]) == ("", shop.folder["id"])
    assert shop.data("folder")["folders_order"] == [data["id"]]


def test_a_folder_brings_its_requests_along(shop: Shop) -> None:
    inner = {"name": "r", "url": "/x", "responses": [{"name": "e", "text": "hi"}]}
    data = created(shop, "folders", {"name": "new", "requests": [inner]})["data"]
    (item,) = shop.items()[-1]["item"]
    assert data["requests"] == data["order"] == [item["id"]]
    assert item["uid"] == f"10000001-{item['id']}"
    assert item["response"][0]["body"] == "hi"
    assert item["response"][0]["originalRequest"]["url"]["path"] == ["x"]


def test_a_request_is_created_as_the_definition_shows(shop: Shop) -> None:
    body = {
        "name": "Example GET Request",
        "description": "This is an example GET request.",
        "url": "https://postman-echo.com/get?param=value",
        "method": "GET",
        "headers": [{"key": "accept", "value": "*/*"}],
        "queryParams": [{"key": "id", "value": "{{id}}", "equals": True, "enabled": True}],
        "dataMode": "raw",
        "rawModeData": None,
        "dataOptions": {"raw": {"language": "json"}},
    }
    answered = created(shop, "requests", body)
    assert answered["meta"] == {"model": "request", "action": "import"}
    assert answered["data"]["responses"] == []
    assert answered["data"]["headerData"] == [{"key": "accept", "value": "*/*", "enabled": True}]
    saved = shop.items()[-1]["request"]
    assert saved == {
        "method": "GET",
        "header": [{"key": "accept", "value": "*/*"}],
        "url": {
            "raw": "https://postman-echo.com/get?id={{id}}",
            "protocol": "https",
            "host": ["postman-echo", "com"],
            "path": ["get"],
            "query": [{"key": "id", "value": "{{id}}"}],
        },
        "body": {"mode": "raw", "raw": "", "options": {"raw": {"language": "json"}}},
        "description": "This is an example GET request.",
    }


def test_a_request_is_created_in_a_folder(shop: Shop) -> None:
    data = created(shop, f"requests?folderId={shop.folder['uid']}", {"name": "r"})["data"]
    assert data["folder"] == shop.folder["id"]
    assert shop.data("folder")["order"] == [shop.request["id"], data["id"]]


def test_a_response_is_created_for_its_request(shop: Shop) -> None:
    body = {
        "name": "Gone",
        "responseCode": {"code": 410, "name": "Gone"},
        "headers": [{"key": "Content-Type", "value": "text/html"}],
        "text": "<b>",
        "language": "html",
        "requestObject": json.dumps({"method": "DELETE", "url": "https://shop.test/me"}),
    }
    answered = created(shop, f"responses?request={shop.request['id']}", body)
    assert answered["meta"] == {"model": "response", "action": "create"}
    assert answered["data"]["request"] == shop.request["id"]
    saved = shop.items()[0]["item"][0]["response"][-1]
    assert (saved["name"], saved["code"], saved["status"]) == ("Gone", 410, "Gone")
    assert saved["header"] == [{"key": "Content-Type", "value": "text/html"}]
    assert saved["originalRequest"]["method"] == "DELETE"
    assert saved["originalRequest"]["url"]["path"] == ["me"]


def test_a_response_that_names_no_request_is_saved_for_the_one_it_belongs_to(shop: Shop) -> None:
    created(shop, f"responses?request={shop.request['id']}", {"name": "a"})
    created(shop, f"responses?request={shop.request['id']}", {"method": "PUT", "url": "/b"})
    _, same, other = shop.items()[0]["item"][0]["response"]
    assert same["originalRequest"] == shop.request["request"]
    assert other["originalRequest"]["method"] == "PUT"
    assert other["originalRequest"]["url"]["path"] == ["b"]


def test_ids_sort_after_those_of_their_siblings(world: World) -> None:
    last = "fffffff0-0000-4000-8000-000000000000"
    uid = world.collection({**request("r", {**example("e"), "id": last}), "id": last})
    made = [
        world.post(f"/collections/{uid}/{where}", {}).json()["model_id"]
        for where in ("folders", "requests", f"responses?request={last}")
    ]
    assert last < made[0] < made[1]
    assert last < made[2]


def test_a_valid_id_is_kept_and_another_is_replaced(shop: Shop) -> None:
    assert created(shop, "requests", {"id": OWN_ID})["model_id"] == OWN_ID
    assert created(shop, "folders", {"id": "nonsense"})["model_id"] != "nonsense"


@pytest.mark.parametrize("model", ["folder", "request"])
def test_an_id_that_is_taken_is_refused(shop: Shop, model: str) -> None:
    taken = shop.request["id"]
    response = shop.world.post(f"{shop.path}/{model}s", {"id": taken.upper(), "name": "x"})
    assert response.status_code == 400
    assert error_of(response) == {
        "name": "instanceFoundError",
        "message": f"This {model} already exists in the database.",
        "details": {"model": model, "owner": "10000001", "model_id": taken.upper()},
    }
    assert len(shop.items()) == 2


@pytest.mark.parametrize(
    ("where", "body", "model"),
    [
        ("folders", {"folder": UNKNOWN_ID}, "folder"),
        (f"requests?folderId={UNKNOWN_ID}", {}, "folder"),
        (f"responses?request={UNKNOWN_ID}", {}, "request"),
    ],
)
def test_a_parent_that_is_not_there_is_400(shop: Shop, where: str, body: Json, model: str) -> None:
    response = shop.world.post(f"{shop.path}/{where}", body)
    assert response.status_code == 400
    assert error_of(response) == {
        "name": "instanceNotFoundError",
        "message": f"We could not find the {model} you are looking for",
        "details": {"model": model, "owner": "10000001", "model_id": UNKNOWN_ID},
    }


@pytest.mark.parametrize("where", ["folders", "requests", f"responses?request={UNKNOWN_ID}"])
def test_a_collection_that_is_not_there_is_400(world: World, where: str) -> None:
    response = world.post(f"/collections/{UNKNOWN_ID}/{where}", {})
    assert response.status_code == 400
    assert error_of(response)["name"] == "instanceNotFoundError"
    assert error_of(response)["details"]["model_id"] == UNKNOWN_ID


def test_a_response_needs_a_request(shop: Shop) -> None:
    response = shop.world.post(f"{shop.path}/responses", {})
    assert response.status_code == 400
    assert error_of(response) == {
        "name": "paramMissingError",
        "message": "Parameter is missing in the request.",
        "details": {"param": ["request"]},
    }


@pytest.mark.parametrize(
    "body",
    [
        {"requests": [5]},
        {"requests": [{"url": 5}]},
        {"requests": [{"responses": 5}]},
        {"requests": [{"responses": [{"text": 5}]}]},
    ],
)
def test_a_malformed_import_adds_nothing(shop: Shop, body: Any) -> None:
    response = shop.world.post(f"{shop.path}/folders", body)
    assert response.status_code == 400
    assert error_of(response)["name"] == "invalidParamsError"
    assert len(shop.items()) == 2


def test_folders_cannot_be_nested_beyond_what_a_collection_may_hold(world: World) -> None:
    tree = folder("f")
    for _ in range(99):
        tree = folder("f", tree)
    uid = world.collection(tree)
    (item,) = world.get(f"/collections/{uid}").json()["collection"]["item"]
    while item["item"]:
        (item,) = item["item"]
    response = world.post(f"/collections/{uid}/folders", {"folder": item["id"]})
    assert response.status_code == 200
    deeper = {"folder": response.json()["model_id"], "requests": [{}]}
    assert world.post(f"/collections/{uid}/folders", deeper).status_code == 400


def test_requests_created_at_once_are_all_kept(shop: Shop) -> None:
    with ThreadPoolExecutor(8) as pool:
        names = [f"r{number}" for number in range(16)]
        made = list(pool.map(lambda name: created(shop, "requests", {"name": name}), names))
    assert len({each["model_id"] for each in made}) == 16
    assert {item["name"] for item in shop.items()[2:]} == set(names)


def test_a_mock_answers_with_a_response_just_created(shop: Shop) -> None:
    path = f"responses?request={shop.request['id']}"
    made = created(shop, path, {"name": "new", "text": "x"})
    assert shop.data("request")["responses_order"][-1] == made["model_id"]
