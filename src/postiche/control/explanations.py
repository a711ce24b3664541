"""POST /mocks/{mockId}/explain: why a mock server answers a request as it does.

Knows how a request is described and what is said about it; Postman has no
such operation. Must not know how examples are matched or explanations made.
"""

from typing import Any

import orjson
from starlette.responses import Response

from postiche.control import wire
from postiche.control.api import Asked
from postiche.control.body import off_loop
from postiche.control.mocks import existing_mock
from postiche.control.validate import compile_schema
from postiche.core.collection import CollectionError, read_collection, read_environment
from postiche.core.errors import MockError
from postiche.core.explaining.explain import SHOWN, explain
from postiche.core.explaining.forms import as_data
from postiche.core.explaining.targets import target_in
from postiche.core.plan import compile_plan
from postiche.model import Collection, DocumentKind, Headers, MockSources, Request

MAX_LIMIT = 200
"""The most candidates that one answer has."""

KEY_VARIABLE = "$POSTICHE_API_KEY"
"""What stands for the key in commands that call a private mock."""

_WORD = "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$"
_NO_CONTROL = "^[^\\x00-\\x08\\x0a-\\x1f\\x7f]*$"
_VALUE = {"type": "string", "pattern": _NO_CONTROL}

_complaints = compile_schema(
    {
        "type": "object",
        "required": ["request"],
        "properties": {
            "request": {
                "type": "object",
                "required": ["method"],
                "properties": {
                    "method": {"type": "string", "pattern": _WORD},
                    "url": {"type": "string"},
                    "path": {"type": "string"},
                    "headers": {
                        "type": "object",
                        "propertyNames": {"pattern": _WORD},
                        "additionalProperties": _VALUE,
                    },
                    "body": {"type": ["string", "null"]},
                },
            },
            "limit": {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT},
        },
    }
)


async def explain_request(asked: Asked) -> Response:
    """What the mock would answer to the request described, and why. Nothing is called or logged."""
    mock = await existing_mock(asked)
    sent, _ = await asked.json(_described)
    sources = await asked.store.mock_sources(mock.id)
    if sources is None or not sources.mock.active:
        raise wire.ApiError(
            MockError.INACTIVE.value.status, {"error": MockError.INACTIVE.value.body}
        )
    public = not await _may_read(asked, sources)
    size = len(sources.collection) + len(sources.environment or b"")
    base = asked.settings.mock_url(mock.id)
    told = await off_loop(size, lambda: _told(sources, sent, base, public=public))
    return wire.answer({"explanation": told})


def _described(body: dict[str, object]) -> dict[str, Any]:
    """The body, if it describes a request. Raises ApiError 400 naming what is wrong with it."""
    for complaint in _complaints(body):
        raise wire.refused(complaint, "request")
    request = body["request"]
    assert isinstance(request, dict)
    if target_in(_where(request)) is None:
        if "url" in request or "path" in request:
            raise wire.invalid_param(
                "request.url", "It must be a URL, or a path that begins with /."
            )
        raise wire.param_missing("request.url")
    return body


def _where(request: dict[str, Any]) -> str:
    return str(request.get("url") or request.get("path") or "")


def _told(
    sources: MockSources, sent: dict[str, Any], base: str, *, public: bool
) -> dict[str, object]:
    collection = _collection(sources)
    environment = sources.environment and read_environment(orjson.loads(sources.environment))
    plan = compile_plan(collection, environment or None, sources.mock.config)
    limit = sent.get("limit", SHOWN)
    explanation = explain(plan, _request(sent["request"]), limit=limit, public=public)
    told = as_data(explanation, base, KEY_VARIABLE if sources.mock.private else None)
    response = sources.server_response
    if response is None:
        return told
    active = {"id": response.id, "name": response.name, "statusCode": response.status_code}
    return {**told, "serverResponse": active}


def _collection(sources: MockSources) -> Collection:
    """The collection; one that cannot be read is served as if it were empty."""
    try:
        return read_collection(orjson.loads(sources.collection))
    except (CollectionError, orjson.JSONDecodeError):
        return Collection(None, sources.mock.name)


def _request(described: dict[str, Any]) -> Request:
    """The request as a mock URL would get it."""
    headers: Headers = tuple(
        (name.lower(), value.encode().decode("latin-1").strip())
        for name, value in described.get("headers", {}).items()
    )
    target = target_in(_where(described)) or "/"
    body = (described.get("body") or "").encode()
    return Request(described["method"].upper(), target, headers, body)


async def _may_read(asked: Asked, sources: MockSources) -> bool:
    """Whether the user sees all that the explanation is made of, the environment's values too."""
    return await _sees(asked, "collection", sources.mock.collection) and (
        sources.mock.environment is None
        or await _sees(asked, "environment", sources.mock.environment)
    )


async def _sees(asked: Asked, kind: DocumentKind, uid: str) -> bool:
    reference = wire.reference(uid)
    return reference is not None and bool(await asked.store.document_head(kind, reference.key))
