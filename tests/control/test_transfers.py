from typing import Any

import httpx
import pytest

from .world import UNKNOWN_ID, Json, World, example, folder, request


class Two:
    """A collection with folders f (r1 with e1, r2), g and request top, and an empty one."""

    def __init__(self, world: World) -> None:
        self.world = world
        first = folder("f", request("r1", example("e1"), example("e2")), request("r2"))
        self.full = world.collection(first, folder("g"), request("top"), name="full")
        self.empty = world.collection(name="empty")

    def items(self, uid: str) -> list[Json]:
        found: list[Json] = self.world.get(f"/collections/{uid}").json()["collection"]["item"]
        return found

    def nodes(self, uid: str) -> dict[str, Json]:
        open_nodes, found = self.items(uid), {}
        while open_nodes:
            node = open_nodes.pop()
            found[node["name"]] = node
            open_nodes += node.get("item", []) + node.get("response", [])
        return found

    def uid(self, name: str) -> str:
        uid: str = self.nodes(self.full)[name]["uid"]
        return uid

    def ask(
        self, models: str, mode: str, ids: list[str], target: Any, **location: Any
    ) -> httpx.Response:
        model, target_id = target
        body = {
            "ids": ids,
            "mode": mode,
            "target": {"model": model, "id": target_id},
            "location": {"position": "end", **location},
        }
        return self.world.post(f"/collection-{models}-transfers", body)

    def transfer(self, *args: Any, **location: Any) -> list[str]:
        response = self.ask(*args, **location)
        assert response.status_code == 200, response.text
        ids: list[str] = response.json()["ids"]
        return ids


@pytest.fixture
def two(world: World) -> Two:
    return Two(world)


def tree(items: list[Json]) -> list[Any]:
    """Names as they stand: a folder or request with something in it is a pair."""
    inner = [each.get("item") or each.get("response") for each in items]
    return [
        (each["name"], tree(nested)) if nested else each["name"]
        for each, nested in zip(items, inner, strict=True)
    ]


def test_a_folder_is_copied_into_another_collection_with_new_ids(two: Two) -> None:
    two.world.later()
    before = two.items(two.full)
    (uid,) = two.transfer("folders", "copy", [two.uid("f")], ("collection", two.empty))
    (copy,) = two.items(two.empty)
    assert copy["uid"] == uid
    assert tree([copy]) == [("f", [("r1", ["e1", "e2"]), "r2"])]
    old = {each["id"] for each in two.nodes(two.full).values()}
    assert not old & {each["id"] for each in two.nodes(two.empty).values()}
    assert two.items(two.full) == before


def test_a_folder_is_moved_into_another_collection_with_its_ids(two: Two) -> None:
    moved = two.items(two.full)[0]
    uid = two.uid("f")
    assert two.transfer("folders", "move", [uid], ("collection", two.empty)) == [uid]
    assert two.items(two.empty) == [moved]
    assert tree(two.items(two.full)) == ["g", "top"]


def test_a_folder_is_moved_into_another_folder(two: Two) -> None:
    two.transfer("folders", "move", [two.uid("f")], ("folder", two.uid("g")))
    assert tree(two.items(two.full)) == [("g", [("f", [("r1", ["e1", "e2"]), "r2"])]), "top"]


def test_a_folder_cannot_be_moved_into_itself_but_copied(two: Two) -> None:
    before = two.items(two.full)
    two.transfer("folders", "move", [two.uid("g")], ("folder", two.uid("f")))
    response = two.ask("folders", "move", [two.uid("f")], ("folder", two.uid("g")))
    assert response.status_code == 400
    assert response.json() == {
        "type": "https://api.postman.com/problems/bad-request",
        "title": "Cannot transfer a folder into itself",
        "detail": {},
    }
    assert two.nodes(two.full).keys() == {"f", "g", "r1", "r2", "e1", "e2", "top"}
    two.transfer("folders", "copy", [two.uid("f")], ("folder", two.uid("g")))
    assert len(two.items(two.full)) == len(before) - 1


@pytest.mark.parametrize(
    ("position", "neighbour", "expected"),
    [
        ("start", None, ["r2", "r1", "f", "g", "top"]),
        ("end", None, ["f", "g", "top", "r2", "r1"]),
        ("before", ("folder", "g"), ["f", "r2", "r1", "g", "top"]),
        ("after", ("folder", "g"), ["f", "g", "r2", "r1", "top"]),
        ("after", ("request", "top"), ["f", "g", "top", "r2", "r1"]),
    ],
)
@pytest.mark.parametrize("mode", ["copy", "move"])
def test_requests_stand_where_they_were_wanted_in_the_order_given(
    two: Two, mode: str, position: str, neighbour: tuple[str, str] | None, expected: list[str]
) -> None:
    location: Json = {"position": position, "model": None, "id": None}
    if neighbour:
        location |= {"model": neighbour[0], "id": two.uid(neighbour[1])}
    ids = [two.uid("r2"), two.uid("r1"), two.uid("r2")]
    given = two.transfer("requests", mode, ids, ("collection", two.full), **location)
    assert [item["name"] for item in two.items(two.full)] == expected
    assert given == [each["uid"] for each in two.items(two.full) if each["name"] in ("r2", "r1")]


def test_responses_are_moved_to_another_request(two: Two) -> None:
    ids = [two.uid("e2")]
    assert two.transfer("responses", "move", ids, ("request", two.uid("top"))) == ids
    assert tree(two.items(two.full)) == [("f", [("r1", ["e1"]), "r2"]), "g", ("top", ["e2"])]
    near = {"model": "response", "id": two.uid("e2")}
    two.transfer(
        "responses", "copy", [two.uid("e1")], ("request", two.uid("top")), position="before", **near
    )
    assert tree(two.items(two.full))[2] == ("top", ["e1", "e2"])


def test_an_id_in_several_collections_means_the_one_in_the_target(two: Two) -> None:
    document = two.world.get(f"/collections/{two.full}").json()["collection"]
    del document["info"]["_postman_id"]
    copy = two.world.post("/collections", {"collection": document}).json()["collection"]["uid"]
    two.transfer("requests", "move", [two.uid("r1")], ("collection", copy))
    assert tree(two.items(copy)) == [("f", ["r2"]), "g", "top", ("r1", ["e1", "e2"])]
    assert len(two.nodes(two.full)) == 7
    two.transfer("requests", "move", [two.uid("top")], ("folder", two.uid("g")))
    assert tree(two.items(two.full))[1] == ("g", ["top"])


def test_a_moved_node_gets_a_new_id_only_where_its_own_is_taken(two: Two) -> None:
    item = two.nodes(two.full)["top"]
    other = two.world.collection({**request("same"), "id": item["id"]}, request("x"), name="other")
    (moved,) = two.transfer("requests", "copy", [f"10000001-{item['id']}"], ("collection", other))
    assert moved != item["uid"]
    assert len({each["id"] for each in two.items(other)}) == 3


@pytest.mark.parametrize(
    ("models", "target", "title"),
    [
        ("responses", "folder", "Cannot transfer response to target model type folder"),
        ("responses", "collection", "Cannot transfer response to target model type collection"),
        ("requests", "request", "Cannot transfer request to target model type request"),
        ("folders", "folder", "We could not find the folder you are looking for"),
        ("folders", "collection", "We could not find the collection you are looking for"),
    ],
)
def test_a_target_that_does_not_fit_is_refused(
    two: Two, models: str, target: str, title: str
) -> None:
    response = two.ask(models, "move", [], (target, UNKNOWN_ID))
    assert response.status_code == 400
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json() == {
        "type": "https://api.postman.com/problems/bad-request",
        "title": title,
        "detail": {},
    }


@pytest.mark.parametrize(
    ("change", "title"),
    [
        ({"ids": [UNKNOWN_ID]}, "We could not find the request you are looking for"),
        ({"ids": ["nonsense"]}, "We could not find the request you are looking for"),
        ({"ids": 5}, "ids must be array"),
        ({"mode": "x"}, "mode must be one of copy, move"),
        ({"location": {"position": "before"}}, "Cannot place request next to model type None"),
        (
            {"location": {"position": "before", "model": "request"}},
            "The location must have an id",
        ),
        (
            {"location": {"position": "after", "model": "request", "id": UNKNOWN_ID}},
            "The location is not in the target",
        ),
    ],
)
def test_a_transfer_that_cannot_be_done_changes_nothing(two: Two, change: Json, title: str) -> None:
    before = two.items(two.full)
    body = {
        "ids": [two.uid("r1")],
        "mode": "move",
        "target": {"model": "collection", "id": two.full},
        "location": {"position": "end"},
    }
    response = two.world.post("/collection-requests-transfers", body | change)
    assert response.status_code == 400
    assert response.json()["title"] == title
    assert two.items(two.full) == before


def test_one_model_is_not_transferred_as_another(two: Two) -> None:
    response = two.ask("requests", "move", [two.uid("f")], ("collection", two.empty))
    assert response.status_code == 400
    assert response.json()["title"] == "We could not find the request you are looking for"
