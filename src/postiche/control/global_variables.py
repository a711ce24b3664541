"""The Postman API's `/workspaces/{workspaceId}/global-variables`.

Knows a workspace's globals as a list of values. Must not know how variables
are used: globals take no part in matching (behaviour D).
"""

from typing import Any

from starlette.responses import Response

from postiche.control import wire
from postiche.control.api import Asked
from postiche.control.body import off_loop, to_json
from postiche.control.documents import find_workspace, find_workspace_to_change
from postiche.control.validate import compile_schema
from postiche.model import Document, Workspace
from postiche.store import AlreadyExists

MAX_BODY = 30 * 1024 * 1024
"""The largest list taken, in bytes: as an environment (behaviour C.1)."""

_complaints = compile_schema(
    {
        "type": "object",
        "required": ["values"],
        "properties": {
            "values": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["key"],
                    "properties": {
                        "key": {"type": "string"},
                        "type": {"enum": ["default", "secret"]},
                        "value": {"type": "string"},
                        "enabled": {"type": "boolean"},
                        "description": {"type": "string", "maxLength": 512},
                    },
                },
            }
        },
    }
)
_NONE = b'{"values":[]}'


async def get_global_variables(asked: Asked) -> Response:
    """GET: the workspace's globals, none until some are set."""
    workspace = await find_workspace(asked, asked.segment("workspaceId"))
    if workspace is None:
        raise _missing()
    document = await asked.store.document("globals", workspace.id)
    return wire.json_text(document.content if document else _NONE)


async def replace_global_variables(asked: Asked) -> Response:
    """PUT: all globals anew; answers them as they are now."""
    sent, size = await asked.json(_sent, limit=MAX_BODY)
    workspace = await find_workspace_to_change(asked, asked.segment("workspaceId"))
    if workspace is None:
        raise _missing()
    content = await off_loop(size, lambda: to_json("global variables", {"values": sent}))
    if await _replaced(asked, workspace, content) is None:
        await _add(asked, workspace, content)
    return wire.json_text(content)


def _sent(body: dict[str, Any]) -> list[dict[str, Any]]:
    """The values in a request body; what they leave out has its usual value."""
    complaints = _complaints(body)
    if complaints:
        raise wire.found_errors("global variables", [str(each) for each in complaints])
    values: list[dict[str, Any]] = body["values"]
    usual = {"value": "", "type": "default", "enabled": True}
    return [{"key": each["key"], **usual, **each} for each in values]


async def _replaced(asked: Asked, workspace: Workspace, content: bytes) -> Document | None:
    return await asked.store.replace_document(
        "globals",
        workspace.id,
        name="globals",
        content=content,
        updated_by=asked.user.id,
        updated_at=asked.now(),
    )


async def _add(asked: Asked, workspace: Workspace, content: bytes) -> None:
    now = asked.now()
    document = Document(
        kind="globals",
        id=workspace.id,
        owner=asked.user.id,
        workspace=workspace.id,
        name="globals",
        content=content,
        created_at=now,
        updated_at=now,
        updated_by=asked.user.id,
    )
    try:
        await asked.store.add_document(document)
    except AlreadyExists:
        # Somebody set them first a moment ago, so now there is something to replace.
        await _replaced(asked, workspace, content)


def _missing() -> wire.ApiError:
    return wire.legacy(404, "instanceNotFoundError", "The specified workspace does not exist.")
