"""Where folders, requests and examples stand in a collection document.

Knows how items hold each other (behaviour D). Pure: must not know the store,
HTTP, or what an item says.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from postiche.control.item_shapes import Item, children, examples, is_folder

Model: TypeAlias = Literal["folder", "request", "response"]
Tree: TypeAlias = dict[str, Any]
"""A collection document, parsed."""


@dataclass(frozen=True, slots=True)
class Place:
    """A node of a collection, and what holds it: a folder, a request, or the collection."""

    node: Item
    holder: dict[str, Any]
    holder_id: str | None
    """The id of the folder or request that holds it; None at the top of the collection."""

    @property
    def model(self) -> Model:
        """What the node is."""
        if "item" not in self.holder:
            return "response"
        return "folder" if is_folder(self.node) else "request"

    @property
    def siblings(self) -> list[Item]:
        """The list the node stands in, the node included."""
        found: list[Item] = self.holder["response" if self.model == "response" else "item"]
        return found

    @property
    def index(self) -> int:
        """Where in that list."""
        return next(i for i, each in enumerate(self.siblings) if each is self.node)

    def remove(self) -> None:
        """Take the node, with all that is in it, out of the collection."""
        del self.siblings[self.index]


def places(tree: Tree) -> Iterator[Place]:
    """Every folder, request and example of a collection."""
    open_holders: deque[tuple[dict[str, Any], str | None]] = deque([(tree, None)])
    while open_holders:
        holder, holder_id = open_holders.popleft()
        for node in children(holder):
            yield Place(node, holder, holder_id)
            if is_folder(node):
                open_holders.append((node, node["id"]))
            else:
                yield from (Place(each, node, node["id"]) for each in examples(node))


def find(tree: Tree, model: Model, item_id: str) -> Place | None:
    """The node of that model with that id, which no case distinguishes."""
    wanted = item_id.lower()
    fitting = (each for each in places(tree) if each.node["id"].lower() == wanted)
    return next((each for each in fitting if each.model == model), None)


def insert(holder: dict[str, Any], key: Literal["item", "response"], at: int, node: Item) -> None:
    """Put a node into a list that may be missing or null."""
    listed = list(holder.get(key) or ())
    listed.insert(at, node)
    holder[key] = listed


def taken_ids(tree: Tree) -> set[str]:
    """The ids that a new node cannot have, in lower case."""
    return {each.node["id"].lower() for each in places(tree)}
