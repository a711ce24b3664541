"""The Postman API's `/mocks/{mockId}/server-responses` (behaviour C.4).

Knows server responses as the API shows them. Must not know how an active one
answers calls; a mock's config says which one is active.
"""

from dataclasses import replace
from typing import Any

from starlette.responses import Response

from postiche.control import wire
from postiche.control.access import must_change
from postiche.control.api import Asked
from postiche.control.mocks import find_mock, no_such_server_response
from postiche.control.validate import NO_NUL, Validator, compile_schema
from postiche.model import Headers, Mock, ServerResponse

LANGUAGES = ("text", "javascript", "json", "html", "xml")
"""What `language` may be (OpenAPI 1.45); it has no effect on what is sent."""

UPDATABLE = "name, statusCode, headers, language, body"

_PROPERTIES = {
    "name": {"type": "string", "minLength": 1, "pattern": NO_NUL},
    "statusCode": {"type": "integer", "minimum": 500, "maximum": 599},
    "headers": {
        "type": ["array", "null"],
        "items": {
            "type": "object",
            "required": ["key"],
            "properties": {
                # What HTTP can carry: a token, and text without control characters.
                "key": {"type": "string", "pattern": "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$"},
                "value": {"type": "string", "pattern": "^[^\\x00-\\x08\\x0a-\\x1f\\x7f]*$"},
            },
        },
    },
    "language": {"enum": [*LANGUAGES, None]},
    "body": {"type": ["string", "null"], "pattern": NO_NUL},
}
_complaints_about_new = compile_schema(
    {"type": "object", "required": ["name", "statusCode"], "properties": _PROPERTIES}
)
_complaints_about_changes = compile_schema({"type": "object", "properties": _PROPERTIES})


async def list_server_responses(asked: Asked) -> Response:
    """GET /mocks/{mockId}/server-responses: a bare list, without headers and bodies."""
    mock = await _mock(asked)
    responses = await asked.store.server_responses(mock.id)
    return wire.answer([{**_head(each), **_times(each), **_authors(each)} for each in responses])


async def create_server_response(asked: Asked) -> Response:
    """POST /mocks/{mockId}/server-responses. It takes effect once the mock's config names it."""
    mock = await _mock(asked)
    must_change(asked.user)
    sent, _ = await asked.json(_new)
    now = asked.now()
    bare = ServerResponse(
        id=asked.settings.new_id(),
        mock=mock.id,
        name="",
        status_code=500,
        headers=(),
        language=None,
        body="",
        created_at=now,
        updated_at=now,
        created_by=asked.user.id,
        updated_by=asked.user.id,
    )
    response = _changed(bare, sent)
    await asked.store.add_server_response(response)
    return wire.answer(_shown(response))


async def get_server_response(asked: Asked) -> Response:
    """GET /mocks/{mockId}/server-responses/{serverResponseId}."""
    return wire.answer(_shown(await _existing(asked)))


async def update_server_response(asked: Asked) -> Response:
    """PUT /mocks/{mockId}/server-responses/{serverResponseId}: what is not sent stays."""
    await _to_change(asked)
    sent, _ = await asked.json(_changes)
    async with asked.api.updating:
        old = await _to_change(asked)
        if not set(_PROPERTIES).intersection(sent):
            raise wire.nothing_to_update(UPDATABLE)
        response = _changed(replace(old, updated_at=asked.now(), updated_by=asked.user.id), sent)
        if not await asked.store.replace_server_response(response):
            raise no_such_server_response()
    return wire.answer(_shown(response))


async def delete_server_response(asked: Asked) -> Response:
    """DELETE /mocks/{mockId}/server-responses/{serverResponseId}; an active one is switched off."""
    response = await _to_change(asked)
    if not await asked.store.delete_server_response(response.mock, response.id):
        raise no_such_server_response()
    hidden = ("mock", "updatedAt")
    return wire.answer({k: v for k, v in _shown(response).items() if k not in hidden})


async def _mock(asked: Asked) -> Mock:
    """The mock of the path. Raises ApiError 404, other than `/mocks` does (behaviour C.4)."""
    mock = await find_mock(asked)
    if mock is None:
        raise wire.legacy(
            404, "mockNotFoundError", "Please refresh and try again.", header="Unable to find mock"
        )
    return mock


async def _existing(asked: Asked) -> ServerResponse:
    mock = await _mock(asked)
    reference = asked.reference("serverResponseId")
    response = reference and await asked.store.server_response(mock.id, reference.key)
    if not response:
        raise no_such_server_response()
    return response


async def _to_change(asked: Asked) -> ServerResponse:
    response = await _existing(asked)
    must_change(asked.user)
    return response


def _new(body: dict[str, object]) -> dict[str, Any]:
    return _sent(body, _complaints_about_new)


def _changes(body: dict[str, object]) -> dict[str, Any]:
    return _sent(body, _complaints_about_changes)


def _sent(body: dict[str, object], complaints_about: Validator) -> dict[str, Any]:
    """The server response in a request body. Raises ApiError 400 (appendix 3)."""
    sent = body.get("serverResponse")
    if sent is None:
        raise wire.param_missing("serverResponse")
    for complaint in complaints_about(sent):
        raise wire.refused(complaint, "serverResponse")
    assert isinstance(sent, dict)
    return sent


def _changed(response: ServerResponse, sent: dict[str, Any]) -> ServerResponse:
    """The server response with what was sent put in place."""
    return replace(
        response,
        name=sent.get("name", response.name),
        status_code=int(sent.get("statusCode", response.status_code)),
        headers=_headers(sent["headers"]) if "headers" in sent else response.headers,
        language=sent.get("language", response.language),
        body=(sent["body"] or "") if "body" in sent else response.body,
    )


def _headers(sent: list[dict[str, Any]] | None) -> Headers:
    return tuple((each["key"], each.get("value", "")) for each in sent or ())


def _shown(response: ServerResponse) -> dict[str, object]:
    return {
        **_times(response),
        **_head(response),
        "headers": [{"key": key, "value": value} for key, value in response.headers],
        "language": response.language,
        "body": response.body,
        **_authors(response),
        "mock": response.mock,
    }


def _head(response: ServerResponse) -> dict[str, object]:
    return {"id": response.id, "name": response.name, "statusCode": response.status_code}


def _times(response: ServerResponse) -> dict[str, object]:
    return {"createdAt": wire.iso(response.created_at), "updatedAt": wire.iso(response.updated_at)}


def _authors(response: ServerResponse) -> dict[str, object]:
    return {"createdBy": str(response.created_by), "updatedBy": str(response.updated_by)}
