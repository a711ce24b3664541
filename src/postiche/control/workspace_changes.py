"""The Postman API's PUT and DELETE /workspaces/{workspaceId} (behaviour C.5).

Knows which changes of a workspace are refused, and in which words. Must not
know how workspaces are shown or what is in them.
"""

from dataclasses import replace
from typing import Any

from starlette.responses import Response

from postiche.control import wire
from postiche.control.access import may_change
from postiche.control.api import Asked
from postiche.control.documents import find_workspace, find_workspace_to_change
from postiche.control.validate import NO_NUL, compile_schema
from postiche.control.workspaces import refuse_public_namesake
from postiche.model import Workspace

TYPES = ("private", "personal", "team", "public")
"""What a workspace can become (updateWorkspace)."""

PARTNER = "partner"
"""What a workspace can only be created as; a PUT may say so of one that is."""

_NO_WAYS = {("personal", "public"): "to", ("public", "personal"): "from"}

_TEXT = {"type": "string", "pattern": NO_NUL}
_complaints = compile_schema(
    {
        "type": "object",
        "properties": {
            "name": {**_TEXT, "minLength": 1},
            "type": {"enum": [*TYPES, PARTNER]},
            "description": _TEXT,
            "about": _TEXT,
        },
    }
)


async def update_workspace(asked: Asked) -> Response:
    """PUT /workspaces/{workspaceId}: only what is sent changes."""
    sent, _ = await asked.json(_sent)
    async with asked.api.updating:
        old = await find_workspace(asked, asked.segment("workspaceId"))
        if old is None:
            raise _missing(404)
        if not may_change(asked.user):
            raise _forbidden("You do not have access to update this workspace.")
        new = replace(old, **sent, updated_at=asked.now())
        _refuse_conversion(old, new)
        await refuse_public_namesake(asked, new)
        if not await asked.store.replace_workspace(new):
            raise _missing(404)
    return wire.answer({"workspace": {"id": new.id, "name": new.name}})


async def delete_workspace(asked: Asked) -> Response:
    """DELETE /workspaces/{workspaceId}: with all that is in it."""
    workspace = await find_workspace_to_change(asked, asked.segment("workspaceId"))
    if workspace is None or not await asked.store.delete_workspace(workspace.id):
        # Only DELETE is documented with 400 here (workspace400Error).
        raise _missing(400)
    return wire.answer({"workspace": {"id": workspace.id}})


def _sent(body: dict[str, object]) -> dict[str, Any]:
    """The changes in a request body. Raises ApiError 400 (workspacePostPut400Errors)."""
    workspace = body.get("workspace")
    if not isinstance(workspace, dict):
        raise wire.malformed("'workspace' object missing in the request")
    for complaint in _complaints(workspace):
        raise wire.refused(complaint, "workspace")
    known = ("name", "type", "description", "about")
    return {key: workspace[key] for key in known if key in workspace}


def _refuse_conversion(old: Workspace, new: Workspace) -> None:
    """Raises ApiError 403: all users here are of one team (workspace403Error)."""
    if new.type == PARTNER != old.type:
        raise wire.invalid_param("type", f"It must be one of {', '.join(TYPES)}.")
    way = _NO_WAYS.get((old.type, new.type))
    if way is not None:
        raise wire.legacy(
            403,
            "cannotConvertFromPublicWorkspace",
            f"Can not convert workspaces {way} public workspaces for team user. "
            "First convert to team.",
        )


def _forbidden(message: str) -> wire.ApiError:
    return wire.legacy(403, "forbiddenError", message)


def _missing(status: int) -> wire.ApiError:
    return wire.legacy(status, "instanceNotFoundError", "The specified workspace does not exist.")
