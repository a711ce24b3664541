"""The Postman API's `/collections/{collectionId}/duplicates` and its tasks.

Knows what a duplicate shares with its original: everything but ids and name.
Must not know what is inside a collection.
"""

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

import orjson
from starlette.responses import Response

from postiche.control import tasks, wire
from postiche.control.api import Asked
from postiche.control.body import off_loop
from postiche.control.collection_document import Stamp, stamped
from postiche.control.documents import find, find_workspace_to_change
from postiche.control.ids import ordered_ids
from postiche.control.item_tree import places
from postiche.control.validate import NO_NUL, compile_schema
from postiche.model import Document, Workspace

KIND = "collection-duplicate"

_STATUS = {None: "processing", True: "completed", False: "failed"}
_complaints = compile_schema(
    {
        "type": "object",
        "properties": {
            "workspace": {"type": "string"},
            "suffix": {"type": ["string", "null"], "pattern": NO_NUL},
        },
    }
)


async def duplicate_collection(asked: Asked) -> Response:
    """POST /collections/{collectionId}/duplicates: a task that makes the duplicate."""
    (workspace_id, suffix), _ = await asked.json(_sent)
    collection_id = asked.segment("collectionId")
    original = await find(asked, "collection", collection_id)
    if original is None:
        raise wire.item_not_found(400, "collection", collection_id)
    workspace = await find_workspace_to_change(asked, workspace_id)
    if workspace is None:
        raise wire.legacy(400, "instanceNotFoundError", "The specified workspace does not exist.")
    name = f"{original.name} {suffix}" if suffix else original.name

    async def work() -> str | None:
        source = await find(asked, "collection", collection_id)
        if source is None:
            return "instance not found"
        await asked.store.add_document(await _duplicate(asked, source, workspace, name))
        return None

    task = await tasks.start(asked, KIND, workspace.id, original.id, work)
    return wire.answer({"task": {"id": task.uid, "status": _STATUS[None], "reason": None}})


async def get_duplicate_task(asked: Asked) -> Response:
    """GET /collection-duplicate-tasks/{taskId}."""
    task_id = asked.segment("taskId")
    if wire.reference(task_id) is None:
        raise wire.problem(400, "Bad request", "Invalid task id")
    task = await tasks.find_task(asked, KIND, task_id)
    if task is None:
        raise wire.problem(404, "Not Found", "The requested resource was not found.")
    shown = {"id": task.document.uid, "status": _STATUS[task.done], "reason": task.reason}
    return wire.answer({"task": shown})


def _sent(body: dict[str, object]) -> tuple[str, str | None]:
    """The workspace to duplicate to, and the suffix. Raises ApiError 400 (common400Error)."""
    if body.get("workspace") is None:
        raise wire.ApiError(
            400,
            {
                "type": "badRequest",
                "title": "Invalid request",
                "detail": "Missing parameter, workspaceId",
            },
            media_type=wire.PROBLEM_JSON,
        )
    for complaint in _complaints(body):
        raise wire.refused(complaint, "body")
    suffix = body.get("suffix")
    return str(body["workspace"]), str(suffix) if suffix else None


async def _duplicate(asked: Asked, source: Document, workspace: Workspace, name: str) -> Document:
    now = asked.now()
    stamp = Stamp(
        asked.settings.new_id(),
        asked.user.id,
        created_at=now,
        updated_at=now,
        updated_by=asked.user.id,
    )
    fresh_ids = ordered_ids(now, UUID(asked.settings.new_id()))
    content = source.content
    copied = await off_loop(len(content), lambda: _with_new_ids(content, name, stamp, fresh_ids))
    return replace(
        source,
        id=stamp.id,
        owner=stamp.owner,
        workspace=workspace.id,
        name=name,
        content=copied,
        created_at=now,
        updated_at=now,
        updated_by=asked.user.id,
    )


def _with_new_ids(content: bytes, name: str, stamp: Stamp, fresh_ids: Iterator[str]) -> bytes:
    tree = orjson.loads(content)
    for place in list(places(tree)):
        place.node["id"] = None
    tree["info"]["name"] = name
    return stamped(tree, stamp, fresh_ids)
