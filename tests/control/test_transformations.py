import orjson
import yaml

from .world import UNKNOWN_ID, World, example, request


def test_a_collection_is_told_as_openapi(world: World) -> None:
    uid = world.collection(request("List things", example("ok", body='{"a": 1}')))
    response = world.get(f"/collections/{uid}/transformations")
    assert response.status_code == 200
    document = orjson.loads(response.json()["output"])
    assert (document["openapi"], document["info"]["title"]) == ("3.0.3", "shop")
    assert document["servers"] == [{"url": "https://shop.test"}]
    media = document["paths"]["/things"]["get"]["responses"]["200"]["content"]["application/json"]
    assert media["examples"] == {"ok": {"value": {"a": 1}}}
    as_yaml = world.get(f"/collections/{uid}/transformations", format="yaml")
    assert yaml.safe_load(as_yaml.json()["output"]) == document


def test_what_is_told_can_be_imported_again(world: World) -> None:
    uid = world.collection(request("List things", example("ok", body='{"a": 1}')))
    text = world.get(f"/collections/{uid}/transformations").json()["output"]
    assert world.post("/import/openapi", {"type": "string", "input": text}).status_code == 200


def test_an_unknown_collection_is_not_found(world: World) -> None:
    path = f"/collections/{UNKNOWN_ID}/transformations"
    response = world.get(path)
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json() == {
        "type": "https://api.postman.com/problems/not-found",
        "title": "Not Found",
        "detail": "Not Found",
        "status": 404,
        "instance": path,
    }


def test_an_unknown_format_is_refused(world: World) -> None:
    uid = world.collection()
    assert world.get(f"/collections/{uid}/transformations", format="xml").status_code == 400
