"""The Postman API's `/specs/{specId}/files` (OpenAPI 1.45, "Spec Files").

Knows the operations on single files. Must not know what is in them.
"""

import posixpath
from typing import Any

from starlette.responses import Response

from postiche.control import wire
from postiche.control.api import Asked
from postiche.control.spec_document import (
    MAX_FILES,
    ROOT,
    SEVERAL_FILES,
    Part,
    Spec,
    bad,
    check_path,
    check_size,
    check_type,
    no_entity,
    read_spec,
)
from postiche.control.specs import (
    changed,
    created,
    found_spec,
    new_file,
    spec_to_change,
)

_CHANGES = ("content", "type", "name")


async def list_files(asked: Asked) -> Response:
    """GET /specs/{specId}/files: all of them, by path."""
    spec = read_spec((await found_spec(asked)).content)
    files = sorted(spec.files, key=lambda each: str(each["path"]))
    return wire.answer({"files": [_row(each) for each in files], "meta": {"nextCursor": None}})


async def create_file(asked: Asked) -> Response:
    """POST /specs/{specId}/files: a file of type DEFAULT."""
    await spec_to_change(asked)
    (path, content), _ = await asked.json(_new)

    def add(spec: Spec) -> Part:
        if not spec.type.startswith(SEVERAL_FILES):
            raise bad("Only OpenAPI and protobuf specifications can have several files.")
        check_path(path, spec.type)
        if spec.file(path) or len(spec.files) >= MAX_FILES:
            taken = "A file with this path already exists."
            raise bad(taken if spec.file(path) else f"There are {MAX_FILES} files already.")
        file = new_file(asked, path, "DEFAULT")
        spec.write(file, content)
        spec.files.append(file)
        spec.tagged = False
        return file

    _, _, file = await changed(asked, add)
    return created(_answer(file))


async def get_file(asked: Asked) -> Response:
    """GET /specs/{specId}/files/{filePath}: a file with its content."""
    spec = read_spec((await found_spec(asked)).content)
    file = _found(spec, asked)
    return wire.answer({**_row(file), "content": spec.text(file)})


async def update_file(asked: Asked) -> Response:
    """PATCH /specs/{specId}/files/{filePath}: its content, its type, or its name."""
    await spec_to_change(asked)
    (key, value), _ = await asked.json(_change)

    def update(spec: Spec) -> Part:
        file = _found(spec, asked)
        _UPDATES[key](spec, file, value)
        file |= {"updatedAt": wire.iso(asked.now()), "updatedBy": asked.user.id}
        spec.tagged = False
        return file

    _, _, file = await changed(asked, update)
    return wire.answer(_answer(file))


async def delete_file(asked: Asked) -> Response:
    """DELETE /specs/{specId}/files/{filePath}: any but the root file."""

    def delete(spec: Spec) -> None:
        file = _found(spec, asked)
        if file["type"] == ROOT:
            raise bad("At least one file must have type ROOT")
        spec.files.remove(file)
        spec.tagged = False

    await changed(asked, delete)
    return Response(status_code=204, headers=wire.CORS)


def _rewrite(spec: Spec, file: Part, content: str) -> None:
    check_size(content)
    spec.write(file, content)


def _retype(spec: Spec, file: Part, kind: str) -> None:
    """Make it the root file, and the former one a file like others; there must be one."""
    check_type(kind)
    if kind == ROOT:
        spec.root["type"] = "DEFAULT"
    elif file["type"] == ROOT:
        raise bad("At least one file must have type ROOT")
    file["type"] = kind


def _rename(spec: Spec, file: Part, name: str) -> None:
    """Give it another name in its folder."""
    path = posixpath.join(posixpath.dirname(file["path"]), name)
    if "/" in name:
        raise bad("The name of a file must not contain a slash.")
    check_path(path, spec.type)
    if spec.file(path) not in (None, file):
        raise bad("A file with this path already exists.")
    file["path"] = path


_UPDATES = {"content": _rewrite, "type": _retype, "name": _rename}


def _found(spec: Spec, asked: Asked) -> Part:
    file = spec.file(asked.segment("filePath"))
    if file is None:
        raise no_entity()
    return file


def _new(body: dict[str, Any]) -> tuple[str, str]:
    path, content = body.get("path"), body.get("content")
    if not isinstance(path, str) or not isinstance(content, str) or not path:
        raise bad("The required body parameter is missing from the request.")
    check_size(content)
    return path, content


def _change(body: dict[str, Any]) -> tuple[str, str]:
    """The one property to change and its new value. Raises ApiError 400."""
    given = [key for key in _CHANGES if body.get(key) is not None]
    if not given:
        raise bad("The required body parameter is missing from the request.")
    if len(given) > 1:
        raise bad("Only one of 'content', 'type', or 'name' should be provided.")
    value = body[given[0]]
    if not isinstance(value, str):
        raise bad(f"The body parameter {given[0]} must be a string.")
    return given[0], value


def _answer(file: Part) -> Part:
    """A file as writes answer it: without a name of its own."""
    return {key: value for key, value in file.items() if key != "text"}


def _row(file: Part) -> Part:
    return {**_answer(file), "name": posixpath.basename(file["path"])}
