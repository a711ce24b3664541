"""The Postman API's folders, requests and responses of a collection (behaviour C.2).

Knows the item endpoints: how a node is found, shown, made, changed and taken
away. Must not know how v1 and v2.1 shapes relate; `item_shapes` does.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from starlette.responses import Response

from postiche.control import item_shapes, wire
from postiche.control.api import Asked, Handler
from postiche.control.body import off_loop
from postiche.control.collection_edits import Refusals, edited, found_collection
from postiche.control.item_schemas import check_folder, check_request, check_response
from postiche.control.item_shapes import Fields, Item, examples, is_folder
from postiche.control.item_tree import Model, Place, Tree, find
from postiche.model import Document

# --- errors -----------------------------------------------------------------------


def not_found(asked: Asked, status: int, model: str, item_id: str) -> wire.ApiError:
    """A node that is not there (collectionFolder404Error and its kin).

    The request's says instanceFoundError in the definition, surely by mistake
    (behaviour C.6).
    """
    return wire.legacy(
        status,
        "instanceNotFoundError",
        f"We could not find the {model} you are looking for",
        details=_details(asked, model, item_id),
    )


def refusals(asked: Asked, status: int, model: str, item_id: str) -> Refusals:
    """How the item endpoints say that a collection is not there, or not theirs to change.

    Where a node is asked for, it is the node that is not there, so that nobody
    learns which collections exist.
    """
    return Refusals(
        missing=not_found(asked, status, model, item_id),
        forbidden=wire.legacy(
            401, "Unauthorized", "Unauthorized", details=_details(asked, model, item_id)
        ),
    )


def already_there(asked: Asked, model: str, item_id: str) -> wire.ApiError:
    """A new node with an id that is taken (collectionRequest400Error)."""
    return wire.legacy(
        400,
        "instanceFoundError",
        f"This {model} already exists in the database.",
        details=_details(asked, model, item_id),
    )


def _details(asked: Asked, model: str, item_id: str) -> dict[str, str]:
    return {"model": model, "owner": str(asked.user.id), "model_id": item_id}


# --- as shown ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shown:
    """How a node of a stored collection is shown."""

    collection: Document
    populate: bool = False

    def data(self, place: Place) -> Fields:
        """The `data` of an answer: whose and where it is, what it says, since when."""
        model = place.model
        fields = _FIELDS[model](place.node)
        created, updated = self._times(place.node)
        above = {"request": place.holder_id} if model == "response" else self._in_item(place)
        return {
            "owner": str(self.collection.owner),
            "lastUpdatedBy": str(self.collection.updated_by),
            "lastRevision": _revision(updated),
            **above,
            **fields,
            **(self._contents(place.node) if self.populate and model != "response" else {}),
            "createdAt": wire.iso(created),
            "updatedAt": wire.iso(updated),
        }

    def _in_item(self, place: Place) -> Fields:
        return {"folder": place.holder_id, "collection": self.collection.id}

    def _contents(self, item: Item) -> Fields:
        nested = item_shapes.children(item) if is_folder(item) else examples(item)
        shown = [self.data(Place(each, item, item["id"])) for each in nested]
        if not is_folder(item):
            return {"responses": shown}
        return {
            "folders": [each for each in shown if "folders_order" in each],
            "requests": [each for each in shown if "folders_order" not in each],
        }

    def _times(self, node: Item) -> tuple[datetime, datetime]:
        """Since when it is there and since when so; as the collection, where it does not say."""
        created = _moment(node.get("createdAt")) or self.collection.created_at
        return created, _moment(node.get("updatedAt")) or self.collection.updated_at


_FIELDS: dict[Model, Callable[[Item], Fields]] = {
    "folder": item_shapes.folder_fields,
    "request": item_shapes.request_fields,
    "response": item_shapes.response_fields,
}


def _moment(text: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
        return moment if moment and moment.tzinfo and wire.iso(moment) else None
    except (ValueError, OverflowError):
        return None


def _revision(moment: datetime) -> int:
    """A number that grows with time: a revision of the real API does no more for its reader."""
    return int(moment.timestamp() * 1000)


def answer(
    place_id: str, model: Model, action: str, data: Fields, collection: Document
) -> Response:
    """What every write answers (behaviour C.2)."""
    return wire.answer(
        {
            "model_id": place_id,
            "meta": {"model": model, "action": action},
            "data": data,
            "revision": _revision(collection.updated_at),
        }
    )


# --- the operations on one node ---------------------------------------------------


@dataclass(frozen=True, slots=True)
class ItemOperations:
    """GET, PUT and DELETE of one model; `segment` names its id in the path."""

    model: Model
    segment: str
    check: Callable[[dict[str, Any]], Fields]
    change: Callable[[Item, Fields], None]

    @property
    def by_method(self) -> dict[str, Handler]:
        """Its handlers, as the routes want them."""
        return {"GET": self.get, "PUT": self.update, "DELETE": self.delete}

    async def get(self, asked: Asked) -> Response:
        """GET: the node, as `ids`, `uid` and `populate` ask for."""
        collection = await found_collection(asked, self._refusals(asked))
        flags = {name: asked.query(name) == "true" for name in ("ids", "uid", "populate")}

        def show() -> dict[str, Any]:
            tree = orjson.loads(collection.content)
            place = self._place(asked, collection, tree)
            data = Shown(collection, populate=flags["populate"]).data(place)
            return self._found(data, collection, flags)

        return wire.answer(await off_loop(len(collection.content), show))

    def _found(self, data: Fields, collection: Document, flags: dict[str, bool]) -> dict[str, Any]:
        if flags["ids"]:
            item_shapes.keep_ids(data)
        if flags["uid"]:
            item_shapes.make_uids(data, collection.owner)
        meta = {"model": self.model, "populate": flags["populate"], "changeset": False}
        return {"model_id": data["id"], "meta": {**meta, "action": "find"}, "data": data}

    async def update(self, asked: Asked) -> Response:
        """PUT: only what is sent changes."""
        sent, size = await asked.json(self.check)

        def change(collection: Document, tree: Tree) -> Fields:
            place = self._place(asked, collection, tree)
            _refuse_other_parent(asked, place, sent)
            self.change(place.node, sent)
            place.node["updatedAt"] = wire.iso(asked.now())
            return Shown(collection).data(place)

        collection, data = await edited(asked, self._refusals(asked), change, size)
        return answer(data["id"], self.model, "update", data, collection)

    async def delete(self, asked: Asked) -> Response:
        """DELETE: the node and all that is in it."""

        def change(collection: Document, tree: Tree) -> str:
            place = self._place(asked, collection, tree)
            place.remove()
            return str(place.node["id"])

        collection, removed = await edited(asked, self._refusals(asked), change)
        data = {"id": removed, "owner": str(collection.owner)}
        return answer(removed, self.model, "destroy", data, collection)

    def _refusals(self, asked: Asked) -> Refusals:
        return refusals(asked, 404, self.model, asked.segment(self.segment))

    def _place(self, asked: Asked, collection: Document, tree: Tree) -> Place:
        item_id = asked.segment(self.segment)
        place = found(collection, tree, self.model, item_id)
        if place is None:
            raise not_found(asked, 404, self.model, item_id)
        return place


def found(collection: Document, tree: Tree, model: Model, text: object) -> Place | None:
    """The node with this id or uid; None if there is none, or `text` is no id at all."""
    reference = wire.reference(text)
    if reference is None or not reference.fits(collection.owner):
        return None
    return find(tree, model, reference.id)


def _refuse_other_parent(asked: Asked, place: Place, sent: Fields) -> None:
    """A response cannot change its request (collectionResponse400Error), nor a folder its place.

    A request keeps its folder whatever is sent, as the definition's example shows.
    """
    name = {"response": "request", "folder": "folder", "request": ""}[place.model]
    if name not in sent:
        return
    wanted = wire.reference(sent[name])
    if (wanted.id if wanted else sent[name]) != place.holder_id:
        raise not_found(asked, 400, place.model, place.node["id"])


folder_operations = ItemOperations("folder", "folderId", check_folder, item_shapes.changed_folder)
request_operations = ItemOperations(
    "request", "requestId", check_request, item_shapes.changed_request
)
response_operations = ItemOperations(
    "response", "responseId", check_response, item_shapes.changed_response
)
