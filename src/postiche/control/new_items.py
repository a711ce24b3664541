"""Folders, requests and responses that the Postman API adds to a collection (behaviour C.2).

Knows where new nodes go and which ids they get. Must not know how v1 and v2.1
shapes relate; `item_shapes` does.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from starlette.responses import Response

from postiche.control import item_shapes, wire
from postiche.control.api import Asked
from postiche.control.collection_document import refuse_deep_folders
from postiche.control.collection_edits import Refusals, edited
from postiche.control.ids import id_after, ordered_ids
from postiche.control.item_schemas import check_folder, check_request, check_response
from postiche.control.item_shapes import Fields, Item
from postiche.control.item_tree import Model, Place, Tree, insert, taken_ids
from postiche.control.items import Shown, already_there, answer, found, not_found, refusals
from postiche.model import Document


async def create_folder(asked: Asked) -> Response:
    """POST /collections/{collectionId}/folders: with the requests that come with it, if any."""
    sent, size = await asked.json(check_folder)

    def change(collection: Document, tree: Tree) -> Fields:
        ids = new_ids(asked, tree)
        holder = _holder(asked, collection, tree, "folder", sent.get("folder"))
        folder_id = _own_or(asked, ids, "folder", sent, item_shapes.children(holder))
        folder = item_shapes.new_folder(folder_id, sent)
        folder["item"] = [_imported(each, ids) for each in sent.get("requests") or ()]
        return Shown(collection).data(_added(asked, collection, tree, holder, folder))

    collection, data = await edited(asked, _refusals(asked), change, size)
    inner = {"folders": data["folders_order"], "requests": data["order"]}
    return answer(data["id"], "folder", "import", {**data, **inner}, collection)


async def create_request(asked: Asked) -> Response:
    """POST /collections/{collectionId}/requests, in a folder if `folderId` names one."""
    sent, size = await asked.json(check_request)
    folder_id = asked.query("folderId")

    def change(collection: Document, tree: Tree) -> Fields:
        ids = new_ids(asked, tree)
        holder = _holder(asked, collection, tree, "folder", folder_id)
        item_id = _own_or(asked, ids, "request", sent, item_shapes.children(holder))
        request = item_shapes.new_request(item_id, sent)
        return Shown(collection).data(_added(asked, collection, tree, holder, request))

    collection, data = await edited(asked, _refusals(asked), change, size)
    answered = {**data, "responses": data["responses_order"]}
    return answer(data["id"], "request", "import", answered, collection)


async def create_response(asked: Asked) -> Response:
    """POST /collections/{collectionId}/responses, of the request that `request` names."""
    request_id = asked.query("request")
    if request_id is None:
        raise wire.param_missing("request")
    sent, size = await asked.json(check_response)

    def change(collection: Document, tree: Tree) -> Fields:
        ids = new_ids(asked, tree)
        holder = _holder(asked, collection, tree, "request", request_id)
        siblings = item_shapes.examples(holder)
        example_id = _own_or(asked, ids, "response", sent, siblings)
        example = item_shapes.new_response(example_id, holder, sent)
        insert(holder, "response", len(holder.get("response") or ()), example)
        stamp(asked, collection, example)
        return Shown(collection).data(Place(example, holder, holder["id"]))

    collection, data = await edited(asked, _refusals(asked), change, size)
    return answer(data["id"], "response", "create", data, collection)


@dataclass(frozen=True, slots=True)
class Ids:
    """The ids for new nodes of one collection: none of them is taken, each sorts after the last."""

    taken: set[str]
    free: Iterator[str]

    def after(self, siblings: Iterable[Item]) -> str:
        """An id that sorts after those of the siblings, as far as there are such."""
        chosen = id_after((each["id"] for each in siblings), next(self.free))
        while chosen in self.taken:
            chosen = id_after([chosen], next(self.free))
        return chosen


def new_ids(asked: Asked, tree: Tree) -> Ids:
    """Ids for new nodes in this collection."""
    taken = taken_ids(tree)
    fresh_ids = ordered_ids(asked.now(), UUID(asked.settings.new_id()))
    return Ids(taken, (each for each in fresh_ids if each not in taken))


def _refusals(asked: Asked) -> Refusals:
    return refusals(asked, 400, "collection", asked.segment("collectionId"))


def _holder(asked: Asked, collection: Document, tree: Tree, model: Model, text: str | None) -> Item:
    """What a new node goes into: the node named, the collection itself if none is.

    Raises ApiError 400 (collectionFolder400Error).
    """
    if text is None:
        return tree
    place = found(collection, tree, model, text)
    if place is None:
        raise not_found(asked, 400, model, text)
    return place.node


def _own_or(asked: Asked, ids: Ids, model: Model, sent: Fields, siblings: list[Item]) -> str:
    """The id a node brings if it is valid and free, else one that sorts after its siblings.

    Raises ApiError 400 for one that is taken (collectionRequest400Error).
    """
    own = wire.reference(sent.get("id"))
    if own is None:
        return ids.after(siblings)
    if own.key in ids.taken:
        raise already_there(asked, model, own.id)
    return own.id


def _imported(sent: Fields, ids: Ids) -> Item:
    """A request that a new folder brings along; it and its examples get ids of their own."""
    request = item_shapes.new_request(next(ids.free), sent)
    request["response"] = [
        item_shapes.new_response(next(ids.free), request, each)
        for each in sent.get("responses") or ()
    ]
    return request


def _added(asked: Asked, collection: Document, tree: Tree, holder: Item, item: Item) -> Place:
    insert(holder, "item", len(item_shapes.children(holder)), item)
    refuse_deep_folders(tree["item"])
    for node in item_shapes.all_nodes(item):
        stamp(asked, collection, node)
    return Place(item, holder, None if holder is tree else holder["id"])


def stamp(asked: Asked, collection: Document, node: Item) -> None:
    """Say in a new node whose it is and since when it is there, as Postman does (behaviour C.2)."""
    now = wire.iso(asked.now())
    node |= {"createdAt": now, "updatedAt": now, "uid": f"{collection.owner}-{node['id']}"}
