"""An open database: what the Store needs to know of one, whichever it is.

Knows engines. Must not know tables, statements, or any one database.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine


@dataclass(frozen=True, slots=True)
class Database:
    """Two views of one connection pool, and the words its dialect needs.

    A statement on `readers` sees one moment of the database and never waits
    for a writer. A transaction of `writers` excludes other writers, in this
    process and in others, from its beginning. With `one_connection` the two
    must not be used at the same time. `column_types` fills in the SQL of
    `migrations`.
    """

    readers: AsyncEngine
    writers: AsyncEngine
    column_types: Mapping[str, str]
    one_connection: bool = False

    async def close(self) -> None:
        """Close every connection."""
        await self.readers.dispose()
