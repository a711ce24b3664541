"""Folders, requests and responses of a collection as the item endpoints show them.

Knows the v1 sync shape of behaviour C.2 and how it maps to items and examples
of Collection format v2.1. Pure: must not know the store or HTTP. A change
touches only what the sent fields say anew, so that sending back what was
shown changes nothing.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from postiche.control.item_requests import (
    description_text,
    header_entries,
    put,
    text_of,
    v1_request,
    v21_request,
)
from postiche.control.item_urls import disabled_form

Item = dict[str, Any]
Fields = dict[str, Any]

_SAVED_REQUEST_NAMES = (
    "data",
    "dataMode",
    "dataOptions",
    "headerData",
    "method",
    "pathVariableData",
    "queryParams",
    "url",
    "headers",
    "pathVariables",
    "rawModeData",
    "graphqlModeData",
)
"""What the request of an example consists of, in the order of GET's `requestObject`."""

_OWN_REQUEST_NAMES = ("url", "method", "dataMode", "rawModeData", "dataOptions")
"""What a response may bring of its request without `requestObject` (createCollectionResponse)."""

_SCRIPTS = {"tests": "test", "preRequestScript": "prerequest"}
_ITEM_LISTS = {"events": "event", "variables": "variable"}
_LISTED_IDS = ("order", "folders_order", "responses_order")
_NESTED = ("folders", "requests", "responses")
ID_NAMES = (
    "owner",
    "lastUpdatedBy",
    "id",
    "collection",
    "folder",
    "request",
    *_LISTED_IDS,
    *_NESTED,
)
"""What `ids=true` leaves of an item."""

_UID_NAMES = ("id", "collection", "folder", "request")


def is_folder(item: Item) -> bool:
    """A node with `item` is a folder (behaviour D)."""
    return "item" in item


def children(folder: Item) -> list[Item]:
    """What is in a folder or at the top of a collection."""
    return folder.get("item") or []


def examples(item: Item) -> list[Item]:
    """The examples of a request."""
    return [each for each in item.get("response") or [] if each]


# --- as shown ---------------------------------------------------------------------


def folder_fields(item: Item) -> Fields:
    """A folder's v1 fields, without those of its place."""
    auth = item.get("auth")
    return {
        "id": item["id"],
        "name": text_of(item.get("name")),
        "description": description_text(item.get("description")),
        "variables": item.get("variable") or None,
        "auth": auth if isinstance(auth, dict) else None,
        "events": item.get("event") or None,
        "order": [each["id"] for each in children(item) if not is_folder(each)],
        "folders_order": [each["id"] for each in children(item) if is_folder(each)],
    }


def request_fields(item: Item) -> Fields:
    """A request's v1 fields, without those of its place."""
    events = _objects(item.get("event"))
    return {
        "id": item["id"],
        "name": text_of(item.get("name")),
        "events": item.get("event") or None,
        "variables": item.get("variable") or None,
        "descriptionFormat": None,
        "currentHelper": None,
        "helperAttributes": None,
        **{name: _script(events, listen) for name, listen in _SCRIPTS.items()},
        "protocolProfileBehavior": item.get("protocolProfileBehavior"),
        **v1_request(item.get("request")),
        "responses_order": [each["id"] for each in examples(item)],
    }


def response_fields(example: Item) -> Fields:
    """A response's v1 fields, without those of its place."""
    code, status = example.get("code"), example.get("status")
    time = example.get("responseTime")
    return {
        "id": example["id"],
        "name": text_of(example.get("name")),
        "description": description_text(example.get("description")) or None,
        "status": status,
        "responseCode": None if code is None else {"code": code, "name": status},
        "time": str(time) if isinstance(time, (int, float)) else time,
        "headers": [_v1_header(each) for each in header_entries(example.get("header"))],
        "cookies": example.get("cookie") or None,
        "mime": example.get("mime"),
        "text": example.get("body"),
        "language": example.get("_postman_previewlanguage"),
        "rawDataType": example.get("rawDataType"),
        "requestObject": _request_text(example.get("originalRequest")),
    }


def _v1_header(entry: Fields) -> Fields:
    key = entry.get("key") or entry.get("name")
    return {"key": key, "name": key, "description": "", "type": "text", **entry}


def _request_text(saved: object) -> str:
    fields = v1_request(saved)
    return orjson.dumps({name: fields[name] for name in _SAVED_REQUEST_NAMES}).decode()


def _script(events: Iterable[Fields], listen: str) -> str | None:
    scripts = [_objects([each.get("script")]) for each in events if each.get("listen") == listen]
    lines = [
        line for script in scripts for line in _lines(script[0].get("exec") if script else None)
    ]
    return "\n".join(lines) or None


def _lines(exec_: object) -> list[str]:
    return [text_of(each) for each in (exec_ if isinstance(exec_, list) else [exec_])]


def _objects(value: object) -> list[Fields]:
    return [each for each in (value if isinstance(value, list) else []) if isinstance(each, dict)]


# --- as changed -------------------------------------------------------------------


def changed_folder(item: Item, sent: Fields) -> None:
    """Give a folder the fields sent, if they say anything new."""
    changes = _changes(folder_fields(item), sent)
    if "name" in changes:
        item["name"] = sent["name"] or ""
    for key in ("description", "auth"):
        if key in changes:
            put(item, key, sent[key])
    _change_lists(item, changes)


def changed_request(item: Item, sent: Fields) -> None:
    """Give a request the fields sent, if they say anything new; its place is not one of them."""
    changes = _changes(request_fields(item), sent)
    if "name" in changes:
        item["name"] = sent["name"] or ""
    request = v21_request(item.get("request"), sent)
    if request is not item.get("request"):
        item["request"] = request
    if "protocolProfileBehavior" in changes:
        put(item, "protocolProfileBehavior", sent["protocolProfileBehavior"])
    _change_lists(item, changes)
    if "events" not in changes:
        _change_scripts(item, changes)


def changed_response(example: Item, sent: Fields) -> None:
    """Give a response the fields sent, if they say anything new.

    Raises ValueError if its `requestObject` is no JSON text of an object.
    """
    changes = _changes(response_fields(example), sent)
    if "name" in changes:
        example["name"] = sent["name"] or ""
    for key, ours in _RESPONSE_NAMES.items():
        if key in changes:
            put(example, ours, sent[key])
    _change_status(example, changes)
    if "text" in changes:
        example["body"] = sent["text"]
    if "time" in changes:
        put(example, "responseTime", _number(sent["time"]))
    if "cookies" in changes and not isinstance(sent["cookies"], str):
        put(example, "cookie", sent["cookies"])
    if "headers" in changes:
        example["header"] = [_v21_header(each) for each in header_entries(sent["headers"])]
    _change_original_request(example, sent)


_RESPONSE_NAMES = {
    "description": "description",
    "mime": "mime",
    "language": "_postman_previewlanguage",
    "rawDataType": "rawDataType",
}


def _changes(current: Fields, sent: Fields) -> Fields:
    return {key: value for key, value in sent.items() if key in current and current[key] != value}


def _change_lists(item: Item, changes: Fields) -> None:
    for key, ours in _ITEM_LISTS.items():
        if key in changes:
            put(item, ours, changes[key])


def _change_scripts(item: Item, changes: Fields) -> None:
    for key, listen in _SCRIPTS.items():
        if key in changes:
            others = [each for each in _objects(item.get("event")) if each.get("listen") != listen]
            put(item, "event", others + _events(listen, changes[key]))


def _events(listen: str, text: object) -> list[Fields]:
    lines = text.split("\n") if isinstance(text, str) and text else []
    script = {"type": "text/javascript", "exec": lines}
    return [{"listen": listen, "script": script}] if lines else []


def _change_status(example: Item, changes: Fields) -> None:
    """The status text is that of `responseCode`, or else `status`."""
    if "status" in changes:
        put(example, "status", changes["status"])
    code = changes.get("responseCode")
    if isinstance(code, dict):
        put(example, "code", _number(code.get("code")))
        put(example, "status", code.get("name") or example.get("status"))
    elif "responseCode" in changes:
        example.pop("code", None)


def _number(value: object) -> object:
    """A number as it is saved: whole if it is whole; text that is no number stays text."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        return int(value)
    return value


def _v21_header(entry: Fields) -> Fields:
    """A header without what only v1 says, or what says nothing."""
    kept = disabled_form(entry)
    if kept.get("name") == kept.get("key"):
        kept.pop("name", None)
    if kept.get("type") == "text":
        del kept["type"]
    return kept


def _change_original_request(example: Item, sent: Fields) -> None:
    fields = {key: sent[key] for key in _OWN_REQUEST_NAMES if key in sent}
    if sent.get("requestObject"):
        fields |= _request_object(sent["requestObject"])
    if fields:
        changed = v21_request(example.get("originalRequest"), fields)
        if changed is not example.get("originalRequest"):
            example["originalRequest"] = changed


def _request_object(text: str) -> Fields:
    fields = orjson.loads(text)
    if not isinstance(fields, dict):
        raise ValueError("not an object")
    return fields


# --- made anew --------------------------------------------------------------------


def new_folder(item_id: str, sent: Fields) -> Item:
    """A folder with the fields sent and nothing in it."""
    item: Item = {"id": item_id, "name": "", "item": []}
    changed_folder(item, sent)
    return item


def new_request(item_id: str, sent: Fields) -> Item:
    """A request with the fields sent and no examples."""
    blank = {"method": "GET", "header": [], "url": {"raw": ""}}
    item: Item = {"id": item_id, "name": "", "request": blank, "response": []}
    changed_request(item, sent)
    return item


def new_response(item_id: str, request: Item, sent: Fields) -> Item:
    """A response with the fields sent; saved for the request as it now is unless it says more.

    Raises ValueError if its `requestObject` is no JSON text of an object.
    """
    original = orjson.loads(orjson.dumps(request.get("request")))
    example: Item = {"id": item_id, "name": "", "originalRequest": original, "body": ""}
    changed_response(example, sent)
    return example


# --- ids --------------------------------------------------------------------------


def keep_ids(data: Fields) -> None:
    """Leave only what `ids=true` shows: the properties that hold ids, in what is nested, too."""
    for fields in list(_with_nested(data)):
        for key in [key for key in fields if key not in ID_NAMES]:
            del fields[key]


def make_uids(data: Fields, owner: int) -> None:
    """Put its owner in front of every id, as `uid=true` shows them."""
    for fields in list(_with_nested(data)):
        for key in _UID_NAMES:
            if isinstance(fields.get(key), str):
                fields[key] = f"{owner}-{fields[key]}"
        for key in _LISTED_IDS:
            if key in fields:
                fields[key] = [f"{owner}-{each}" for each in fields[key]]


def _with_nested(data: Fields) -> Iterator[Fields]:
    open_fields = [data]
    while open_fields:
        fields = open_fields.pop()
        yield fields
        for key in _NESTED:
            open_fields += _objects(fields.get(key))


def all_nodes(item: Item) -> Iterator[Item]:
    """An item, all that is in it, and their examples, in file order."""
    open_nodes = [item]
    while open_nodes:
        node = open_nodes.pop()
        yield node
        open_nodes += reversed([*children(node), *examples(node)])
