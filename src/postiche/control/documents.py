"""What collections and environments have in common: where they are and how they are listed.

Knows how ids, uids and workspaces lead to stored things. Must not know what
a collection or an environment contains, nor who sees which: `access` does.
"""

from postiche.control import wire
from postiche.control.access import must_change, no_such_workspace
from postiche.control.api import Asked
from postiche.control.bootstrap import add_personal_workspace
from postiche.model import Document, DocumentKind, Workspace


async def find(asked: Asked, kind: DocumentKind, text: object) -> Document | None:
    """The document with this id or uid; None if there is none, or `text` is no id at all."""
    reference = wire.reference(text)
    if reference is None:
        return None
    document = await asked.store.document(kind, reference.key)
    return document if document and reference.fits(document.owner) else None


async def find_to_change(asked: Asked, kind: DocumentKind, text: object) -> Document | None:
    """What `find` finds. Raises ApiError 403 if the user sees it but may not change it."""
    document = await find(asked, kind, text)
    if document is not None:
        must_change(asked.user)
    return document


async def find_head(asked: Asked, kind: DocumentKind, text: object) -> Document | None:
    """What `find` finds, without its content."""
    reference = wire.reference(text)
    if reference is None:
        return None
    head = await asked.store.document_head(kind, reference.key)
    return head if head and reference.fits(head.owner) else None


async def find_head_to_change(asked: Asked, kind: DocumentKind, text: object) -> Document | None:
    """What `find_to_change` finds, without its content."""
    head = await find_head(asked, kind, text)
    if head is not None:
        must_change(asked.user)
    return head


NOWHERE = ""
"""The id of no workspace: lists filtered by it are empty."""


def workspace_filter(asked: Asked) -> str | None:
    """The id of the workspace to list, NOWHERE if it is not an id, None to list all.

    An unknown workspace makes an empty list, not an error (behaviour C.2, C.3).
    """
    wanted = asked.query("workspace")
    reference = wire.reference(wanted)
    return reference.key if reference else None if wanted is None else NOWHERE


async def target_workspace(asked: Asked) -> Workspace:
    """The workspace to create things in: the one asked for, else the oldest personal one.

    Raises ApiError 400 if the one asked for does not exist (workspace400Error;
    the operations that create things document no 404), 403 if the user may
    create nothing.
    """
    wanted = asked.query("workspace")
    workspace = await find_workspace(asked, wanted) if wanted else None
    if wanted and workspace is None:
        raise no_such_workspace()
    must_change(asked.user)
    return workspace or await _default_workspace(asked)


async def find_workspace(asked: Asked, text: str) -> Workspace | None:
    """The workspace with this id."""
    reference = wire.reference(text)
    if reference is None or reference.owner is not None:
        return None
    return await asked.store.workspace(reference.key)


async def find_workspace_to_change(asked: Asked, text: str) -> Workspace | None:
    """What `find_workspace` finds. Raises ApiError 403 if the user may not change it."""
    workspace = await find_workspace(asked, text)
    if workspace is not None:
        must_change(asked.user)
    return workspace


async def _default_workspace(asked: Asked) -> Workspace:
    for each in await asked.store.workspaces():
        if each.type == "personal":
            return each
    return await add_personal_workspace(
        asked.api.store, asked.user, asked.now(), asked.settings.new_id()
    )


def row(document: Document) -> dict[str, object]:
    """A document as GET /collections and GET /environments list it (behaviour C.2, C.3)."""
    return {
        "id": document.id,
        "name": document.name,
        "owner": str(document.owner),
        "createdAt": wire.iso(document.created_at),
        "updatedAt": wire.iso(document.updated_at),
        "uid": document.uid,
        "isPublic": False,
    }


def summary(document: Document) -> dict[str, object]:
    """A document as writes answer (behaviour C.2, C.3)."""
    return {"id": document.id, "name": document.name, "uid": document.uid}
