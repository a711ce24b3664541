"""What a new store, and a new user, must have before the Postman API can answer.

Knows the first user and personal workspaces. Must not know HTTP or keys.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from postiche.model import User, Workspace
from postiche.store import AlreadyExists, Store

FIRST_USER = User(
    id=10000001,
    username="postiche",
    full_name="Postiche",
    email="postiche@localhost",
    role="admin",
)


async def first_user(store: Store, clock: Callable[[], datetime]) -> User:
    """The first admin, after making sure that there is one and that there is a workspace.

    Idempotent, also when several servers start on one database at once: both
    have fixed ids, so only one of them can add each.
    """
    users = await store.users() or await _add_user(store)
    admin = next((each for each in users if each.role == "admin"), users[0])
    if not await store.workspaces():
        await add_personal_workspace(store, admin, clock(), default_workspace_id(admin))
    return admin


async def _add_user(store: Store) -> tuple[User, ...]:
    try:
        await store.add_user(FIRST_USER)
    except AlreadyExists:
        return await store.users()
    return (FIRST_USER,)


def default_workspace_id(user: User) -> str:
    """The id of the workspace that a user begins with; always the same for one user."""
    return str(uuid5(NAMESPACE_URL, f"postiche:default-workspace:{user.id}"))


async def add_personal_workspace(
    store: Store, user: User, now: datetime, workspace_id: str
) -> Workspace:
    """Give a user a personal workspace, unless there is one with this id."""
    workspace = Workspace(
        id=workspace_id,
        name="My Workspace",
        type="personal",
        description="",
        about="",
        created_by=user.id,
        created_at=now,
        updated_at=now,
    )
    with suppress(AlreadyExists):
        await store.add_workspace(workspace)
    return workspace
