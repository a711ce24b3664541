"""The Postman API's PUT /collections/{collectionId} with `Prefer: respond-async`, and its tasks.

Knows how a whole collection is replaced after the answer was given. Must not
know what is inside a collection.
"""

from typing import Any

from starlette.responses import Response

from postiche.control import collections, tasks, wire
from postiche.control.api import Asked
from postiche.control.collection_document import complaints_about
from postiche.control.documents import find_head_to_change
from postiche.model import Document

KIND = "collection-update"

_FORMAT = "https://schema.postman.com/collection/json/v2.1.0/draft-07/docs/index.html"
_STATUS = {None: "in-progress", True: "successful", False: "failed"}


async def put_collection(asked: Asked) -> Response:
    """PUT /collections/{collectionId}: at once, or after the answer if the client prefers so.

    Raises ApiError 409 while another replacement goes on.
    """
    later = _prefers_async(asked)
    head = await find_head_to_change(asked, "collection", asked.segment("collectionId"))
    if head is None:
        raise _not_found() if later else collections.missing(asked)
    if await tasks.is_running(asked, KIND, head.workspace, head.id):
        raise _conflict()
    return await (_replace_later(asked, head) if later else collections.replace_collection(asked))


def _prefers_async(asked: Asked) -> bool:
    preferences = asked.request.headers.get("prefer", "").lower().split(",")
    return "respond-async" in (each.strip() for each in preferences)


async def _replace_later(asked: Asked, head: Document) -> Response:
    """Check everything now, so that the task can only fail if the collection goes away."""

    def check(body: dict[str, Any]) -> dict[str, Any]:
        return _checked(body, asked.segment("collectionId"))

    collection, size = await asked.json(check)
    collections.refuse_other_id(collection, head.id)

    async def work() -> str | None:
        replaced = await collections.replaced(asked, head, collection, size)
        return None if replaced else "instance not found"

    task = await tasks.start(asked, KIND, head.workspace, head.id, work)
    response = wire.answer({"task": {"id": task.id, "status": _STATUS[None]}})
    response.status_code = 202
    return response


async def get_update_task(asked: Asked) -> Response:
    """GET /collection-updates-tasks/{taskId}."""
    task = await tasks.find_task(asked, KIND, asked.segment("taskId"))
    if task is None:
        # The definition has no 404 here (common403Error, "No Access to Resource").
        raise wire.problem(403, "Forbidden", "You do not have access to the requested resource.")
    return wire.answer({"id": task.document.id, "status": _STATUS[task.done]})


# --- what may be sent -------------------------------------------------------------


def _checked(body: dict[str, Any], collection_id: str) -> dict[str, Any]:
    """The collection in a request body. Raises ApiError 400 (collectionPut400Errors, "Async")."""
    where = f"PUT request body for '/collections/{collection_id}' failed to validate schema."
    if "collection" not in body:
        raise _missing_property("collection", f"{where} Location: /required")
    collection = body["collection"]
    for name in ("info", "item"):
        if isinstance(collection, dict) and name not in collection:
            raise _missing_property(name, f"{where} Location: /properties/collection/required")
    if not isinstance(collection, dict) or complaints_about(collection):
        raise wire.problem(
            400,
            "Malformed request",
            f"Unable to parse the collection. Please ensure it is according to {_FORMAT}",
            kind="bad-request",
        )
    return collection


def _missing_property(name: str, detail: str) -> wire.ApiError:
    return wire.problem(400, f"Missing property '{name}'", detail, kind="bad-request")


def _not_found() -> wire.ApiError:
    detail = "We could not find the collection you are looking for"
    return wire.problem(404, "Not found", detail)


def _conflict() -> wire.ApiError:
    detail = "Deep update operation is already in progress for this collection."
    return wire.problem(409, "Conflict", detail)
