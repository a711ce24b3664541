"""What a collection must look like to be stored, and what storing adds to it.

Knows the shape of Postman collections (behaviour D) as far as ids and nesting
go. Must not know the store or HTTP requests, nor what examples mean: contents
are taken as they occur in the wild, and the core drops what it cannot use.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from postiche.control import wire
from postiche.control.body import to_json
from postiche.control.validate import NO_NUL, compile_schema

MAX_FOLDERS = 100
"""How many folders may stand inside each other."""

_OBJECTS = {"type": ["array", "null"], "items": {"type": ["object", "null"]}}
complaints_about = compile_schema(
    {
        "type": "object",
        "required": ["info", "item"],
        "properties": {
            "info": {
                "type": "object",
                "required": ["name", "schema"],
                "properties": {
                    "name": {"type": "string", "pattern": NO_NUL},
                    "schema": {"type": "string"},
                },
            },
            "item": {"type": "array", "items": {"$ref": "#/$defs/item"}},
            "variable": _OBJECTS,
        },
        "$defs": {
            "item": {
                "type": "object",
                "properties": {
                    "item": {"type": ["array", "null"], "items": {"$ref": "#/$defs/item"}},
                    "request": {"type": ["object", "string", "null"]},
                    "response": _OBJECTS,
                },
            }
        },
    }
)
"""What is wrong with a collection (appendix 3, collectionPut400Errors)."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a write puts into a collection: whose it is, and since when it is so."""

    id: str
    owner: int
    created_at: datetime
    updated_at: datetime
    updated_by: int

    @property
    def info(self) -> dict[str, str]:
        """What GET adds at the end of `info` (behaviour C.2)."""
        return {
            "createdAt": wire.iso(self.created_at),
            "updatedAt": wire.iso(self.updated_at),
            "lastUpdatedBy": str(self.updated_by),
            "uid": f"{self.owner}-{self.id}",
        }


def checked(body: dict[str, object]) -> dict[str, Any]:
    """The collection in a request body. Raises ApiError 400 (appendix 3)."""
    collection = body.get("collection")
    if collection is None:
        raise wire.param_missing("collection")
    complaints = complaints_about(collection)
    if complaints:
        raise wire.found_errors("collection", [str(each) for each in complaints])
    assert isinstance(collection, dict)
    return collection


def claimed_id(collection: dict[str, Any]) -> object:
    """The id that a collection brings along; None if it brings none."""
    return collection["info"].get("_postman_id")


def stamped(collection: dict[str, Any], stamp: Stamp, fresh_ids: Iterator[str]) -> bytes:
    """The collection as it will be served; everything not named here stays as it was sent.

    Items and examples keep their ids if these are valid and not repeated, else
    get fresh ones in file order. Raises ApiError 400 for too much nesting.
    """
    ours = {"_postman_id", *stamp.info}
    kept = {key: value for key, value in collection["info"].items() if key not in ours}
    info = {"_postman_id": stamp.id, **kept, **stamp.info}
    _identify(collection["item"], stamp.owner, fresh_ids)
    return to_json("collection", {**collection, "info": info})


class _Unidentified(Exception):  # noqa: N818 - reads as what it says
    """Something in a collection has no id, so it cannot be what is stored."""


def says_the_same(collection: dict[str, Any], stamp: Stamp, content: bytes) -> bool:
    """Whether a collection is to the letter what is stored with this stamp."""
    try:
        return stamped(collection, stamp, _no_ids()) == content
    except _Unidentified:
        return False


def _no_ids() -> Iterator[str]:
    raise _Unidentified
    yield


def refuse_deep_folders(items: list[dict[str, Any]]) -> None:
    """Raises ApiError 400 if folders stand inside each other more than MAX_FOLDERS deep."""
    for _ in _in_file_order(items):
        pass


def _identify(items: list[dict[str, Any]], owner: int, fresh_ids: Iterator[str]) -> None:
    known_items: set[str] = set()
    known_examples: set[str] = set()
    for item in _in_file_order(items):
        _give_id(item, known_items, owner, fresh_ids)
        for example in filter(None, item.get("response") or ()):
            _give_id(example, known_examples, owner, fresh_ids)


def _in_file_order(items: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """All folders and requests, each folder before what is in it."""
    open_folders = [iter(items)]
    while open_folders:
        item = next(open_folders[-1], None)
        if item is None:
            open_folders.pop()
            continue
        yield item
        if item.get("item"):
            open_folders.append(iter(item["item"]))
        if len(open_folders) > MAX_FOLDERS + 1:
            why = f": must NOT have folders more than {MAX_FOLDERS} levels deep"
            raise wire.found_errors("collection", [why])


def _give_id(node: dict[str, Any], known: set[str], owner: int, fresh_ids: Iterator[str]) -> None:
    own = wire.reference(node.get("id"))
    chosen = own.id if own and own.id not in known else next(fresh_ids)
    known.add(chosen)
    node["id"] = chosen
    node["uid"] = f"{owner}-{chosen}"


def minimal(content: bytes) -> dict[str, object]:
    """A stored collection as `model=minimal` shows it (behaviour C.2)."""
    collection = orjson.loads(content)
    folders = [each["uid"] for each in collection["item"] if "item" in each]
    requests = [each["uid"] for each in collection["item"] if "item" not in each]
    shown = {"info": {k: v for k, v in collection["info"].items() if k != "schema"}}
    shown |= {key: collection[key] for key in ("variable", "auth") if key in collection}
    if "event" in collection:
        shown["events"] = collection["event"]
    return {**shown, "rootLevelRequests": requests, "rootLevelFolders": folders}
