"""A change inside a stored collection: read, change, write back as one step.

Knows how a collection is found, parsed off the loop and replaced whole. Must
not know what changes, nor what an operation answers.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

import orjson

from postiche.control import wire
from postiche.control.access import may_change
from postiche.control.api import Asked
from postiche.control.body import off_loop, to_json
from postiche.control.documents import find
from postiche.control.item_tree import Tree
from postiche.model import Document
from postiche.store import Conflict

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Refusals:
    """How an operation says that a collection is not there, or may not be changed."""

    missing: wire.ApiError
    forbidden: wire.ApiError


Change = Callable[[Document, Tree], T]
"""Changes a parsed collection in place; runs in a thread if the collection is large.

It is also given the collection as it will be stored, without content, and must
not give back any part of what is parsed.
"""


async def found_collection(asked: Asked, refusals: Refusals) -> Document:
    """The collection that the path names. Raises ApiError `refusals.missing`."""
    document = await find(asked, "collection", asked.segment("collectionId"))
    if document is None:
        raise refusals.missing
    return document


async def edited(
    asked: Asked, refusals: Refusals, change: Change[T], size: int = 0
) -> tuple[Document, T]:
    """Change the collection that the path names; it as it now is, and what `change` gave.

    `size` is that of what is sent, in bytes. Nothing is written if `change`
    raises. If the collection is replaced meanwhile, the change is made to what
    it then is.
    """
    async with asked.api.updating:
        while True:
            document = await found_collection(asked, refusals)
            if not may_change(asked.user):
                raise refusals.forbidden
            head, text = replace(document, content=b""), [document.content]
            del document  # the text alone holds the content now, until it is parsed
            try:
                written = await _written(asked, head, text, change, size)
            except Conflict:
                continue
            if written is None:
                raise refusals.missing
            return written


async def _written(
    asked: Asked, old: Document, text: list[bytes], change: Change[T], size: int
) -> tuple[Document, T] | None:
    """Change a collection just read; None if it is gone meanwhile. Raises Conflict.

    A large collection takes several times its size when parsed, so no copy of
    it, as text or parsed, is held longer than needed.
    """
    new = replace(old, updated_by=asked.user.id, updated_at=asked.now())

    def work() -> tuple[str, bytes, T]:
        tree: Tree = orjson.loads(text.pop())
        result = change(new, tree)
        return tree["info"]["name"], dated_content(asked, tree), result

    name, content, result = await off_loop(max(size, len(text[0])), work)
    replaced = await write_back(asked, old, name, content)
    return None if replaced is None else (replaced, result)


def dated_content(asked: Asked, tree: Tree) -> bytes:
    """A changed collection as it will be served: it says who changed it, and that it was now."""
    now = wire.iso(asked.now())
    tree["info"] |= {"updatedAt": now, "lastUpdatedBy": str(asked.user.id)}
    return to_json("collection", tree)


async def write_back(asked: Asked, old: Document, name: str, content: bytes) -> Document | None:
    """Store a changed collection; None if it is gone. Raises Conflict if it is not `old` now."""
    return await asked.store.replace_document(
        "collection",
        old.id,
        name=name,
        content=content,
        updated_by=asked.user.id,
        updated_at=asked.now(),
        expected=old.updated_at,
    )
