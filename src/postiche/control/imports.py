"""The Postman API's `/import/openapi` (behaviour C.5).

Knows the three ways to hand over a definition. Must not know OpenAPI; the
importers do.
"""

import io
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.responses import Response

from postiche.control import wire
from postiche.control.api import Asked
from postiche.control.body import off_loop, parse_json_object, read_body
from postiche.control.collection_document import Stamp, stamped
from postiche.control.documents import summary, target_workspace
from postiche.control.ids import ordered_ids
from postiche.importers.document import Document as OpenApi
from postiche.importers.document import DocumentError, read_document
from postiche.importers.openapi import openapi_to_collection
from postiche.importers.options import read_options
from postiche.model import Document, Workspace

TYPES = ("file", "string", "json")

COST = 50
"""How much longer it takes to read YAML and make examples than to read as much JSON, about."""

MAX_UNPACKED = 100 * 1024 * 1024
"""The largest definition taken out of an archive, in bytes: a small archive can hold much more."""

_DEFINITIONS = (".json", ".yaml", ".yml")


async def import_openapi(asked: Asked) -> Response:
    """POST /import/openapi: the definition as a new collection with an example per response."""
    workspace = await target_workspace(asked)
    body, size = await _body(asked)
    _require(body, "type")
    if body["type"] not in TYPES:
        raise _invalid("type", f"Value must be one of {', '.join(TYPES)}")
    _require(body, "input")
    collection = await off_loop(size * COST, lambda: _collection(body))
    document = await add_collection(asked, workspace, collection, size)
    return wire.answer({"collections": [summary(document)]})


async def add_collection(
    asked: Asked, workspace: Workspace, collection: dict[str, Any], size: int
) -> Document:
    """Store a collection that an importer made; `size` is that of its source in bytes."""
    new_id, now = asked.settings.new_id(), asked.now()
    stamp = Stamp(new_id, asked.user.id, created_at=now, updated_at=now, updated_by=asked.user.id)
    fresh_ids = ordered_ids(now, UUID(asked.settings.new_id()))
    document = Document(
        kind="collection",
        id=new_id,
        owner=asked.user.id,
        workspace=workspace.id,
        name=collection["info"]["name"],
        content=await off_loop(size, lambda: stamped(collection, stamp, fresh_ids)),
        created_at=now,
        updated_at=now,
        updated_by=asked.user.id,
    )
    await asked.store.add_document(document)
    return document


async def regenerated(
    asked: Asked, old: Document, collection: dict[str, Any], size: int
) -> Document:
    """Store a collection that an importer made in the place of an old one. Raises ApiError 404."""
    now = asked.now()
    stamp = Stamp(
        old.id, old.owner, created_at=old.created_at, updated_at=now, updated_by=asked.user.id
    )
    fresh_ids = ordered_ids(now, UUID(asked.settings.new_id()))
    replaced = await asked.store.replace_document(
        "collection",
        old.id,
        name=collection["info"]["name"],
        content=await off_loop(size, lambda: stamped(collection, stamp, fresh_ids)),
        updated_by=asked.user.id,
        updated_at=now,
    )
    if replaced is None:
        raise wire.item_not_found(404, "collection", old.id)
    return replaced


# --- what is sent -----------------------------------------------------------------------


async def _body(asked: Asked) -> tuple[Mapping[str, Any], int]:
    """The fields of the request, sent as JSON or as a form, and their size in bytes."""
    content = await read_body(asked.request, asked.settings.max_body)
    if asked.request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        return await _form(asked.request, content), len(content)
    return await off_loop(len(content), lambda: parse_json_object(content)), len(content)


async def _form(request: Request, content: bytes) -> dict[str, Any]:
    """The fields of a multipart body; a file is given as bytes."""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": content, "more_body": False}

    try:
        form = await Request(request.scope, receive).form(max_files=10, max_fields=100)
    except (MultiPartException, ValueError) as error:
        raise wire.malformed(f"The request body is not a valid form: {error}") from None
    except Exception as error:  # Starlette answers a broken form with an exception of its own
        if type(error).__name__ != "HTTPException":
            raise
        raise wire.malformed("The request body is not a valid form.") from None
    fields = {
        key: await value.read() if isinstance(value, UploadFile) else value
        for key, value in form.items()
    }
    await form.close()
    return fields


def _require(body: Mapping[str, Any], name: str) -> None:
    """Raises ApiError 400 for a missing field (import400Error, "Missing Parameters")."""
    if body.get(name) in (None, "", b""):
        raise wire.legacy(
            400,
            "paramMissingError",
            f"The request body is missing a value for the {name} parameter. "
            "Check your request and try again.",
            details={"param": name},
        )


def _invalid(name: str, why: str) -> wire.ApiError:
    """A field with an impossible value (import400Error, "Invalid Parameters")."""
    return wire.legacy(
        400,
        "invalidParamsError",
        f"The request body has invalid values for the {name} parameter. {why}",
        details={"param": name},
    )


def _collection(body: Mapping[str, Any]) -> dict[str, Any]:
    """The collection that the definition describes. Raises ApiError 400."""
    given = body.get("options")
    options = {} if given is None else given
    if not isinstance(options, dict):
        raise _invalid("options", "Value must be an object")
    try:
        return openapi_to_collection(_definition(body), read_options(options))
    except DocumentError as error:
        raise wire.legacy(400, "invalidParamsError", str(error)) from None


def _definition(body: Mapping[str, Any]) -> OpenApi:
    kind, given = body["type"], body["input"]
    if kind == "json":
        if not isinstance(given, dict):
            raise _invalid("input", "Value must be an object")
        return given
    if kind == "string" and not isinstance(given, str):
        raise _invalid("input", "Value must be a string")
    if not isinstance(given, str | bytes):
        raise _invalid("input", "Value must be a file")
    is_archive = isinstance(given, bytes) and given.startswith(b"PK\x03\x04")
    return read_document(_unpacked(given) if is_archive else given)  # type: ignore[arg-type]


def _unpacked(archive: bytes) -> bytes:
    """The definition in a zip archive: the file with the shortest path that may be one."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as files:
            names = [each for each in files.namelist() if each.lower().endswith(_DEFINITIONS)]
            if not names:
                raise DocumentError("The archive holds no JSON or YAML file.")
            with files.open(min(names, key=lambda name: (name.count("/"), name))) as file:
                content = file.read(MAX_UNPACKED + 1)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError):
        raise DocumentError("The archive cannot be read.") from None
    if len(content) > MAX_UNPACKED:
        raise DocumentError(f"The archive holds more than {MAX_UNPACKED} bytes.")
    return content
