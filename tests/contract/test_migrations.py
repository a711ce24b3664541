import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, inspect, make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from postiche.store import StoreError, open_store
from postiche.store.migrations import MIGRATIONS
from postiche.store.tables import metadata

from .conftest import Start

pytestmark = pytest.mark.anyio

DRIVERS = {"sqlite": "sqlite+aiosqlite"}

OPEN = """
import asyncio, sys
from postiche.store import open_store

async def main():
    print("ready", flush=True)
    sys.stdin.readline()
    store = await open_store(sys.argv[1])
    await store.close()

asyncio.run(main())
"""


async def in_database(url: str, work: Callable[[Connection], Any]) -> Any:
    """Do something to a database behind the store's back."""
    parsed = make_url(url)
    engine = create_async_engine(parsed.set(drivername=DRIVERS[parsed.drivername]))
    async with engine.begin() as connection:
        result = await connection.run_sync(work)
    await engine.dispose()
    return result


def schema(connection: Connection) -> dict[str, Any]:
    inspector = inspect(connection)
    return {
        name: {
            "columns": {
                column["name"]: column["nullable"] for column in inspector.get_columns(name)
            },
            "order": [column["name"] for column in inspector.get_columns(name)],
            "key": inspector.get_pk_constraint(name)["constrained_columns"],
            "unique": {
                each["name"]: each["column_names"]
                for each in inspector.get_unique_constraints(name)
            },
            "indexes": {each["name"]: each["column_names"] for each in inspector.get_indexes(name)},
        }
        for name in inspector.get_table_names()
    }


async def test_the_migrations_lead_to_the_tables_that_the_store_expects(
    url: str,
) -> None:
    await (await open_store(url)).close()
    migrated = await in_database(url, schema)

    def recreated(connection: Connection) -> dict[str, Any]:
        metadata.drop_all(connection)
        metadata.create_all(connection)
        return schema(connection)

    assert migrated == await in_database(url, recreated)


async def test_opening_again_changes_nothing(url: str) -> None:
    await (await open_store(url)).close()
    before = await in_database(url, schema)
    await (await open_store(url)).close()
    assert await in_database(url, schema) == before
    versions = await in_database(
        url, lambda c: c.execute(text("SELECT * FROM schema_version")).all()
    )
    assert versions == [(len(MIGRATIONS),)]


async def test_a_database_of_a_newer_postiche_is_refused(url: str) -> None:
    await (await open_store(url)).close()
    await in_database(url, lambda c: c.execute(text("UPDATE schema_version SET version = 99")))
    with pytest.raises(StoreError, match=r"newer Postiche wrote it .schema version 99.*upgrade"):
        await open_store(url)


async def test_a_database_of_another_program_is_refused_and_left_alone(url: str) -> None:
    await in_database(url, lambda c: c.execute(text("CREATE TABLE theirs (x INTEGER)")))
    with pytest.raises(StoreError, match="not a Postiche database"):
        await open_store(url)
    assert set(await in_database(url, schema)) == {"theirs"}


async def test_a_migration_that_fails_leaves_nothing_behind(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = (*MIGRATIONS[0], "CREATE TABLE revision (twice INTEGER)")
    monkeypatch.setattr("postiche.store.migrations.MIGRATIONS", (broken,))
    with pytest.raises(StoreError, match="Cannot open"):
        await open_store(url)
    assert await in_database(url, schema) == {}


async def test_the_first_user_of_an_older_database_becomes_its_admin(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as older:
        older.setattr("postiche.store.migrations.MIGRATIONS", MIGRATIONS[:1])
        await (await open_store(url)).close()
    users = "INSERT INTO users VALUES (8, 'u', 'U', 'e'), (7, 'u', 'U', 'e')"
    await in_database(url, lambda c: c.execute(text(users)))
    key = "INSERT INTO api_keys VALUES ('k', 7, 'n', 'd', 'h', 0)"
    await in_database(url, lambda c: c.execute(text(key)))
    store = await open_store(url)
    assert [(each.id, each.role) for each in await store.users()] == [(7, "admin"), (8, "editor")]
    (kept,) = await store.keys()
    assert (kept.expires_at, kept.last_used_at) == (None, None)
    await store.close()


async def test_later_migrations_run_on_an_older_database(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await (await open_store(url)).close()
    later = (*MIGRATIONS, ("CREATE TABLE added (note {text})",))
    monkeypatch.setattr("postiche.store.migrations.MIGRATIONS", later)
    await (await open_store(url)).close()
    assert "added" in await in_database(url, schema)


def test_of_many_processes_that_start_at_once_one_migrates(url: str, start: Start) -> None:
    processes = [start(OPEN, url) for _ in range(4)]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    assert [process.wait(timeout=30) for process in processes] == [0] * len(processes)
    versions = asyncio.run(
        in_database(url, lambda c: c.execute(text("SELECT version FROM schema_version")).all())
    )
    assert versions == [(len(MIGRATIONS),)]
