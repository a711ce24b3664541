"""What a new store must hold before the Postman API can answer.

Knows the first user and the default workspace. Must not know HTTP or keys.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from postiche.model import User, Workspace
from postiche.store import AlreadyExists, Store

FIRST_USER = User(
    id=10000001,
    username="postiche",
    full_name="Postiche",
    email="postiche@localhost",
)


async def first_user(store: Store, clock: Callable[[], datetime]) -> User:
    """The oldest user, after making sure that there is one and that there is a workspace.

    Idempotent, also when several servers start on one database at once: both
    have fixed ids, so only one of them can add each.
    """
    users = await store.users() or await _add_user(store)
    if not await store.workspaces():
        await _add_workspace(store, users[0], clock())
    return users[0]


async def _add_user(store: Store) -> tuple[User, ...]:
    try:
        await store.add_user(FIRST_USER)
    except AlreadyExists:
        return await store.users()
    return (FIRST_USER,)


async def _add_workspace(store: Store, user: User, now: datetime) -> None:
    workspace = Workspace(
        id=str(uuid5(NAMESPACE_URL, f"postiche:default-workspace:{user.id}")),
        name="My Workspace",
        type="personal",
        description="",
        about="",
        created_by=user.id,
        created_at=now,
        updated_at=now,
    )
    try:
        await store.add_workspace(workspace)
    except AlreadyExists:
        return
