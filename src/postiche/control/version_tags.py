"""The Postman API's `/specs/{specId}/version-tags` (OpenAPI 1.45, "Version Tags").

Knows snapshots of a spec's files. Must not know what is in the files.
"""

import posixpath
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from starlette.responses import Response

from postiche.control import wire
from postiche.control.api import Asked
from postiche.control.cursor_pages import page
from postiche.control.spec_document import Part, Spec, bad, not_found, read_spec
from postiche.control.specs import (
    changed,
    created,
    found_spec,
    no_cursor,
    spec_to_change,
)


async def list_tags(asked: Asked) -> Response:
    """GET /specs/{specId}/version-tags: newest first."""
    spec = read_spec((await found_spec(asked)).content)
    last = 10**9
    rows = [
        (f"{last - place:010}", {"id": each["id"], "name": each["name"]})
        for place, each in reversed(list(enumerate(spec.tags)))
    ]
    shown, cursor = page(rows, asked.query("limit"), asked.query("cursor"), no_cursor)
    return wire.answer({"data": shown, "meta": {"nextCursor": cursor}})


async def create_tag(asked: Asked) -> Response:
    """POST /specs/{specId}/version-tags: the files as they now are, unless that has a tag."""
    await spec_to_change(asked)
    name, _ = await asked.json(_name)

    def add(spec: Spec) -> Part:
        if spec.tagged:
            raise _conflict()
        tag = {"id": asked.settings.new_id(), "name": name}
        spec.tags.append({**tag, "files": [dict(each) for each in spec.files]})
        spec.tagged = True
        return tag

    _, _, tag = await changed(asked, add)
    return created({"data": tag})


async def get_tag_files(asked: Asked) -> Response:
    """GET /specs/{specId}/version-tags/{tagId}/files: folders and files as they were."""
    document = await found_spec(asked)
    spec = read_spec(document.content)
    wanted = asked.segment("tagId")
    tag = next((each for each in spec.tags if each["id"] == wanted), None)
    if tag is None:
        raise not_found(
            "Version not found",
            "The version tag you are trying to access does not exist on this specification.",
        )
    folders = _folders(document.id, tag["files"])
    files = [_file(spec, document.id, each) for each in tag["files"]]
    return wire.answer({"data": [*folders, *files]})


def _folders(spec_id: str, files: list[Part]) -> list[Part]:
    """The folders that the paths of files imply, as old as the oldest file in them."""
    found: dict[str, Part] = {}
    for file in sorted(files, key=lambda each: str(each["createdAt"])):
        folder = posixpath.dirname(file["path"])
        while folder and folder not in found:
            found[folder] = _element(spec_id, {**file, "path": folder}, "FOLDER")
            found[folder]["id"] = _folder_id(spec_id, folder)
            folder = posixpath.dirname(folder)
    return [found[path] for path in sorted(found)]


def _file(spec: Spec, spec_id: str, file: Part) -> Part:
    element = _element(spec_id, file, "FILE")
    return {**element, "fileType": file["type"], "content": spec.text(file)}


def _element(spec_id: str, file: Part, kind: str) -> Part:
    parent = posixpath.dirname(file["path"])
    return {
        "id": file["id"],
        "name": posixpath.basename(file["path"]),
        "path": file["path"],
        "type": kind,
        "createdAt": file["createdAt"],
        "updatedAt": file["updatedAt"],
        "createdBy": str(file["createdBy"]),
        "updatedBy": str(file["updatedBy"]),
        **({"parentId": _folder_id(spec_id, parent)} if parent else {}),
    }


def _folder_id(spec_id: str, path: str) -> str:
    """Folders are not stored; their ids follow from where they are."""
    return str(uuid5(NAMESPACE_URL, f"{spec_id}/{path}"))


def _name(body: dict[str, Any]) -> str:
    name = body.get("name")
    if not isinstance(name, str) or not name.strip():
        raise bad("Required property `name` is missing from the request.")
    return name


def _conflict() -> wire.ApiError:
    """Nothing changed since the last tag (apiSpec409Error)."""
    detail = (
        "A version tag already exists for the current changelog group. "
        "Make new changes to the spec to create a version tag."
    )
    body = {"type": "conflictError", "title": "Conflict", "detail": detail, "status": 409}
    return wire.ApiError(409, body, media_type=wire.PROBLEM_JSON)
