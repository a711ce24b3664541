from collections.abc import Iterator
from itertools import count
from typing import Any

import orjson
import pytest

from postiche.control.collection_document import MAX_FOLDERS, Stamp, checked, minimal, stamped
from postiche.control.wire import ApiError

from .world import NOON, Json, collection, example, folder, request

ID = "12ece9e1-2abf-4edc-8e34-de66e74114d2"
STAMP = Stamp(ID, 7, created_at=NOON, updated_at=NOON, updated_by=8)
OLD = "aaaaaaaa-0000-4000-8000-00000000000{}".format


def fresh() -> Iterator[str]:
    return (f"0fffffff-0000-7000-8000-{number:012}" for number in count(1))


def stored(document: Json) -> Any:
    return orjson.loads(stamped(checked({"collection": document}), STAMP, fresh()))


def refusal(body: Json) -> Json:
    with pytest.raises(ApiError) as refused:
        checked(body)
    assert refused.value.status == 400
    error = refused.value.body["error"]
    assert isinstance(error, dict)
    return error


def test_a_missing_collection_is_named() -> None:
    bodies: list[Json] = [{}, {"collection": None}, {"info": {}, "item": []}]
    for body in bodies:
        assert refusal(body) == {
            "name": "paramMissingError",
            "message": "Parameter is missing in the request.",
            "details": {"param": ["collection"]},
        }


def test_all_that_is_wrong_near_the_top_is_told() -> None:
    assert refusal({"collection": {"info": {"name": "x"}}}) == {
        "name": "malformedRequestError",
        "message": "Found 2 errors with the supplied collection.",
        "details": [
            ": must have required property 'item'",
            "info: must have required property 'schema'",
        ],
    }


@pytest.mark.parametrize(
    ("document", "detail"),
    [
        ([], ": must be object"),
        ("text", ": must be object"),
        ({"info": 5, "item": []}, "info: must be object"),
        ({**collection(), "item": {}}, "item: must be array"),
        ({**collection(), "item": None}, "item: must be array"),
        (collection(name=5), "info.name: must be string"),  # type: ignore[arg-type]
        (collection(name="a\0b"), "info.name: must not contain NUL"),
        (collection("text"), "item.0: must be object"),  # type: ignore[arg-type]
        (collection(folder("f", None)), "item.0.item.0: must be object"),  # type: ignore[arg-type]
        (collection({"item": "x"}), "item.0.item: must be null,array"),
        (collection({"response": {}}), "item.0.response: must be null,array"),
        (collection({"response": ["x"]}), "item.0.response.0: must be null,object"),
        (collection({"request": 5}), "item.0.request: must be null,string,object"),
        (collection(variable={}), "variable: must be null,array"),
        (collection(variable=["x"]), "variable.0: must be null,object"),
    ],
)
def test_a_wrong_shape_is_told_with_its_place(document: object, detail: str) -> None:
    error = refusal({"collection": document})
    assert error["message"] == "Found 1 errors with the supplied collection."
    assert error["details"] == [detail]


ODD: list[Json] = [
    {"name": None, "request": None, "response": None},
    {"name": 5, "request": "https://shop.test", "response": [None, {}]},
    {"request": {"url": None, "header": None}, "response": [{"header": "A: b", "body": None}]},
    {"request": {"url": 7, "header": "A: b"}, "response": [{"header": ["A: b", None, 3]}]},
    {"request": {"method": None, "body": []}, "response": [{"originalRequest": 5, "code": "x"}]},
    {"item": None},
    {"item": [], "request": {}},
    {},
]


def test_contents_are_taken_as_they_occur_in_the_wild() -> None:
    shown = stored(collection(*(dict(each) for each in ODD)))
    for sent, kept in zip(ODD, shown["item"], strict=True):
        assert {key: kept[key] for key in sent if key != "response"} == {
            key: value for key, value in sent.items() if key != "response"
        }


def test_info_says_whose_it_is_and_since_when() -> None:
    sent = collection()
    sent["info"] |= {"uid": "stale", "_postman_id": "stale", "description": "d", "x": [1]}
    shown = stored(sent)["info"]
    assert shown == {
        "_postman_id": ID,
        "name": "shop",
        "schema": sent["info"]["schema"],
        "description": "d",
        "x": [1],
        "createdAt": "2026-11-22T12:00:00.000Z",
        "updatedAt": "2026-11-22T12:00:00.000Z",
        "lastUpdatedBy": "8",
        "uid": f"7-{ID}",
    }


def ids(nodes: list[Json]) -> Iterator[str]:
    for node in nodes:
        yield node["id"]
        yield from (each["id"] for each in node.get("response", []))
        yield from ids(node.get("item", []))


def test_valid_ids_are_kept() -> None:
    shown = stored(
        collection(
            folder("f", request("r", example("e", id=OLD(3)), id=OLD(2).upper())) | {"id": OLD(1)}
        )
    )
    assert list(ids(shown["item"])) == [OLD(1), OLD(2).upper(), OLD(3)]


def test_a_uid_in_place_of_an_id_gives_the_id() -> None:
    (item,) = stored(collection(request("r", id=f"99-{OLD(1)}")))["item"]
    assert (item["id"], item["uid"]) == (OLD(1), f"7-{OLD(1)}")


@pytest.mark.parametrize("invalid", ["", "abc", 5, None, [], {}, OLD("")])
def test_invalid_ids_are_replaced(invalid: object) -> None:
    (item,) = stored(collection(request("r", example("e", id=invalid), id=invalid)))["item"]
    assert item["id"] == "0fffffff-0000-7000-8000-000000000001"
    assert item["response"][0]["id"] == "0fffffff-0000-7000-8000-000000000002"


def test_of_repeated_ids_the_first_is_kept() -> None:
    same = OLD(1)
    shown = stored(
        collection(
            folder("f", request("inner", example("e", id=same), id=same)) | {"id": same},
            request("outer", example("e", id=same), id=same),
        )
    )
    kept = list(ids(shown["item"]))
    assert kept.count(same) == 2, "one item and one example"
    assert (kept[0], kept[2]) == (same, same)


def test_fresh_ids_are_given_in_file_order() -> None:
    shown = stored(
        collection(
            folder("f", request("a", example("1"), example("2")), folder("g", request("b"))),
            request("c", example("3")),
        )
    )
    given = list(ids(shown["item"]))
    assert len(given) == 8
    assert given == sorted(given)


def test_every_item_and_example_has_a_uid() -> None:
    (outer,) = stored(collection(folder("f", request("r", example("e")))))["item"]
    for node in (outer, outer["item"][0], outer["item"][0]["response"][0]):
        assert node["uid"] == f"7-{node['id']}"


def nested(levels: int) -> Json:
    node = request("deep", example("e"))
    for _ in range(levels):
        node = folder("f", node)
    return node


def test_folders_may_be_nested_deeply() -> None:
    assert stored(collection(nested(MAX_FOLDERS)))


@pytest.mark.parametrize("levels", [MAX_FOLDERS + 1, 400])
def test_but_not_without_end(levels: int) -> None:
    with pytest.raises(ApiError) as refused:
        stored(collection(nested(levels)))
    assert refused.value.body == {
        "error": {
            "name": "malformedRequestError",
            "message": "Found 1 errors with the supplied collection.",
            "details": [": must NOT have folders more than 100 levels deep"],
        }
    }


def test_other_contents_may_not_be_nested_without_end_either() -> None:
    deep: Any = []
    for _ in range(500):
        deep = [deep]
    with pytest.raises(ApiError, match="must NOT have more than 254 levels"):
        stored(collection(auth=deep))


def test_the_minimal_model_lists_what_is_at_the_root() -> None:
    content = stamped(
        collection(
            folder("f", request("in f", id=OLD(2))) | {"id": OLD(1)},
            request("r", id=OLD(3)),
            variable=[{"key": "a"}],
            event=[{"listen": "test"}],
            auth={"type": "noauth"},
            x="not shown",
        ),
        STAMP,
        fresh(),
    )
    shown = minimal(content)
    assert set(shown.pop("info")) == {  # type: ignore[call-overload]
        "_postman_id",
        "name",
        "createdAt",
        "updatedAt",
        "lastUpdatedBy",
        "uid",
    }
    assert shown == {
        "variable": [{"key": "a"}],
        "auth": {"type": "noauth"},
        "events": [{"listen": "test"}],
        "rootLevelRequests": [f"7-{OLD(3)}"],
        "rootLevelFolders": [f"7-{OLD(1)}"],
    }
