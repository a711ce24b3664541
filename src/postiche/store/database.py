"""An open database: what the Store needs to know of one, whichever it is.

Knows engines. Must not know tables, statements, or any one database.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.ext.asyncio import AsyncEngine

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Database:
    """Two views of one connection pool, and the words its dialect needs.

    A statement on `readers` sees one moment of the database and never waits
    for a writer. A transaction of `writers` excludes other writers, in this
    process and in others, from its beginning. With `one_connection` the two
    must not be used at the same time. `column_types` fills in the SQL of
    `migrations`. `direct`, where there is one, is the same as `writers` for
    those who wait in a thread.
    """

    readers: AsyncEngine
    writers: AsyncEngine
    column_types: Mapping[str, str]
    one_connection: bool = False
    direct: Engine | None = None

    async def exclusively(self, change: Callable[[Connection], T]) -> T:
        """Do something in a transaction of `writers`; in a thread, where the database likes that.

        For what is done often and is short: a driver that gives each statement
        to a thread costs more than all that the statement does.
        """
        if self.direct is not None:
            return await asyncio.to_thread(_in_transaction, self.direct, change)
        async with self.writers.begin() as connection:
            return await connection.run_sync(change)

    async def close(self) -> None:
        """Close every connection."""
        await self.readers.dispose()
        if self.direct is not None:
            self.direct.dispose()


def _in_transaction(engine: Engine, change: Callable[[Connection], T]) -> T:
    with engine.begin() as connection:
        return change(connection)
