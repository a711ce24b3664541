"""What is promised of SQLite alone: files, locks, and surviving a killed process."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import make_url

from postiche.model import CallQuery, Recurrence
from postiche.store import StoreError, open_store
from postiche.store.sqlite import open_sqlite

from .conftest import Start
from .test_sql import torn_sources
from .things import NOON, a_call, a_document, after

pytestmark = pytest.mark.anyio

ENDLESS_WRITER = """
import asyncio, itertools, sys
from datetime import datetime, timezone
from postiche.model import Document
from postiche.store import open_store

NOW = datetime.now(timezone.utc)

async def main():
    store = await open_store(sys.argv[1])
    for number in itertools.count():
        await store.add_document(
            Document("collection", str(number), 7, "w", "n", b"x" * 5000, NOW, NOW, 7)
        )
        print(number, flush=True)

asyncio.run(main())
"""


async def test_a_relative_url_is_a_file_below_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    store = await open_store("sqlite:///new/folder/a b%20c%3F.db")
    await store.close()
    assert (tmp_path / "new/folder/a b c?.db").is_file()


async def test_a_store_stays_with_its_file_when_the_working_directory_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)
    store = await open_store("sqlite:///postiche.db")
    monkeypatch.chdir(tmp_path / "elsewhere")
    await asyncio.gather(*(store.add_document(a_document(id=str(n))) for n in range(3)))
    await asyncio.gather(*(store.documents("collection") for _ in range(3)))
    await store.close()
    assert list((tmp_path / "elsewhere").iterdir()) == []


async def test_a_closed_store_is_a_single_file(tmp_path: Path) -> None:
    store = await open_store(f"sqlite:///{tmp_path}/postiche.db")
    await store.add_document(a_document())
    await store.close()
    assert [path.name for path in tmp_path.iterdir()] == ["postiche.db"]


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("not a database " * 100)
    with pytest.raises(StoreError, match=r"notes\.txt: file is not a database; name another file"):
        await open_store(f"sqlite:///{file}")
    assert file.read_text() == "not a database " * 100


async def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="unable to open database file; name a file"):
        await open_store(f"sqlite:///{tmp_path}")


async def test_a_path_through_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"file/x\.db: .* name a file in a folder"):
        await open_store(f"sqlite:///{tmp_path}/file/x.db")


@pytest.mark.parametrize("name", ["\0", "\ud800", "x" * 5000])
async def test_impossible_paths_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(StoreError, match="Cannot open the database sqlite:"):
        await open_store(f"sqlite:///{tmp_path}/{name}")


@pytest.mark.parametrize("url", ["sqlite://host/x.db", "sqlite:///x.db?mode=ro"])
async def test_hosts_and_options_are_refused(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StoreError, match="no options"):
        await open_store(url)
    assert list(tmp_path.iterdir()) == []


async def test_another_programs_file_keeps_its_journal_mode(tmp_path: Path) -> None:
    file = tmp_path / "theirs.db"
    with closing(sqlite3.connect(file)) as theirs:
        theirs.execute("CREATE TABLE theirs (x)")
    before = file.read_bytes()
    with pytest.raises(StoreError, match="not a Postiche database"):
        await open_store(f"sqlite:///{file}")
    assert file.read_bytes() == before


async def test_readers_of_a_store_in_memory_see_no_half_done_write() -> None:
    store = await open_store("sqlite://")
    assert await torn_sources(store) == 0
    await store.close()


async def test_stores_in_memory_are_strangers() -> None:
    one, other = await open_store("sqlite://"), await open_store("sqlite:///:memory:")
    await one.add_document(a_document())
    assert await other.count_documents("collection") == 0
    await one.close()
    await other.close()


async def test_a_store_in_memory_survives_a_cancelled_caller() -> None:
    store = await open_store("sqlite://")
    await store.add_document(a_document())
    reading = asyncio.create_task(store.document("collection", "c1"))
    await asyncio.sleep(0)
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    assert await store.count_documents("collection") == 1
    await store.close()


async def test_a_store_in_memory_logs_prunes_and_lists_at_the_same_time() -> None:
    store = await open_store("sqlite://")
    await store.add_calls([a_call(id=str(number)) for number in range(3000)])
    calls = [Recurrence(a_call(), f"new {number}", after(1).timestamp()) for number in range(100)]
    pruning = asyncio.create_task(store.prune_calls(before=NOON, keep=50))
    await asyncio.gather(
        *(store.add_calls([call]) for call in calls),
        *(store.calls("m1", CallQuery()) for _ in range(20)),
    )
    assert await pruning + await store.count_calls() == 3100
    await store.close()


async def test_readers_do_not_wait_for_a_writer(tmp_path: Path) -> None:
    file = tmp_path / "postiche.db"
    store = await open_store(f"sqlite:///{file}")
    await store.add_calls([a_call()])
    with closing(sqlite3.connect(file, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("DELETE FROM calls")
        assert len((await store.calls("m1", CallQuery())).calls) == 1
        writer.execute("ROLLBACK")
    await store.close()


async def test_a_write_transaction_excludes_others_from_its_beginning(tmp_path: Path) -> None:
    file = tmp_path / "postiche.db"
    database = await open_sqlite(make_url(f"sqlite:///{file}"))
    with closing(sqlite3.connect(file, isolation_level=None, timeout=0)) as rival:
        async with database.writers.begin():
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                rival.execute("BEGIN IMMEDIATE")
        rival.execute("BEGIN IMMEDIATE")
    await database.close()


async def test_opening_a_new_file_waits_for_another_starter(tmp_path: Path) -> None:
    file = tmp_path / "postiche.db"
    with closing(sqlite3.connect(file, isolation_level=None)) as rival:
        rival.execute("BEGIN IMMEDIATE")
        opening = asyncio.create_task(open_store(f"sqlite:///{file}"))
        await asyncio.sleep(0.1)
        assert not opening.done()
        rival.execute("COMMIT")
    await (await opening).close()


async def test_a_writer_waits_for_another_process_instead_of_failing(tmp_path: Path) -> None:
    file = tmp_path / "postiche.db"
    store = await open_store(f"sqlite:///{file}")
    with closing(sqlite3.connect(file, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        adding = asyncio.create_task(store.add_document(a_document()))
        for _ in range(5):
            await store.refresh()
        assert not adding.done()
        writer.execute("COMMIT")
    await adding
    await store.close()


async def test_a_database_that_turns_bad_is_a_store_error(tmp_path: Path) -> None:
    file = tmp_path / "postiche.db"
    store = await open_store(f"sqlite:///{file}")
    with closing(sqlite3.connect(file, isolation_level=None)) as vandal:
        vandal.execute("DROP TABLE documents")
    with pytest.raises(StoreError, match="no such table: documents"):
        await store.documents("collection")
    with pytest.raises(StoreError, match="no such table: documents"):
        await store.add_document(a_document())
    assert await store.users() == ()
    await store.close()


def test_a_killed_process_loses_nothing_that_it_was_told_is_stored(
    tmp_path: Path, start: Start
) -> None:
    url = f"sqlite:///{tmp_path}/postiche.db"
    process = start(ENDLESS_WRITER, url)
    assert process.stdout is not None
    promised = [process.stdout.readline().strip() for _ in range(40)]
    process.kill()
    promised += process.stdout.read().split("\n")[:-1]

    async def stored() -> set[str]:
        store = await open_store(url)
        found = {document.id for document in await store.documents("collection")}
        await store.add_document(a_document(id="after the crash"))
        await store.close()
        return found

    found = asyncio.run(stored())
    assert len(promised) >= 40
    assert set(promised) <= found
    assert len(found) <= len(promised) + 1
