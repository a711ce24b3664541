"""SQLite: everything that is true of it and of no other database.

Knows files, pragmas and locks. Must not know tables or the Store.

Readers never wait for a writer: the journal is a write-ahead log (WAL). A
write transaction takes the write lock when it begins, so that it waits its
turn behind other processes instead of failing half-way. `synchronous=NORMAL`
keeps every committed transaction when the process is killed; a power failure
may take the last ones, but never leaves the file broken.
"""

import asyncio
import sqlite3
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, StaticPool, create_engine, event
from sqlalchemy.ext.asyncio import create_async_engine

from postiche.store import StoreError
from postiche.store.database import Database

_COLUMN_TYPES = {
    "text": "TEXT",
    "bytes": "BLOB",
    "serial": "INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT",  # plain keys would be used again
}
_WRITES = "postiche_writes"
_BUSY_SECONDS = 15.0
_RETRY_SECONDS = 0.02
_CONNECTIONS = 5
_CHECKPOINT_PAGES = 4000  # 16 MB: the call log changes the same pages again and again


async def open_sqlite(url: URL) -> Database:
    """Open the file that a URL names, making it if need be; a database in memory if it names none.

    Raises StoreError with the reason why that cannot be.
    """
    if url.query or url.host:
        raise StoreError("write sqlite:///PATH, or sqlite:////PATH from the root, and no options")
    if not url.database or url.database == ":memory:":
        return _database(":memory:", one_connection=True, poolclass=StaticPool)
    await asyncio.to_thread(_prepare, Path(url.database))
    database = _database(url.database, pool_size=_CONNECTIONS, max_overflow=0)
    return replace(database, direct=_direct(url.database))


def _database(name: str, *, one_connection: bool = False, **pool: Any) -> Database:
    engine = create_async_engine(
        URL.create("sqlite+aiosqlite", database=name),
        # A cached statement keeps what was last bound to it, such as a large collection.
        connect_args={
            "timeout": _BUSY_SECONDS,
            "isolation_level": None,
            "cached_statements": 0,
        },
        hide_parameters=True,
        **pool,
    )
    event.listen(engine.sync_engine, "connect", _on_connect)
    event.listen(engine.sync_engine, "begin", _on_begin)
    writers = engine.execution_options(**{_WRITES: True})
    return Database(engine, writers, _COLUMN_TYPES, one_connection)


def _direct(name: str) -> Engine:
    """The one connection of those who write in a thread, one at a time."""
    engine = create_engine(
        URL.create("sqlite+pysqlite", database=name),
        connect_args={
            "timeout": _BUSY_SECONDS,
            "isolation_level": None,
            "check_same_thread": False,
        },
        hide_parameters=True,
        pool_size=1,
        max_overflow=0,
    )
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine.execution_options(**{_WRITES: True})


def _on_connect(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")
    cursor.close()


def _on_begin(connection: Connection) -> None:
    # Reads are single statements and need no transaction: the driver is in autocommit mode.
    if connection.get_execution_options().get(_WRITES):
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _prepare(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)) as file:
            if _is_new(file):
                _turn_on_wal(file)
            file.execute("BEGIN IMMEDIATE")
            file.execute("ROLLBACK")
    except (OSError, ValueError) as error:
        raise StoreError(f"{error}; name a file in a folder that can be written to") from error
    except sqlite3.Error as error:
        raise StoreError(f"{error}; {_cure(error)}") from error


def _cure(error: sqlite3.Error) -> str:
    return {
        sqlite3.SQLITE_NOTADB: "name another file, or move this one away",
        sqlite3.SQLITE_BUSY: "another program holds it: stop that, or try again",
    }.get(_code(error), "name a file that can be read and written to")


def _code(error: sqlite3.Error) -> int:
    extended: int = getattr(error, "sqlite_errorcode", 0)
    return extended & 0xFF


def _is_new(file: sqlite3.Connection) -> bool:
    # A file keeps its journal mode: one with tables has the right one already, or is not ours.
    return not file.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]


def _turn_on_wal(file: sqlite3.Connection) -> None:
    # SQLite does not wait for the lock here, and the first starters of a new file all want it.
    deadline = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            file.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if _code(error) != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(_RETRY_SECONDS)
        else:
            return
