"""Users, API keys and workspaces in SQL.

Knows their tables. Must not know transactions, nor who may do what: it never
sees a key, only digests. What changes something returns True.
"""

from sqlalchemy import Connection, delete, select

from postiche.model import ApiKey, User, Workspace
from postiche.store import rows
from postiche.store.tables import api_keys as keys_table
from postiche.store.tables import users as users_table
from postiche.store.tables import workspaces as workspaces_table


def add_user(connection: Connection, user: User) -> bool:
    """Insert a user."""
    return rows.add(connection, users_table, user)


def users(connection: Connection) -> tuple[User, ...]:
    """All users, by id."""
    return rows.several(connection, User, select(users_table).order_by(users_table.c.id))


def add_key(connection: Connection, key: ApiKey) -> bool:
    """Insert an API key; its digest is unique too."""
    return rows.add(connection, keys_table, key)


def keys(connection: Connection) -> tuple[ApiKey, ...]:
    """All API keys, oldest first."""
    statement = select(keys_table).order_by(keys_table.c.created_at, keys_table.c.id)
    return rows.several(connection, ApiKey, statement)


def revoke_key(connection: Connection, key_id: str) -> bool:
    """Delete a key."""
    return connection.execute(delete(keys_table).where(keys_table.c.id == key_id)).rowcount > 0


def user_of_key(connection: Connection, digest: str) -> User | None:
    """The user who holds the key with this digest."""
    owned = keys_table.c.user_id == users_table.c.id
    statement = select(users_table).join(keys_table, owned).where(keys_table.c.digest == digest)
    return rows.single(connection, User, statement)


def add_workspace(connection: Connection, workspace: Workspace) -> bool:
    """Insert a workspace."""
    return rows.add(connection, workspaces_table, workspace)


def workspaces(connection: Connection) -> tuple[Workspace, ...]:
    """All workspaces, oldest first."""
    statement = select(workspaces_table).order_by(
        workspaces_table.c.created_at, workspaces_table.c.id
    )
    return rows.several(connection, Workspace, statement)


def workspace(connection: Connection, workspace_id: str) -> Workspace | None:
    """One workspace."""
    statement = select(workspaces_table).where(workspaces_table.c.id == workspace_id)
    return rows.single(connection, Workspace, statement)
