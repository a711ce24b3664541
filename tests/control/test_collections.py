from concurrent.futures import ThreadPoolExecutor

import pytest

from .world import UNKNOWN_ID, Json, World, collection, error_of, example, folder, request

ID = "12ece9e1-2abf-4edc-8e34-de66e74114d2"
UID = f"10000001-{ID}"


def with_id(document: Json, postman_id: object) -> Json:
    return {**document, "info": {"_postman_id": postman_id, **document["info"]}}


def shown(world: World, reference: str) -> Json:
    response = world.get(f"/collections/{reference}")
    assert response.status_code == 200
    document: Json = response.json()["collection"]
    return document


def test_a_created_collection_is_answered_listed_and_shown(world: World) -> None:
    created = world.post("/collections", {"collection": collection(request("r", example("e")))})
    assert created.status_code == 200
    made = created.json()["collection"]
    assert made == {"id": made["id"], "name": "shop", "uid": f"10000001-{made['id']}"}
    assert world.get("/collections").json() == {
        "collections": [
            {
                "id": made["id"],
                "name": "shop",
                "owner": "10000001",
                "createdAt": "2026-11-22T12:00:00.000Z",
                "updatedAt": "2026-11-22T12:00:00.000Z",
                "uid": made["uid"],
                "isPublic": False,
            }
        ]
    }
    assert shown(world, made["id"])["item"][0]["response"][0]["name"] == "e"


def test_what_is_not_ours_is_kept_as_it_was_sent(world: World) -> None:
    sent = collection(request("r"), variable=[{"key": "a", "value": 1.5}], x={"b": [None, "é"]})
    kept = shown(world, world.post("/collections", {"collection": sent}).json()["collection"]["id"])
    assert list(kept) == list(sent)
    assert kept["variable"] == sent["variable"]
    assert kept["x"] == sent["x"]
    assert kept["item"][0]["request"] == sent["item"][0]["request"]


@pytest.mark.parametrize("written", [ID, ID.upper(), UID])
def test_its_own_id_is_kept_if_it_is_valid(world: World, written: str) -> None:
    created = world.post("/collections", {"collection": with_id(collection(), written)})
    assert created.json()["collection"]["uid"] == UID
    assert shown(world, ID)["info"]["_postman_id"] == ID


@pytest.mark.parametrize("invalid", ["", "abc", 7, None, [], "a\0b"])
def test_an_id_that_is_none_is_replaced(world: World, invalid: object) -> None:
    created = world.post("/collections", {"collection": with_id(collection(), invalid)})
    assert created.status_code == 200
    made = created.json()["collection"]["id"]
    assert shown(world, made)["info"]["_postman_id"] == made


def test_an_id_is_taken_once(world: World) -> None:
    body = {"collection": with_id(collection(), ID)}
    world.post("/collections", body)
    again = world.post("/collections", body)
    assert again.status_code == 400
    assert error_of(again) == {
        "name": "instanceFoundError",
        "message": "The specified item already exists.",
        "details": {"item": "collection", "id": ID},
    }
    assert len(world.get("/collections").json()["collections"]) == 1


def test_an_unknown_collection_is_400_for_get_and_404_for_the_rest(world: World) -> None:
    for reference in (UNKNOWN_ID, f"10000001-{UNKNOWN_ID}", "nonsense", "%00"):
        response = world.get(f"/collections/{reference}")
        assert response.status_code == 400
        assert error_of(response) == {
            "name": "instanceNotFoundError",
            "message": "We could not find the collection you are looking for",
        }
    for method in ("PUT", "DELETE"):
        response = world.ask(method, "/collections/1-x", json={"collection": collection()})
        assert response.status_code == 404
        assert error_of(response) == {
            "name": "instanceNotFoundError",
            "message": "The specified item does not exist.",
            "details": {"item": "collection", "id": "1-x"},
        }


def test_a_put_replaces_everything(world: World) -> None:
    uid = world.collection(request("old", example("e")))
    world.later()
    response = world.put(f"/collections/{uid}", {"collection": collection(name="new")})
    assert response.status_code == 200
    assert response.json()["collection"] == {"id": uid[9:], "name": "new", "uid": uid}
    document = shown(world, uid)
    assert document["item"] == []
    assert document["info"]["createdAt"] == "2026-11-22T12:00:00.000Z"
    assert document["info"]["updatedAt"] == "2026-11-22T12:00:01.000Z"
    (row,) = world.get("/collections").json()["collections"]
    assert (row["name"], row["updatedAt"]) == ("new", "2026-11-22T12:00:01.000Z")


def test_a_put_of_what_get_gave_changes_nothing(world: World) -> None:
    uid = world.collection(folder("f", request("r", example("e"))), request("s", {"id": 5}))
    before = world.get(f"/collections/{uid}")
    world.later()
    assert world.put(f"/collections/{uid}", before.json()).status_code == 200
    assert world.get(f"/collections/{uid}").text == before.text
    assert world.get("/collections").json()["collections"][0]["updatedAt"].endswith(":00.000Z")


def test_a_put_of_what_get_gave_with_one_change_moves_the_time(world: World) -> None:
    uid = world.collection(folder("f", request("r", example("e"))))
    body = world.get(f"/collections/{uid}").json()
    del body["collection"]["item"][0]["item"][0]["id"]
    world.later()
    assert world.put(f"/collections/{uid}", body).status_code == 200
    after = world.get(f"/collections/{uid}").json()["collection"]
    assert after["info"]["updatedAt"] == "2026-11-22T12:00:01.000Z"
    assert after["item"][0]["item"][0]["id"]


@pytest.mark.parametrize("other", [UNKNOWN_ID, "abc", 7])
def test_a_put_of_another_collection_is_refused(world: World, other: object) -> None:
    uid = world.collection(name="kept")
    response = world.put(f"/collections/{uid}", {"collection": with_id(collection(), other)})
    assert response.status_code == 400
    assert error_of(response) == {
        "name": "collectionMismatchError",
        "message": "The collection ID in the path does not match the collection ID in the "
        "request body.",
    }
    assert shown(world, uid)["info"]["name"] == "kept"


def test_a_malformed_put_leaves_the_collection_as_it_was(world: World) -> None:
    uid = world.collection()
    before = world.get(f"/collections/{uid}").text
    malformed: list[Json] = [{}, {"collection": {"info": {}}}, {"collection": {"item": [5]}}]
    for body in malformed:
        assert world.put(f"/collections/{uid}", body).status_code == 400
    assert world.get(f"/collections/{uid}").text == before


def test_a_deleted_collection_is_gone(world: World) -> None:
    uid = world.collection()
    response = world.delete(f"/collections/{uid}")
    assert response.status_code == 200
    assert response.json() == {"collection": {"id": uid[9:], "uid": uid}}
    assert world.get(f"/collections/{uid}").status_code == 400
    assert world.delete(f"/collections/{uid}").status_code == 404
    assert world.get("/collections").json() == {"collections": []}


def three(world: World) -> list[str]:
    made = []
    for name in ("a", "b", "a"):
        made.append(world.collection(name=name)[9:])
        world.later()
    return made


def listing(world: World, query: str) -> tuple[list[str], Json | None]:
    answer = world.get(f"/collections?{query}").json()
    return [each["id"] for each in answer["collections"]], answer.get("meta")


def test_a_name_fits_exactly(world: World) -> None:
    first, second, third = three(world)
    assert listing(world, "name=a") == ([first, third], None)
    assert listing(world, "name=b") == ([second], None)
    for none in ("A", "a%00", "x", "%25"):
        assert listing(world, f"name={none}") == ([], None)


def test_pages_come_with_their_place_in_the_whole(world: World) -> None:
    first, second, third = three(world)
    assert listing(world, "limit=2") == ([first, second], {"total": 3, "offset": 0, "limit": 2})
    assert listing(world, "limit=2&offset=2") == ([third], {"total": 3, "offset": 2, "limit": 2})
    assert listing(world, "offset=1") == ([second, third], {"total": 3, "offset": 1, "limit": 3})
    assert listing(world, "limit=9&offset=9")[0] == []
    assert listing(world, "name=a&limit=1") == ([first], {"total": 2, "offset": 0, "limit": 1})
    everywhere = listing(world, f"limit=1&offset={10**18 - 1}")
    assert everywhere == ([], {"total": 3, "offset": 10**18 - 1, "limit": 1})


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=-1", "limit=x", "limit=1.5", "offset=-1", "offset=x", "limit=" + "9" * 30],
)
def test_a_limit_or_offset_that_is_none_is_named(world: World, query: str) -> None:
    response = world.get(f"/collections?{query}")
    assert response.status_code == 400
    assert error_of(response)["name"] == "invalidParamsError"
    assert error_of(response)["details"] == {"param": query.split("=")[0]}


def test_the_minimal_model_is_shown_on_demand(world: World) -> None:
    uid = world.collection(request("r"), folder("f"))
    item, inner = shown(world, uid)["item"]
    minimal = world.get(f"/collections/{uid}?model=minimal").json()["collection"]
    assert minimal["rootLevelRequests"] == [item["uid"]]
    assert minimal["rootLevelFolders"] == [inner["uid"]]
    assert "item" not in minimal


def test_concurrent_puts_never_mix(world: World) -> None:
    uid = world.collection()

    def put(number: int) -> int:
        items = [request(f"{number}", example(f"{number}")) for _ in range(number)]
        body = {"collection": collection(*items, name=f"{number}")}
        return world.put(f"/collections/{uid}", body).status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(put, range(1, 25))) == {200}
    document = shown(world, uid)
    name = document["info"]["name"]
    assert [item["name"] for item in document["item"]] == [name] * int(name)
    assert world.get("/collections").json()["collections"][0]["name"] == name
