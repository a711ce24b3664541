"""The Postman API's `/workspaces` (behaviour C.5).

Knows workspaces as the API shows them, and what is in them. Must not know
what their collections, environments and mocks contain.
"""

import base64
from collections.abc import Iterable
from typing import Any

from starlette.responses import Response

from postiche.control import wire
from postiche.control.access import may_change
from postiche.control.api import Asked
from postiche.control.documents import find_head, find_workspace, summary
from postiche.control.validate import NO_NUL, compile_schema
from postiche.model import DocumentKind, Mock, Workspace

TYPES = ("personal", "private", "team", "public", "partner")
MAX_ROWS = 100
ELEMENT_TYPES: dict[str, DocumentKind] = {"collection": "collection", "specification": "spec"}
"""What `elementType` may be, and what is meant by it."""

DEACTIVATED = "mocks:deactivated"
"""The `include` value that lists inactive mocks, too."""

_TEXT = {"type": "string", "pattern": NO_NUL}
_complaints = compile_schema(
    {
        "type": "object",
        "required": ["name", "type"],
        "properties": {
            "name": {**_TEXT, "minLength": 1},
            "type": {"enum": list(TYPES)},
            "description": _TEXT,
            "about": _TEXT,
        },
    }
)


async def list_workspaces(asked: Asked) -> Response:
    """GET /workspaces: filtered, in pages if `limit` is given; the last one has no cursor."""
    found = _after(asked.query("cursor"), _of_type(asked, await _holding_element(asked)))
    limit = _limit(asked)
    if limit is None:
        return wire.answer({"workspaces": [_row(each) for each in found]})
    shown = found[:limit]
    meta = {"nextCursor": _cursor(shown[-1])} if len(shown) < len(found) else {}
    return wire.answer({"workspaces": [_row(each) for each in shown], "meta": meta})


async def create_workspace(asked: Asked) -> Response:
    """POST /workspaces."""
    if not may_change(asked.user):
        raise _may_not_create()
    sent, _ = await asked.json(_sent)
    now = asked.now()
    workspace = Workspace(
        id=asked.settings.new_id(),
        name=sent["name"],
        type=sent["type"],
        description=sent.get("description", ""),
        about=sent.get("about", ""),
        created_by=asked.user.id,
        created_at=now,
        updated_at=now,
    )
    await refuse_public_namesake(asked, workspace)
    await asked.store.add_workspace(workspace)
    return wire.answer({"workspace": {"id": workspace.id, "name": workspace.name}})


async def refuse_public_namesake(asked: Asked, new: Workspace) -> None:
    """Raises ApiError 400: names of public workspaces are unique (workspacePostPut400Errors)."""
    if new.type != "public":
        return
    for each in await asked.store.workspaces():
        if each.type == "public" and each.id != new.id and each.name == new.name:
            message = "Workspace Slug is not unique in the account context"
            raise wire.legacy(400, "workspaceSlugNotUniqueError", message)


def _may_not_create() -> wire.ApiError:
    """Postman's words, which name team workspaces (workspace403ErrorUnauthorized)."""
    error = {
        "status": 403,
        "name": "forbiddenError",
        "message": "You are not authorized to perform this action",
        "detail": "You do not have permission to create team workspaces.",
        "instance": "",
    }
    return wire.ApiError(403, {"error": error})


async def get_workspace(asked: Asked) -> Response:
    """GET /workspaces/{workspaceId}, with what is in it; inactive mocks only if asked for."""
    workspace = await find_workspace(asked, asked.segment("workspaceId"))
    if workspace is None:
        raise wire.legacy(404, "workspaceNotFoundError", "Workspace not found", statusCode=404)
    include = set((asked.query("include") or "").split(","))
    shown = {
        **_row(workspace),
        "description": workspace.description,
        "updatedBy": str(workspace.created_by),
        **await _elements(asked, workspace, deactivated=DEACTIVATED in include),
    }
    return wire.answer({"workspace": shown})


def _sent(body: dict[str, object]) -> dict[str, Any]:
    """The workspace in a request body. Raises ApiError 400 (workspacePostPut400Errors)."""
    workspace = body.get("workspace")
    if not isinstance(workspace, dict):
        raise wire.malformed("'workspace' object missing in the request")
    for complaint in _complaints(workspace):
        raise wire.refused(complaint, "workspace")
    return workspace


# --- filters and pages ------------------------------------------------------------


async def _holding_element(asked: Asked) -> tuple[Workspace, ...]:
    """All workspaces, or the one that holds the element asked for (workspaces400Error)."""
    element_type, element_id = asked.query("elementType"), asked.query("elementId")
    if element_type is None:
        return await asked.store.workspaces()
    if element_type not in ELEMENT_TYPES:
        raise _bare_bad_request(f"elementType must be one of: {', '.join(ELEMENT_TYPES)}")
    if element_id is None:
        raise _bare_bad_request("elementId is required when elementType is provided")
    element = await find_head(asked, ELEMENT_TYPES[element_type], element_id)
    holder = element and await asked.store.workspace(element.workspace)
    return (holder,) if holder else ()


def _bare_bad_request(message: str) -> wire.ApiError:
    return wire.ApiError(400, {"name": "badRequest", "message": message})


def _of_type(asked: Asked, workspaces: Iterable[Workspace]) -> list[Workspace]:
    """Those that fit the filters `type` and `createdBy`."""
    wanted = asked.query("type")
    if wanted not in (None, *TYPES):
        message = "visibilityStatus must be one of personal/private/team/public/partner"
        error = {"name": "invalidParamError", "message": message}
        raise wire.ApiError(400, {"error": error, "statusCode": 400})
    creators = (asked.query("createdBy") or "").split(",")
    return [
        each
        for each in workspaces
        if wanted in (None, each.type) and (creators == [""] or str(each.created_by) in creators)
    ]


def _limit(asked: Asked) -> int | None:
    text = asked.query("limit")
    if text is None:
        return None
    limit = wire.whole_number(text)
    if limit is None or limit < 1:
        raise wire.legacy(
            400, "badRequestError", "The limit parameter must be a whole number, at least 1."
        )
    if limit > MAX_ROWS:
        raise wire.legacy(
            400, "badRequestError", f"The limit parameter must not exceed {MAX_ROWS}."
        )
    return limit


def _place(workspace: Workspace) -> str:
    """Where a workspace stands in the list; sorts as the list does."""
    return f"{wire.iso(workspace.created_at)} {workspace.id}"


def _cursor(last: Workspace) -> str:
    return base64.urlsafe_b64encode(_place(last).encode()).decode()


def _after(cursor: str | None, workspaces: list[Workspace]) -> list[Workspace]:
    if cursor is None:
        return workspaces
    try:
        place = base64.urlsafe_b64decode(cursor).decode()
    except ValueError:
        raise wire.invalid_cursor() from None
    if wire.reference(place.rpartition(" ")[2]) is None:
        raise wire.invalid_cursor()
    return [each for each in workspaces if _place(each) > place]


# --- what is shown ----------------------------------------------------------------


def _row(workspace: Workspace) -> dict[str, object]:
    """A workspace as lists show it; who can see it is the same thing as its type here."""
    return {
        "id": workspace.id,
        "name": workspace.name,
        "type": workspace.type,
        "visibility": workspace.type,
        "createdBy": str(workspace.created_by),
        "about": workspace.about,
        "createdAt": wire.iso(workspace.created_at),
        "updatedAt": wire.iso(workspace.updated_at),
    }


async def _elements(
    asked: Asked, workspace: Workspace, *, deactivated: bool
) -> dict[str, list[dict[str, object]]]:
    collections = await asked.store.documents("collection", workspace=workspace.id)
    environments = await asked.store.documents("environment", workspace=workspace.id)
    specs = await asked.store.documents("spec", workspace=workspace.id)
    mocks = await asked.store.mocks(workspace=workspace.id)
    return {
        "collections": [summary(each) for each in collections],
        "environments": [summary(each) for each in environments],
        "mocks": [_mock(each) for each in mocks if each.active or deactivated],
        "monitors": [],
        "apis": [],
        "specs": [summary(each) for each in specs],
    }


def _mock(mock: Mock) -> dict[str, object]:
    return {"id": mock.id, "name": mock.name, "uid": mock.uid, "deactivated": not mock.active}
