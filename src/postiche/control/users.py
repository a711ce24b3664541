"""Users and their roles: an extension of Postiche, under `/postiche/users`.

Knows users, and that there is always an admin. Must not know keys, which
`keys` does, nor what a role allows, which `access` does. The plain functions
are for the command line, too.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, get_args
from uuid import UUID

from starlette.responses import Response

from postiche.control import wire
from postiche.control.access import must_administer
from postiche.control.api import Asked
from postiche.control.bootstrap import add_personal_workspace, default_workspace_id
from postiche.control.validate import NO_NUL, Validator, compile_schema
from postiche.model import OPEN_TYPES, Role, User
from postiche.store import AlreadyExists, Store

LOWEST_ID, IDS = 10_000_002, 89_999_998
"""User ids have eight digits, as Postman's do; drawn, so that none is ever used again."""

_PROPERTIES = {
    "username": {"type": "string", "minLength": 1, "pattern": NO_NUL},
    "fullName": {"type": "string", "pattern": NO_NUL},
    "email": {"type": "string", "pattern": r"^[^@\s\x00]+@[^@\s\x00]+$"},
    "role": {"enum": list(get_args(Role))},
}
_complaints_about_new = compile_schema(
    {"type": "object", "required": ["username"], "properties": _PROPERTIES}
)
_complaints_about_changes = compile_schema({"type": "object", "properties": _PROPERTIES})
_FIELDS = {"username": "username", "fullName": "full_name", "email": "email", "role": "role"}


class LastAdmin(Exception):  # noqa: N818 - reads as what it says
    """Without this user nobody could manage users any more."""


async def create_user(
    store: Store,
    clock: Callable[[], datetime],
    new_id: Callable[[], str],
    *,
    username: str,
    full_name: str = "",
    email: str = "",
    role: Role = "editor",
) -> User:
    """Store a new user, with a personal workspace. Raises AlreadyExists for a known username."""
    if any(each.username == username for each in await store.users()):
        raise AlreadyExists(f"User {username} is already stored.")
    user = User(
        id=LOWEST_ID + UUID(new_id()).int % IDS,
        username=username,
        full_name=full_name or username,
        email=email or "user@localhost",
        role=role,
    )
    await store.add_user(user)
    await add_personal_workspace(store, user, clock(), default_workspace_id(user))
    return user


async def change_user(store: Store, user: User) -> bool:
    """Store a known user's fields anew. Raises LastAdmin."""
    if user.role != "admin":
        await _must_not_be_the_last_admin(store, user.id)
    return await store.replace_user(user)


async def delete_user(store: Store, user_id: int) -> bool:
    """Delete a user with their keys and all that only they could see. Raises LastAdmin.

    What they made in workspaces that others see stays.
    """
    await _must_not_be_the_last_admin(store, user_id)
    for each in await store.workspaces():
        if each.created_by == user_id and each.type not in OPEN_TYPES:
            await store.delete_workspace(each.id)
    return await store.delete_user(user_id)


async def _must_not_be_the_last_admin(store: Store, user_id: int) -> None:
    if {each.id for each in await store.users() if each.role == "admin"} == {user_id}:
        raise LastAdmin("There must be an admin.")


async def list_users(asked: Asked) -> Response:
    """GET /postiche/users, for admins."""
    must_administer(asked.user)
    return wire.answer({"users": [_shown(each) for each in await asked.api.store.users()]})


async def post_user(asked: Asked) -> Response:
    """POST /postiche/users, for admins."""
    must_administer(asked.user)
    sent, _ = await asked.json(_new)
    async with asked.api.updating:
        try:
            user = await create_user(
                asked.api.store, asked.now, asked.settings.new_id, **_fields(sent)
            )
        except AlreadyExists:
            raise _name_is_taken(sent["username"]) from None
    return wire.answer({"user": _shown(user)})


async def get_user(asked: Asked) -> Response:
    """GET /postiche/users/{userId}, for admins."""
    return wire.answer({"user": _shown(await existing_user(asked))})


async def update_user(asked: Asked) -> Response:
    """PUT /postiche/users/{userId}, for admins: what is not sent stays as it is."""
    await existing_user(asked)
    sent, _ = await asked.json(_changes)
    async with asked.api.updating:
        old = await existing_user(asked)
        await _must_be_free(asked, old, sent)
        user = replace(old, **_fields(sent))
        try:
            changed = await change_user(asked.api.store, user)
        except LastAdmin:
            raise _last_admin() from None
    if not changed:
        raise _no_such_user()
    return wire.answer({"user": _shown(user)})


async def remove_user(asked: Asked) -> Response:
    """DELETE /postiche/users/{userId}, for admins, with what only that user could see."""
    async with asked.api.updating:
        user = await existing_user(asked)
        try:
            await delete_user(asked.api.store, user.id)
        except LastAdmin:
            raise _last_admin() from None
    return wire.answer({"user": {"id": user.id}})


async def existing_user(asked: Asked) -> User:
    """The user that the path names. Raises ApiError 403 unless the caller is an admin, 404."""
    must_administer(asked.user)
    user_id = wire.whole_number(asked.segment("userId"))
    user = None if user_id is None else await asked.api.store.user(user_id)
    if user is None:
        raise _no_such_user()
    return user


async def _must_be_free(asked: Asked, user: User, sent: dict[str, Any]) -> None:
    others = (each for each in await asked.api.store.users() if each.id != user.id)
    if sent.get("username") in {each.username for each in others}:
        raise _name_is_taken(sent["username"])


def _new(body: dict[str, object]) -> dict[str, Any]:
    return _sent(body, _complaints_about_new)


def _changes(body: dict[str, object]) -> dict[str, Any]:
    return _sent(body, _complaints_about_changes)


def _sent(body: dict[str, object], complaints_about: Validator) -> dict[str, Any]:
    for complaint in complaints_about(body):
        raise wire.refused(complaint, "user")
    return body


def _fields(sent: dict[str, Any]) -> dict[str, Any]:
    return {field: sent[name] for name, field in _FIELDS.items() if name in sent}


def _shown(user: User) -> dict[str, object]:
    shown = {name: getattr(user, field) for name, field in _FIELDS.items()}
    return {"id": user.id, **shown}


def _no_such_user() -> wire.ApiError:
    return wire.legacy(404, "instanceNotFoundError", "The specified user does not exist.")


def _name_is_taken(username: str) -> wire.ApiError:
    details = {"item": "user", "username": username}
    return wire.legacy(
        400, "instanceFoundError", "The specified item already exists.", details=details
    )


def _last_admin() -> wire.ApiError:
    return wire.legacy(400, "badRequestError", "This is the only admin; make another one first.")
