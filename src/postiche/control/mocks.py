"""The Postman API's `/mocks` without call logs and server responses (behaviour C.4).

Knows mock servers as the API shows them. Must not know how they answer calls.
"""

from dataclasses import replace
from typing import Any

from starlette.responses import Response

from postiche.control import mock_config, wire
from postiche.control.access import must_change
from postiche.control.api import Asked
from postiche.control.documents import find_head, target_workspace, workspace_filter
from postiche.control.validate import NO_NUL, compile_schema
from postiche.model import Document, DocumentKind, Mock, MockConfig

UPDATABLE = "environment, private, name, config, collection"
"""What PUT says it can change, in the words of mock400Error; `description` it can, too."""

_complaints = compile_schema(
    {
        "type": "object",
        "properties": {
            "collection": {"type": "string"},
            "environment": {"type": ["string", "null"]},
            "name": {"type": "string", "minLength": 1, "pattern": NO_NUL},
            "description": {"type": "string", "pattern": NO_NUL},
            "private": {"type": "boolean"},
            "versionTag": {"type": "string"},
            "config": mock_config.SCHEMA,
        },
    }
)
_PLAIN = ("name", "description", "private")
_KNOWN = {*_PLAIN, "collection", "environment", "config", "versionTag"}


async def list_mocks(asked: Asked) -> Response:
    """GET /mocks: the active mocks of a workspace, or the caller's own in all of them."""
    workspace = workspace_filter(asked)
    owner = asked.user.id if workspace is None else None
    mocks = await asked.store.mocks(workspace=workspace, owner=owner)
    return wire.answer({"mocks": [_row(asked, each) for each in mocks if each.active]})


def _row(asked: Asked, mock: Mock) -> dict[str, object]:
    """A mock as the list has it; there, no server response is an empty text (OpenAPI 1.45)."""
    config = mock_config.shown(mock.config)
    config["serverResponseId"] = mock.config.server_response_id or ""
    return {**_shown(asked, mock), "config": config, "isPublic": False}


async def create_mock(asked: Asked) -> Response:
    """POST /mocks: `collection` by uid or id; the mock is named after it unless named."""
    workspace = await target_workspace(asked)
    sent, _ = await asked.json(_sent_mock)
    if "collection" not in sent:
        raise wire.param_missing("collection")
    collection = await _document(asked, "collection", sent.pop("collection"))
    now = asked.now()
    bare = Mock(
        id=asked.settings.new_id(),
        owner=asked.user.id,
        workspace=workspace.id,
        name=collection.name,
        description="",
        collection=collection.uid,
        environment=None,
        private=False,
        config=MockConfig(),
        created_at=now,
        updated_at=now,
    )
    mock = await _changed(asked, bare, sent)
    await asked.store.add_mock(mock)
    return wire.answer({"mock": _shown(asked, mock)})


async def get_mock(asked: Asked) -> Response:
    """GET /mocks/{mockId}."""
    mock = await existing_mock(asked)
    more = {"isPublic": False, "deactivated": not mock.active}
    return wire.answer({"mock": {**_shown(asked, mock), **more}})


async def update_mock(asked: Asked) -> Response:
    """PUT /mocks/{mockId}: what is not sent stays as it is."""
    await mock_to_change(asked)
    sent, _ = await asked.json(_sent_mock)
    async with asked.api.updating:
        old = await mock_to_change(asked)
        if not _KNOWN.intersection(sent):
            raise wire.nothing_to_update(UPDATABLE)
        mock = await _stored(asked, await _changed(asked, old, sent))
    return wire.answer({"mock": _shown(asked, mock)})


async def delete_mock(asked: Asked) -> Response:
    """DELETE /mocks/{mockId}, with its server responses and call logs."""
    mock = await mock_to_change(asked)
    if not await asked.store.delete_mock(mock.id):
        raise no_such_mock()
    return wire.answer({"mock": {"id": mock.id, "uid": mock.uid}})


async def publish_mock(asked: Asked) -> Response:
    """POST /mocks/{mockId}/publish: anyone may call the mock."""
    return await _set_private(
        asked, False, wire.legacy(400, "mockAlreadyPublishedError", "This mock is already public.")
    )


async def unpublish_mock(asked: Asked) -> Response:
    """DELETE /mocks/{mockId}/unpublish: calls need an API key; the error text is Postman's."""
    return await _set_private(
        asked,
        True,
        wire.legacy(400, "mockAlreadyUnpublishedError", "This mock has already been deleted."),
    )


async def _set_private(asked: Asked, private: bool, already: wire.ApiError) -> Response:
    async with asked.api.updating:
        old = await mock_to_change(asked)
        if old.private == private:
            raise already
        mock = await _stored(asked, replace(old, private=private))
    return wire.answer({"mock": {"id": mock.id}})


async def find_mock(asked: Asked) -> Mock | None:
    """The mock that the path names by id or uid."""
    reference = asked.reference("mockId")
    if reference is None:
        return None
    mock = await asked.store.mock(reference.key)
    return mock if mock and reference.fits(mock.owner) else None


async def existing_mock(asked: Asked) -> Mock:
    """The mock that the path names. Raises ApiError 404."""
    mock = await find_mock(asked)
    if mock is None:
        raise no_such_mock()
    return mock


async def mock_to_change(asked: Asked) -> Mock:
    """The mock that the path names. Raises ApiError 404, or 403 if the user may not change it."""
    mock = await existing_mock(asked)
    must_change(asked.user)
    return mock


def no_such_mock() -> wire.ApiError:
    """The error for an unknown mock (mock404Error)."""
    return wire.legacy(
        404, "instanceNotFoundError", "The specified mock does not exist.", details={}
    )


def no_such_server_response() -> wire.ApiError:
    """The error for an unknown server response (mockServerResponse404Error)."""
    return wire.legacy(
        404,
        "serverResponseNotFoundError",
        "We could not find the mock server response you are looking for.",
        header="Unable to find mock server response",
    )


def _sent_mock(body: dict[str, object]) -> dict[str, Any]:
    """The mock in a request body. Raises ApiError 400 naming what is wrong with it."""
    mock = body.get("mock")
    if mock is None:
        raise wire.param_missing("mock")
    for complaint in _complaints(mock):
        raise wire.refused(complaint, "mock")
    assert isinstance(mock, dict)
    try:
        mock_config.changed(MockConfig(), mock.get("config", {}))
    except ValueError as problem:
        field, why = mock_config.field_and_remedy(problem)
        raise wire.invalid_param(field, f"It {why}.") from None
    return mock


async def _changed(asked: Asked, mock: Mock, sent: dict[str, Any]) -> Mock:
    """The mock with what was sent put in place. Raises ApiError if that names unknown things."""
    changes: dict[str, Any] = {key: sent[key] for key in _PLAIN if key in sent}
    if "collection" in sent:
        changes["collection"] = (await _document(asked, "collection", sent["collection"])).uid
    if "environment" in sent:
        changes["environment"] = await _environment(asked, sent["environment"])
    if "config" in sent:
        changes["config"] = await _config(asked, mock, sent["config"])
    return replace(mock, **changes)


async def _environment(asked: Asked, text: str | None) -> str | None:
    """The uid of the environment sent; null or the empty text mean none."""
    return (await _document(asked, "environment", text)).uid if text else None


async def _document(asked: Asked, kind: DocumentKind, text: str) -> Document:
    document = await find_head(asked, kind, text)
    if document is None:
        raise wire.item_not_found(400, kind, text)
    return document


async def _config(asked: Asked, mock: Mock, sent: dict[str, Any]) -> MockConfig:
    config = mock_config.changed(mock.config, sent)
    if not sent.get("serverResponseId"):
        return config
    wanted = wire.reference(config.server_response_id)
    response = wanted and await asked.store.server_response(mock.id, wanted.key)
    if not response:
        raise no_such_server_response()
    return replace(config, server_response_id=response.id)


async def _stored(asked: Asked, mock: Mock) -> Mock:
    stored = await asked.store.replace_mock(replace(mock, updated_at=asked.now()))
    if stored is None:
        raise no_such_mock()
    return stored


def _shown(asked: Asked, mock: Mock) -> dict[str, object]:
    """A mock as every operation answers it; the environment only if there is one."""
    environment = {"environment": mock.environment} if mock.environment else {}
    return {
        "id": mock.id,
        "owner": str(mock.owner),
        "uid": mock.uid,
        "collection": mock.collection,
        "mockUrl": asked.settings.mock_url(mock.id),
        "name": mock.name,
        "config": mock_config.shown(mock.config),
        "createdAt": wire.iso(mock.created_at),
        "updatedAt": wire.iso(mock.updated_at),
        **environment,
    }
