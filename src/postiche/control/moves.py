"""Nodes of collections carried to another place, or copied there.

Knows lists of items and examples, and ids. Pure: must not know the store or
HTTP.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import orjson

from postiche.control.item_shapes import Item, all_nodes
from postiche.control.item_tree import Place

Key = Literal["item", "response"]


class CannotMove(ValueError):  # noqa: N818 - reads as what it says
    """The nodes cannot go there; the message says why."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where nodes go: into which list of which node or collection, and where in it."""

    holder: dict[str, Any]
    key: Key
    position: str
    anchor: Item | None = None
    """The node to stand before or after; None for start and end."""


def copied(nodes: Iterable[Item], fresh_ids: Iterator[str], owner: int) -> list[Item]:
    """Copies of nodes with all that is in them, each with an id of its own."""
    copies: list[Item] = [orjson.loads(orjson.dumps(node)) for node in nodes]
    for copy in copies:
        for node in all_nodes(copy):
            _give_id(node, next(fresh_ids), owner)
    return copies


def take_out(places: Sequence[Place], spot: Spot) -> list[Item]:
    """Take nodes out of where they are. Raises CannotMove if the spot is inside one of them."""
    nodes = [place.node for place in places]
    inside = {id(each) for node in nodes for each in all_nodes(node)}
    if id(spot.holder) in inside:
        raise CannotMove("Cannot transfer a folder into itself")
    gone = {id(node) for node in nodes}
    lists = {id(siblings): siblings for place in places for siblings in [place.siblings]}
    for siblings in lists.values():
        siblings[:] = [each for each in siblings if id(each) not in gone]
    return nodes


def settle(nodes: Iterable[Item], taken: set[str], fresh_ids: Iterator[str], owner: int) -> None:
    """Let nodes keep their ids in a new collection, but for those that are taken there."""
    for top in nodes:
        for node in all_nodes(top):
            known = node["id"].lower()
            _give_id(node, next(fresh_ids) if known in taken else node["id"], owner)
            taken.add(node["id"].lower())


def put_in(nodes: Sequence[Item], spot: Spot) -> None:
    """Put nodes into their new place, in order. Raises CannotMove if the anchor is not there."""
    listed = list(spot.holder.get(spot.key) or ())
    at = _index(listed, spot)
    listed[at:at] = nodes
    spot.holder[spot.key] = listed


def _index(listed: list[Item], spot: Spot) -> int:
    if spot.position in ("start", "end"):
        return 0 if spot.position == "start" else len(listed)
    for at, each in enumerate(listed):
        if each is spot.anchor:
            return at + (spot.position == "after")
    raise CannotMove("The location is not in the target")


def _give_id(node: Item, node_id: str, owner: int) -> None:
    node["id"] = node_id
    node["uid"] = f"{owner}-{node_id}"
