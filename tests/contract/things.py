"""Things to put into a store, each complete, with what a test cares about given by name."""

from datetime import UTC, datetime, timedelta
from typing import Any

from postiche.model import (
    ApiKey,
    Call,
    Document,
    DocumentKind,
    Mock,
    MockConfig,
    ServerResponse,
    User,
    Workspace,
)

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def after(milliseconds: int) -> datetime:
    """That many milliseconds after noon."""
    return NOON + timedelta(milliseconds=milliseconds)


def a_user(**given: Any) -> User:
    fields: dict[str, Any] = {"id": 7, "username": "ada", "full_name": "Ada L.", "email": "a@b.c"}
    return User(**fields | given)


def a_key(**given: Any) -> ApiKey:
    fields: dict[str, Any] = {
        "id": "k1",
        "user_id": 7,
        "name": "laptop",
        "digest": "d1",
        "hint": "PMAK-1",
    }
    return ApiKey(**fields | {"created_at": NOON} | given)


def a_workspace(**given: Any) -> Workspace:
    fields: dict[str, Any] = {
        "id": "w1",
        "name": "Team",
        "type": "team",
        "description": "d",
        "about": "a",
    }
    times = {"created_by": 7, "created_at": NOON, "updated_at": NOON}
    return Workspace(**fields | times | given)


def a_document(kind: DocumentKind = "collection", **given: Any) -> Document:
    fields: dict[str, Any] = {
        "id": "c1",
        "owner": 7,
        "workspace": "w1",
        "name": "Users",
        "content": b'{"a":1}',
    }
    times = {"created_at": NOON, "updated_at": NOON, "updated_by": 7}
    return Document(kind=kind, **fields | times | given)


def a_mock(**given: Any) -> Mock:
    fields: dict[str, Any] = {
        "id": "m1",
        "owner": 7,
        "workspace": "w1",
        "name": "Mock",
        "description": "d",
    }
    parts = {"collection": "7-c1", "environment": None, "private": False, "config": MockConfig()}
    times = {"created_at": NOON, "updated_at": NOON}
    return Mock(**fields | parts | times | {"active": False} | given)


def a_server_response(**given: Any) -> ServerResponse:
    fields: dict[str, Any] = {
        "id": "r1",
        "mock": "m1",
        "name": "Down",
        "status_code": 503,
        "language": "json",
    }
    parts = {"headers": (("retry-after", "9"), ("x", "1"), ("x", "2")), "body": '{"down":true}'}
    times = {"created_at": NOON, "updated_at": NOON, "created_by": 7, "updated_by": 8}
    return ServerResponse(**fields | parts | times | given)


def a_call(**given: Any) -> Call:
    fields: dict[str, Any] = {"id": "m1-1", "mock": "m1", "served_at": NOON, "response_name": "OK"}
    parts = {"type": "success", "status_code": 200, "method": "GET", "path": "/users?page=1"}
    return Call(**fields | parts | given)
