"""What the command line does to users and API keys, straight on a database.

Knows the store, users and how keys are made. Must not know servers, HTTP or
how anything is printed. A running server sees what is done here at its next
look at the database.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from postiche.control import auth, users
from postiche.control.bootstrap import first_user
from postiche.model import ApiKey, Role, User
from postiche.server.administration import KeyFailure, new_id, now, opened
from postiche.server.failures import Failure
from postiche.store import AlreadyExists, Store


class UserFailure(Failure):
    """A user cannot be made, found, changed or deleted."""


async def create_key(
    database_url: str, name: str, *, username: str | None = None, expires_at: datetime | None = None
) -> tuple[ApiKey, str]:
    """Make a key for a user, by default the first; the key itself is told only here.

    Raises UserFailure for an unknown user, KeyFailure for an end in the past.
    """
    if expires_at is not None and expires_at <= now():
        raise KeyFailure(f"--expires: {expires_at:%Y-%m-%d} is in the past")
    async with opened(database_url) as store:
        first = await first_user(store, now)
        user = first if username is None else await _user(store, username)
        return await auth.create_key(store, user, name, now, new_id, expires_at=expires_at)


async def list_keys(database_url: str) -> Sequence[tuple[ApiKey, str]]:
    """All keys, oldest first, each with the name of its user."""
    async with opened(database_url) as store:
        names = {user.id: user.username for user in await store.users()}
        return [(key, names.get(key.user_id, str(key.user_id))) for key in await store.keys()]


async def revoke_key(database_url: str, key_id: str) -> None:
    """Delete a key. Raises KeyFailure if there is none with this id."""
    async with opened(database_url) as store:
        if not await store.revoke_key(key_id):
            raise KeyFailure(f"there is no key with id {key_id}; `postiche keys list` shows them")


async def create_user(database_url: str, username: str, role: Role, email: str) -> User:
    """Make a user, with a personal workspace. Raises UserFailure for a name that is taken."""
    async with opened(database_url) as store:
        await first_user(store, now)
        try:
            return await users.create_user(
                store, now, new_id, username=username, email=email, role=role
            )
        except AlreadyExists:
            raise UserFailure(f"there is a user {username!r} already") from None


async def list_users(database_url: str) -> Sequence[User]:
    """All users, by id."""
    async with opened(database_url) as store:
        await first_user(store, now)
        return await store.users()


async def change_role(database_url: str, username: str, role: Role) -> None:
    """Give a user another role. Raises UserFailure, also for the last admin."""
    async with opened(database_url) as store:
        user = await _user(store, username)
        try:
            await users.change_user(store, replace(user, role=role))
        except users.LastAdmin:
            raise _last_admin(username) from None


async def delete_user(database_url: str, username: str) -> None:
    """Delete a user with their keys and personal workspaces. Raises UserFailure."""
    async with opened(database_url) as store:
        user = await _user(store, username)
        try:
            await users.delete_user(store, user.id)
        except users.LastAdmin:
            raise _last_admin(username) from None


async def _user(store: Store, username: str) -> User:
    for user in await store.users():
        if username in (user.username, str(user.id)):
            return user
    raise UserFailure(f"there is no user {username!r}; `postiche users list` shows them")


def _last_admin(username: str) -> UserFailure:
    return UserFailure(f"{username} is the only admin; give somebody else the role first")
