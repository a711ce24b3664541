"""The Postman API's `/collections` (behaviour C.2).

Knows the operations on whole collections. Must not know what is inside one;
`collection_document` does.
"""

from typing import Any
from uuid import UUID

from starlette.responses import Response

from postiche.control import wire
from postiche.control.api import Asked
from postiche.control.body import off_loop
from postiche.control.collection_document import (
    Stamp,
    checked,
    claimed_id,
    minimal,
    says_the_same,
    stamped,
)
from postiche.control.documents import (
    find,
    find_head_to_change,
    row,
    summary,
    target_workspace,
    workspace_filter,
)
from postiche.control.ids import ordered_ids
from postiche.model import Document, Workspace
from postiche.store import AlreadyExists


async def list_collections(asked: Asked) -> Response:
    """GET /collections: filtered by workspace and name, in pages if asked for."""
    workspace, name = workspace_filter(asked), asked.query("name")
    page = _page(asked)
    if page is None:
        documents = await asked.store.documents("collection", workspace=workspace, name=name)
        return wire.answer({"collections": [row(each) for each in documents]})
    limit, offset = page
    documents = await asked.store.documents(
        "collection", workspace=workspace, name=name, limit=limit, offset=offset
    )
    total = await asked.store.count_documents("collection", workspace=workspace, name=name)
    meta = {"total": total, "offset": offset, "limit": total if limit is None else limit}
    return wire.answer({"collections": [row(each) for each in documents], "meta": meta})


def _page(asked: Asked) -> tuple[int | None, int] | None:
    """The limit and offset asked for; None unless a page was asked for at all."""
    limit, offset = asked.query("limit"), asked.query("offset")
    if limit is None and offset is None:
        return None
    return (
        None if limit is None else _count("limit", limit, least=1),
        _count("offset", offset or "0", least=0),
    )


def _count(name: str, text: str, *, least: int) -> int:
    number = wire.whole_number(text)
    if number is None or number < least:
        raise wire.invalid_param(name, f"It must be a whole number, at least {least}.")
    return number


async def create_collection(asked: Asked) -> Response:
    """POST /collections: keeps the collection's own id if it is valid and free."""
    workspace = await target_workspace(asked)
    collection, size = await asked.json(checked)
    claimed = wire.reference(claimed_id(collection))
    new_id = claimed.key if claimed else asked.settings.new_id()
    document = await _new(asked, workspace, collection, size, new_id)
    try:
        await asked.store.add_document(document)
    except AlreadyExists:
        if await asked.store.document_head("collection", new_id):
            raise _id_is_taken(new_id) from None
        # It belongs to somebody whose things this user must not know of.
        document = await _new(asked, workspace, collection, size, asked.settings.new_id())
        await asked.store.add_document(document)
    return wire.answer({"collection": summary(document)})


async def _new(
    asked: Asked, workspace: Workspace, collection: dict[str, Any], size: int, new_id: str
) -> Document:
    now = asked.now()
    stamp = Stamp(new_id, asked.user.id, created_at=now, updated_at=now, updated_by=asked.user.id)
    return Document(
        kind="collection",
        id=new_id,
        owner=stamp.owner,
        workspace=workspace.id,
        name=collection["info"]["name"],
        content=await _stamped(asked, collection, size, stamp),
        created_at=now,
        updated_at=now,
        updated_by=asked.user.id,
    )


def _id_is_taken(collection_id: str) -> wire.ApiError:
    return wire.legacy(
        400,
        "instanceFoundError",
        "The specified item already exists.",
        details={"item": "collection", "id": collection_id},
    )


async def get_collection(asked: Asked) -> Response:
    """GET /collections/{collectionId}, whole or with `model=minimal`."""
    document = await find(asked, "collection", asked.segment("collectionId"))
    if document is None:
        # Only GET is documented with 400 here (collection400ErrorCollectionNotFound).
        raise wire.legacy(
            400, "instanceNotFoundError", "We could not find the collection you are looking for"
        )
    if asked.query("model") != "minimal":
        return wire.spliced("collection", document.content)
    content = document.content
    shown = await off_loop(len(content), lambda: minimal(content))
    return wire.answer({"collection": shown})


async def replace_collection(asked: Asked) -> Response:
    """PUT /collections/{collectionId}: the whole collection anew, in one write."""
    old = await _existing(asked)
    collection, size = await asked.json(checked)
    refuse_other_id(collection, old.id)
    new = await replaced(asked, old, collection, size)
    if new is None:
        raise missing(asked)
    return wire.answer({"collection": summary(new)})


async def replaced(
    asked: Asked, old: Document, collection: dict[str, Any], size: int
) -> Document | None:
    """Put a checked collection in the place of the old one; None if that is gone.

    One that says what is stored already, as GET gave it, is not written.
    """
    same = await _unchanged(asked, old, collection, size)
    if same is not None:
        return same
    now = asked.now()
    stamp = Stamp(
        old.id, old.owner, created_at=old.created_at, updated_at=now, updated_by=asked.user.id
    )
    return await asked.store.replace_document(
        "collection",
        old.id,
        name=collection["info"]["name"],
        content=await _stamped(asked, collection, size, stamp),
        updated_by=asked.user.id,
        updated_at=now,
    )


async def _unchanged(
    asked: Asked, old: Document, collection: dict[str, Any], size: int
) -> Document | None:
    """The stored collection if the new one says the same; read only if it could."""
    if collection["info"].get("updatedAt") != wire.iso(old.updated_at):
        return None
    stored = await asked.store.document("collection", old.id)
    if stored is None or stored.updated_at != old.updated_at:
        return None
    stamp = Stamp(old.id, old.owner, old.created_at, old.updated_at, old.updated_by)
    content = stored.content
    same = await off_loop(size, lambda: says_the_same(collection, stamp, content))
    return stored if same else None


async def delete_collection(asked: Asked) -> Response:
    """DELETE /collections/{collectionId}: mocks of it become inactive."""
    document = await _existing(asked)
    if not await asked.store.delete_document("collection", document.id):
        raise missing(asked)
    return wire.answer({"collection": {"id": document.id, "uid": document.uid}})


async def _stamped(asked: Asked, collection: dict[str, Any], size: int, stamp: Stamp) -> bytes:
    fresh_ids = ordered_ids(stamp.updated_at, UUID(asked.settings.new_id()))
    return await off_loop(size, lambda: stamped(collection, stamp, fresh_ids))


def refuse_other_id(collection: dict[str, Any], collection_id: str) -> None:
    """Raises ApiError 400 if a collection brings an id of its own that is not this one."""
    claimed = claimed_id(collection)
    reference = wire.reference(claimed)
    if claimed is not None and (reference is None or reference.key != collection_id):
        raise wire.legacy(
            400,
            "collectionMismatchError",
            "The collection ID in the path does not match the collection ID in the request body.",
        )


async def _existing(asked: Asked) -> Document:
    """The collection to change or delete. Raises ApiError 404, or 403."""
    document = await find_head_to_change(asked, "collection", asked.segment("collectionId"))
    if document is None:
        raise missing(asked)
    return document


def missing(asked: Asked) -> wire.ApiError:
    """A collection that is not there (instanceNotFoundCollection)."""
    return wire.item_not_found(404, "collection", asked.segment("collectionId"))
