"""The Postman API's `/specs` (OpenAPI 1.45, "Specs").

Knows the operations on whole specs and their definitions. Must not know their
files one by one, nor what is made from them.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from starlette.responses import Response

from postiche.control import wire
from postiche.control.access import must_change
from postiche.control.api import Asked
from postiche.control.body import off_loop
from postiche.control.cursor_pages import page
from postiche.control.documents import find, find_to_change, find_workspace
from postiche.control.imports import COST
from postiche.control.spec_document import (
    EXTENSIONS,
    Part,
    Spec,
    bad,
    check_files,
    no_spec,
    read_spec,
    write_spec,
)
from postiche.importers.bundle import bundle
from postiche.importers.document import Document as Definition
from postiche.importers.document import DocumentError, is_json, read_document
from postiche.importers.media import written_json
from postiche.importers.yaml_text import write_yaml
from postiche.model import Document, Workspace
from postiche.store import Conflict

T = TypeVar("T")

YAML = "application/yaml"


def no_cursor() -> wire.ApiError:
    """A cursor that no page gave (common400Error, "Invalid Cursor")."""
    return bad("Invalid cursor")


async def list_specs(asked: Asked) -> Response:
    """GET /specs: those of a workspace, in pages, oldest first."""
    workspace = await _workspace(asked)
    if workspace is None:
        raise bad("We could not find the workspace you are looking for.")
    found = await asked.store.documents("spec", workspace=workspace.id)
    rows = [(f"{wire.iso(each.created_at)} {each.id}", each) for each in found]
    shown, cursor = page(rows, asked.query("limit"), asked.query("cursor"), no_cursor)
    # The type is in the content, which listings do not read.
    specs = [await asked.store.document("spec", each.id) for each in shown]
    listed = [row(each, read_spec(each.content)) for each in specs if each]
    return wire.answer({"specs": listed, "meta": {"nextCursor": cursor}})


async def create_spec(asked: Asked) -> Response:
    """POST /specs."""
    workspace = await _workspace(asked)
    if workspace is None:
        told = "We could not find the workspace you are looking for"
        body = {"type": "instanceNotFoundError", "title": told, "detail": f"{told}."}
        raise wire.ApiError(404, body, media_type=wire.PROBLEM_JSON)
    must_change(asked.user)
    (name, spec_type, files), size = await asked.json(_new)
    spec = await off_loop(size, lambda: new_spec(asked, spec_type, files))
    document = await add_spec(asked, workspace, name, spec)
    return created(row(document, spec))


def new_spec(asked: Asked, spec_type: str, files: list[Part]) -> Spec:
    """A spec with these files, which have a path, a content and a type."""
    spec = Spec(spec_type)
    for each in files:
        spec.files.append(new_file(asked, each["path"], each["type"]))
        spec.write(spec.files[-1], each["content"])
    return spec


def new_file(asked: Asked, path: str, kind: str) -> Part:
    """A file as a spec holds it, still without content."""
    now = wire.iso(asked.now())
    return {
        "id": asked.settings.new_id(),
        "path": path,
        "type": kind,
        "createdAt": now,
        "updatedAt": now,
        "createdBy": asked.user.id,
        "updatedBy": asked.user.id,
    }


async def add_spec(asked: Asked, workspace: Workspace, name: str, spec: Spec) -> Document:
    """Store a new spec."""
    now = asked.now()
    document = Document(
        kind="spec",
        id=asked.settings.new_id(),
        owner=asked.user.id,
        workspace=workspace.id,
        name=name,
        content=write_spec(spec),
        created_at=now,
        updated_at=now,
        updated_by=asked.user.id,
    )
    await asked.store.add_document(document)
    return document


async def get_spec(asked: Asked) -> Response:
    """GET /specs/{specId}."""
    document = await found_spec(asked)
    spec = read_spec(document.content)
    return wire.answer({**row(document, spec), "fileFormat": spec.format})


async def update_spec(asked: Asked) -> Response:
    """PATCH /specs/{specId}: its name."""
    await spec_to_change(asked)
    name, _ = await asked.json(lambda body: _text(body, "name"))
    document, spec, _ = await changed(asked, lambda _: None, name=name)
    return wire.answer(row(document, spec))


async def delete_spec(asked: Asked) -> Response:
    """DELETE /specs/{specId}; collections made from it stay."""
    document = await spec_to_change(asked)
    if not await asked.store.delete_document("spec", document.id):
        raise no_spec()
    return Response(status_code=204, headers=wire.CORS)


async def get_definition(asked: Asked) -> Response:
    """GET /specs/{specId}/definitions: the root file, with all files that it refers to."""
    document = await found_spec(asked)
    spec = read_spec(document.content)
    if not spec.type.startswith(("OPENAPI:", "ASYNCAPI:")):
        raise bad("Only OpenAPI and AsyncAPI specifications have a definition.")
    size = len(document.content) * COST
    text, media_type = await off_loop(size, lambda: _definition(spec))
    return Response(text, media_type=media_type, headers=wire.CORS)


def _definition(spec: Spec) -> tuple[str, str]:
    """The text of the definition and its media type. Raises ApiError 400 if it is malformed."""
    root = spec.text(spec.root)
    try:
        document = definition_of(spec) if len(spec.files) > 1 else read_document(root)
        alone = "x-files" not in document
        if is_json(root):
            return root if alone else written_json(document), wire.JSON
        return root if alone else write_yaml(document), YAML
    except DocumentError:
        raise bad(
            "The spec you are trying to fetch has errors, "
            "the definition for the same can't be generated"
        ) from None


def definition_of(spec: Spec) -> Definition:
    """All files of a spec as one document. Raises DocumentError."""
    return bundle(spec.root["path"], spec.by_path())


# --- what the operations on specs have in common ------------------------------------------


def row(document: Document, spec: Spec) -> Part:
    """A spec as lists and writes answer it."""
    return {
        "id": document.id,
        "name": document.name,
        "type": spec.type,
        "createdBy": document.owner,
        "updatedBy": document.updated_by,
        "createdAt": wire.iso(document.created_at),
        "updatedAt": wire.iso(document.updated_at),
    }


def created(body: wire.Body) -> Response:
    """A 201 with this JSON body."""
    response = wire.answer(body)
    response.status_code = 201
    return response


async def found_spec(asked: Asked) -> Document:
    """The spec that the path names. Raises ApiError 404."""
    document = await find(asked, "spec", asked.segment("specId"))
    if document is None:
        raise no_spec()
    return document


async def spec_to_change(asked: Asked, spec_id: str | None = None) -> Document:
    """The spec with an id, else the one that the path names. Raises ApiError 404, or 403."""
    document = await find_to_change(asked, "spec", spec_id or asked.segment("specId"))
    if document is None:
        raise no_spec()
    return document


async def changed(
    asked: Asked,
    change: Callable[[Spec], T],
    *,
    name: str | None = None,
    spec_id: str | None = None,
) -> tuple[Document, Spec, T]:
    """Change a spec, the one that the path names unless told: as it now is, and the result.

    Nothing is written if `change` raises; it is made again to what another
    writer left meanwhile.
    """
    async with asked.api.updating:
        while True:
            document = await spec_to_change(asked, spec_id)
            spec = await off_loop(len(document.content), lambda: read_spec(document.content))  # noqa: B023
            result = await off_loop(len(document.content) * COST, lambda: change(spec))  # noqa: B023
            try:
                written = await asked.store.replace_document(
                    "spec",
                    document.id,
                    name=name or document.name,
                    content=await off_loop(len(document.content), lambda: write_spec(spec)),  # noqa: B023
                    updated_by=asked.user.id,
                    updated_at=asked.now(),
                    expected=document.updated_at,
                )
            except Conflict:
                continue
            if written is None:
                raise no_spec()
            return replace(written, name=name or document.name), spec, result


async def _workspace(asked: Asked) -> Workspace | None:
    wanted = asked.query("workspaceId")
    if wanted is None:
        # common400Error, "Invalid Request"
        raise bad("Missing parameter, workspaceId", title="Invalid request", kind="badRequest")
    return await find_workspace(asked, wanted)


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if value is None:
        raise bad(f"Required property `{name}` is missing from the request.")
    if not isinstance(value, str) or not value or "\0" in value:
        raise bad(
            f"Invalid parameter: '{name}'", title="Invalid request body", kind="invalidParamError"
        )
    return value


def _new(body: dict[str, Any]) -> tuple[str, str, list[Part]]:
    """Name, type and files of a new spec. Raises ApiError 400 (apiSpec400Error)."""
    name, spec_type = _text(body, "name"), _text(body, "type")
    if spec_type not in EXTENSIONS:
        raise bad(
            f"Required property `type` is invalid. Should be one of: {', '.join(EXTENSIONS)}",
            title="Required parameter is invalid",
            kind="InvalidParamsError",
        )
    return name, spec_type, check_files(body.get("files"), spec_type)
