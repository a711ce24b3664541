"""The tables as they stand after the last migration.

Knows columns and indexes. Must not know how tables come to be (`migrations`),
nor how they are asked. Columns are named after the fields of the model; large
ones come last, so that listings and filters need not read past them.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    UniqueConstraint,
)

from postiche.store.columns import Config, HeaderList, Moment, Text

metadata = MetaData()

schema_version = Table(
    "schema_version",
    metadata,
    Column("version", BigInteger, nullable=False),
)

revision = Table(
    "revision",
    metadata,
    Column("value", BigInteger, nullable=False),
)

users = Table(
    "users",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("username", Text, nullable=False),
    Column("full_name", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("role", Text, nullable=False),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", Text, primary_key=True),
    Column("user_id", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("hint", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment),
    Column("last_used_at", Moment),
    UniqueConstraint("digest", name="api_keys_by_digest"),
)

workspaces = Table(
    "workspaces",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("created_by", BigInteger, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
)

documents = Table(
    "documents",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("uid", Text, nullable=False),
    Column("owner", BigInteger, nullable=False),
    Column("workspace", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("updated_by", BigInteger, nullable=False),
    Column("content", LargeBinary, nullable=False),
    UniqueConstraint("kind", "uid", name="documents_by_uid"),
    Index("documents_by_age", "kind", "created_at", "id"),
    Index("documents_by_workspace", "kind", "workspace", "created_at", "id"),
)

mocks = Table(
    "mocks",
    metadata,
    Column("id", Text, primary_key=True),
    Column("owner", BigInteger, nullable=False),
    Column("workspace", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("collection", Text, nullable=False),
    Column("environment", Text),
    Column("private", Boolean, nullable=False),
    Column("config", Config, nullable=False),
    Column("server_response", Text),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Index("mocks_by_workspace", "workspace", "created_at", "id"),
    Index("mocks_by_owner", "owner", "created_at", "id"),
)

server_responses = Table(
    "server_responses",
    metadata,
    Column("id", Text, primary_key=True),
    Column("mock", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("status_code", BigInteger, nullable=False),
    Column("language", Text),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("created_by", BigInteger, nullable=False),
    Column("updated_by", BigInteger, nullable=False),
    Column("headers", HeaderList, nullable=False),
    Column("body", Text, nullable=False),
    Index("server_responses_by_mock", "mock", "created_at", "id"),
)

calls = Table(
    "calls",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("id", Text, nullable=False),
    Column("mock", Text, nullable=False),
    Column("served_at", Moment, nullable=False),
    Column("type", Text, nullable=False),
    Column("status_code", BigInteger, nullable=False),
    Column("method", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("folded_path", Text),  # the path without regard to case, where that differs
    Column("response_name", Text, nullable=False),
    Column("example", Text),
    Column("score", Double),
    Column("nearest", Text),
    Column("why", Text),
    Column("request_headers", HeaderList, nullable=False),
    Column("response_headers", HeaderList, nullable=False),
    Column("request_body", LargeBinary, nullable=False),
    Column("response_body", LargeBinary, nullable=False),
    Index("calls_by_mock", "mock", "served_at", "seq"),
)

states = Table(
    "states",
    metadata,
    Column("mock", Text, primary_key=True),
    Column("session", Text, primary_key=True),
    Column("used_at", Moment, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Index("states_by_use", "mock", "used_at"),
)
