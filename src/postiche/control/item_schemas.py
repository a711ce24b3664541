"""What the item endpoints take: the v1 fields of folders, requests and responses.

Knows the types of the fields (definition, createCollectionRequest and its kin).
Must not know what they mean. Where the definition has a list of values but the
Postman app lets people write their own, any text is taken.
"""

from typing import Any

import orjson

from postiche.control import wire
from postiche.control.body import to_json
from postiche.control.item_shapes import Fields
from postiche.control.validate import Validator, compile_schema

_TEXT = {"type": ["string", "null"]}
_FLAG = {"type": ["boolean", "null"]}
_OBJECT = {"type": ["object", "null"]}
_OBJECTS = {"type": ["array", "null"], "items": {"type": "object"}}
_LINES = {"type": ["array", "string", "null"], "items": {"type": ["object", "string"]}}
_ENTRIES = {
    "type": ["array", "null"],
    "items": {
        "type": "object",
        "properties": {"key": _TEXT, "description": _TEXT, "enabled": _FLAG},
    },
}
_ID = {"type": ["string", "null"]}

_NAMED = {"id": _ID, "name": _TEXT, "description": _TEXT, "events": _OBJECTS, "variables": _OBJECTS}
_REQUEST: dict[str, Any] = {
    "method": _TEXT,
    "url": _TEXT,
    "headers": _LINES,
    "headerData": _ENTRIES,
    "queryParams": _ENTRIES,
    "pathVariableData": _ENTRIES,
    "pathVariables": _OBJECT,
    "dataMode": _TEXT,
    "data": {"type": ["array", "string", "null"], "items": {"type": "object"}},
    "rawModeData": _TEXT,
    "graphqlModeData": _OBJECT,
    "dataOptions": _OBJECT,
    "dataDisabled": _FLAG,
    "auth": {"type": ["object", "string", "null"]},
    "description": _TEXT,
}
_RESPONSE: dict[str, Any] = {
    "id": _ID,
    "name": _TEXT,
    "description": _TEXT,
    "request": _ID,
    "status": _TEXT,
    "responseCode": {
        "type": ["object", "null"],
        "properties": {
            "code": {"type": ["integer", "null"], "minimum": 100, "maximum": 999},
            "name": _TEXT,
        },
    },
    "time": {"type": ["string", "number", "null"]},
    "headers": _LINES,
    "cookies": {"type": ["array", "string", "null"], "items": {"type": "object"}},
    "mime": _TEXT,
    "text": _TEXT,
    "language": _TEXT,
    "rawDataType": _TEXT,
    "requestObject": _TEXT,
    **{key: _REQUEST[key] for key in ("url", "method", "dataMode", "rawModeData", "dataOptions")},
}


def _schema(properties: dict[str, Any]) -> Validator:
    return compile_schema({"type": "object", "properties": properties})


_request_object_complaints = _schema(_REQUEST)
_response_complaints = _schema(_RESPONSE)
_request_complaints = _schema(
    {
        **_REQUEST,
        **_NAMED,
        "tests": _TEXT,
        "preRequestScript": _TEXT,
        "protocolProfileBehavior": _OBJECT,
    }
)
_folder_complaints = _schema({**_NAMED, "auth": _OBJECT, "folder": _ID, "requests": _OBJECTS})


def check_folder(body: dict[str, Any]) -> Fields:
    """A folder in a request body. Raises ApiError 400 naming a field of the wrong type."""
    _refuse(_folder_complaints, body, "folder")
    for request in body.get("requests") or ():
        check_request(request)
        _refuse_bad_responses(request.get("responses"))
    return body


def check_request(body: dict[str, Any]) -> Fields:
    """A request in a request body. Raises ApiError 400 naming a field of the wrong type."""
    _refuse(_request_complaints, body, "request")
    return body


def check_response(body: dict[str, Any]) -> Fields:
    """A response in a request body, its `requestObject` included. Raises ApiError 400."""
    _refuse(_response_complaints, body, "response")
    text = body.get("requestObject")
    if text:
        _refuse(_request_object_complaints, _parsed(text), "requestObject")
    return body


def _refuse(complaints_about: Validator, value: object, what: str) -> None:
    for complaint in complaints_about(value):
        raise wire.refused(complaint, what)
    # The request in a response stands that much deeper than what was sent.
    to_json(what, [[[[value]]]])


def _refuse_bad_responses(responses: object) -> None:
    for each in responses if isinstance(responses, list) else [responses] if responses else []:
        if not isinstance(each, dict):
            raise wire.invalid_param("responses", "It must be a list of responses.")
        check_response(each)


def _parsed(text: str) -> object:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise wire.invalid_param(
            "requestObject", "It must be the JSON text of a request."
        ) from None
