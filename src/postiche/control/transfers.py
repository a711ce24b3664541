"""The Postman API's transfers of folders, requests and responses.

Knows how what is to be transferred is found among all collections of a user,
and how several collections change together. Must not know how nodes are moved;
`moves` does.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from starlette.responses import Response

from postiche.control import wire
from postiche.control.access import must_change
from postiche.control.api import Asked
from postiche.control.body import off_loop
from postiche.control.collection_document import refuse_deep_folders
from postiche.control.collection_edits import dated_content, write_back
from postiche.control.documents import find
from postiche.control.ids import ordered_ids
from postiche.control.item_shapes import Item
from postiche.control.item_tree import Model, Place, Tree, places, taken_ids
from postiche.control.moves import CannotMove, Key, Spot, copied, put_in, settle, take_out
from postiche.control.validate import compile_schema
from postiche.model import Document
from postiche.store import Conflict

_TARGETS = {"folder": ("collection", "folder"), "request": ("collection", "folder")}
_NEIGHBOURS = {"folder": ("folder", "request"), "request": ("folder", "request")}
"""What can be transferred to where, and next to what; responses only to and with their like."""

_TEXT = {"type": "string"}
_complaints = compile_schema(
    {
        "type": "object",
        "required": ["ids", "target", "location", "mode"],
        "properties": {
            "ids": {"type": "array", "items": _TEXT},
            "mode": {"enum": ["copy", "move"]},
            "target": {
                "type": "object",
                "required": ["model", "id"],
                "properties": {"id": _TEXT, "model": {"enum": ["collection", "folder", "request"]}},
            },
            "location": {
                "type": "object",
                "required": ["position"],
                "properties": {
                    "id": {"type": ["string", "null"]},
                    "model": {"type": ["string", "null"]},
                    "position": {"enum": ["start", "end", "before", "after"]},
                },
            },
        },
    }
)


async def transfer_folders(asked: Asked) -> Response:
    """POST /collection-folders-transfers."""
    return await _transfer(asked, "folder")


async def transfer_requests(asked: Asked) -> Response:
    """POST /collection-requests-transfers."""
    return await _transfer(asked, "request")


async def transfer_responses(asked: Asked) -> Response:
    """POST /collection-responses-transfers."""
    return await _transfer(asked, "response")


async def _transfer(asked: Asked, model: Model) -> Response:
    sent, _ = await asked.json(lambda body: _sent(body, model))
    async with asked.api.updating:
        while True:
            try:
                return wire.answer({"ids": await _transferred(asked, model, sent)})
            except Conflict:
                # Somebody else's write came first; all is looked up again.
                continue


def _sent(body: dict[str, Any], model: Model) -> dict[str, Any]:
    """The transfer in a request body. Raises ApiError 400 (transferCollectionItems400Error)."""
    for complaint in _complaints(body):
        raise _bad_request(f"{complaint.where or 'body'} {complaint.text}")
    target = body["target"]["model"]
    if target not in _TARGETS.get(model, ("request",)):
        raise _bad_request(f"Cannot transfer {model} to target model type {target}")
    location = body["location"]
    if location["position"] in ("before", "after"):
        if location.get("model") not in _NEIGHBOURS.get(model, ("response",)):
            raise _bad_request(f"Cannot place {model} next to model type {location.get('model')}")
        if location.get("id") is None:
            raise _bad_request("The location must have an id")
    return body


def _bad_request(title: str) -> wire.ApiError:
    kind = "https://api.postman.com/problems/bad-request"
    body = {"type": kind, "title": title, "detail": {}}
    return wire.ApiError(400, body, media_type=wire.PROBLEM_JSON)


# --- what is where ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Opened:
    """A collection with its nodes at hand."""

    document: Document
    tree: Tree
    nodes: dict[tuple[str, str], Place]
    """By model and id in lower case."""


def _opened(document: Document) -> _Opened:
    tree: Tree = orjson.loads(document.content)
    nodes: dict[tuple[str, str], Place] = {
        (each.model, each.node["id"].lower()): each for each in places(tree)
    }
    return _Opened(document, tree, nodes)


async def _open(document: Document) -> _Opened:
    return await off_loop(len(document.content), lambda: _opened(document))


class _Search:
    """Nodes looked up by id or uid in all collections of a user, the ones seen before first.

    An id is unique only within its collection: of several the one in the
    collection that was opened first counts, then the oldest.
    """

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self.opened: list[_Opened] = []

    async def collection(self, text: str) -> _Opened | None:
        """A collection by its own id or uid."""
        document = await find(self._asked, "collection", text)
        if document is None:
            return None
        self.opened.append(await _open(document))
        return self.opened[-1]

    async def node(self, model: str, text: str) -> tuple[_Opened, Place] | None:
        """A folder, request or response."""
        reference = wire.reference(text)
        if reference is None:
            return None
        seen = 0
        while seen < len(self.opened) or await self._open_next(reference):
            opened = self.opened[seen]
            place = opened.nodes.get((model, reference.key))
            if place is not None and reference.fits(opened.document.owner):
                return opened, place
            seen += 1
        return None

    async def _open_next(self, wanted: wire.Reference) -> bool:
        """Open one more collection in whose text the id occurs; False if there is none."""
        known = {each.document.id for each in self.opened}
        for head in await self._asked.store.documents("collection"):
            if head.id not in known and wanted.fits(head.owner):
                document = await find(self._asked, "collection", head.id)
                if document is not None and _mentions(document.content, wanted.key):
                    self.opened.append(await _open(document))
                    return True
        return False


def _mentions(content: bytes, key: str) -> bool:
    """Whether the id may be in a collection; ids are written in one case or the other."""
    return key.encode() in content or key.upper().encode() in content


# --- the transfer -----------------------------------------------------------------


async def _transferred(asked: Asked, model: Model, sent: dict[str, Any]) -> list[str]:
    """Do the transfer; the uids of what was transferred. Raises ApiError 400, Conflict."""
    search = _Search(asked)
    target, spot = await _spot(search, model, sent)
    found = []
    for text in dict.fromkeys(sent["ids"]):
        node = await search.node(model, text)
        if node is None:
            raise _not_there(model)
        found.append(node)
    must_change(asked.user)
    moving = sent["mode"] == "move"
    changed = {each.document.id: each for each, _ in found} if moving else {}
    work = _work(asked, target, spot, [place for _, place in found], moving=moving)
    size = sum(len(each.document.content) for each in [target, *changed.values()])
    nodes = await off_loop(size, work)
    # The target first: if this is cut short, something is there twice rather than not at all.
    for each in {target.document.id: target, **changed}.values():
        await _write(asked, each)
    return [f"{target.document.owner}-{node['id']}" for node in nodes]


async def _spot(search: _Search, model: Model, sent: dict[str, Any]) -> tuple[_Opened, Spot]:
    target, location = sent["target"], sent["location"]
    if target["model"] == "collection":
        opened = await search.collection(target["id"])
        holder = opened.tree if opened else {}
    else:
        found = await search.node(target["model"], target["id"])
        opened, holder = (found[0], found[1].node) if found else (None, {})
    if opened is None:
        raise _not_there(target["model"])
    key: Key = "response" if model == "response" else "item"
    anchor = _anchor(opened, location)
    return opened, Spot(holder, key, location["position"], anchor)


def _anchor(opened: _Opened, location: dict[str, Any]) -> Item | None:
    reference = wire.reference(location.get("id"))
    if reference is None or location["position"] in ("start", "end"):
        return None
    place = opened.nodes.get((str(location["model"]), reference.key))
    return place.node if place and reference.fits(opened.document.owner) else None


def _not_there(model: str) -> wire.ApiError:
    return _bad_request(f"We could not find the {model} you are looking for")


def _work(
    asked: Asked, target: _Opened, spot: Spot, found: list[Place], *, moving: bool
) -> Callable[[], list[Item]]:
    owner = target.document.owner
    fresh_ids = ordered_ids(asked.now(), UUID(asked.settings.new_id()))

    def work() -> list[Item]:
        try:
            nodes = take_out(found, spot) if moving else [place.node for place in found]
            taken = taken_ids(target.tree)
            free = (each for each in fresh_ids if each not in taken)
            if moving:
                settle(nodes, taken, free, owner)
            else:
                nodes = copied(nodes, free, owner)
            put_in(nodes, spot)
        except CannotMove as why:
            raise _bad_request(str(why)) from None
        refuse_deep_folders(target.tree["item"])
        return nodes

    return work


async def _write(asked: Asked, opened: _Opened) -> None:
    size = len(opened.document.content)
    content = await off_loop(size, lambda: dated_content(asked, opened.tree))
    name = opened.tree["info"]["name"]
    if await write_back(asked, opened.document, name, content) is None:
        raise _not_there("collection")
