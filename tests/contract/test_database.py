"""What the Store may rely on of an open database."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import Connection, make_url, text

from postiche.store.sqlite import open_sqlite

pytestmark = pytest.mark.anyio


async def test_readers_see_what_writers_have_committed_and_no_more(tmp_path: Path) -> None:
    database = await open_sqlite(make_url(f"sqlite:///{tmp_path / 'x.db'}"))
    try:
        async with database.writers.begin() as writer:
            await writer.execute(text("CREATE TABLE t (n INTEGER)"))
        async with database.writers.begin() as writer, database.readers.connect() as reader:
            await writer.execute(text("INSERT INTO t VALUES (1)"))
            assert (await reader.execute(text("SELECT count(*) FROM t"))).scalar_one() == 0
        async with database.readers.connect() as reader:
            assert (await reader.execute(text("SELECT count(*) FROM t"))).scalar_one() == 1
    finally:
        await database.close()


async def test_a_database_in_memory_says_that_it_has_one_connection(tmp_path: Path) -> None:
    in_memory = await open_sqlite(make_url("sqlite://"))
    in_file = await open_sqlite(make_url(f"sqlite:///{tmp_path / 'x.db'}"))
    assert (in_memory.one_connection, in_file.one_connection) == (True, False)
    await in_memory.close()
    await in_file.close()


@pytest.mark.parametrize("name", ["x.db", None])
async def test_a_change_that_excludes_others_happens_whole_or_not_at_all(
    tmp_path: Path, name: str | None
) -> None:
    database = await open_sqlite(make_url(f"sqlite:///{tmp_path / name}" if name else "sqlite://"))

    def insert(connection: Connection, number: int) -> int:
        connection.execute(text("INSERT INTO t VALUES (:number)"), {"number": number})
        count = connection.execute(text("SELECT count(*) FROM t")).scalar_one()
        return int(count) // (2 - number)

    try:
        await database.exclusively(lambda c: c.execute(text("CREATE TABLE t (n INTEGER)")))
        assert await database.exclusively(lambda c: insert(c, 1)) == 1
        with pytest.raises(ZeroDivisionError):
            await database.exclusively(lambda c: insert(c, 2))
        async with database.readers.connect() as reader:
            assert (await reader.execute(text("SELECT n FROM t"))).scalars().all() == [1]
    finally:
        await database.close()


async def test_who_excludes_others_waits_for_writers(tmp_path: Path) -> None:
    database = await open_sqlite(make_url(f"sqlite:///{tmp_path / 'x.db'}"))
    try:
        async with database.writers.begin() as writer:
            await writer.execute(text("CREATE TABLE t (n INTEGER)"))
            insert = text("INSERT INTO t SELECT count(*) FROM t")
            waiting = asyncio.create_task(database.exclusively(lambda c: c.execute(insert)))
            await asyncio.wait([waiting], timeout=0.1)
            await writer.execute(insert)
        await waiting
        async with database.readers.connect() as reader:
            assert (await reader.execute(text("SELECT n FROM t"))).scalars().all() == [0, 1]
    finally:
        await database.close()
