"""The Postman API as one ASGI application.

Knows every route. Must not know what a route does, nor anything of mocks'
own traffic, the UI or the command line; the server puts those beside it.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from postiche.control import (
    auth,
    call_logs,
    captures,
    collection_updates,
    collections,
    duplicates,
    environment_patch,
    environments,
    explanations,
    generations,
    global_variables,
    imports,
    items,
    keys,
    lints,
    me,
    media_types,
    mock_states,
    mocks,
    new_items,
    patch_collection,
    server_responses,
    spec_files,
    specs,
    transfers,
    transformations,
    unsupported,
    users,
    version_tags,
    wire,
    workspace_changes,
    workspaces,
)
from postiche.control.api import Api, Asked, ControlSettings, Handler, Turn
from postiche.store import Store

__all__ = ["ControlSettings", "control_app", "finished"]

Operations: TypeAlias = Mapping[str, Handler]

OPERATIONS: dict[str, Operations] = {
    "/me": {"GET": me.get_me},
    "/workspaces": {"GET": workspaces.list_workspaces, "POST": workspaces.create_workspace},
    "/workspaces/{workspaceId}": {
        "GET": workspaces.get_workspace,
        "PUT": workspace_changes.update_workspace,
        "DELETE": workspace_changes.delete_workspace,
    },
    "/workspaces/{workspaceId}/global-variables": {
        "GET": global_variables.get_global_variables,
        "PUT": global_variables.replace_global_variables,
    },
    "/collections": {
        "GET": collections.list_collections,
        "POST": collections.create_collection,
    },
    "/collections/{collectionId}": {
        "GET": collections.get_collection,
        "PUT": collection_updates.put_collection,
        "DELETE": collections.delete_collection,
        "PATCH": patch_collection.patch_collection,
    },
    "/collections/{collectionId}/duplicates": {"POST": duplicates.duplicate_collection},
    "/collection-duplicate-tasks/{taskId}": {"GET": duplicates.get_duplicate_task},
    "/collection-folders-transfers": {"POST": transfers.transfer_folders},
    "/collection-requests-transfers": {"POST": transfers.transfer_requests},
    "/collection-responses-transfers": {"POST": transfers.transfer_responses},
    "/collection-updates-tasks/{taskId}": {"GET": collection_updates.get_update_task},
    "/collections/{collectionId}/folders": {"POST": new_items.create_folder},
    "/collections/{collectionId}/folders/{folderId}": items.folder_operations.by_method,
    "/collections/{collectionId}/requests": {"POST": new_items.create_request},
    "/collections/{collectionId}/requests/{requestId}": items.request_operations.by_method,
    "/collections/{collectionId}/responses": {"POST": new_items.create_response},
    "/collections/{collectionId}/responses/{responseId}": items.response_operations.by_method,
    "/environments": {
        "GET": environments.list_environments,
        "POST": environments.create_environment,
    },
    "/environments/{environmentId}": {
        "GET": environments.get_environment,
        "PUT": environments.replace_environment,
        "DELETE": environments.delete_environment,
        "PATCH": environment_patch.patch_environment,
    },
    "/mocks": {"GET": mocks.list_mocks, "POST": mocks.create_mock},
    "/mocks/{mockId}": {
        "GET": mocks.get_mock,
        "PUT": mocks.update_mock,
        "DELETE": mocks.delete_mock,
    },
    "/mocks/{mockId}/call-logs": {"GET": call_logs.list_call_logs},
    "/mocks/{mockId}/publish": {"POST": mocks.publish_mock},
    "/mocks/{mockId}/unpublish": {"DELETE": mocks.unpublish_mock},
    "/mocks/{mockId}/server-responses": {
        "GET": server_responses.list_server_responses,
        "POST": server_responses.create_server_response,
    },
    "/mocks/{mockId}/server-responses/{serverResponseId}": {
        "GET": server_responses.get_server_response,
        "PUT": server_responses.update_server_response,
        "DELETE": server_responses.delete_server_response,
    },
    "/collections/{collectionId}/transformations": {
        "GET": transformations.transform_collection,
    },
    "/import/openapi": {"POST": imports.import_openapi},
    "/specs": {"GET": specs.list_specs, "POST": specs.create_spec},
    "/specs/{specId}": {
        "GET": specs.get_spec,
        "PATCH": specs.update_spec,
        "DELETE": specs.delete_spec,
    },
    "/specs/{specId}/collections/{collectionId}/sync-options": {
        "PATCH": generations.update_sync_options,
    },
    "/specs/{specId}/definitions": {"GET": specs.get_definition},
    "/specs/{specId}/files": {"GET": spec_files.list_files, "POST": spec_files.create_file},
    "/specs/{specId}/files/{filePath}": {
        "GET": spec_files.get_file,
        "PATCH": spec_files.update_file,
        "DELETE": spec_files.delete_file,
    },
    "/specs/{specId}/generations/{elementType}": {
        "GET": generations.list_collections,
        "POST": generations.generate_collection,
    },
    "/specs/{specId}/synchronizations": {"PUT": generations.sync_spec},
    "/specs/{specId}/version-tags": {
        "GET": version_tags.list_tags,
        "POST": version_tags.create_tag,
    },
    "/specs/{specId}/version-tags/{tagId}/files": {"GET": version_tags.get_tag_files},
}
"""What the Postman API does here: path, method, handler."""

UNLISTED: dict[str, Operations] = {
    "/collections/{collectionId}/generations/{elementType}": {
        "GET": generations.list_specs,
        "POST": generations.generate_spec,
    },
    "/collections/{collectionId}/synchronizations": {"PUT": generations.sync_collection},
    "/collections/{collectionId}/tasks/{taskId}": {"GET": generations.get_task},
    "/specs/{specId}/tasks/{taskId}": {"GET": generations.get_task},
}
"""Of the Postman API too: what answers of those operations and Postman's MCP server lead to."""

EXTENSIONS: dict[str, Operations] = {
    "/postiche/users": {"GET": users.list_users, "POST": users.post_user},
    "/postiche/users/{userId}": {
        "GET": users.get_user,
        "PUT": users.update_user,
        "DELETE": users.remove_user,
    },
    "/postiche/users/{userId}/keys": {
        "GET": keys.list_keys_of_user,
        "POST": keys.create_key_for_user,
    },
    "/postiche/users/{userId}/keys/{keyId}": {"DELETE": keys.revoke_key_of_user},
    "/postiche/keys": {"GET": keys.list_own_keys, "POST": keys.create_own_key},
    "/postiche/keys/{keyId}": {"DELETE": keys.revoke_own_key},
    "/mocks/{mockId}/explain": {"POST": explanations.explain_request},
    "/collections/{collectionId}/requests/{requestId}/capture": {"POST": captures.capture_request},
    "/mocks/{mockId}/states": {
        "GET": mock_states.list_states,
        "DELETE": mock_states.delete_states,
    },
    "/mocks/{mockId}/states/{session}": {
        "GET": mock_states.get_state,
        "PUT": mock_states.put_state,
        "DELETE": mock_states.delete_state,
    },
    "/collections/{collectionId}/lint": {"GET": lints.lint_collection},
    "/mocks/{mockId}/lint": {"GET": lints.lint_mock},
}
"""What the Postman API does not have: under a path of its own, or below what it is about."""

_PREFLIGHT = {
    **wire.CORS,
    "access-control-allow-methods": "GET,HEAD,PUT,PATCH,POST,DELETE",
    "access-control-allow-headers": "x-api-key,content-type",
    "access-control-max-age": "600",
}

_Choose: TypeAlias = Callable[[str], Handler]
"""How a path finds the handler for a method. Raises ApiError if there is none."""

_log = logging.getLogger(__name__)


def control_app(store: Store, settings: ControlSettings, updating: Turn | None = None) -> Starlette:
    """The Postman API over a store.

    `updating` is the turn of partial updates, where other processes take it
    too. It has no lifespan: the store is the caller's to close, once `finished`.
    """
    api = Api(store, settings, updating or asyncio.Lock())
    endpoints = ((path, _Endpoint(api, path, choose)) for path, choose in _paths())
    app = Starlette(routes=[Route(path, endpoint) for path, endpoint in endpoints])
    app.state.api = api
    return app


async def finished(app: Starlette) -> None:
    """Wait for what goes on after it was answered, such as asynchronous updates."""
    api: Api = app.state.api
    await asyncio.gather(*api.background, return_exceptions=True)


def _paths() -> Iterator[tuple[str, _Choose]]:
    """Every path, more special ones first; the last one is all the rest."""
    for family in unsupported.FAMILIES:
        yield family, _always(_not_supported(family))
        yield f"{family}/{{rest:path}}", _always(_not_supported(f"{family}/..."))
    for path, operations in EXTENSIONS.items():
        yield path.replace("{session}", "{session:path}"), _by_method(operations)
    for path in OPERATIONS | UNLISTED | unsupported.OPERATIONS:
        missing = dict.fromkeys(unsupported.OPERATIONS.get(path, ()), _not_supported(path))
        choose = _by_method({**OPERATIONS.get(path, {}), **UNLISTED.get(path, {}), **missing})
        route = path.replace("{filePath}", "{filePath:path}")
        yield f"{route}/", choose
        yield route, choose
    yield "/{rest:path}", _always(_no_such_path)


def _always(handler: Handler) -> _Choose:
    return lambda method: handler  # noqa: ARG005 - whatever the method is


def _by_method(operations: Operations) -> _Choose:
    allowed = [*operations, *(["HEAD"] if "GET" in operations else []), "OPTIONS"]

    def choose(method: str) -> Handler:
        handler = operations.get("GET" if method == "HEAD" else method)
        if handler is None:
            raise wire.wrong_method(method, allowed)
        return handler

    return choose


def _not_supported(path: str) -> Handler:
    async def refuse(asked: Asked) -> Response:
        raise unsupported.not_supported(asked.request.method, path)

    return refuse


async def _no_such_path(_: Asked) -> Response:
    raise wire.no_such_path()


class _Endpoint:
    """What stands at one path: asks for a key before anything else, and answers every error."""

    def __init__(self, api: Api, path: str, choose: _Choose) -> None:
        self._api = api
        self._path = path.rstrip("/")
        self._choose = choose

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._response(Request(scope, receive))
        await response(scope, receive, send)

    async def _response(self, request: Request) -> Response:
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=_PREFLIGHT)
        try:
            return await self._answer(request)
        except wire.ApiError as error:
            label = media_types.error_type(self._path, request.method, error.status)
            return error.response(label)
        except ClientDisconnect:
            return Response(status_code=400)

    async def _answer(self, request: Request) -> Response:
        """What the operation answers. Raises ApiError, also for what fails unforeseen."""
        try:
            user = await auth.authenticate(self._api.store, request, self._api.settings.clock())
            return await self._choose(request.method)(Asked(self._api, user, request))
        except (wire.ApiError, ClientDisconnect):
            raise
        except Exception as error:
            _log.exception("%s %r failed", request.method, request.url.path)
            raise wire.server_error() from error
