"""The Postman API's PATCH /collections/{collectionId}.

Knows which parts of a collection can be changed on their own, and the words in
which anything else is refused (appendix 3, collectionPatch400Errors). Must not
know items.
"""

from collections.abc import Iterable
from typing import Any

from starlette.responses import Response

from postiche.control import wire
from postiche.control.access import forbidden
from postiche.control.api import Asked
from postiche.control.collection_edits import Refusals, edited
from postiche.control.item_requests import description_text, put
from postiche.control.item_tree import Tree
from postiche.control.validate import NO_NUL, Validator, compile_schema
from postiche.model import Document

AUTH_TYPES = (
    *("basic", "bearer", "apikey", "digest", "oauth1", "oauth2", "hawk", "awsv4", "ntlm"),
    *("edgegrid", "jwt", "asap"),
)
_VARIABLES = ("variable", "variables")
"""The list of variables is `variable` in the definition's schema, `variables` in its errors."""

_KNOWN = {
    "collection": ("info", *_VARIABLES, "auth", "events"),
    "collection.info": ("name", "description"),
    "collection.variables": (
        *("key", "value", "disabled", "type", "description", "enabled", "secret", "source"),
    ),
    "collection.auth": ("type", *AUTH_TYPES),
    "collection.events": ("listen", "script"),
    "collection.events.script": ("id", "type", "exec", "packages", "requests"),
}
"""What each part may hold."""

_TEXT = {"type": "string"}
_complaints = compile_schema(
    {
        "type": "object",
        "properties": {
            "info": {
                "type": "object",
                "properties": {"name": {**_TEXT, "pattern": NO_NUL}, "description": _TEXT},
            },
            **{
                key: {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {
                            "key": _TEXT,
                            "value": {"type": ["string", "boolean", "number", "null"]},
                            "disabled": {"type": "boolean"},
                        },
                    },
                }
                for key in _VARIABLES
            },
            "auth": {
                "type": "object",
                "properties": {
                    "type": _TEXT,
                    **{
                        each: {
                            "type": "array",
                            "items": {
                                "type": "object",
                                "required": ["key"],
                                "properties": {"key": _TEXT},
                            },
                        }
                        for each in AUTH_TYPES
                    },
                },
            },
            "events": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "listen": {"enum": ["test", "prerequest"]},
                        "script": {
                            "type": "object",
                            "properties": {
                                "id": _TEXT,
                                "type": _TEXT,
                                "exec": {"type": "array", "items": {"type": ["string", "null"]}},
                            },
                        },
                    },
                },
            },
        },
    },
    "collection",
)


async def patch_collection(asked: Asked) -> Response:
    """PATCH /collections/{collectionId}: its name, description, variables, auth and scripts."""
    sent, size = await asked.json(_sent)
    missing = wire.item_not_found(404, "collection", asked.segment("collectionId"))

    def change(_: Document, tree: Tree) -> str:
        _apply(tree, sent)
        return description_text(tree["info"].get("description"))

    document, description = await edited(asked, Refusals(missing, forbidden()), change, size)
    shown = {"id": document.id, "name": document.name, "description": description}
    return wire.answer({"collection": shown})


def _apply(tree: Tree, sent: dict[str, Any]) -> None:
    info = sent.get("info", {})
    if "name" in info:
        tree["info"]["name"] = info["name"]
    if "description" in info:
        put(tree["info"], "description", info["description"])
    if "auth" in sent:
        tree["auth"] = sent["auth"]
    if "events" in sent:
        tree["event"] = sent["events"]
    for variables in (sent[key] for key in _VARIABLES if key in sent):
        tree["variable"] = _with_variables(tree.get("variable") or [], variables)


def _with_variables(
    old: list[dict[str, Any] | None], sent: list[dict[str, Any]]
) -> list[dict[str, Any] | None]:
    """The variables with those sent added, or put in the place of their namesakes."""
    variables = list(old)
    places = {key: at for at, each in enumerate(old) if each and (key := _key(each))}
    for variable in sent:
        at = places.setdefault(variable["key"], len(variables))
        variables[at : at + 1] = [variable]
    return variables


def _key(variable: dict[str, Any]) -> str | None:
    key = variable.get("key")
    return key if isinstance(key, str) else None


# --- what may be sent -------------------------------------------------------------


def _sent(body: dict[str, Any]) -> dict[str, Any]:
    """The changes in a request body. Raises ApiError 400 (collectionPatch400Errors)."""
    collection = body.get("collection")
    if collection is None:
        raise wire.param_missing("collection")
    if collection == {}:
        message = "'info' key is mandatory when 'collection' is empty."
        raise wire.legacy(400, "paramMissingError", message, details={"param": "info"})
    if not isinstance(collection, dict):
        raise _invalid("collection", ["collection"])
    _refuse_unknown("collection", [collection])
    _refuse_misfits(_complaints, collection)
    _refuse_unknown("collection.info", [collection.get("info", {})])
    _refuse_bad_variables(collection)
    _refuse_bad_events(collection.get("events", []))
    if "auth" in collection:
        _refuse_bad_auth(collection["auth"])
    return collection


def _refuse_misfits(complaints_about: Validator, collection: dict[str, Any]) -> None:
    for complaint in complaints_about(collection):
        *above, last = [str(step) for step in complaint.path if isinstance(step, str)]
        raise _invalid(last, above or ["collection"])


def _refuse_bad_variables(collection: dict[str, Any]) -> None:
    variables = [each for key in _VARIABLES for each in collection.get(key, [])]
    _refuse_unknown("collection.variables", variables)
    for variable in variables:
        needed = ["key"] if variable.get("secret") else ["key", "value"]
        _require("collection.variables", variable, needed)


def _refuse_bad_events(events: list[dict[str, Any]]) -> None:
    scripts = [each["script"] for each in events if "script" in each]
    _refuse_unknown("collection.events", events)
    _refuse_unknown("collection.events.script", scripts)
    for event in events:
        _require("collection.events", event, ["listen"])
    for script in scripts:
        _require("collection.events.script", script, ["id", "type", "exec"])


def _refuse_bad_auth(auth: dict[str, Any]) -> None:
    """The type must be known, and the method it names must be there instead of any other."""
    _require("collection.auth", auth, ["type"])
    _refuse_unknown("collection.auth", [auth])
    kind = auth["type"]
    if kind not in AUTH_TYPES:
        raise _invalid(kind, ["collection", "auth", "type"])
    if kind in auth:
        return
    others = [key for key in auth if key != "type"]
    if others:
        raise _invalid("', '".join(others), ["collection", "auth", "type"])
    message = f"The key '{kind}' must be present in 'collection.auth' when 'type' is '{kind}'."
    raise wire.legacy(400, "paramMissingError", message, details={"param": kind})


def _refuse_unknown(where: str, parts: Iterable[dict[str, Any]]) -> None:
    for part in parts:
        unknown = [key for key in part if key not in _KNOWN[where]]
        if unknown:
            raise _bad_request(f"Invalid parameters: ({_quoted(unknown)}) for key: '{where}'")


def _require(where: str, part: dict[str, Any], needed: list[str]) -> None:
    missing = [key for key in needed if key not in part]
    if missing:
        raise _bad_request(f"Parameters required: ({_quoted(missing)}) for key: '{where}'")


def _invalid(name: str, where: list[str]) -> wire.ApiError:
    return _bad_request(f"Invalid parameters: ('{name}') for key: '{'.'.join(where)}'")


def _quoted(names: list[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def _bad_request(message: str) -> wire.ApiError:
    return wire.legacy(400, "badRequest", message)
