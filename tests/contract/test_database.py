"""What the Store may rely on of an open database."""

from pathlib import Path

import pytest
from sqlalchemy import make_url, text

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
