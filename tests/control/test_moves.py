from typing import Any

import pytest

from postiche.control.item_tree import Place, places
from postiche.control.moves import CannotMove, Spot, copied, put_in, settle, take_out


def tree() -> dict[str, Any]:
    example = {"id": "e"}
    inner = {"id": "f", "item": [{"id": "a", "response": [example]}, {"id": "b"}]}
    return {"info": {}, "item": [inner, {"id": "g", "item": []}, {"id": "c"}]}


def by_id(of: dict[str, Any]) -> dict[str, Place]:
    return {place.node["id"]: place for place in places(of)}


def ids(holder: dict[str, Any]) -> list[str]:
    return [each["id"] for each in holder["item"]]


def test_nodes_leave_all_their_lists_at_once() -> None:
    of = tree()
    nodes = by_id(of)
    taken = take_out([nodes["b"], nodes["c"], nodes["f"]], Spot(of, "item", "end"))
    assert [each["id"] for each in taken] == ["b", "c", "f"]
    assert ids(of) == ["g"]
    assert ids(nodes["f"].node) == ["a"]


@pytest.mark.parametrize("inside", ["f", "a"])
def test_a_node_cannot_go_into_itself(inside: str) -> None:
    of = tree()
    nodes = by_id(of)
    with pytest.raises(CannotMove, match="into itself"):
        take_out([nodes["f"]], Spot(nodes[inside].node, "item", "end"))
    assert ids(of) == ["f", "g", "c"]


@pytest.mark.parametrize(
    ("position", "anchor", "expected"),
    [
        ("start", None, ["x", "y", "f", "g", "c"]),
        ("end", None, ["f", "g", "c", "x", "y"]),
        ("before", "g", ["f", "x", "y", "g", "c"]),
        ("after", "g", ["f", "g", "x", "y", "c"]),
    ],
)
def test_nodes_stand_where_the_spot_says(
    position: str, anchor: str | None, expected: list[str]
) -> None:
    of = tree()
    neighbour = by_id(of)[anchor].node if anchor else None
    put_in([{"id": "x"}, {"id": "y"}], Spot(of, "item", position, neighbour))
    assert ids(of) == expected


def test_an_anchor_elsewhere_is_none() -> None:
    of = tree()
    with pytest.raises(CannotMove, match="not in the target"):
        put_in([{"id": "x"}], Spot(of, "item", "after", by_id(of)["a"].node))


def test_a_copy_has_new_ids_at_every_depth() -> None:
    original = tree()["item"][0]
    (copy,) = copied([original], iter("1234"), 7)
    assert original == tree()["item"][0]
    assert [copy["id"], *ids(copy), copy["item"][0]["response"][0]["id"]] == ["1", "2", "4", "3"]
    assert copy["item"][0]["uid"] == "7-2"


def test_moved_nodes_keep_the_ids_that_are_free() -> None:
    folder = tree()["item"][0]
    taken = {"a"}
    settle([folder], taken, iter("123"), 7)
    assert (folder["id"], ids(folder)) == ("f", ["1", "b"])
    assert taken == {"a", "1", "f", "b", "e"}
