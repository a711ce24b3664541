"""Users, API keys and workspaces in SQL.

Knows their tables. Must not know transactions, nor who may do what: it never
sees a key, only digests. What changes something returns True.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, or_, select, update

from postiche.model import ApiKey, Scope, User, Workspace
from postiche.store import rows, scopes
from postiche.store.columns import storable
from postiche.store.tables import api_keys as keys_table
from postiche.store.tables import users as users_table
from postiche.store.tables import workspaces as workspaces_table


def add_user(connection: Connection, user: User) -> bool:
    """Insert a user."""
    return rows.add(connection, users_table, user)


def users(connection: Connection) -> tuple[User, ...]:
    """All users, by id."""
    return rows.several(connection, User, select(users_table).order_by(users_table.c.id))


def user(connection: Connection, user_id: int) -> User | None:
    """One user."""
    return rows.single(connection, User, select(users_table).where(_is_user(user_id)))


def replace_user(connection: Connection, user: User) -> bool:
    """Change all fields of a user."""
    statement = update(users_table).where(_is_user(user.id))
    return connection.execute(statement.values(rows.values(users_table, user))).rowcount > 0


def remove_user(connection: Connection, user_id: int) -> bool:
    """Delete a user and their keys."""
    connection.execute(delete(keys_table).where(keys_table.c.user_id == storable(user_id)))
    return connection.execute(delete(users_table).where(_is_user(user_id))).rowcount > 0


def _is_user(user_id: int) -> Any:
    return users_table.c.id == storable(user_id)


def add_key(connection: Connection, key: ApiKey) -> bool:
    """Insert an API key; its digest is unique too."""
    return rows.add(connection, keys_table, key)


def keys(connection: Connection, *, user_id: int | None) -> tuple[ApiKey, ...]:
    """API keys, oldest first."""
    statement = select(keys_table).order_by(keys_table.c.created_at, keys_table.c.id)
    if user_id is not None:
        statement = statement.where(keys_table.c.user_id == storable(user_id))
    return rows.several(connection, ApiKey, statement)


def revoke_key(connection: Connection, key_id: str) -> bool:
    """Delete a key."""
    return connection.execute(delete(keys_table).where(keys_table.c.id == key_id)).rowcount > 0


def key_and_user(connection: Connection, digest: str) -> tuple[ApiKey, User] | None:
    """The key with this digest, and who holds it."""
    return rows.single(connection, _held, _HELD.where(keys_table.c.digest == digest))


_HELD = select(
    *(column.label(f"user_{column.name}") for column in users_table.c),
    *(column.label(f"key_{column.name}") for column in keys_table.c),
).join(keys_table, keys_table.c.user_id == users_table.c.id)


def _held(**fields: Any) -> tuple[ApiKey, User]:
    def of(prefix: str) -> dict[str, Any]:
        named = fields.items()
        return {name.removeprefix(prefix): v for name, v in named if name.startswith(prefix)}

    return ApiKey(**of("key_")), User(**of("user_"))


def touch_key(connection: Connection, key_id: str, used_at: datetime) -> bool:
    """Move the time of a key's last use forward."""
    noted = keys_table.c.last_used_at
    statement = update(keys_table).where(
        keys_table.c.id == key_id, or_(noted.is_(None), noted < used_at)
    )
    return connection.execute(statement.values(last_used_at=used_at)).rowcount > 0


def add_workspace(connection: Connection, workspace: Workspace) -> bool:
    """Insert a workspace."""
    return rows.add(connection, workspaces_table, workspace)


def workspaces(connection: Connection, *, scope: Scope | None) -> tuple[Workspace, ...]:
    """Workspaces, oldest first."""
    statement = (
        select(workspaces_table)
        .where(*scopes.of_workspaces(scope))
        .order_by(workspaces_table.c.created_at, workspaces_table.c.id)
    )
    return rows.several(connection, Workspace, statement)


def workspace(
    connection: Connection, workspace_id: str, *, scope: Scope | None
) -> Workspace | None:
    """One workspace."""
    statement = select(workspaces_table).where(
        workspaces_table.c.id == workspace_id, *scopes.of_workspaces(scope)
    )
    return rows.single(connection, Workspace, statement)


def replace_workspace(connection: Connection, workspace: Workspace) -> bool:
    """Change all fields of a workspace."""
    statement = update(workspaces_table).where(workspaces_table.c.id == workspace.id)
    row = rows.values(workspaces_table, workspace)
    return connection.execute(statement.values(row)).rowcount > 0


def remove_workspace(connection: Connection, workspace_id: str) -> bool:
    """Delete a workspace, but not what is in it."""
    statement = delete(workspaces_table).where(workspaces_table.c.id == workspace_id)
    return connection.execute(statement).rowcount > 0
