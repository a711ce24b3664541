"""The Postman API's PATCH /environments/{environmentId}: JSON Patch (behaviour C.3).

Knows which paths of an environment can be patched, and the words in which
anything else is refused (appendix 3, patchEnvironment400Error). Must not know
how variables are used.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson
from starlette.responses import Response

from postiche.control import wire
from postiche.control.access import may_change
from postiche.control.api import Asked
from postiche.control.body import off_loop, read_body, to_json
from postiche.control.documents import find
from postiche.control.environments import MAX_BODY
from postiche.model import Document
from postiche.store import Conflict

Patch = list[dict[str, Any]]

OPERATIONS = ("add", "replace", "remove")
MAX_OPERATIONS = 5_000
"""How many operations a patch may have: each may move all variables that there are."""

_VALUE = re.compile(r"/values/(0|[1-9][0-9]{0,8}|-)(?:/(key|value|type|enabled|description))?")
_CHECKS: dict[str, tuple[Callable[[object], bool], str]] = {
    "key": (lambda value: isinstance(value, str), "must be a string"),
    "value": (lambda value: isinstance(value, str), "must be a string"),
    "description": (lambda value: isinstance(value, str), "must be a string"),
    "type": (lambda value: value in ("default", "secret"), "must be one of default, secret"),
    "enabled": (lambda value: isinstance(value, bool), "must be a boolean"),
}
"""What each property of a variable must be, and how it is said if it is not."""


async def patch_environment(asked: Asked) -> Response:
    """PATCH /environments/{environmentId}: all operations or none; the whole environment."""
    if wire.reference(asked.segment("environmentId")) is None:
        raise _bad_request("Invalid Environment ID", instance=_instance(asked))
    body = await read_body(asked.request, min(MAX_BODY, asked.settings.max_body))
    patch = await off_loop(len(body), lambda: _parsed(body))
    async with asked.api.updating:
        document = await _patched(asked, patch, len(body))
    uid = b',"uid":"%s"}' % document.uid.encode()
    return wire.spliced("environment", document.content.removesuffix(b"}") + uid)


async def _patched(asked: Asked, patch: Patch, size: int) -> Document:
    while True:
        old = await find(asked, "environment", asked.segment("environmentId"))
        if old is None:
            raise _missing(asked)
        if not may_change(asked.user):
            raise wire.problem(403, "Forbidden", "Forbidden", instance=_instance(asked))
        new, content = await _work(asked, old, patch, size)
        try:
            replaced = await asked.store.replace_document(
                "environment",
                old.id,
                name=new["name"],
                content=content,
                updated_by=asked.user.id,
                updated_at=asked.now(),
                expected=old.updated_at,
            )
        except Conflict:
            # Somebody else's write came first; the patch goes on top of it.
            continue
        if replaced is None:
            raise _missing(asked)
        return replace(replaced, content=content)


async def _work(
    asked: Asked, old: Document, patch: Patch, size: int
) -> tuple[dict[str, Any], bytes]:
    now = asked.now()

    def work() -> tuple[dict[str, Any], bytes]:
        environment = orjson.loads(old.content)
        for operation in patch:
            _apply(environment, operation, _instance(asked))
        environment["updatedAt"] = wire.iso(now)
        return environment, to_json("environment", environment)

    return await off_loop(max(size, len(old.content)), work)


def _parsed(body: bytes) -> Patch:
    """The operations in a request body. Raises ApiError 400."""
    if not body.strip():
        raise _bad_request("Request body is required")
    try:
        patch = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise _bad_request(f"The request body is not valid JSON: {error}") from None
    if not isinstance(patch, list):
        raise _bad_request("Patch sequence must be an array")
    if len(patch) > MAX_OPERATIONS:
        raise _bad_request(f"Patch sequences of more than {MAX_OPERATIONS} are not supported")
    for operation in patch:
        _refuse_malformed(operation)
    if len({operation["op"] for operation in patch}) > 1:
        raise _bad_request("Only one type of operation is allowed in a patch sequence")
    return patch


def _refuse_malformed(operation: object) -> None:
    if not isinstance(operation, dict):
        raise _bad_request("Patch operations must be objects")
    if operation.get("op") not in OPERATIONS:
        raise _bad_request(f"Patch operations must be one of {', '.join(OPERATIONS)}")
    empty = operation.get("value") in (None, {}, [])
    if operation["op"] != "remove" and empty:
        raise _bad_request("Patch operations with empty value are not supported")


# --- one operation ----------------------------------------------------------------


def _apply(environment: dict[str, Any], operation: dict[str, Any], instance: str) -> None:
    """Do one operation. Raises ApiError 400."""
    op, path = operation["op"], operation.get("path")
    if path == "/name" and op != "remove":
        environment["name"] = _checked(path, "value", operation["value"])
        if "\0" in environment["name"]:
            raise _wrong(path, "must not contain NUL")
        return
    match = _VALUE.fullmatch(path) if isinstance(path, str) else None
    if match is None:
        raise _bad_request("Invalid path in JSON Patch operation", instance=instance)
    values = environment["values"]
    index = _index(match[1], len(values), op, match[2], instance)
    if match[2] is None:
        _apply_to_list(values, index, operation)
    else:
        _apply_to_variable(values[index], match[2], operation, instance)


def _index(text: str, count: int, op: str, name: str | None, instance: str) -> int:
    """The place meant; one past the end only where a variable is added."""
    index = count if text == "-" else int(text)
    room = count + 1 if op == "add" and name is None else count
    if index >= room:
        raise _no_such_path(instance)
    return index


def _apply_to_list(values: list[Any], index: int, operation: dict[str, Any]) -> None:
    if operation["op"] == "remove":
        del values[index]
        return
    variable = _variable(operation["path"], operation["value"])
    values[index : index + (operation["op"] == "replace")] = [variable]


def _apply_to_variable(
    variable: dict[str, Any], name: str, operation: dict[str, Any], instance: str
) -> None:
    if operation["op"] != "add" and name not in variable:
        raise _no_such_path(instance)
    if operation["op"] != "remove":
        variable[name] = _checked(operation["path"], name, operation["value"])
    elif name in ("key", "value"):
        raise _bad_request("Invalid path in JSON Patch operation", instance=instance)
    else:
        del variable[name]


def _variable(path: str, value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _wrong(path, "must be an object")
    if "key" not in value:
        raise _wrong(path, "must have a key")
    for name in _CHECKS:
        if name in value:
            _checked(f"{path}/{name}", name, value[name])
    return {"key": value["key"], "value": "", **value}


def _checked(path: str, name: str, value: Any) -> Any:
    fits, why = _CHECKS[name]
    if not fits(value):
        raise _wrong(path, why)
    return value


# --- errors -----------------------------------------------------------------------


def _wrong(path: str, why: str) -> wire.ApiError:
    return _bad_request([f"{path}: {why}"])


def _no_such_path(instance: str) -> wire.ApiError:
    return _bad_request(
        "Cannot perform the operation at a path that does not exist", instance=instance
    )


def _bad_request(detail: str | list[str], **more: str) -> wire.ApiError:
    error = wire.problem(400, "Bad Request", "", **more)
    return wire.ApiError(400, {**error.body, "detail": detail}, media_type=wire.PROBLEM_JSON)


def _missing(asked: Asked) -> wire.ApiError:
    return wire.problem(404, "Not Found", "Not Found", instance=_instance(asked))


def _instance(asked: Asked) -> str:
    return f"/environments/{asked.segment('environmentId')}"
