"""The steps that bring a database to the present schema, and the running of them.

Knows the schema's history. Must not know the Store or any one database: the
few words in which databases differ (`{bytes}`, `{text}`, `{serial}`) are
filled in from outside. A step, once released, is never edited; a test holds
the sum of all steps to `tables`.
"""

from collections.abc import Mapping

from sqlalchemy import Connection, func, insert, inspect, select, update

from postiche.store import StoreError
from postiche.store.database import Database
from postiche.store.tables import schema_version

_FIRST = (
    "CREATE TABLE revision (value BIGINT NOT NULL)",
    "INSERT INTO revision (value) VALUES (0)",
    """CREATE TABLE users (
        id BIGINT NOT NULL PRIMARY KEY, username {text} NOT NULL,
        full_name {text} NOT NULL, email {text} NOT NULL)""",
    """CREATE TABLE api_keys (
        id {text} NOT NULL PRIMARY KEY, user_id BIGINT NOT NULL, name {text} NOT NULL,
        digest {text} NOT NULL, hint {text} NOT NULL, created_at BIGINT NOT NULL,
        CONSTRAINT api_keys_by_digest UNIQUE (digest))""",
    """CREATE TABLE workspaces (
        id {text} NOT NULL PRIMARY KEY, name {text} NOT NULL, type {text} NOT NULL,
        description {text} NOT NULL, about {text} NOT NULL, created_by BIGINT NOT NULL,
        created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL)""",
    """CREATE TABLE documents (
        kind {text} NOT NULL, id {text} NOT NULL, uid {text} NOT NULL, owner BIGINT NOT NULL,
        workspace {text} NOT NULL, name {text} NOT NULL, created_at BIGINT NOT NULL,
        updated_at BIGINT NOT NULL, updated_by BIGINT NOT NULL, content {bytes} NOT NULL,
        PRIMARY KEY (kind, id), CONSTRAINT documents_by_uid UNIQUE (kind, uid))""",
    "CREATE INDEX documents_by_age ON documents (kind, created_at, id)",
    "CREATE INDEX documents_by_workspace ON documents (kind, workspace, created_at, id)",
    """CREATE TABLE mocks (
        id {text} NOT NULL PRIMARY KEY, owner BIGINT NOT NULL, workspace {text} NOT NULL,
        name {text} NOT NULL, description {text} NOT NULL, collection {text} NOT NULL,
        environment {text}, private BOOLEAN NOT NULL, config {bytes} NOT NULL,
        server_response {text}, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL)""",
    "CREATE INDEX mocks_by_workspace ON mocks (workspace, created_at, id)",
    "CREATE INDEX mocks_by_owner ON mocks (owner, created_at, id)",
    """CREATE TABLE server_responses (
        id {text} NOT NULL PRIMARY KEY, mock {text} NOT NULL, name {text} NOT NULL,
        status_code BIGINT NOT NULL, language {text}, created_at BIGINT NOT NULL,
        updated_at BIGINT NOT NULL, created_by BIGINT NOT NULL, updated_by BIGINT NOT NULL,
        headers {bytes} NOT NULL, body {text} NOT NULL)""",
    "CREATE INDEX server_responses_by_mock ON server_responses (mock, created_at, id)",
    """CREATE TABLE calls (
        seq {serial}, id {text} NOT NULL, mock {text} NOT NULL, served_at BIGINT NOT NULL,
        type {text} NOT NULL, status_code BIGINT NOT NULL, method {text} NOT NULL,
        path {text} NOT NULL, folded_path {text}, response_name {text} NOT NULL,
        example {text}, score DOUBLE PRECISION,
        request_headers {bytes} NOT NULL, response_headers {bytes} NOT NULL,
        request_body {bytes} NOT NULL, response_body {bytes} NOT NULL)""",
    "CREATE INDEX calls_by_mock ON calls (mock, served_at, seq)",
)

_ROLES_AND_EXPIRY = (
    "ALTER TABLE users ADD COLUMN role {text} NOT NULL DEFAULT 'editor'",
    "UPDATE users SET role = 'admin' WHERE id = (SELECT min(id) FROM users)",
    "ALTER TABLE api_keys ADD COLUMN expires_at BIGINT",
    "ALTER TABLE api_keys ADD COLUMN last_used_at BIGINT",
)

_CALLS = """seq, id, mock, served_at, type, status_code, method, path, folded_path,
        response_name, example, score, request_headers, response_headers, request_body,
        response_body"""

_WHY = (  # made anew: small columns are to stand before those that may be large
    "DROP INDEX calls_by_mock",
    "ALTER TABLE calls RENAME TO calls_before",
    """CREATE TABLE calls (
        seq {serial}, id {text} NOT NULL, mock {text} NOT NULL, served_at BIGINT NOT NULL,
        type {text} NOT NULL, status_code BIGINT NOT NULL, method {text} NOT NULL,
        path {text} NOT NULL, folded_path {text}, response_name {text} NOT NULL,
        example {text}, score DOUBLE PRECISION, nearest {text}, why {text},
        request_headers {bytes} NOT NULL, response_headers {bytes} NOT NULL,
        request_body {bytes} NOT NULL, response_body {bytes} NOT NULL)""",
    f"INSERT INTO calls ({_CALLS}) SELECT {_CALLS} FROM calls_before",  # noqa: S608 - no data
    "DROP TABLE calls_before",
    "CREATE INDEX calls_by_mock ON calls (mock, served_at, seq)",
)

_STATES = (
    """CREATE TABLE states (
        mock {text} NOT NULL, session {text} NOT NULL, used_at BIGINT NOT NULL,
        content {bytes} NOT NULL, PRIMARY KEY (mock, session))""",
    "CREATE INDEX states_by_use ON states (mock, used_at)",
)

MIGRATIONS: tuple[tuple[str, ...], ...] = (_FIRST, _ROLES_AND_EXPIRY, _WHY, _STATES)
"""Step n, counted from one, leads from schema version n - 1 to n."""


async def migrate(database: Database) -> None:
    """Run the steps that the database still lacks, each in one transaction.

    Each looks at the version again inside its transaction, so that of several
    processes that start at once only one runs it. Raises StoreError for a
    database that is not Postiche's, or is a newer Postiche's.
    """
    async with database.readers.connect() as connection:
        version = await connection.run_sync(_version)
    while version < len(MIGRATIONS):
        async with database.writers.begin() as connection:
            version = await connection.run_sync(_step, database.column_types)


def _step(connection: Connection, column_types: Mapping[str, str]) -> int:
    version = _version(connection)
    if version == len(MIGRATIONS):
        return version
    if version == 0:
        connection.exec_driver_sql("CREATE TABLE schema_version (version BIGINT NOT NULL)")
        connection.execute(insert(schema_version).values(version=0))
    for statement in MIGRATIONS[version]:
        connection.exec_driver_sql(statement.format_map(column_types))
    connection.execute(update(schema_version).values(version=version + 1))
    return version + 1


def _version(connection: Connection) -> int:
    present = inspect(connection).get_table_names()
    if not present:
        return 0
    if schema_version.name not in present:
        raise StoreError("it is not a Postiche database; name a database of its own")
    version = connection.execute(select(func.max(schema_version.c.version))).scalar() or 0
    if version > len(MIGRATIONS):
        raise StoreError(
            f"a newer Postiche wrote it (schema version {version}, this one knows "
            f"{len(MIGRATIONS)}); upgrade Postiche, or name another database"
        )
    return version
