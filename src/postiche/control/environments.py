"""The Postman API's `/environments` (behaviour C.3).

Knows environments and their values. Must not know how variables are used.
"""

from contextlib import suppress
from dataclasses import replace
from typing import Any

import orjson
from starlette.responses import Response

from postiche.control import wire
from postiche.control.api import Asked
from postiche.control.body import off_loop, to_json
from postiche.control.documents import (
    find,
    find_to_change,
    row,
    summary,
    target_workspace,
    workspace_filter,
)
from postiche.control.validate import NO_NUL, Validator, compile_schema
from postiche.model import Document
from postiche.store import Conflict

MAX_BODY = 30 * 1024 * 1024
"""The largest environment taken, in bytes (behaviour C.1)."""

_PROPERTIES = {
    "name": {"type": "string", "pattern": NO_NUL},
    "values": {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["key"],
            "properties": {
                "key": {"type": "string"},
                "value": {"type": "string"},
                "enabled": {"type": "boolean"},
                "type": {"type": "string"},
                "description": {"type": "string"},
            },
        },
    },
}
_complaints_about_new = compile_schema(
    {"type": "object", "required": ["name"], "properties": _PROPERTIES}, "environment"
)
_complaints_about_changes = compile_schema(
    {"type": "object", "properties": _PROPERTIES}, "environment"
)


async def list_environments(asked: Asked) -> Response:
    """GET /environments, of one workspace or all."""
    documents = await asked.store.documents("environment", workspace=workspace_filter(asked))
    return wire.answer({"environments": [row(each) for each in documents]})


async def create_environment(asked: Asked) -> Response:
    """POST /environments."""
    workspace = await target_workspace(asked)
    environment, size = await asked.json(_new, limit=MAX_BODY)
    now = asked.now()
    bare = Document(
        kind="environment",
        id=asked.settings.new_id(),
        owner=asked.user.id,
        workspace=workspace.id,
        name=environment["name"],
        content=b"",
        created_at=now,
        updated_at=now,
        updated_by=asked.user.id,
    )
    content = await off_loop(size, lambda: _content(bare, environment.get("values", [])))
    document = replace(bare, content=content)
    await asked.store.add_document(document)
    return wire.answer({"environment": summary(document)})


async def get_environment(asked: Asked) -> Response:
    """GET /environments/{environmentId}."""
    document = await find(asked, "environment", asked.segment("environmentId"))
    if document is None:
        # GET is documented with 400 where every other operation says 404 (behaviour C.3).
        raise wire.legacy(
            400, "instanceNotFoundError", "We could not find the environment you are looking for"
        )
    return wire.spliced("environment", document.content)


async def replace_environment(asked: Asked) -> Response:
    """PUT /environments/{environmentId}: a name or values that are not sent stay as they are."""
    await _existing(asked)
    changes, size = await asked.json(_changes, limit=MAX_BODY)
    async with asked.api.updating:
        replaced = None
        while replaced is None:
            # Somebody else's write may come first; what is not sent is then theirs.
            with suppress(Conflict):
                replaced = await _replaced(asked, await _existing(asked), changes, size)
    return wire.answer({"environment": summary(replaced)})


async def _replaced(asked: Asked, old: Document, changes: dict[str, Any], size: int) -> Document:
    """The environment with the changes in place; what changes nothing is not written.

    Raises Conflict, or ApiError 404.
    """
    name = changes.get("name", old.name)
    values = changes["values"] if "values" in changes else orjson.loads(old.content)["values"]
    if await off_loop(size, lambda: _content(replace(old, name=name), values)) == old.content:
        return old
    now = asked.now()
    new = replace(old, name=name, updated_at=now)
    replaced = await asked.store.replace_document(
        "environment",
        old.id,
        name=name,
        content=await off_loop(size, lambda: _content(new, values)),
        updated_by=asked.user.id,
        updated_at=now,
        expected=old.updated_at,
    )
    if replaced is None:
        raise _missing()
    return replaced


async def delete_environment(asked: Asked) -> Response:
    """DELETE /environments/{environmentId}: mocks that use it become inactive."""
    document = await _existing(asked)
    if not await asked.store.delete_document("environment", document.id):
        raise _missing()
    return wire.answer({"environment": {"id": document.id, "uid": document.uid}})


async def _existing(asked: Asked) -> Document:
    """The environment to change or delete. Raises ApiError 404, or 403."""
    document = await find_to_change(asked, "environment", asked.segment("environmentId"))
    if document is None:
        raise _missing()
    return document


def _missing() -> wire.ApiError:
    return wire.legacy(404, "instanceNotFoundError", "The specified environment does not exist.")


def _new(body: dict[str, object]) -> dict[str, Any]:
    return _environment(body, _complaints_about_new)


def _changes(body: dict[str, object]) -> dict[str, Any]:
    return _environment(body, _complaints_about_changes)


def _environment(body: dict[str, object], complaints_about: Validator) -> dict[str, Any]:
    """The environment in a request body. Raises ApiError 400 (environment400Errors)."""
    environment = body.get("environment")
    if environment is None:
        raise wire.param_missing("environment")
    complaints = complaints_about(environment)
    for each in complaints:
        if each.expected:
            types = f"{each.actual} (expected {' or '.join(each.expected)})"
            raise wire.malformed(f"Invalid type: {types} at {each.where}")
    if complaints:
        raise wire.found_errors("environment", [str(each) for each in complaints])
    assert isinstance(environment, dict)
    return environment


def _content(document: Document, values: list[dict[str, Any]]) -> bytes:
    """The environment as GET serves it; a variable without a value has the empty one."""
    return to_json(
        "environment",
        {
            "id": document.id,
            "name": document.name,
            "owner": str(document.owner),
            "createdAt": wire.iso(document.created_at),
            "updatedAt": wire.iso(document.updated_at),
            "values": [each if "value" in each else each | {"value": ""} for each in values],
            "isPublic": False,
        },
    )
